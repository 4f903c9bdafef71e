#include "schema/source.hpp"

#include <algorithm>

#include "schema/printable.hpp"

namespace beckon::schema {

namespace {

/// Longer lines are cut around the place of the complaint.
constexpr std::size_t excerpt_characters = 120;
constexpr std::size_t characters_before = 60;

bool continues_character(char byte) { return (static_cast<unsigned char>(byte) & 0xc0) == 0x80; }

std::uint32_t count_characters(std::string_view text) {
    return static_cast<std::uint32_t>(std::count_if(
        text.begin(), text.end(), [](char byte) { return !continues_character(byte); }));
}

/// The offset that many characters before `at`, but not before `begin`.
std::size_t step_back(std::string_view text, std::size_t begin, std::size_t at,
                      std::size_t characters) {
    while (at > begin && characters > 0) {
        --at;
        if (!continues_character(text[at])) --characters;
    }
    return at;
}

/// The text as a list of characters that are safe on a terminal, one string each.
std::vector<std::string> printable(std::string_view line) {
    std::vector<std::string> characters;
    while (!line.empty()) {
        const std::size_t size = printable_size(line);
        if (size > 0) {
            characters.emplace_back(line.substr(0, size));
        } else {
            characters.emplace_back(line.front() == '\t' ? " " : "?");
        }
        line.remove_prefix(size > 0 ? size : 1);
    }
    return characters;
}

} // namespace

source_text::source_text(std::string_view text, std::string_view file) : text_(text), file_(file) {
    line_starts_.push_back(0);
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\n') line_starts_.push_back(static_cast<std::uint32_t>(i + 1));
    }
}

std::uint32_t source_text::line_of(std::uint32_t offset) const noexcept {
    const auto after = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
    return static_cast<std::uint32_t>(after - line_starts_.begin() - 1);
}

diagnostic source_text::complain(source_range where, std::string message) const {
    const std::uint32_t line = line_of(where.offset);
    const std::size_t begin = line_starts_[line];
    std::size_t end = std::min(text_.find('\n', begin), text_.size());
    if (end > begin && text_[end - 1] == '\r') --end;
    const std::size_t at = std::min<std::size_t>(where.offset, end);
    const std::size_t until = std::min<std::size_t>(at + where.length, end);

    diagnostic out;
    out.file = file_;
    out.line = line + 1;
    out.column = count_characters(text_.substr(begin, at - begin)) + 1;
    out.message = std::move(message);
    // Only what is shown is looked at: a line can be as long as the text, and each complaint would pay for it.
    std::size_t first = begin;
    if (count_characters(text_.substr(begin, end - begin)) > excerpt_characters) {
        first = step_back(text_, begin, at, characters_before);
    }
    const std::size_t last = std::min(end, first + excerpt_characters * 4);
    const std::vector<std::string> shown = printable(text_.substr(first, last - first));
    for (std::size_t i = 0; i < std::min(shown.size(), excerpt_characters); ++i) {
        out.excerpt += shown[i];
    }
    const std::size_t before = printable(text_.substr(first, at - first)).size();
    const std::size_t marked =
        printable(text_.substr(at, std::min(until, at + excerpt_characters * 4) - at)).size();
    const std::size_t room = excerpt_characters - std::min(excerpt_characters, before);
    out.excerpt_column = static_cast<std::uint32_t>(before);
    out.length = static_cast<std::uint32_t>(std::max<std::size_t>(1, std::min(marked, room)));
    return out;
}

} // namespace beckon::schema
