// What a stream over another one gives as its read descriptor.
#pragma once

#include <array>
#include <cstdint>
#include <utility>

#include "beckon/base/result.hpp"
#include "io/descriptor.hpp"

namespace beckon::io {

/// A descriptor that polls readable when it is told to.
///
/// Thread-safety: none, but for `descriptor`.
class ready_flag {
public:
    /// Errors: io_error, where the system gives no descriptor.
    [[nodiscard]] static result<ready_flag> create();

    [[nodiscard]] int descriptor() const noexcept { return event_.get(); }
    /// Cannot fail. A system call only where something changes.
    void show(bool wanted) noexcept;

private:
    explicit ready_flag(io::descriptor event) noexcept : event_(std::move(event)) {}

    io::descriptor event_;
    bool shows_ = false;
};

/// An epoll set of the descriptors that a stream waits for, and of a flag for what no system call tells: content that is
/// here already, an end.
///
/// The flag is an eventfd of this set alone, in it from the beginning. One that is always readable, put into the set when
/// that is wanted, could serve all streams; but Linux refuses a descriptor in more than 500 sets that are watched by
/// others in turn (100 at the next level), and the stream that finds out so has nothing left to tell it by.
///
/// Thread-safety: none, but for `descriptor`.
class readiness {
public:
    /// Errors: io_error, where the system gives no descriptors.
    [[nodiscard]] static result<readiness> create();

    [[nodiscard]] int descriptor() const noexcept { return set_.get(); }
    /// Polls readable from now on for these events of `fd` (EPOLLIN, EPOLLOUT) and for no others of it; 0: for none,
    /// as it has to be before `fd` is closed. A system call only where something changes.
    ///
    /// Errors: gives an errno value, 0 where it was done. Nothing has changed then. It takes at most four at once.
    [[nodiscard]] int watch(int fd, std::uint32_t events) noexcept;
    /// Raises or lowers the flag. Cannot fail.
    void show(bool wanted) noexcept { flag_.show(wanted); }

private:
    struct watched {
        int fd = -1;
        std::uint32_t events = 0; ///< 0: none is watched here.
    };
    readiness(io::descriptor set, ready_flag flag) noexcept
        : set_(std::move(set)), flag_(std::move(flag)) {}

    io::descriptor set_;
    ready_flag flag_;
    std::array<watched, 4> all_{};
};

} // namespace beckon::io
