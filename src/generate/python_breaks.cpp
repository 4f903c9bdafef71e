#include "generate/python_breaks.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include "beckon/base/text.hpp"

namespace beckon::generate {

namespace {

constexpr std::string_view or_none = " | None";

bool fits(std::size_t indent, std::string_view head, std::string_view text, std::string_view tail) {
    return indent + python_width(head) + python_width(text) + python_width(tail) <= python_columns;
}

std::string line_of(std::size_t indent, std::string_view head, std::string_view text,
                    std::string_view tail) {
    return concat(std::string(indent, ' '), head, text, tail, "\n");
}

/// Where a string literal that begins at `at` ends, behind its quote.
std::size_t end_of_string(std::string_view text, std::size_t at) {
    const char quote = text[at++];
    while (at < text.size() && text[at] != quote) at += text[at] == '\\' ? 2 : 1;
    return std::min(at + 1, text.size());
}

/// An expression that ends with brackets: what is before them, and the items between them.
struct bracketed {
    std::string_view prefix;
    char close;
    std::vector<std::string_view> items;

    /// Black adds no comma where it would make a tuple of an index, nor to the one argument of a call.
    [[nodiscard]] bool has_comma() const { return items.size() > 1 || is_list(); }

private:
    [[nodiscard]] bool is_list() const {
        return close == ']' && (prefix.empty() || prefix.ends_with(' '));
    }
};

std::optional<bracketed> brackets_of(std::string_view text) {
    if (!text.ends_with(']') && !text.ends_with(')')) return std::nullopt;
    bracketed out{{}, text.back(), {}};
    std::size_t depth = 0;
    std::size_t item = 0;
    for (std::size_t at = 0; at < text.size();) {
        const char letter = text[at];
        if (letter == '"' || letter == '\'') {
            at = end_of_string(text, at);
            continue;
        }
        if ((letter == '[' || letter == '(') && depth++ == 0) {
            out.prefix = text.substr(0, at);
            item = at + 1;
        } else if (letter == ']' || letter == ')') {
            if (--depth == 0) {
                if (at + 1 < text.size()) return std::nullopt; // "a[b].c(d)" is not made here
                if (at > item) out.items.push_back(text.substr(item, at - item));
            }
        } else if (letter == ',' && depth == 1) {
            if (at > item) out.items.push_back(text.substr(item, at - item));
            item = at + 2;
        }
        ++at;
    }
    return out;
}

/// A literal's content in parts of a line each, its escapes whole.
std::vector<std::string> parts_of(std::string_view literal, std::size_t most) {
    const std::size_t begin = literal.find_first_of("\"'");
    const std::string_view prefix = literal.substr(0, begin);
    const std::string quote(1, literal[begin]);
    const std::string_view content = literal.substr(begin + 1, literal.size() - begin - 2);
    std::vector<std::string> out;
    std::string part;
    for (std::size_t at = 0; at < content.size();) {
        std::size_t size = 1;
        if (content[at] == '\\') size = content[at + 1] == 'x' ? 4 : 2;
        while (at + size < content.size() &&
               (static_cast<unsigned char>(content[at + size]) & 0xc0u) == 0x80u) {
            ++size;
        }
        if (prefix.size() + 2 + python_width(part) + size > most) {
            out.push_back(concat(prefix, quote, part, quote));
            part.clear();
        }
        part += content.substr(at, size);
        at += size;
    }
    out.push_back(concat(prefix, quote, part, quote));
    return out;
}

bool is_string(std::string_view value) {
    return value.starts_with('"') || value.starts_with('\'') || value.starts_with("b\"") ||
           value.starts_with("b'");
}

/// A value without brackets of its own gets some, where that helps.
std::string in_parentheses(std::size_t indent, std::string_view head, std::string_view value) {
    const std::size_t inner = indent + 4;
    if (!fits(indent, head, "(", "")) return line_of(indent, head, value, "");
    if (!is_string(value)) {
        if (!fits(inner, "", value, "")) return line_of(indent, head, value, "");
        return concat(line_of(indent, head, "(", ""), line_of(inner, "", value, ""),
                      line_of(indent, "", ")", ""));
    }
    std::string out = line_of(indent, head, "(", "");
    for (const std::string& part : parts_of(value, python_columns - inner)) {
        out += line_of(inner, "", part, "");
    }
    return out + line_of(indent, "", ")", "");
}

/// Whether opening the only items of brackets leads to several.
bool has_several(std::string_view text) {
    while (true) {
        if (text.ends_with(or_none)) text.remove_suffix(or_none.size());
        const auto brackets = brackets_of(text);
        if (!brackets || brackets->items.empty()) return false;
        if (brackets->items.size() > 1) return true;
        text = brackets->items.front();
    }
}

/// With the brackets at its end opened. A comma behind the last of several items keeps them so in all versions of Black,
/// which else differ in whether the type or the value of a field gives way: where `is_kept`, there is one if there can be.
std::string opened(std::size_t indent, std::string_view head, std::string_view text,
                   std::string_view tail, bool is_kept) {
    const auto inner = [&](std::string_view item, std::string_view comma) {
        return is_kept && comma.empty() && has_several(item)
                   ? opened(indent + 4, "", item, comma, true)
                   : python_broken(indent + 4, "", item, comma);
    };
    if (text.ends_with(or_none)) {
        text.remove_suffix(or_none.size());
        return concat(line_of(indent, head, "typing.Optional[", ""), inner(text, ""),
                      line_of(indent, "]", "", tail));
    }
    const auto brackets = brackets_of(text);
    if (!brackets || brackets->items.empty()) return line_of(indent, head, text, tail);
    const std::string_view open = brackets->close == ']' ? "[" : "(";
    std::string out = line_of(indent, head, brackets->prefix, open);
    for (const std::string_view item : brackets->items) {
        out += inner(item, brackets->has_comma() ? "," : "");
    }
    return out + line_of(indent, std::string_view(&brackets->close, 1), "", tail);
}

std::string valued(std::size_t indent, std::string_view head, std::string_view value) {
    if (fits(indent, head, value, "")) return line_of(indent, head, value, "");
    const auto brackets = brackets_of(value);
    if (brackets && !is_string(value)) return python_broken(indent, head, value, "");
    return in_parentheses(indent, head, value);
}

} // namespace

std::size_t python_width(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char byte) {
        return (static_cast<unsigned char>(byte) & 0xc0u) != 0x80u;
    }));
}

std::string python_broken(std::size_t indent, std::string_view head, std::string_view text,
                          std::string_view tail) {
    if (fits(indent, head, text, tail)) return line_of(indent, head, text, tail);
    return opened(indent, head, text, tail, false);
}

std::string python_field(std::size_t indent, std::string_view name, std::string_view type,
                         std::string_view value) {
    const std::string head = concat(name, ": ");
    if (value.empty()) return python_broken(indent, head, type, "");
    // The value gives way first, as long as the line before its brackets fits.
    const std::string whole = concat(head, type, " = ");
    const auto brackets = brackets_of(value);
    const std::string_view prefix = brackets ? brackets->prefix : std::string_view{};
    const bool is_wide = !fits(indent, whole, prefix, "(");
    if (!is_wide || fits(indent, whole, value, "")) return valued(indent, whole, value);
    const std::string broken = opened(indent, head, type, "", true);
    const std::size_t last = broken.rfind('\n', broken.size() - 2);
    if (last == std::string::npos) return valued(indent, whole, value);
    return broken.substr(0, last + 1) + valued(indent, "] = ", value);
}

} // namespace beckon::generate
