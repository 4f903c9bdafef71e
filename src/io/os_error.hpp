// The operating system's errors in words.
#pragma once

#include <string>

#include "beckon/base/error.hpp"

namespace beckon::io {

/// "connection refused (ECONNREFUSED)".
[[nodiscard]] std::string os_error_text(int number);

/// `fail` with the system's words behind: "cannot listen on ...: permission denied (EACCES)".
template <typename... Parts>
[[nodiscard]] error os_fail(errc code, int number, const Parts&... parts) {
    return error(code, concat(parts..., ": ", os_error_text(number)));
}

} // namespace beckon::io
