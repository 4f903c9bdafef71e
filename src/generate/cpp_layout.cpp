#include "generate/cpp_layout.hpp"

#include <algorithm>

#include "beckon/base/text.hpp"

namespace beckon::generate {

namespace {

constexpr std::size_t columns = 100;

/// Text that goes on at a column, and where it ends.
struct placed {
    std::string text;
    std::size_t column;
};

/// What ends with brackets, "a<b, c> d" or "(a, b)", in its parts.
struct bracketed {
    std::string_view prefix; // with the bracket
    std::vector<std::string> items;
    std::string_view suffix; // from the bracket on
};

bracketed brackets_of(std::string_view text) {
    bracketed out;
    std::size_t depth = 0;
    std::size_t item = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char letter = text[at];
        if ((letter == '<' || letter == '(') && depth++ == 0) {
            item = at + 1;
            out.prefix = text.substr(0, item);
        } else if ((letter == '>' || letter == ')') && --depth == 0) {
            out.items.emplace_back(text.substr(item, at - item));
            out.suffix = text.substr(at);
            return out;
        } else if (letter == ',' && depth == 1) {
            out.items.emplace_back(text.substr(item, at - item));
            item = at + 2;
        }
    }
    return {};
}

placed fill_from(std::size_t start, const std::vector<std::string>& items, std::string_view tail);

/// An item that is too wide for its line is broken inside its brackets; what is behind them gets a line of its own.
placed broken(std::size_t start, const std::string& item, std::string_view tail) {
    const bracketed parts = brackets_of(item);
    if (parts.items.empty() || start + item.size() + tail.size() <= columns) {
        return {concat(item, tail), start + item.size() + tail.size()};
    }
    const std::size_t close = std::min(parts.suffix.find(' '), parts.suffix.size());
    const bool is_named = close < parts.suffix.size();
    placed out = fill_from(start + parts.prefix.size(), parts.items,
                           concat(parts.suffix.substr(0, close), is_named ? "" : tail));
    out.text.insert(0, parts.prefix);
    if (!is_named) return out;
    constexpr std::size_t continued = 4;
    const std::string name = concat(parts.suffix.substr(close + 1), tail);
    return {concat(out.text, "\n", std::string(start + continued, ' '), name),
            start + continued + name.size()};
}

/// Items from column `start` on, filled line by line.
placed fill_from(std::size_t start, const std::vector<std::string>& items, std::string_view tail) {
    placed out{{}, start};
    bool is_after_broken = false;
    for (std::size_t i = 0; i < items.size(); ++i) {
        const bool last = i + 1 == items.size();
        const std::string_view behind = last ? tail : ",";
        const std::size_t size = items[i].size() + behind.size();
        if (i > 0) {
            if (is_after_broken || out.column + 1 + size > columns) {
                out.text += concat("\n", std::string(start, ' '));
                out.column = start;
            } else {
                out.text += ' ';
                ++out.column;
            }
        }
        const placed item = broken(out.column, items[i], behind);
        out.text += item.text;
        out.column = item.column;
        is_after_broken = item.text.find('\n') != std::string::npos;
    }
    if (items.empty()) out.text += tail;
    return out;
}

} // namespace

std::string fill(std::string_view head, const std::vector<std::string>& items,
                 std::string_view tail, std::size_t indent) {
    const std::size_t start = head.size() - (head.rfind('\n') + 1); // npos + 1 is 0
    std::size_t widest = 0;
    for (const std::string& item : items) widest = std::max(widest, item.size() + 1);
    if (!items.empty()) widest = std::max(widest, items.back().size() + tail.size());
    // Where no line would be wide enough anyway, items are broken behind the head.
    constexpr std::size_t room = 60;
    const bool is_wide = indent + widest > columns && start <= room;
    if (start + widest <= columns || is_wide) {
        return concat(head, fill_from(start, items, tail).text);
    }
    return concat(head, "\n", std::string(indent, ' '), fill_from(indent, items, tail).text);
}

std::string cpp_field(std::string_view type, std::string_view name, std::string_view value) {
    constexpr std::size_t indent = 4;
    constexpr std::size_t continued = 8;
    const bool is_assigned = value.starts_with(" = ");
    const std::string margin(continued, ' ');
    const std::string typed = concat(std::string(indent, ' '), type, " ", name);
    const std::string line = concat(typed, value, ";");
    if (line.size() <= columns) return line + '\n';
    if (is_assigned && typed.size() + 2 <= columns) {
        return concat(typed, " =\n", margin, value.substr(3), ";\n");
    }
    return concat(std::string(indent, ' '), broken(indent, std::string(type), "").text, "\n",
                  margin, name, value, ";\n");
}

std::string cpp_comment(std::string_view doc, std::string_view slashes) {
    std::string out;
    while (!doc.empty()) {
        const std::size_t end = doc.find('\n');
        std::string line(doc.substr(0, end));
        doc.remove_prefix(end == std::string_view::npos ? doc.size() : end + 1);
        // A backslash at its end, or the trigraph that once was one, would join the next line to the comment.
        if (line.ends_with('\\') || line.ends_with("?\?/")) line += '.';
        out += concat(slashes, line.empty() ? "" : " ", line, "\n");
    }
    return out;
}

} // namespace beckon::generate
