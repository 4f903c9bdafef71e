// Heads of HTTP/1.1 messages, read strictly: what two programs could understand differently is no message here. WebSocket's
// handshake and the http transport share this.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "beckon/base/bytes.hpp"
#include "beckon/base/result.hpp"

namespace beckon::http {

/// Longest head, the empty line at its end included.
inline constexpr std::size_t most_head_bytes = 8u << 10;
inline constexpr std::size_t most_fields = 100;

struct field {
    std::string_view name;    ///< As it was written; names are the same in any case.
    std::string_view content; ///< Without the blanks around it.
};

/// The first lines of a message. Views of the input.
struct head {
    std::string_view method; ///< Of a request.
    std::string_view target; ///< Of a request: visible ASCII, not empty.
    std::string_view
        path; ///< Of a request: of its target, also where that is a whole URL; without the query.
    std::string_view
        authority; ///< Of a request: whom it is for, by such a URL or else by Host; may be empty.
    unsigned status = 0;     ///< Of a response: 100 to 999.
    std::string_view reason; ///< Of a response.
    unsigned minor = 1;      ///< HTTP/1.0 or HTTP/1.1.
    std::vector<field> fields;
    std::size_t bytes = 0; ///< Of all this in the input.

    /// Content of the first field of that name; null where there is none. `name` is in lower case.
    [[nodiscard]] const std::string_view* find(std::string_view name) const noexcept;
    [[nodiscard]] std::size_t count(std::string_view name) const noexcept;
    /// Whether the lists in the fields of that name hold a token, in any case. Both are in lower case.
    [[nodiscard]] bool lists(std::string_view name, std::string_view token) const noexcept;
};

/// Reads what the input begins with; nothing where its end is not here.
///
/// Errors: protocol_error: line ends other than CR LF, continued lines, blanks around a name or in the first line, control
/// characters, another version, a request of HTTP/1.1 without exactly one Host, a target that is the URL of something else.
/// Told as soon as it is seen, and final. One empty line before a request counts as a part of it.
/// Limits: limit_exceeded beyond `most_head_bytes` and `most_fields`.
[[nodiscard]] result<std::optional<head>> read_request_head(byte_view input);
[[nodiscard]] result<std::optional<head>> read_response_head(byte_view input);

/// The status that answers a head that could not be read: 400, 431, 505.
[[nodiscard]] unsigned status_for(const error& failure) noexcept;
/// "Bad Request"
[[nodiscard]] std::string_view reason_phrase(unsigned status) noexcept;

/// A whole response: status line, `more` (each line with its CR LF), Content-Length and the text, which ends in a line.
/// `close`: says that the connection ends with it.
[[nodiscard]] std::string response_text(unsigned status, std::string_view more,
                                        std::string_view text, bool close);

[[nodiscard]] bool same_in_any_case(std::string_view a, std::string_view b) noexcept;
/// Splits "a, b" into its parts without blanks; empty ones are left out.
[[nodiscard]] std::vector<std::string_view> split_list(std::string_view text);
/// Whether it is a token: what names of fields and methods are made of.
[[nodiscard]] bool is_token(std::string_view text) noexcept;
/// Of a path for a request's target: whatever may not stand there as "%20".
[[nodiscard]] std::string target_of(std::string_view path);

/// Which pages of browsers may talk to a server. A browser says by `Origin` whose page it is; other programs say nothing
/// and are let in.
struct origin_policy {
    std::vector<std::string> allowed; ///< "https://app.example"; "null" for files; "*" for all.
    std::string own_host;             ///< That the endpoint names; may be empty.

    /// Those of `option`, parted by commas.
    [[nodiscard]] static origin_policy from(const std::string* option, std::string_view own_host);
    /// Whether the origin is listed, or is the very host that the request went to. By a name the latter counts only for
    /// "localhost" and `own_host`: any other could be one that its owner lets point to this machine.
    [[nodiscard]] bool allows(const head& request) const noexcept;
    [[nodiscard]] bool lists(std::string_view origin) const noexcept;
};

} // namespace beckon::http
