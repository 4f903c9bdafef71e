#include "schema/parser.hpp"

#include <algorithm>
#include <utility>

#include "beckon/base/text.hpp"
#include "beckon/base/utf8.hpp"
#include "schema/comments.hpp"
#include "schema/name_index.hpp"
#include "schema/text_literal.hpp"

namespace beckon::schema {

namespace {

constexpr std::pair<std::string_view, section> keywords[] = {{"enum", section::enumerations},
                                                             {"record", section::records},
                                                             {"exception", section::exceptions},
                                                             {"interface", section::interfaces}};

/// What other languages call the same.
constexpr std::pair<std::string_view, std::string_view> foreign_keywords[] = {
    {"struct", "record"},
    {"message", "record"},
    {"class", "interface"},
    {"service", "interface"},
    {"error", "exception"}};

std::string nearest_keyword(std::string_view word) {
    for (const auto& [foreign, ours] : foreign_keywords) {
        if (foreign == word) return std::string(ours);
    }
    for (const auto& [keyword, section] : keywords) {
        if (letters_apart(word, keyword, 2) <= 2) return std::string(keyword);
    }
    return {};
}

std::optional<section> section_of(std::string_view word) {
    for (const auto& [keyword, section] : keywords) {
        if (keyword == word) return section;
    }
    return std::nullopt;
}

} // namespace

const token& parser::peek(std::size_t ahead) const {
    return tokens_.list[std::min(at_ + ahead, tokens_.list.size() - 1)];
}

std::string_view parser::slice(std::size_t ahead) const { return source_.slice(peek(ahead).where); }

bool parser::is(std::string_view symbol, std::size_t ahead) const {
    return peek(ahead).kind == token_kind::symbol && slice(ahead) == symbol;
}

bool parser::is_word(std::size_t ahead) const { return peek(ahead).kind == token_kind::name; }

bool parser::accept(std::string_view symbol) {
    if (!is(symbol)) return false;
    ++at_;
    return true;
}

void parser::complain(source_range where, std::string message) {
    diagnostics.push_back(source_.complain(where, std::move(message)));
    // Nothing after the last complaint would be heard.
    if (diagnostics.size() >= max_errors_) at_ = tokens_.list.size() - 1;
}

bool parser::unexpected(const std::string& expected) {
    complain(peek().where, concat("found ", describe(source_, peek()), ", expected ", expected));
    return false;
}

bool parser::expect(std::string_view symbol, const std::string& after) {
    if (accept(symbol)) return true;
    const std::string expected = concat("'", symbol, "' after ", after);
    if (at_ > 0 && !at_end() && peek().line > tokens_.list[last()].line) {
        // The place to mend is the line before; what stands on this one is sound and is read as usual.
        const source_range before = tokens_.list[last()].where;
        complain({before.offset + before.length, 1},
                 concat("found end of line, expected ", expected));
        return true;
    }
    return unexpected(expected);
}

std::optional<std::string> parser::expect_name(const std::string& what) {
    if (!is_word()) {
        unexpected(what);
        return std::nullopt;
    }
    std::string name(slice());
    ++at_;
    return name;
}

void parser::run() {
    const bool declaration_first = is_word() && section_of(slice()).has_value();
    document.doc = doc_of_file(source_, tokens_, declaration_first);
    while (!at_end()) {
        if (accept(";")) continue; // after a '}', as in C++
        parse_declaration();
    }
}

/// A keyword, a name and a brace: no member of anything looks so.
bool parser::at_declaration() const {
    return is_word() && section_of(slice()) && is_word(1) && is("{", 2);
}

std::optional<section> parser::declaration_keyword() {
    if (is_word()) {
        if (const auto section = section_of(slice())) return section;
    }
    std::string expected = "enum, record, exception, interface, label, namespace or widths";
    std::optional<section> meant;
    if (is_word()) {
        const std::string keyword = nearest_keyword(slice());
        if (!keyword.empty()) {
            expected += concat("; did you mean '", keyword, "'?");
            // Reading on as if it were there finds the errors inside too.
            if (is_word(1) && is("{", 2)) meant = section_of(keyword);
        }
    }
    unexpected(expected);
    return meant;
}

void parser::parse_declaration() {
    const std::size_t first = at_;
    if (is_word() && slice() == "label") return parse_label();
    if (is_word() && slice() == "namespace") return parse_namespace();
    if (is_word() && slice() == "widths") return parse_widths();
    const auto section = declaration_keyword();
    if (!section) return skip_to_declaration();
    ++at_;
    switch (*section) {
    case section::enumerations: return parse_enumeration(first);
    case section::records: return parse_record(first, document.records, *section);
    case section::exceptions: return parse_record(first, document.exceptions, *section);
    case section::interfaces: return parse_interface(first);
    }
}

void parser::finish_statement(const std::string& after) {
    if (!expect(";", after)) skip_to_declaration();
}

void parser::parse_label() {
    const source_range where = peek().where;
    ++at_;
    if (peek().kind != token_kind::text) {
        unexpected("a string after 'label'");
        return skip_to_declaration();
    }
    std::string label;
    const std::string_view raw = slice();
    if (raw.size() >= 2 && !unescape(raw.substr(1, raw.size() - 2), label) && !is_utf8(label)) {
        complain(peek().where, "found a label that is not UTF-8");
    }
    if (!document.label.empty()) complain(where, "found 'label' for the second time");
    document.label = std::move(label);
    ++at_;
    finish_statement("the label");
}

void parser::parse_namespace() {
    const source_range where = peek().where;
    ++at_;
    std::string name;
    do {
        if (!name.empty()) name += '.';
        const auto part = expect_name("a name after 'namespace'");
        if (!part) return skip_to_declaration();
        name += *part;
    } while (accept("."));
    if (!document.cpp_namespace.empty()) complain(where, "found 'namespace' for the second time");
    document.cpp_namespace = std::move(name);
    finish_statement("the namespace");
}

void parser::parse_widths() {
    ++at_;
    for (std::uint8_t* const width : {&document.method_ref_bytes, &document.object_ref_bytes}) {
        const std::string_view digits = slice();
        if (peek().kind != token_kind::integer ||
            (digits != "1" && digits != "2" && digits != "4" && digits != "8")) {
            unexpected("a width of 1, 2, 4 or 8 bytes: widths METHOD OBJECT");
            return skip_to_declaration();
        }
        *width = static_cast<std::uint8_t>(digits[0] - '0');
        ++at_;
    }
    finish_statement("the widths");
}

void parser::skip_to_declaration() {
    while (!at_end() && !at_declaration()) {
        ++at_;
        // A statement that ended, and the word that begins the next.
        if (is_word() && (slice() == "label" || slice() == "namespace" || slice() == "widths") &&
            source_.slice(tokens_.list[last()].where) == ";") {
            return;
        }
    }
}

} // namespace beckon::schema
