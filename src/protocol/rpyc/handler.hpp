// What a request asks for: the twenty handlers of RPyC (docs/wire/rpyc.md, section 7).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace beckon::rpyc {

enum class handler : std::uint8_t {
    ping = 1,            ///< data -> data
    close = 2,           ///< No answer.
    get_root = 3,        ///< -> the root object
    get_attr = 4,        ///< object, name
    del_attr = 5,        ///< object, name
    set_attr = 6,        ///< object, name, value
    call = 7,            ///< object, arguments [, named arguments]
    call_attr = 8,       ///< object, name, arguments [, named arguments]
    repr = 9,            ///< object -> text
    str = 10,            ///< object -> text
    cmp = 11,            ///< object, other [, operation]
    hash = 12,           ///< object -> integer
    dir = 13,            ///< object -> names
    pickle = 14,         ///< object, protocol: always refused
    del = 15,            ///< object [, count]
    inspect = 16,        ///< identity -> methods
    buffiter = 17,       ///< iterator, count -> items
    oldslicing = 18,     ///< object, attempt, fallback, start, stop, arguments
    ctxexit = 19,        ///< object, exception
    instance_check = 20, ///< class, identity
};

inline constexpr std::array<std::string_view, 21> handler_names{
    "",       "PING",     "CLOSE",   "GETROOT",  "GETATTR",    "DELATTR", "SETATTR",
    "CALL",   "CALLATTR", "REPR",    "STR",      "CMP",        "HASH",    "DIR",
    "PICKLE", "DEL",      "INSPECT", "BUFFITER", "OLDSLICING", "CTXEXIT", "INSTANCECHECK",
};

/// Whether a peer's number names a handler.
[[nodiscard]] constexpr bool is_handler(std::int64_t number) noexcept {
    return number >= 1 && number < static_cast<std::int64_t>(handler_names.size());
}
/// "GETATTR", for messages; empty for a number that is none.
[[nodiscard]] constexpr std::string_view name_of(handler asked) noexcept {
    const auto number = static_cast<std::size_t>(asked);
    return number < handler_names.size() ? handler_names[number] : std::string_view();
}

} // namespace beckon::rpyc
