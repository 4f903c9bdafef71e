#include "service/bridge/recorded_lines.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "beckon/base/utf8.hpp"
#include "beckon/codec/base64.hpp"
#include "beckon/codec/json.hpp"
#include "beckon/codec/json_reader.hpp"
#include "beckon/value/base64.hpp"

namespace beckon {

namespace {

/// Beyond that digits are no help to anybody.
constexpr std::size_t most_in_digits = 1'024;

[[nodiscard]] std::string in_quotes(std::string_view text) {
    if (is_utf8(text)) {
        if (auto made = json::to_string(value(text))) return std::move(*made);
    }
    return json::to_string(value(quoted(text, text.size()))).value();
}

/// With all its microseconds: columns stay in line.
[[nodiscard]] std::string seconds_text(double seconds) {
    std::array<char, 40> digits{};
    const auto [end, wrong] = std::to_chars(digits.data(), digits.data() + digits.size(),
                                            std::max(seconds, 0.0), std::chars_format::fixed, 6);
    return wrong == std::errc() ? std::string(digits.data(), end) : std::string("0");
}

[[nodiscard]] std::string opened(recorded_place place) {
    return concat("{\"conversation\":", place.conversation, ",\"at\":", seconds_text(place.at));
}

[[nodiscard]] std::string_view name_of(speaker who) noexcept {
    return who == speaker::client ? "client" : "server";
}

[[nodiscard]] bool is_readable(std::string_view text) noexcept {
    // Where a NUL is, it ends the message.
    if (text.ends_with('\0')) text.remove_suffix(1);
    const bool plain = std::all_of(text.begin(), text.end(), [](char each) {
        const auto code = static_cast<unsigned char>(each);
        return (code >= 0x20 && code != 0x7f) || each == '\n' || each == '\r' || each == '\t';
    });
    return plain && is_utf8(text);
}

[[nodiscard]] std::string exact(byte_view message) {
    if (!message.empty() && is_readable(as_text(message)))
        return concat("\"text\":", in_quotes(as_text(message)));
    if (message.size() <= most_in_digits) return concat("\"hex\":\"", to_hex(message), "\"");
    return concat("\"base64\":\"", base64_encode(message), "\"");
}

/// Whether a text can stand in a line as it is, and is found again there.
[[nodiscard]] bool is_json_of_one_line(std::string_view text) {
    if (text.empty() || text.find_first_of("\n\r") != std::string_view::npos) return false;
    if (static_cast<unsigned char>(text.front()) <= ' ' ||
        static_cast<unsigned char>(text.back()) <= ' ')
        return false;
    json::parse_options options;
    options.max_nodes = text.size();
    json::reader in(text, options);
    return in.skip() && in.finish();
}

} // namespace

std::string first_recorded_line() {
    return concat("{\"recording\":\"beckon\",\"version\":", recording_version, "}");
}

std::string begin_line(recorded_place place, std::string_view endpoint, bool keeps_messages) {
    return concat(opened(place), ",\"begin\":", in_quotes(endpoint),
                  keeps_messages ? ",\"messages\":true}" : "}");
}

std::string end_line(recorded_place place, std::string_view by) {
    return concat(opened(place), ",\"end\":", in_quotes(by), "}");
}

std::string message_line(recorded_place place, speaker who, const told_message& said,
                         const teller& tells) {
    std::string line = concat(opened(place), ",\"", name_of(who), "\":", in_quotes(said.text));
    if (said.exchange) line += concat(",\"exchange\":", *said.exchange);
    const auto text = tells.text_in(said.message);
    if (text && is_json_of_one_line(*text)) {
        const bytes again = tells.around(*text);
        if (std::equal(again.begin(), again.end(), said.message.begin(), said.message.end()))
            return concat(line, ",\"json\":", *text, "}");
    }
    return concat(line, ",", exact(said.message), "}");
}

std::string raw_line(recorded_place place, speaker who, byte_view content) {
    return concat(opened(place), ",\"", name_of(who), "\":\"", content.size(),
                  " bytes\",\"raw\":true,", exact(content), "}");
}

} // namespace beckon
