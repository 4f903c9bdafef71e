#include <limits>

#include "beckon/base/text.hpp"
#include "schema/comments.hpp"
#include "schema/literal_reader.hpp"
#include "schema/parser.hpp"

namespace beckon::schema {

namespace {

constexpr std::string_view word_of(section section) {
    return section == section::exceptions ? "exception" : "record";
}

} // namespace

void parser::note(place where, aspect aspect, std::size_t token) {
    where.aspect = aspect;
    places.emplace(where, tokens_.list[token].where);
}

bool parser::open_body(const std::string& what) {
    if (accept("{")) return true;
    unexpected(concat("'{' after ", what));
    while (!at_end() && !is("{") && !is(";") && !is("}") && !at_declaration()) ++at_;
    if (accept("{")) return true;
    skip_to_declaration();
    return false;
}

/// True where no member follows: at the brace, at the end, or where the brace was forgotten.
bool parser::at_end_of_body(const std::string& what) {
    if (is("}")) return true;
    if (at_end() || at_declaration()) {
        unexpected(concat("'}' at the end of ", what));
        return true;
    }
    return false;
}

/// Closes the body; the comments before the declaration, behind its opening and behind its closing brace.
std::string parser::close_body(std::size_t first, std::size_t open) {
    accept("}");
    std::string doc = doc_of(source_, tokens_, first, last());
    const std::string behind_brace = trailing_doc_of(source_, tokens_, open);
    if (open == last() || behind_brace.empty()) return doc;
    return doc.empty() ? behind_brace : concat(doc, "\n", behind_brace);
}

/// To the end of a member that cannot be read.
void parser::skip_member() {
    std::size_t depth = 0;
    for (; !at_end() && !at_declaration(); ++at_) {
        if (is("{")) ++depth;
        if (is("}") && depth-- == 0) return;
        if (depth == 0 && accept(";")) return;
    }
}

void parser::parse_enumeration(std::size_t first) {
    const auto name = expect_name("the name of the enum");
    if (!name) return skip_to_declaration();
    const auto index = static_cast<std::uint32_t>(document.enumerations.size());
    const place where{section::enumerations, index};
    note(where, aspect::name, last());
    const std::string what = concat("enum ", *name);
    enumeration out;
    out.name = *name;
    if (open_body(what)) {
        const std::size_t open = last();
        while (!at_end_of_body(what)) {
            place member = where;
            member.member = static_cast<std::uint32_t>(out.enumerators.size());
            parse_enumerator(out, member);
        }
        out.doc = close_body(first, open);
    }
    document.enumerations.push_back(std::move(out));
}

void parser::parse_enumerator(enumeration& out, place where) {
    const std::size_t first = at_;
    const auto name = expect_name(concat("the name of a value of enum ", out.name));
    if (!name) {
        while (!at_end() && !is(",") && !is("}") && !at_declaration()) ++at_;
        accept(",");
        return;
    }
    note(where, aspect::name, last());
    enumerator value;
    value.name = *name;
    if (!out.enumerators.empty()) {
        const std::int32_t before = out.enumerators.back().number;
        if (before == std::numeric_limits<std::int32_t>::max() && !is("=")) {
            complain(tokens_.list[last()].where,
                     concat("found '", *name, "' after the greatest number ", before,
                            ", expected a number of its own"));
        } else if (!is("=")) {
            value.number = before + 1;
        }
    }
    note(where, aspect::number, last());
    if (accept("=")) parse_number(value, where);
    if (!accept(",") && !is("}") && !at_end() && !at_declaration()) {
        unexpected(concat("',' or '}' after value '", *name, "'"));
        if (!is_word() && !at_end()) ++at_;
    }
    value.doc = doc_of(source_, tokens_, first, last());
    out.enumerators.push_back(std::move(value));
}

void parser::parse_number(enumerator& out, const place& where) {
    std::string message;
    place number = where;
    number.aspect = aspect::number;
    places[number] = peek().where;
    std::size_t at = at_;
    const auto value = read_literal(source_, tokens_, at, message);
    if (!value || value->form != literal_form::integer ||
        value->magnitude > (value->negative ? 0x80000000u : 0x7fffffffu)) {
        unexpected("an integer from -2147483648 to 2147483647");
        if (!is(",") && !is("}") && !at_end()) ++at_;
        return;
    }
    at_ = at;
    const auto magnitude = static_cast<std::int64_t>(value->magnitude);
    out.number = static_cast<std::int32_t>(value->negative ? -magnitude : magnitude);
}

void parser::parse_record(std::size_t first, std::vector<record>& into, section section) {
    const auto name = expect_name(concat("the name of the ", word_of(section)));
    if (!name) return skip_to_declaration();
    const place where{section, static_cast<std::uint32_t>(into.size())};
    note(where, aspect::name, last());
    const std::string what = concat(word_of(section), " ", *name);
    record out;
    out.name = *name;
    if (open_body(what)) {
        const std::size_t open = last();
        while (!at_end_of_body(what)) {
            place member = where;
            member.member = static_cast<std::uint32_t>(out.fields.size());
            field field;
            const std::size_t begin = at_;
            if (parse_field(field, member)) {
                field.doc = doc_of(source_, tokens_, begin, last());
                out.fields.push_back(std::move(field));
            } else {
                skip_member();
            }
        }
        out.doc = close_body(first, open);
    }
    into.push_back(std::move(out));
}

bool parser::parse_field(field& out, const place& where) {
    if (!parse_type(out.type, where, "a field ('type name;') or '}'")) return false;
    const auto name = expect_name(concat("the name of the field after its type"));
    if (!name) return false;
    out.name = *name;
    note(where, aspect::name, last());
    if (accept("=") && !parse_default(out, where)) return false;
    return expect(";", concat("field '", out.name, "'"));
}

bool parser::parse_default(field& out, const place& where) {
    const std::size_t first = at_;
    std::string message;
    if (!read_literal(source_, tokens_, at_, message)) {
        complain(peek().where, std::move(message));
        // Back to where the braces are balanced, for skip_member().
        if (!at_end()) at_ = first;
        return false;
    }
    const source_range begin = tokens_.list[first].where;
    const source_range end = tokens_.list[last()].where;
    const source_range whole{begin.offset, end.offset + end.length - begin.offset};
    out.default_value = source_.slice(whole);
    place value = where;
    value.aspect = aspect::default_value;
    places.emplace(value, whole);
    return true;
}

void parser::parse_interface(std::size_t first) {
    const auto name = expect_name("the name of the interface");
    if (!name) return skip_to_declaration();
    const place where{section::interfaces, static_cast<std::uint32_t>(document.interfaces.size())};
    note(where, aspect::name, last());
    const std::string what = concat("interface ", *name);
    interface out;
    out.name = *name;
    if (open_body(what)) {
        const std::size_t open = last();
        while (!at_end_of_body(what)) {
            place member = where;
            member.member = static_cast<std::uint32_t>(out.methods.size());
            method method;
            const std::size_t begin = at_;
            if (parse_method(method, member)) {
                method.doc = doc_of(source_, tokens_, begin, last());
                out.methods.push_back(std::move(method));
            } else {
                skip_member();
            }
        }
        out.doc = close_body(first, open);
    }
    document.interfaces.push_back(std::move(out));
}

/// `oneway` and `idempotent` are markers only where a type and a name still follow them.
void parser::parse_markers(method& out) {
    while (is_word() && is_word(1) && !is("(", 2)) {
        bool* const marker = slice() == "oneway"       ? &out.oneway
                             : slice() == "idempotent" ? &out.idempotent
                                                       : nullptr;
        if (marker == nullptr) return;
        if (*marker) {
            complain(peek().where, concat("found '", slice(), "' for the second time"));
        }
        *marker = true;
        ++at_;
    }
}

bool parser::parse_method(method& out, const place& where) {
    parse_markers(out);
    if (!parse_type(out.result, where, "a method ('result name(...);') or '}'")) return false;
    const auto name = expect_name("the name of the method after its result type");
    if (!name) return false;
    out.name = *name;
    note(where, aspect::name, last());
    if (!accept("(")) return unexpected(concat("'(' after method '", out.name, "'"));
    if (!parse_parameters(out, where)) return false;
    if (is_word() && slice() == "raises" && !parse_raises(out, where)) return false;
    if (accept("=") && !parse_command(out, where)) return false;
    return expect(";", concat("method '", out.name, "'"));
}

bool parser::parse_parameters(method& out, const place& where) {
    if (accept(")")) return true;
    while (true) {
        const std::size_t first = at_;
        place parameter = where;
        parameter.parameter = static_cast<std::uint32_t>(out.parameters.size());
        field field;
        if (!parse_type(field.type, parameter, "a parameter ('type name') or ')'")) return false;
        const auto name = expect_name("the name of the parameter after its type");
        if (!name) return false;
        field.name = *name;
        note(parameter, aspect::name, last());
        const bool more = is(",");
        if (!more && !is(")")) {
            return unexpected(concat("',' or ')' after parameter '", field.name, "'"));
        }
        // The comma belongs to the parameter, the parenthesis to the method.
        if (more) ++at_;
        field.doc = doc_of(source_, tokens_, first, last());
        out.parameters.push_back(std::move(field));
        if (!more) break;
    }
    ++at_;
    return true;
}

bool parser::parse_raises(method& out, place where) {
    where.aspect = aspect::raises;
    ++at_;
    do {
        const auto name = expect_name("the name of an exception");
        if (!name) return false;
        where.part = static_cast<std::uint32_t>(out.raises.size());
        places.emplace(where, tokens_.list[last()].where);
        out.raises.push_back(*name);
    } while (accept(","));
    return true;
}

bool parser::parse_command(method& out, place where) {
    where.aspect = aspect::number;
    places.emplace(where, peek().where);
    std::string message;
    std::size_t at = at_;
    const auto value = read_literal(source_, tokens_, at, message);
    if (!value || value->form != literal_form::integer || value->negative ||
        value->magnitude > std::numeric_limits<std::uint16_t>::max())
        return unexpected("an integer from 0 to 65535, the command of the method");
    at_ = at;
    out.command = static_cast<std::uint16_t>(value->magnitude);
    return true;
}

} // namespace beckon::schema
