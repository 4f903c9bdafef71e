#include "transport/tls/judge.hpp"

#include <arpa/inet.h>
#include <openssl/err.h>

#include "beckon/base/text.hpp"
#include "io/memory_shortage.hpp"
#include "transport/tls/certificate.hpp"

namespace beckon::transport::tls {

namespace {

bool is_address(const std::string& name) noexcept {
    in6_addr unused{};
    return ::inet_pton(AF_INET, name.c_str(), &unused) == 1 ||
           ::inet_pton(AF_INET6, name.c_str(), &unused) == 1;
}

std::string pin_of(const X509& certificate) {
    return "sha256:" + to_hex(fingerprint_of(certificate));
}

std::string trusted_ones(const settings& chosen) {
    return chosen.ca.empty() ? std::string("the system's authorities") : quoted(chosen.ca, 256);
}

error refuse(const side& judges, int code, const X509& at, const X509& shown) {
    const settings& chosen = judges.chosen();
    const bool client = judges.plays() == role::client;
    const std::string subject = name_text(::X509_get_subject_name(&at));
    const auto say = [](const auto&... parts) { return fail(errc::access_denied, parts...); };
    switch (code) {
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
        return say("peer's certificate is for ", holders(shown), "; expected ", chosen.name,
                   " (?name= expects another name)");
    case X509_V_ERR_CERT_HAS_EXPIRED:
        return say("peer's certificate has expired: it was valid until ",
                   time_text(::X509_get0_notAfter(&at)), " (subject ", subject, ")");
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return say("peer's certificate is not valid yet: it is from ",
                   time_text(::X509_get0_notBefore(&at)), " on (subject ", subject, ")");
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        return say("peer's certificate is not trusted: self-signed certificate (subject ", subject,
                   ")",
                   client ? concat("; where it is the right one say ?ca=FILE with it, or ?pin=",
                                   pin_of(shown))
                          : "; expected one signed by " + trusted_ones(chosen));
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
        return say("peer's certificate is not trusted: its issuer ",
                   name_text(::X509_get_issuer_name(&at)), " is not among ", trusted_ones(chosen),
                   " (subject ", name_text(::X509_get_subject_name(&shown)), ")");
    default:
        return say("peer's certificate is not trusted: ", ::X509_verify_cert_error_string(code),
                   " (subject ", subject, ")");
    }
}

} // namespace

result<void> prepare(SSL& ssl, judgement& by) {
    SSL_set_app_data(&ssl, &by);
    if (by.judges->plays() == role::server) return {};
    const settings& chosen = by.judges->chosen();
    const bool address = is_address(chosen.name);
    if (!address) SSL_set_tlsext_host_name(&ssl, chosen.name.c_str());
    if (!chosen.verify) return {};
    ::X509_VERIFY_PARAM* const expected = ::SSL_get0_param(&ssl);
    ::X509_VERIFY_PARAM_set_hostflags(expected, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    const int set = address ? ::X509_VERIFY_PARAM_set1_ip_asc(expected, chosen.name.c_str())
                            : ::SSL_set1_host(&ssl, chosen.name.c_str());
    if (set == 1) return {};
    ::ERR_clear_error();
    return fail(errc::invalid_argument, "no certificate can be for ", quoted(chosen.name),
                "; expected a host name or address");
}

namespace {

int judge(X509_STORE_CTX* chain) {
    auto* const ssl = static_cast<SSL*>(
        ::X509_STORE_CTX_get_ex_data(chain, ::SSL_get_ex_data_X509_STORE_CTX_idx()));
    auto& by = *static_cast<judgement*>(SSL_get_app_data(ssl));
    const settings& chosen = by.judges->chosen();
    if (!chosen.verify) return 1;
    const X509* const shown = ::X509_STORE_CTX_get0_cert(chain);
    const bool by_authority = !chosen.pin || !chosen.ca.empty();
    if (by_authority && ::X509_verify_cert(chain) != 1) {
        const int code = ::X509_STORE_CTX_get_error(chain);
        const X509* const at = ::X509_STORE_CTX_get_current_cert(chain);
        by.refusal = refuse(*by.judges, code, at != nullptr ? *at : *shown, *shown);
        return 0;
    }
    if (chosen.pin && fingerprint_of(*shown) != *chosen.pin) {
        ::X509_STORE_CTX_set_error(chain, X509_V_ERR_CERT_REJECTED);
        by.refusal = fail(errc::access_denied, "peer's certificate is ", pin_of(*shown),
                          "; expected sha256:", to_hex(*chosen.pin), " (pin; found subject ",
                          name_text(::X509_get_subject_name(shown)), ")");
        return 0;
    }
    return 1;
}

} // namespace

int judge_peer(X509_STORE_CTX* chain, void*) noexcept {
    return io::unless_short_of_memory([&] { return judge(chain); }, [] { return 0; });
}

} // namespace beckon::transport::tls
