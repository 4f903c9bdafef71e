#include "transport/tls/failure.hpp"

#include <openssl/err.h>
#include <openssl/sslerr.h>

#include "beckon/base/text.hpp"

namespace beckon::transport::tls {

namespace {

std::string own_versions(const side& own) {
    return own.chosen().only_1_3 ? "TLS 1.3 alone (min)" : "TLS 1.2 and 1.3";
}

/// Alerts by which a peer refuses the certificate that this side showed, in words; null for others.
const char* refused_certificate(int reason) noexcept {
    switch (reason) {
    case SSL_R_TLSV1_ALERT_UNKNOWN_CA: return "it does not know the certificate's issuer";
    case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE: return "it calls it bad";
    case SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE: return "it does not support its kind";
    case SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED: return "it was revoked";
    case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED: return "it has expired";
    case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN: return "it gives no closer reason";
    case SSL_R_TLSV1_ALERT_DECRYPT_ERROR: return "its signature does not fit";
    case SSL_R_TLSV1_ALERT_ACCESS_DENIED: return "its holder may not come in";
    default: return nullptr;
    }
}

} // namespace

error explain(const side& own) {
    const int reason = ERR_GET_REASON(::ERR_peek_error());
    const std::string words = take_reason();
    if (const char* const why = refused_certificate(reason))
        return fail(errc::access_denied, "peer refused this side's certificate: ", why);
    switch (reason) {
    case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
        return fail(errc::access_denied,
                    "peer requires a certificate of this side; expected ?cert=FILE&key=FILE");
    case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
        return fail(errc::access_denied, "peer showed no certificate; expected one signed by ",
                    quoted(own.chosen().ca, 256), " (client_ca)");
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_VERSION_TOO_LOW:
    case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
        return fail(errc::protocol_error,
                    "peer knows no version of TLS that this side speaks: ", own_versions(own));
    case SSL_R_NO_SHARED_CIPHER:
    case SSL_R_TLSV1_ALERT_INSUFFICIENT_SECURITY:
        return fail(errc::protocol_error, "peer and this side share no cipher (ciphers)");
    case SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE:
        return fail(errc::protocol_error,
                    "peer found nothing in common with this side's TLS (handshake failure): a "
                    "cipher, a curve, or a certificate that it asks for");
    case SSL_R_TLSV1_ALERT_NO_APPLICATION_PROTOCOL:
        return fail(errc::protocol_error, "peer speaks none of the protocols offered (alpn)");
    case SSL_R_CALLBACK_FAILED:
    case SSL_R_NO_APPLICATION_PROTOCOL:
        if (!own.chosen().alpn.empty()) {
            std::string ours;
            for (const std::string& each : own.chosen().alpn)
                ours += concat(ours.empty() ? "" : ", ", each);
            return fail(errc::protocol_error, "peer offers none of the protocols ", ours,
                        " (alpn)");
        }
        break;
    case SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC:
        return fail(errc::protocol_error,
                    "a record of the peer was changed on its way (bad record mac)");
    case SSL_R_SSLV3_ALERT_BAD_RECORD_MAC:
        return fail(errc::protocol_error,
                    "peer says that a record of this side was changed on its way (bad record mac)");
    default: break;
    }
    return fail(errc::protocol_error, "TLS failed: ", words);
}

error not_tls(byte_view first) {
    const std::string_view text = as_text(first);
    const char* guess = "";
    if (text.starts_with("\x89"
                         "BKN"))
        guess = ", Beckon's native protocol without TLS";
    if (text.starts_with("HTTP/") || text.starts_with("GET ") || text.starts_with("POST "))
        guess = ", plain HTTP";
    return fail(errc::protocol_error, "peer does not speak TLS; its first bytes are ", quoted(text),
                guess);
}

} // namespace beckon::transport::tls
