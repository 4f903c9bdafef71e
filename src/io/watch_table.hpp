// The event loop's watches and what the kernel knows of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "beckon/base/ref_counted.hpp"
#include "beckon/base/result.hpp"
#include "beckon/io/event_loop.hpp"

namespace beckon::io {

/// What an epoll event says of itself: slot and generation of its watch.
using watch_token = std::uint64_t;

/// A table of slots with generations, kept in step with an epoll set.
///
/// Thread-safety: none; the event loop's lock guards it. Watchers that leave the table are handed to
/// the caller, who drops them without the lock: their destructors belong to the user.
class watch_table {
public:
    /// The epoll descriptor outlives the table.
    void attach(int epoll) noexcept { epoll_ = epoll; }

    [[nodiscard]] result<watch_id> add(int fd, interest wanted, intrusive_ptr<watcher> target);
    [[nodiscard]] result<void> change(watch_id id, interest wanted);
    [[nodiscard]] intrusive_ptr<watcher> remove(watch_id id) noexcept;

    /// The watcher that an event is for, if it still wants any of it; narrows the flags to what it
    /// wants by now.
    [[nodiscard]] intrusive_ptr<watcher> target(watch_token token, bool& readable,
                                                bool& writable) const noexcept;

    /// Whether there are active watches of files that epoll does not take.
    [[nodiscard]] bool any_always_ready() const noexcept { return always_ready_ != 0; }
    /// The next one at or behind slot `from`, which moves on; `no_token` at the end.
    [[nodiscard]] watch_token next_always_ready(std::uint32_t& from) const noexcept;

    /// Tokens from here up are never a watch's: a process has fewer descriptors than slots.
    static constexpr std::uint32_t no_slot = 0xffff'ffff;
    static constexpr watch_token no_token = 0xffff'ffff;

private:
    struct slot {
        intrusive_ptr<watcher> target; ///< Null when the slot is free.
        int fd = -1;
        std::uint32_t generation = 1;
        std::uint32_t next_free = no_slot;
        interest wanted = interest::none;
        bool always_ready = false; ///< A regular file or the like.

        [[nodiscard]] bool is_active() const noexcept {
            return always_ready && wanted != interest::none;
        }
    };

    [[nodiscard]] const slot* find(watch_id id) const noexcept;
    [[nodiscard]] result<void> apply(slot& watched, std::uint32_t index, interest wanted);

    int epoll_ = -1;
    std::vector<slot> slots_;
    std::uint32_t first_free_ = no_slot;
    std::size_t always_ready_ = 0; ///< Active watches that epoll does not know.
};

} // namespace beckon::io
