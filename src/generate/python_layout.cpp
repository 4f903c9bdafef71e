#include "generate/python_layout.hpp"

#include "beckon/base/text.hpp"

namespace beckon::generate {

namespace {

constexpr std::size_t columns = 88;
constexpr std::size_t doc_columns = 80;

/// Lines of a doc, those that are too long broken at blanks.
std::vector<std::string> wrapped(std::string_view doc, std::size_t most) {
    std::vector<std::string> out;
    while (!doc.empty()) {
        const std::size_t end = doc.find('\n');
        std::string_view line = doc.substr(0, end);
        doc.remove_prefix(end == std::string_view::npos ? doc.size() : end + 1);
        while (line.size() > most) {
            std::size_t at = line.rfind(' ', most);
            if (at == std::string_view::npos || line.find_first_not_of(' ') > at) break;
            out.emplace_back(line.substr(0, at));
            line.remove_prefix(line.find_first_not_of(' ', at));
        }
        out.emplace_back(line);
    }
    return out;
}

/// Backslashes mean themselves, and three quotes do not end the docstring.
std::string escaped(std::string_view line) {
    std::string out;
    for (const char letter : line) {
        if (letter == '\\' || (letter == '"' && out.ends_with("\"\""))) out += '\\';
        out += letter;
    }
    return out;
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
    if (line.size() <= columns || items.empty()) return line + '\n';
    std::string out = concat(margin, head, "\n");
    for (const std::string& item : items) out += concat(margin, "    ", item, ",\n");
    // A tuple of one has its comma already.
    return out + concat(margin, tail.starts_with(",)") ? tail.substr(1) : tail, "\n");
}

std::string python_docstring(std::size_t indent, std::string_view doc) {
    if (doc.empty()) return {};
    const std::string margin(indent, ' ');
    std::string text;
    const std::vector<std::string> lines = wrapped(doc, doc_columns - indent);
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
    for (const std::string& line : wrapped(doc, doc_columns - indent)) {
        out += concat(std::string(indent, ' '), line.empty() ? "#:" : "#: ", line, "\n");
    }
    return out;
}

} // namespace beckon::generate
