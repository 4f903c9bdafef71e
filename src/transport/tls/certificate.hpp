// What a certificate says, in words that are safe to show.
#pragma once

#include <string>
#include <vector>

#include "beckon/base/result.hpp"
#include "beckon/io/byte_stream.hpp"
#include "transport/tls/openssl.hpp"
#include "transport/tls/settings.hpp"

namespace beckon::transport::tls {

[[nodiscard]] fingerprint fingerprint_of(const X509& certificate);

/// "CN=alice,O=Example", with all but plain letters escaped, and cut where it is long.
[[nodiscard]] std::string name_text(const X509_NAME* name);

/// "2026-11-21T08:00:00Z".
[[nodiscard]] std::string time_text(const ASN1_TIME* time);

/// The alternative names: "DNS:localhost", "IP:127.0.0.1", "email:a@b.c", "URI:spiffe://x". Others are left out, and so is
/// what holds control characters. At most 64.
[[nodiscard]] std::vector<std::string> alternative_names(const X509& certificate);

/// Whom the certificate is for, as a list for messages.
[[nodiscard]] std::string holders(const X509& certificate);

/// Who shows this certificate. REQUIRES: it was checked.
///
/// Errors: access_denied for a name that holds control characters or is no UTF-8.
[[nodiscard]] result<io::peer_identity> identity_from(const X509& certificate);

} // namespace beckon::transport::tls
