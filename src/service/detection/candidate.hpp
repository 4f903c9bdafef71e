// What a connection at an address may turn out to speak, and whether two of those can be told apart.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "beckon/base/result.hpp"
#include "beckon/session/openings.hpp"
#include "service/detection/first_bytes.hpp"

namespace beckon::detection {

enum class layer : std::uint8_t {
    protocol,   ///< A protocol, over the bytes themselves.
    tls,        ///< Something inside TLS: what that is comes next.
    web_socket, ///< A protocol over WebSocket.
    http,
    messages, ///< A protocol that puts its messages into those of WebSocket.
};

struct candidate {
    layer what = layer::protocol;
    std::string name;                ///< For messages: the endpoint.
    std::vector<first_bytes> begins; ///< At least one, but of `messages`, which are told otherwise.
    std::string delimiter{};         ///< See openings.
    std::string path{};              ///< Of WebSocket.
};

/// Errors: unsupported, where nothing is certain of how it begins.
[[nodiscard]] result<candidate> of_protocol(std::string name, const openings& begins);
[[nodiscard]] candidate of_tls(std::string name);
[[nodiscard]] candidate of_http(std::string name);
/// How requests of HTTP begin, whoever they are for.
[[nodiscard]] std::vector<first_bytes> web_requests();
[[nodiscard]] candidate of_messages(std::string name);
[[nodiscard]] candidate of_web_socket(std::string name, std::string path);

/// Whether a connection's first bytes will tell which of them it is for.
///
/// Errors: address_in_use, naming two that they do not, and why.
[[nodiscard]] result<void> check_apart(std::span<const candidate> all);

} // namespace beckon::detection
