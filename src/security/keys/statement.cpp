#include "security/keys/statement.hpp"

#include <charconv>

namespace beckon::security::keys {

namespace {

[[nodiscard]] std::string_view name_of(security_side side) noexcept {
    return side == security_side::connecting ? "connecting" : "accepting";
}

/// Of a header's text, for messages: a peer's, which may be anything.
[[nodiscard]] error bad_member(std::string_view name, std::string_view found,
                               std::string_view expected) {
    return fail(errc::access_denied, "message's header has ", name, ' ', quoted(found),
                "; expected ", expected);
}

/// Digits without a zero in front, so that there is one way to write a number.
template <typename Number>
[[nodiscard]] result<Number> read_number(std::string_view name, std::string_view text) {
    Number number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    if (read.ec != std::errc() || read.ptr != text.data() + text.size() || number <= 0 ||
        text.front() == '0')
        return bad_member(name, text, "a number above 0");
    return number;
}

/// 16 bytes in base64.
[[nodiscard]] bool is_conversation(std::string_view text) noexcept {
    constexpr std::size_t digits = 22;
    if (text.size() != digits + 2 || text.substr(digits) != "==") return false;
    for (const char each : text.substr(0, digits)) {
        const bool fits = (each >= 'a' && each <= 'z') || (each >= 'A' && each <= 'Z') ||
                          (each >= '0' && each <= '9') || each == '+' || each == '/';
        if (!fits) return false;
    }
    return true;
}

} // namespace

std::string_view to_string(proof_kind kind) noexcept {
    return kind == proof_kind::shared ? "shared" : "pair";
}

metadata statement::to_header() const {
    metadata header{{"user", user},
                    {"to", to},
                    {"side", std::string(name_of(side))},
                    {"id", conversation},
                    {"count", concat(count)},
                    {"time", concat(sent.time_since_epoch().count())},
                    {"kind", std::string(to_string(kind))}};
    if (!answers.empty()) header.emplace_back("re", answers);
    return header;
}

std::string statement::to_lines(std::string_view name) const {
    return concat("beckon ", name, " 1\n", user, '\n', to, '\n', name_of(side), '\n', conversation,
                  '\n', answers, '\n', count, '\n', sent.time_since_epoch().count(), '\n',
                  to_string(kind), '\n');
}

result<read_header> read_statement(const metadata& header) {
    const auto find = [&](std::string_view name) -> std::string_view {
        for (const auto& [key, text] : header) {
            if (key == name) return text;
        }
        return {};
    };
    for (const std::string_view name : {"user", "to", "side", "id", "count", "time", "kind"}) {
        if (find(name).empty())
            return fail(errc::access_denied, "message's header has no ", quoted(name));
    }
    read_header read;
    for (const std::string_view name : {"user", "to"}) {
        if (!is_user_name(find(name))) return bad_member(name, find(name), "a user's name");
    }
    read.says.user = find("user");
    read.says.to = find("to");
    const std::string_view side = find("side");
    read.says.side = side == name_of(security_side::connecting) ? security_side::connecting
                                                                : security_side::accepting;
    if (side != name_of(read.says.side))
        return bad_member("side", side, "\"connecting\" or \"accepting\"");
    const std::string_view kind = find("kind");
    read.says.kind = kind == to_string(proof_kind::pair) ? proof_kind::pair : proof_kind::shared;
    if (kind != to_string(read.says.kind))
        return bad_member("kind", kind, "\"shared\" or \"pair\"");
    for (const std::string_view name : {"id", "re"}) {
        const std::string_view text = find(name);
        if (!is_conversation(text) && !(name == "re" && text.empty()))
            return bad_member(name, text, "16 bytes in base64");
    }
    read.says.conversation = find("id");
    read.says.answers = find("re");
    BECKON_ASSIGN(read.says.count, read_number<std::uint64_t>("count", find("count")));
    BECKON_ASSIGN(const auto sent, read_number<std::int64_t>("time", find("time")));
    // So far from the ends of the range that differences of two times fit.
    constexpr std::int64_t latest = INT64_C(1) << 52;
    if (sent > latest) return bad_member("time", find("time"), "milliseconds since 1970");
    read.says.sent = replay_memory::time(std::chrono::milliseconds(sent));
    read.nonce = find("nonce");
    read.proof = find("proof");
    return read;
}

} // namespace beckon::security::keys
