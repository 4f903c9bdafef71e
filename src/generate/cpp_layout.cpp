#include "generate/cpp_layout.hpp"

#include <algorithm>

#include "beckon/base/text.hpp"

namespace beckon::generate {

namespace {

constexpr std::size_t columns = 100;

/// Items from column `start` on, filled line by line.
std::string fill_from(std::size_t start, const std::vector<std::string>& items,
                      std::string_view tail) {
    std::string out;
    std::size_t column = start;
    for (std::size_t i = 0; i < items.size(); ++i) {
        const bool last = i + 1 == items.size();
        const std::size_t size = items[i].size() + (last ? tail.size() : 1);
        if (i > 0) {
            if (column + 1 + size > columns) {
                out += concat("\n", std::string(start, ' '));
                column = start;
            } else {
                out += ' ';
                ++column;
            }
        }
        out += items[i];
        if (!last) out += ',';
        column += size;
    }
    return out += tail;
}

} // namespace

std::string fill(std::string_view head, const std::vector<std::string>& items,
                 std::string_view tail, std::size_t indent) {
    std::size_t widest = 0;
    for (const std::string& item : items) widest = std::max(widest, item.size() + 1);
    if (!items.empty()) widest = std::max(widest, items.back().size() + tail.size());
    if (head.size() + widest <= columns) {
        return concat(head, fill_from(head.size(), items, tail));
    }
    return concat(head, "\n", std::string(indent, ' '), fill_from(indent, items, tail));
}

std::string cpp_comment(std::string_view doc, std::string_view slashes) {
    std::string out;
    while (!doc.empty()) {
        const std::size_t end = doc.find('\n');
        std::string line(doc.substr(0, end));
        doc.remove_prefix(end == std::string_view::npos ? doc.size() : end + 1);
        // A backslash at its end would join the next line to the comment.
        if (!line.empty() && line.back() == '\\') line += '.';
        out += concat(slashes, line.empty() ? "" : " ", line, "\n");
    }
    return out;
}

} // namespace beckon::generate
