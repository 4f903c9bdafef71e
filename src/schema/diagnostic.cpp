#include "beckon/schema/diagnostic.hpp"

#include "beckon/base/text.hpp"

namespace beckon::schema {

namespace {

void append(std::string& out, const diagnostic& diagnostic, std::string_view severity) {
    out += concat(diagnostic.file, ":", diagnostic.line, ":", diagnostic.column, ": ", severity,
                  ": ", diagnostic.message, "\n");
    const std::string number = concat(diagnostic.line);
    out += concat("  ", number, " | ", diagnostic.excerpt, "\n");
    out += concat("  ", std::string(number.size(), ' '), " | ",
                  std::string(diagnostic.excerpt_column, ' '), "^");
    if (diagnostic.length > 1) out += std::string(diagnostic.length - 1, '~');
    out += '\n';
    for (const schema::diagnostic& note : diagnostic.notes) append(out, note, "note");
}

} // namespace

std::string headline(const diagnostic& diagnostic) {
    return concat(diagnostic.file, ":", diagnostic.line, ":", diagnostic.column, ": ",
                  diagnostic.message);
}

std::string to_string(const diagnostic& diagnostic) {
    std::string out;
    append(out, diagnostic, "error");
    return out;
}

std::string to_string(const std::vector<diagnostic>& diagnostics) {
    std::string out;
    for (const diagnostic& diagnostic : diagnostics) append(out, diagnostic, "error");
    return out;
}

} // namespace beckon::schema
