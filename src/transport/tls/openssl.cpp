#include "transport/tls/openssl.hpp"

#include <openssl/err.h>

#include "beckon/base/text.hpp"

namespace beckon::transport::tls {

void start_openssl() noexcept { ::OPENSSL_init_ssl(OPENSSL_INIT_NO_ATEXIT, nullptr); }

std::string take_reason() {
    const unsigned long code = ::ERR_peek_error();
    ::ERR_clear_error();
    if (code == 0) return "no reason given";
    if (const char* const reason = ::ERR_reason_error_string(code)) return reason;
    return concat("error ", code, " of OpenSSL");
}

} // namespace beckon::transport::tls
