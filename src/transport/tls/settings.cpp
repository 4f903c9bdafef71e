#include "transport/tls/settings.hpp"

#include <utility>

namespace beckon::transport::tls {

namespace {

/// The value of an option, empty where it is not given.
result<std::string> text_option(const io::endpoint& where, std::string_view key,
                                std::string_view expected) {
    const std::string* const found = where.option(key);
    if (found == nullptr) return std::string();
    if (found->empty())
        return fail(errc::invalid_argument, "option ", key, " is empty; expected ", expected);
    return *found;
}

result<std::vector<std::string>> read_alpn(const io::endpoint& where,
                                           std::vector<std::string> otherwise) {
    const std::string* const found = where.option("alpn");
    if (found == nullptr) return otherwise;
    std::vector<std::string> names;
    std::string_view rest = *found;
    for (bool more = true; more;) {
        const std::size_t comma = rest.find(',');
        more = comma != std::string_view::npos;
        names.emplace_back(rest.substr(0, comma));
        if (names.back().empty() || names.back().size() > 255) {
            return fail(errc::invalid_argument, "option alpn holds a name of ", names.back().size(),
                        " bytes; expected 1 to 255, and commas between names");
        }
        if (more) rest.remove_prefix(comma + 1);
    }
    return names;
}

int hex_digit(char letter) noexcept {
    if (letter >= '0' && letter <= '9') return letter - '0';
    if (letter >= 'a' && letter <= 'f') return letter - 'a' + 10;
    if (letter >= 'A' && letter <= 'F') return letter - 'A' + 10;
    return -1;
}

result<std::optional<fingerprint>> read_pin(const io::endpoint& where) {
    const std::string* const found = where.option("pin");
    if (found == nullptr) return std::optional<fingerprint>();
    const auto wrong = [&] {
        return fail(errc::invalid_argument, "option pin is ", quoted(*found),
                    "; expected sha256: and 64 hexadecimal digits, colons between them allowed");
    };
    std::string_view text = *found;
    if (!text.starts_with("sha256:")) return wrong();
    text.remove_prefix(7);
    fingerprint pin{};
    std::size_t digits = 0;
    for (const char letter : text) {
        if (letter == ':') continue;
        const int digit = hex_digit(letter);
        if (digit < 0 || digits == 2 * pin.size()) return wrong();
        std::byte& place = pin[digits / 2];
        place = (place << 4) | static_cast<std::byte>(digit);
        ++digits;
    }
    if (digits != 2 * pin.size()) return wrong();
    return std::optional<fingerprint>(pin);
}

/// What both sides have.
result<settings> read_common(const io::endpoint& where, std::vector<std::string> alpn) {
    settings read;
    BECKON_ASSIGN(read.certificate, text_option(where, "cert", "a file of certificates"));
    BECKON_ASSIGN(read.key, text_option(where, "key", "a file with a private key"));
    if (!read.key.empty() && read.certificate.empty()) {
        return fail(errc::invalid_argument,
                    "option key is given without cert; expected the certificate of that key too");
    }
    if (read.key.empty()) read.key = read.certificate;
    BECKON_ASSIGN(read.ciphers, text_option(where, "ciphers", "a list such as ECDHE+AESGCM"));
    BECKON_ASSIGN(read.alpn, read_alpn(where, std::move(alpn)));
    const std::string* const least = where.option("min");
    if (least != nullptr && *least != "1.2" && *least != "1.3") {
        return fail(errc::invalid_argument, "option min is ", quoted(*least),
                    "; expected 1.2 or 1.3");
    }
    read.only_1_3 = least != nullptr && *least == "1.3";
    return read;
}

} // namespace

result<settings> read_client_settings(const io::endpoint& where, std::vector<std::string> alpn) {
    BECKON_ASSIGN(settings read, read_common(where, std::move(alpn)));
    BECKON_ASSIGN(read.ca, text_option(where, "ca", "a file or folder of certificates"));
    BECKON_ASSIGN(read.name, text_option(where, "name", "a host name or address"));
    BECKON_ASSIGN(read.pin, read_pin(where));
    BECKON_ASSIGN(read.verify, where.flag_option("verify", true));
    if (!read.verify && (read.pin || !read.ca.empty())) {
        return fail(errc::invalid_argument, "option verify=no makes ", read.pin ? "pin" : "ca",
                    " useless; expected one of the two alone");
    }
    if (read.name.empty()) {
        BECKON_ASSIGN(const io::host_address target, io::parse_host_address(where, 0));
        read.name = target.host;
    }
    return read;
}

result<settings> read_server_settings(const io::endpoint& where, std::vector<std::string> alpn) {
    BECKON_ASSIGN(settings read, read_common(where, std::move(alpn)));
    if (read.certificate.empty()) {
        return fail(errc::invalid_argument,
                    "a TLS listener needs a certificate; expected ?cert=FILE&key=FILE");
    }
    BECKON_ASSIGN(read.ca, text_option(where, "client_ca", "a file or folder of certificates"));
    read.verify = !read.ca.empty();
    const std::string* const wanted = where.option("client_cert");
    if (wanted == nullptr) return read;
    if (*wanted != "optional" && *wanted != "required") {
        return fail(errc::invalid_argument, "option client_cert is ", quoted(*wanted),
                    "; expected required or optional");
    }
    if (!read.verify) {
        return fail(errc::invalid_argument,
                    "option client_cert is given without client_ca; expected the authority that "
                    "signs clients' certificates too");
    }
    read.required = *wanted == "required";
    return read;
}

} // namespace beckon::transport::tls
