#include "generate/typescript_layout.hpp"

#include <algorithm>

#include "beckon/base/text.hpp"
#include "generate/doc_lines.hpp"

namespace beckon::generate {

namespace {

constexpr std::size_t columns = 80;

layout of(layout::form form, std::vector<layout> parts) {
    layout out;
    out.is = form;
    out.parts = std::move(parts);
    return out;
}

bool has_forced(const layout& content) {
    return content.is_forced || std::any_of(content.parts.begin(), content.parts.end(), has_forced);
}

/// Columns that UTF-8 takes.
std::size_t columns_of(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char byte) {
        return (static_cast<unsigned char>(byte) & 0xc0u) != 0x80u;
    }));
}

struct command {
    std::size_t indent;
    bool is_broken;
    const layout* content;
};

/// What a command consists of, onto the stack, the first uppermost.
void open(std::vector<command>& stack, const command& outer) {
    const layout& content = *outer.content;
    if (content.is == layout::form::if_broken) {
        stack.push_back({outer.indent, outer.is_broken, &content.parts[outer.is_broken ? 0 : 1]});
        return;
    }
    const std::size_t indent = outer.indent + (content.is == layout::form::nested ? 2 : 0);
    for (auto part = content.parts.rbegin(); part != content.parts.rend(); ++part) {
        stack.push_back({indent, outer.is_broken, &*part});
    }
}

/// Whether a group fits into the columns that are left, with what follows it up to the next line end.
bool fits(const command& group, const std::vector<command>& behind, std::size_t left) {
    std::vector<command> stack{group};
    std::size_t next = behind.size();
    while (!stack.empty() || next > 0) {
        if (stack.empty()) stack.push_back(behind[--next]);
        const command each = stack.back();
        stack.pop_back();
        const layout& content = *each.content;
        switch (content.is) {
        case layout::form::line:
            if (each.is_broken) return true;
            [[fallthrough]];
        case layout::form::text: {
            const std::size_t width = columns_of(content.text);
            if (width > left) return false;
            left -= width;
            break;
        }
        case layout::form::group:
            open(stack, {each.indent, content.is_forced || each.is_broken, &content});
            break;
        default: open(stack, each);
        }
    }
    return true;
}

/// Nothing in it ends the comment.
std::string harmless(std::string_view line) {
    std::string out;
    for (const char letter : line) {
        if (letter == '/' && out.ends_with('*')) out += '\\';
        out += letter;
    }
    return out;
}

} // namespace

layout row(std::vector<layout> parts) { return of(layout::form::row, std::move(parts)); }

layout nested(std::vector<layout> parts) { return of(layout::form::nested, std::move(parts)); }

layout group(std::vector<layout> parts, bool is_forced) {
    layout out = of(layout::form::group, std::move(parts));
    out.is_forced = is_forced || has_forced(out);
    return out;
}

layout line(std::string_view otherwise) {
    layout out(otherwise);
    out.is = layout::form::line;
    return out;
}

layout if_broken(layout broken, layout flat) {
    return of(layout::form::if_broken, {std::move(broken), std::move(flat)});
}

layout bracketed(std::string_view open, const std::vector<layout>& items, std::string_view close,
                 bool is_forced, std::string_view last) {
    if (items.empty()) return concat(open, close);
    std::vector<layout> inner{line("")};
    for (const layout& item : items) {
        inner.push_back(item);
        if (&item == &items.back()) continue;
        inner.emplace_back(",");
        inner.push_back(line());
    }
    return group({open, nested(std::move(inner)), if_broken(last), line(""), close}, is_forced);
}

std::size_t width_of(const layout& content) {
    if (content.is == layout::form::if_broken) return width_of(content.parts[1]);
    std::size_t out = columns_of(content.text);
    for (const layout& part : content.parts) out += width_of(part);
    return out;
}

std::string to_lines(std::size_t indent, const layout& content) {
    std::string out(indent, ' ');
    std::size_t at = indent;
    std::vector<command> stack{{indent, true, &content}};
    while (!stack.empty()) {
        const command each = stack.back();
        stack.pop_back();
        const layout& part = *each.content;
        switch (part.is) {
        case layout::form::line:
            if (each.is_broken) {
                out += '\n';
                out.append(each.indent, ' ');
                at = each.indent;
                break;
            }
            [[fallthrough]];
        case layout::form::text:
            out += part.text;
            at += columns_of(part.text);
            break;
        case layout::form::group: {
            const command flat{each.indent, false, each.content};
            const std::size_t left = columns > at ? columns - at : 0;
            const bool is_broken = part.is_forced || (each.is_broken && !fits(flat, stack, left));
            open(stack, {each.indent, is_broken, each.content});
            break;
        }
        default: open(stack, each);
        }
    }
    return out + '\n';
}

std::string typescript_doc(std::size_t indent, std::string_view doc) {
    if (doc.empty()) return {};
    const std::string margin(indent, ' ');
    const std::vector<std::string> lines = doc_lines(doc, columns - indent - 3);
    if (lines.size() == 1 && lines[0].size() + indent + 7 <= columns) {
        return concat(margin, "/** ", harmless(lines[0]), " */\n");
    }
    std::string out = concat(margin, "/**\n");
    for (const std::string& each : lines) {
        out += concat(margin, each.empty() ? " *" : " * ", harmless(each), "\n");
    }
    return out + concat(margin, " */\n");
}

} // namespace beckon::generate
