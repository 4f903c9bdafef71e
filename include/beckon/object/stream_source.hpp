// Where the items of a stream come from.
#pragma once

#include <optional>

#include "beckon/object/future.hpp"

namespace beckon {

/// Where a stream's items come from.
///
/// Thread-safety: one `next` at a time; `stop` from any thread, also while an item is waited for.
template <typename T>
class stream_source : public ref_counted {
public:
    /// The next item, or nothing at the end.
    [[nodiscard]] virtual future<std::optional<T>> next() = 0;
    /// No more are wanted. An item that is waited for need not come any more: its future becomes ready, with
    /// errc::cancelled unless the source has something better.
    virtual void stop() noexcept = 0;

    /// What the interface whose method gives or takes the stream knows of its declared exceptions. Set before the first item
    /// is asked for; null: nothing.
    error (*tell_thrown)() = nullptr; ///< As error_of_current_exception.
    void (*rethrow)(const error&) = nullptr;
};

namespace detail {

[[nodiscard]] inline error next_item_asked_twice() {
    return fail(errc::invalid_argument,
                "next item of a stream asked for while another is waited for");
}
[[nodiscard]] inline error next_item_given_up() {
    return fail(errc::cancelled, "next item of a stream was given up by its reader");
}

} // namespace detail

} // namespace beckon
