// Which conversations have begun lately: so that the beginning of one that was written down is not taken again.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <mutex>
#include <set>
#include <string>

#include "beckon/base/result.hpp"

namespace beckon {

/// What providers of message security share that one server makes: what was said to one of its endpoints must not
/// count again at another.
///
/// Limits: `most` conversations at a time, 65,536 without another word; then no more begin until some are forgotten.
/// Thread-safety: all functions, from any thread.
class replay_memory {
public:
    using time = std::chrono::sys_time<std::chrono::milliseconds>;

    /// What is older than `begun` was perhaps said to a memory that is gone.
    explicit replay_memory(time begun, std::size_t most = 65'536) : begun_(begun), most_(most) {}

    [[nodiscard]] time begun() const noexcept { return begun_; }

    /// Notes a conversation by the number that its peer chose at random, until a message of it could not count any more.
    ///
    /// Errors: access_denied: it is known; overloaded.
    [[nodiscard]] result<void> note(const std::string& conversation, time now, time until);

private:
    const time begun_;
    const std::size_t most_;
    std::mutex mutex_;
    std::set<std::string> known_;
    std::multimap<time, std::string> until_;
};

} // namespace beckon
