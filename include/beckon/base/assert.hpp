// Checks for bugs in the program itself, on in all builds.
#pragma once

namespace beckon {

/// Called where a BECKON_ASSERT fails. It must not return; it may throw.
using assert_handler = void (*)(const char* expression, const char* message, const char* file,
                                int line);

/// Installs a handler and returns the one before. The default prints to standard error and aborts.
/// Thread-safety: safe at any time.
assert_handler set_assert_handler(assert_handler handler) noexcept;

namespace detail {
[[noreturn]] void assert_failed(const char* expression, const char* message, const char* file,
                                int line);
} // namespace detail

} // namespace beckon

#define BECKON_ASSERT(condition, message)                                                          \
    (static_cast<bool>(condition)                                                                  \
         ? static_cast<void>(0)                                                                    \
         : ::beckon::detail::assert_failed(#condition, message, __FILE__, __LINE__))
