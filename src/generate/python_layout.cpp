#include "generate/python_layout.hpp"

#include <algorithm>

#include "beckon/base/text.hpp"
#include "generate/doc_lines.hpp"
#include "generate/python_breaks.hpp"

namespace beckon::generate {

namespace {

constexpr std::size_t doc_columns = 80;

/// Backslashes mean themselves, and three quotes do not end the docstring.
std::string escaped(std::string_view line) {
    std::string out;
    for (const char letter : line) {
        if (letter == '\\' || (letter == '"' && out.ends_with("\"\""))) out += '\\';
        out += letter;
    }
    return out;
}

/// Takes away the blanks that Black would: those before the first line, and those before all others.
void take_margin(std::vector<std::string>& lines) {
    const auto blanks_before = [](const std::string& line) {
        return std::min(line.find_first_not_of(" \t"), line.size());
    };
    std::size_t margin = std::string::npos;
    for (std::string& line : lines) {
        std::replace(line.begin(), line.end(), '\t', ' ');
        while (line.ends_with(' ')) line.pop_back();
        if (&line != &lines.front() && !line.empty()) {
            margin = std::min(margin, blanks_before(line));
        }
    }
    lines.front().erase(0, blanks_before(lines.front()));
    for (std::size_t i = 1; i < lines.size(); ++i) {
        lines[i].erase(0, std::min(margin, lines[i].size()));
    }
}

} // namespace

std::string python_brackets(std::size_t indent, std::string_view head,
                            const std::vector<std::string>& items, std::string_view tail) {
    const std::string margin(indent, ' ');
    std::string line = concat(margin, head);
    for (const std::string& item : items) {
        line += item;
        if (&item != &items.back()) line += ", ";
    }
    line += tail;
    if (python_width(line) <= python_columns || items.empty()) return line + '\n';
    std::string out = concat(margin, head, "\n");
    for (const std::string& item : items) {
        // What has a type is broken behind its name.
        const std::size_t colon = item.find(": ");
        const std::size_t name = colon == std::string::npos || item.front() == '"' ? 0 : colon + 2;
        out += python_broken(indent + 4, item.substr(0, name), item.substr(name), ",");
    }
    // A tuple of one has its comma already.
    if (tail.starts_with(",)")) tail.remove_prefix(1);
    constexpr std::string_view arrow = ") -> ";
    if (!tail.starts_with(arrow)) return out + concat(margin, tail, "\n");
    tail.remove_prefix(arrow.size());
    tail.remove_suffix(1);
    const std::size_t wide = indent + arrow.size() + tail.size() + 1;
    if (wide > python_columns && tail.find_first_of("[ ") == std::string_view::npos) {
        return out + concat(margin, arrow, "(\n", margin, "    ", tail, "\n", margin, "):\n");
    }
    return out + python_broken(indent, arrow, tail, ":");
}

std::string python_docstring(std::size_t indent, std::string_view doc) {
    if (doc.empty()) return {};
    const std::string margin(indent, ' ');
    std::string text;
    std::vector<std::string> lines = doc_lines(doc, doc_columns - indent);
    take_margin(lines);
    for (const std::string& line : lines) {
        if (&line != &lines.front() && !line.empty()) text += margin;
        text += escaped(line);
        if (&line != &lines.back()) text += '\n';
    }
    // A quote beside the quotes would belong to them; Black puts blanks there.
    if (text.front() == '"') text.insert(0, " ");
    if (lines.size() > 1) return concat(margin, "\"\"\"", text, "\n", margin, "\"\"\"\n");
    if (text.back() == '"') text += ' ';
    return concat(margin, "\"\"\"", text, "\"\"\"\n");
}

std::string python_comment(std::size_t indent, std::string_view doc) {
    std::string out;
    for (const std::string& line : doc_lines(doc, doc_columns - indent)) {
        out += concat(std::string(indent, ' '), line.empty() ? "#:" : "#: ", line, "\n");
    }
    return out;
}

std::string python_hex_lines(std::span<const std::byte> content) {
    constexpr std::size_t digits = 80;
    const std::string text = to_hex(content);
    std::string out;
    for (std::size_t at = 0; at < text.size(); at += digits)
        out += concat(text.substr(at, digits), "\n");
    return out;
}

} // namespace beckon::generate
