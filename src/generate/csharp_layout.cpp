#include "generate/csharp_layout.hpp"

#include <algorithm>

#include "beckon/base/text.hpp"
#include "generate/line_breaks.hpp"

namespace beckon::generate {

namespace {

std::string as_xml(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        // What ends a line of C#'s, but none of the doc's, would end the comment too.
        if (begins_with_separator(text.substr(at))) {
            out += ' ';
            at += 2;
            continue;
        }
        switch (text[at]) {
        case '&': out += "&amp;"; break;
        case '<': out += "&lt;"; break;
        case '>': out += "&gt;"; break;
        default: out += text[at];
        }
    }
    return out;
}

} // namespace

void csharp_lines::add(std::string_view line) {
    if (!line.empty()) text_ += concat(std::string(depth_ * 4, ' '), line);
    text_ += '\n';
    is_fresh_ = false;
}

void csharp_lines::space() {
    if (!is_fresh_) text_ += '\n';
    is_fresh_ = true;
}

void csharp_lines::open(std::string_view head) {
    add(head);
    open_brace();
}

void csharp_lines::open_brace() {
    add("{");
    ++depth_;
    is_fresh_ = true;
}

void csharp_lines::close(std::string_view tail) {
    --depth_;
    add(concat("}", tail));
}

void csharp_lines::doc(std::string_view doc, std::string_view element) {
    if (doc.empty()) return;
    const std::string_view name = element.substr(0, element.find(' '));
    const std::string text = as_xml(doc);
    if (text.find('\n') == std::string::npos) {
        add(concat("/// <", element, ">", text, "</", name, ">"));
        return;
    }
    add(concat("/// <", element, ">"));
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        add(concat("///", end > at ? " " : "", text.substr(at, end - at)));
        at = end + 1;
    }
    add(concat("/// </", name, ">"));
}

std::string csharp_string(std::string_view content) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out = "\"";
    for (std::size_t at = 0; at < content.size(); ++at) {
        const char letter = content[at];
        const auto byte = static_cast<unsigned char>(letter);
        if (begins_with_separator(content.substr(at))) {
            out += concat("\\u202", separator_digit(content.substr(at)));
            at += 2;
        } else if (content.substr(at).starts_with("\xc2\x85")) {
            out += "\\u0085";
            ++at;
        } else if (letter == '"' || letter == '\\') {
            out += '\\';
            out += letter;
        } else if (letter == '\n') {
            out += "\\n";
        } else if (byte < 0x20 || byte == 0x7f) {
            out += concat("\\u00", digits[byte >> 4u], digits[byte & 15u]);
        } else {
            out += letter;
        }
    }
    return out + '"';
}

} // namespace beckon::generate
