// Endpoint URLs: which protocol, security and transport, and where.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "beckon/base/result.hpp"

namespace beckon::io {

/// Longest endpoint text that is read.
inline constexpr std::size_t max_endpoint_bytes = 65'536;

/// `[protocol[+security]+]transport:address?options`, taken apart.
///
/// Names are lower case. In the address and in options `%XX` stands for one byte; `?` and `%` that
/// belong to the address are written `%3F` and `%25`. Which names exist and what their addresses look
/// like is for the transports and protocols to say; any well-formed name is read.
struct endpoint {
    std::string protocol = "native"; ///< "native" where the text names none.
    std::string security;            ///< Empty where the text names none.
    std::string transport;           ///< "tcp", "unix", "exec", ...
    bool slashes = false;            ///< Whether `//` stood before the address.
    std::string address;             ///< Decoded, without the slashes: "[::1]:7000", "/tmp/x.sock".
    /// Decoded, in order of appearance; a key without `=` has an empty value. Keys differ.
    std::vector<std::pair<std::string, std::string>> options;

    /// The value of an option, or null. The pointer lives as long as the options do not change.
    [[nodiscard]] const std::string* option(std::string_view key) const noexcept;
    /// A whole number that must lie in [least, most]; `otherwise` where the option is not given.
    ///
    /// Errors: invalid_argument naming the option, the text found and the range expected.
    [[nodiscard]] result<std::uint64_t> number_option(std::string_view key, std::uint64_t otherwise,
                                                      std::uint64_t least,
                                                      std::uint64_t most) const;
    /// true, false, yes, no, on, off, 1, 0, or the bare key for true.
    ///
    /// Errors: invalid_argument.
    [[nodiscard]] result<bool> flag_option(std::string_view key, bool otherwise) const;

    bool operator==(const endpoint&) const = default;
};

/// Reads an endpoint.
///
/// Errors: parse_error naming the part, what was found at which byte and what was expected, with the
/// whole text.
/// Limits: limit_exceeded beyond `max_endpoint_bytes`.
[[nodiscard]] result<endpoint> parse_endpoint(std::string_view text);

/// Prints an endpoint so that `parse_endpoint` gives the same one. The native protocol is left out
/// where that is possible.
[[nodiscard]] std::string to_string(const endpoint& where);

/// An address of the form `host:port/path`.
struct host_address {
    std::string host; ///< Without brackets; "127.0.0.1" where the text had none.
    std::uint16_t port = 0;
    std::string path{};      ///< From the slash on; empty where there is none.
    bool empty_host = false; ///< Whether the host was left out.
};

/// Takes the address of an endpoint apart: `127.0.0.1:7000`, `[::1]:7000`, `:7000`, `host:80/path`.
/// Without `default_port` the port must be given; port 0 lets the system choose when listening.
///
/// Errors: parse_error naming the host or the port, with the whole endpoint.
[[nodiscard]] result<host_address>
parse_host_address(const endpoint& where, std::optional<std::uint16_t> default_port = {});

/// `host:port`, with brackets around an IPv6 host.
[[nodiscard]] std::string to_string(const host_address& where);

/// Whether a numeric host is 127.0.0.0/8 or ::1. Names are not looked up; "localhost" counts.
[[nodiscard]] bool is_loopback_host(std::string_view host) noexcept;

/// Splits text the way a shell splits words, without running one: blanks separate; '...' is literal;
/// in "..." a backslash escapes `"`, `\`, `$` and backquote; outside quotes it escapes any byte.
/// Nothing is expanded: `$`, `*`, `~`, `|` and `;` are ordinary letters.
///
/// Errors: parse_error for an open quote or a backslash at the end, with its byte offset.
[[nodiscard]] result<std::vector<std::string>> split_command(std::string_view text);

} // namespace beckon::io
