// What functions that must not throw do where memory runs out: a stream that needed some fails, and the program goes on.
#pragma once

#include <cerrno>
#include <new>
#include <utility>

#include "beckon/base/error.hpp"
#include "beckon/io/byte_stream.hpp"

namespace beckon::io {

/// As an error that needs no memory to be made. REQUIRES: called once before there is none.
[[nodiscard]] inline const error& no_memory_left() {
    // Never freed: threads that need it may outlive `main`.
    static const error& made = *new error(
        fail(errc::overloaded, "this side has no memory left for what the connection needs"));
    return made;
}

inline constexpr io_result failed_for_memory{io_status::failed, 0, ENOMEM};

/// What `work` gives; where it runs out of memory, what `give_up` gives, which must need none.
template <typename Work, typename GiveUp>
auto unless_short_of_memory(Work&& work, GiveUp&& give_up) noexcept {
    try {
        return std::forward<Work>(work)();
    } catch (const std::bad_alloc&) {
        return std::forward<GiveUp>(give_up)();
    }
}

} // namespace beckon::io
