// The options of a tls endpoint, read.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "beckon/base/result.hpp"
#include "beckon/io/endpoint.hpp"

namespace beckon::transport::tls {

/// SHA-256 of a certificate's binary form.
using fingerprint = std::array<std::byte, 32>;

struct settings {
    std::string certificate; ///< A file; empty: none.
    std::string key;         ///< A file; may be that of the certificate.
    std::string ca;          ///< A file or folder; empty: the system's.
    bool verify = true;      ///< Whether the peer's certificate matters.
    bool required = true;    ///< Of a listener that verifies: whether clients must show one.
    std::string name;        ///< Of a client: whom the certificate must be for.
    std::optional<fingerprint> pin;
    bool only_1_3 = false;
    std::string ciphers;           ///< Empty: the library's own choice.
    std::vector<std::string> alpn; ///< The preferred one first.
};

/// Errors: invalid_argument naming the option, what was found and what was expected.
[[nodiscard]] result<settings> read_client_settings(const io::endpoint& where,
                                                    std::vector<std::string> alpn);
[[nodiscard]] result<settings> read_server_settings(const io::endpoint& where,
                                                    std::vector<std::string> alpn);

} // namespace beckon::transport::tls
