#include "transport/tls/certificate.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <ctime>

#include "beckon/base/utf8.hpp"

namespace beckon::transport::tls {

namespace {

constexpr std::size_t longest_name = 256;
constexpr std::size_t most_names = 64;

bool is_plain(std::string_view text) noexcept {
    return std::none_of(text.begin(), text.end(), [](char letter) {
        const auto code = static_cast<unsigned char>(letter);
        return code < 0x20 || code == 0x7f;
    });
}

std::string_view view_of(const ASN1_STRING* text) noexcept {
    return {reinterpret_cast<const char*>(::ASN1_STRING_get0_data(text)),
            static_cast<std::size_t>(::ASN1_STRING_length(text))};
}

std::string address_text(std::string_view address) {
    char text[INET6_ADDRSTRLEN] = {};
    if (address.size() == 4) ::inet_ntop(AF_INET, address.data(), text, sizeof text);
    if (address.size() == 16) ::inet_ntop(AF_INET6, address.data(), text, sizeof text);
    return text;
}

std::string text_of(const GENERAL_NAME& name) {
    std::string_view kind;
    std::string text;
    switch (name.type) {
    case GEN_DNS: kind = "DNS:", text = view_of(name.d.dNSName); break;
    case GEN_EMAIL: kind = "email:", text = view_of(name.d.rfc822Name); break;
    case GEN_URI: kind = "URI:", text = view_of(name.d.uniformResourceIdentifier); break;
    case GEN_IPADD: kind = "IP:", text = address_text(view_of(name.d.iPAddress)); break;
    default: break;
    }
    if (text.empty() || text.size() > longest_name || !is_plain(text) || !is_utf8(text)) return {};
    return concat(kind, text);
}

/// The last common name of the subject, the most specific one; empty where there is none.
result<std::string> common_name(const X509& certificate) {
    const X509_NAME* const subject = ::X509_get_subject_name(&certificate);
    int at = -1;
    for (int next = -1; (next = ::X509_NAME_get_index_by_NID(subject, NID_commonName, next)) >= 0;)
        at = next;
    if (at < 0) return std::string();
    unsigned char* text = nullptr;
    const int size = ::ASN1_STRING_to_UTF8(
        &text, ::X509_NAME_ENTRY_get_data(::X509_NAME_get_entry(subject, at)));
    std::string name;
    if (size > 0) name.assign(reinterpret_cast<const char*>(text), static_cast<std::size_t>(size));
    ::OPENSSL_free(text);
    if (size < 0 || !is_plain(name) || !is_utf8(name)) {
        return fail(errc::access_denied,
                    "peer's certificate has a common name that is no text: ", quoted(name));
    }
    return name;
}

} // namespace

fingerprint fingerprint_of(const X509& certificate) {
    fingerprint made{};
    ::X509_digest(&certificate, ::EVP_sha256(), reinterpret_cast<unsigned char*>(made.data()),
                  nullptr);
    return made;
}

std::string name_text(const X509_NAME* name) {
    const bio_ptr out(::BIO_new(::BIO_s_mem()));
    if (!out || name == nullptr) return {};
    ::X509_NAME_print_ex(out.get(), name, 0, XN_FLAG_RFC2253);
    const char* text = nullptr;
    const long size = ::BIO_get_mem_data(out.get(), &text);
    std::string found(text, static_cast<std::size_t>(std::max(size, 0L)));
    if (found.size() > longest_name) found = found.substr(0, longest_name) + "...";
    return found.empty() ? "without a name" : found;
}

std::string time_text(const ASN1_TIME* time) {
    std::tm parts{};
    char text[32] = {};
    if (::ASN1_TIME_to_tm(time, &parts) != 1 ||
        std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0)
        return "an unreadable time";
    return text;
}

std::vector<std::string> alternative_names(const X509& certificate) {
    std::vector<std::string> found;
    const names_ptr names(static_cast<GENERAL_NAMES*>(
        ::X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr)));
    for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
        std::string text = text_of(*sk_GENERAL_NAME_value(names.get(), i));
        if (!text.empty() && found.size() < most_names) found.push_back(std::move(text));
    }
    return found;
}

std::string holders(const X509& certificate) {
    std::string list;
    std::size_t told = 0;
    for (const std::string& name : alternative_names(certificate)) {
        if (!name.starts_with("DNS:") && !name.starts_with("IP:")) continue;
        if (++told == 6) {
            list += ", ...";
            break;
        }
        const std::string plain = quoted(name.substr(name.find(':') + 1));
        list += concat(list.empty() ? "" : ", ", plain.substr(1, plain.size() - 2));
    }
    return list.empty() ? name_text(::X509_get_subject_name(&certificate)) : list;
}

result<io::peer_identity> identity_from(const X509& certificate) {
    io::peer_identity who;
    who.subject = name_text(::X509_get_subject_name(&certificate));
    who.issuer = name_text(::X509_get_issuer_name(&certificate));
    who.fingerprint = to_hex(fingerprint_of(certificate));
    who.names = alternative_names(certificate);
    BECKON_ASSIGN(who.user, common_name(certificate));
    if (who.user.empty() && !who.names.empty())
        who.user = who.names[0].substr(who.names[0].find(':') + 1);
    if (who.user.empty()) who.user = who.subject;
    return who;
}

} // namespace beckon::transport::tls
