// Results that are streams, printed as they come.
#pragma once

#include <chrono>
#include <cstddef>

#include "beckon/object/future.hpp"
#include "beckon/object/stream.hpp"
#include "beckon/value/value.hpp"
#include "call.hpp"

namespace command {

/// The time that the user has given for a call; it bounds a stream that comes of it as well.
class call_time {
public:
    explicit call_time(const call_job& job) noexcept
        : length_(job.options.timeout), began_(std::chrono::steady_clock::now()) {}
    /// Throws a failure where the stream has not ended in time. Without --timeout a stream may go on for ever.
    void print_items(beckon::stream<beckon::value> items) const;
    /// Waits for more of a stream, of which so many items have come. Throws a failure where the time ends before, or has ended: a
    /// stream whose items are always there already would else never end.
    template <typename T>
    void await(beckon::future<T>& more, std::size_t printed) const {
        if (length_.count() == 0) return;
        const beckon::nanoseconds left = length_ - (std::chrono::steady_clock::now() - began_);
        if (left.count() <= 0 || !more.wait_for(left)) fail_late(printed);
    }

private:
    [[noreturn]] void fail_late(std::size_t printed) const;

    beckon::nanoseconds length_; ///< 0: none was given.
    std::chrono::steady_clock::time_point began_;
};

} // namespace command
