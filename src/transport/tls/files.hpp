// Certificates, keys and authorities from files.
#pragma once

#include <string>

#include "beckon/base/log.hpp"
#include "beckon/base/result.hpp"
#include "transport/tls/openssl.hpp"

namespace beckon::transport::tls {

enum class role : bool;

/// Shows a certificate chain to peers. Warns of a key that all users of the machine can read (BKN-TLS-KEY-READABLE) and of
/// a certificate that is out of its time (BKN-TLS-EXPIRED).
///
/// Errors: not_found, io_error, parse_error, invalid_argument naming the file.
[[nodiscard]] result<void> use_certificate(SSL_CTX& context, const std::string& chain,
                                           const std::string& key, log_sink& log);

/// Trusts the authorities of a file or folder; empty: the system's. A server tells clients which they are.
///
/// Errors: as above.
[[nodiscard]] result<void> trust(SSL_CTX& context, role plays, const std::string& ca);

} // namespace beckon::transport::tls
