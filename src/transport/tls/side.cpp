#include "transport/tls/side.hpp"

#include <openssl/err.h>

#include <utility>

#include "transport/tls/files.hpp"
#include "transport/tls/judge.hpp"

namespace beckon::transport::tls {

namespace {

/// A certificate chain of a peer beyond this many bytes is refused.
constexpr long most_chain_bytes = 48L << 10;

result<void> set_versions_and_ciphers(SSL_CTX& context, const settings& chosen) {
    ::SSL_CTX_set_min_proto_version(&context, chosen.only_1_3 ? TLS1_3_VERSION : TLS1_2_VERSION);
    if (!chosen.ciphers.empty() &&
        ::SSL_CTX_set_cipher_list(&context, chosen.ciphers.c_str()) != 1) {
        ::ERR_clear_error();
        return fail(errc::invalid_argument, "option ciphers is ", quoted(chosen.ciphers),
                    ", which names no cipher that OpenSSL knows; expected a list such as "
                    "ECDHE+AESGCM");
    }
    return {};
}

} // namespace

side::side(role plays, settings chosen, context_ptr made)
    : role_(plays), settings_(std::move(chosen)), alpn_(alpn_list(settings_.alpn)),
      context_(std::move(made)) {
    if (role_ == role::server && !settings_.alpn.empty())
        ::SSL_CTX_set_alpn_select_cb(context_.get(), &side::select_alpn, this);
}

result<std::shared_ptr<const side>> side::create(role plays, settings chosen, log_sink& log) {
    start_openssl();
    ::ERR_clear_error();
    context_ptr context(
        ::SSL_CTX_new(plays == role::server ? ::TLS_server_method() : ::TLS_client_method()));
    if (!context) return fail(errc::io_error, "OpenSSL gives no context: ", take_reason());
    SSL_CTX* const made = context.get();
    // Tickets would have a peer that never reads end in a reset; see read and close. Nobody resumes.
    ::SSL_CTX_set_options(made, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET |
                                    SSL_OP_CIPHER_SERVER_PREFERENCE);
    ::SSL_CTX_set_num_tickets(made, 0);
    ::SSL_CTX_set_session_cache_mode(made, SSL_SESS_CACHE_OFF);
    ::SSL_CTX_set_mode(made, SSL_MODE_RELEASE_BUFFERS); // an idle connection has none
    ::SSL_CTX_set_max_cert_list(made, most_chain_bytes);
    BECKON_TRY(set_versions_and_ciphers(*made, chosen));
    if (!chosen.certificate.empty())
        BECKON_TRY(use_certificate(*made, chosen.certificate, chosen.key, log));
    if (chosen.verify && !(chosen.pin && chosen.ca.empty()))
        BECKON_TRY(trust(*made, plays, chosen.ca));
    int mode = chosen.verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE;
    if (plays == role::server && chosen.verify && chosen.required)
        mode |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
    ::SSL_CTX_set_verify(made, mode, nullptr);
    ::SSL_CTX_set_cert_verify_callback(made, &judge_peer, nullptr);
    if (plays == role::client && !chosen.alpn.empty()) {
        const std::string list = alpn_list(chosen.alpn);
        ::SSL_CTX_set_alpn_protos(made, reinterpret_cast<const unsigned char*>(list.data()),
                                  static_cast<unsigned>(list.size()));
    }
    return std::shared_ptr<const side>(
        std::make_shared<side>(plays, std::move(chosen), std::move(context)));
}

int side::select_alpn(SSL*, const unsigned char** out, unsigned char* out_size,
                      const unsigned char* in, unsigned in_size, void* self) noexcept {
    const std::string& ours = static_cast<const side*>(self)->alpn_;
    unsigned char* chosen = nullptr;
    const int found = ::SSL_select_next_proto(&chosen, out_size,
                                              reinterpret_cast<const unsigned char*>(ours.data()),
                                              static_cast<unsigned>(ours.size()), in, in_size);
    if (found != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_ALERT_FATAL;
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

std::string alpn_list(const std::vector<std::string>& names) {
    std::string list;
    for (const std::string& name : names) {
        list += static_cast<char>(name.size());
        list += name;
    }
    return list;
}

} // namespace beckon::transport::tls
