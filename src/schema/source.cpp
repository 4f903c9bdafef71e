#include "schema/source.hpp"

#include <algorithm>

#include "schema/printable.hpp"

namespace beckon::schema {

namespace {

/// Longer lines are cut around the place of the complaint.
constexpr std::size_t excerpt_characters = 120;
constexpr std::size_t characters_before = 60;

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

    const std::vector<std::string> before = printable(text_.substr(begin, at - begin));
    const std::vector<std::string> marked = printable(text_.substr(at, until - at));
    std::vector<std::string> all = before;
    all.insert(all.end(), marked.begin(), marked.end());
    for (std::string& character : printable(text_.substr(until, end - until))) {
        all.push_back(std::move(character));
    }

    diagnostic out;
    out.file = file_;
    out.line = line + 1;
    out.column = static_cast<std::uint32_t>(before.size() + 1);
    out.message = std::move(message);
    std::size_t first = 0;
    if (all.size() > excerpt_characters && before.size() > characters_before) {
        first = before.size() - characters_before;
    }
    const std::size_t last = std::min(all.size(), first + excerpt_characters);
    for (std::size_t i = first; i < last; ++i) out.excerpt += all[i];
    out.excerpt_column = static_cast<std::uint32_t>(before.size() - first);
    const std::size_t room = last - std::min(last, before.size());
    out.length = static_cast<std::uint32_t>(
        std::max<std::size_t>(1, std::min(marked.size(), room)));
    return out;
}

} // namespace beckon::schema
