#include "beckon/schema/literal.hpp"

#include <charconv>
#include <cmath>
#include <limits>

#include "beckon/base/text.hpp"
#include "beckon/base/utf8.hpp"
#include "schema/enum_lookup.hpp"
#include "schema/literal_reader.hpp"
#include "schema/text_literal.hpp"

namespace beckon::schema {

namespace {

std::string describe(const literal& value) {
    switch (value.form) {
    case literal_form::null: return "null";
    case literal_form::name: return concat("'", value.text, "'");
    case literal_form::integer:
        return concat("integer ", value.negative ? "-" : "", value.magnitude);
    case literal_form::number: return concat("number ", value.text);
    case literal_form::duration: return "a duration";
    case literal_form::text: return concat("string ", quoted(value.text, 40));
    case literal_form::list: return concat("a list of ", value.items.size(), " items");
    case literal_form::empty_map: return "an empty map";
    }
    return {};
}

error mismatch(const literal& value, const type& type, std::string_view expected) {
    return fail(errc::type_mismatch, "default value of type ", to_string(type), ": found ",
                describe(value), ", expected ", expected);
}

struct integer_range {
    std::uint64_t below_zero; ///< How far it reaches below zero.
    std::uint64_t most;
};

std::optional<integer_range> range_of(kind kind) {
    const auto signed_range = [](unsigned bits) {
        return integer_range{1ull << (bits - 1), (1ull << (bits - 1)) - 1};
    };
    switch (kind) {
    case kind::int8: return signed_range(8);
    case kind::int16: return signed_range(16);
    case kind::int32: return signed_range(32);
    case kind::int64: return signed_range(64);
    case kind::uint8: return integer_range{0, 0xff};
    case kind::uint16: return integer_range{0, 0xffff};
    case kind::uint32: return integer_range{0, 0xffffffff};
    case kind::uint64: return integer_range{0, std::numeric_limits<std::uint64_t>::max()};
    default: return std::nullopt;
    }
}

result<void> fits_integer(const type& type, const literal& value, integer_range range) {
    if (value.form == literal_form::integer &&
        value.magnitude <= (value.negative ? range.below_zero : range.most)) {
        return {};
    }
    return mismatch(value, type,
                    concat("an integer from ", range.below_zero == 0 ? "" : "-", range.below_zero,
                           " to ", range.most));
}

bool is_special_float(std::string_view name) {
    return name == "inf" || name == "-inf" || name == "nan";
}

template <typename Float>
Float read_float(const literal& value) {
    if (value.form == literal_form::integer) {
        const auto magnitude = static_cast<Float>(value.magnitude);
        return value.negative ? -magnitude : magnitude;
    }
    if (value.text == "nan") return std::numeric_limits<Float>::quiet_NaN();
    if (value.text == "inf") return std::numeric_limits<Float>::infinity();
    if (value.text == "-inf") return -std::numeric_limits<Float>::infinity();
    Float number = 0;
    const char* const end = value.text.data() + value.text.size();
    const auto [stop, failure] = std::from_chars(value.text.data(), end, number);
    // Too small rounds to zero in most readers; from_chars tells it apart, and so do we: it is refused.
    return failure == std::errc{} && stop == end ? number : std::numeric_limits<Float>::infinity();
}

result<void> fits_float(const type& type, const literal& value) {
    if (value.form == literal_form::name && is_special_float(value.text)) return {};
    if (value.form == literal_form::integer || value.form == literal_form::number) {
        const bool finite = type.kind == kind::float32 ? std::isfinite(read_float<float>(value))
                                                       : std::isfinite(read_float<double>(value));
        if (finite) return {};
        return mismatch(value, type, "a number in the range of the type");
    }
    return mismatch(value, type, "a number, inf, -inf or nan");
}

result<void> fits_enum(enum_lookup& enums, const type& type, const literal& value) {
    const enumeration* const declared = enums.find(type.name);
    const bool is_name = value.form == literal_form::name || value.form == literal_form::null;
    if (declared != nullptr && is_name && enums.has_value(*declared, value.text)) {
        return {};
    }
    std::string expected = concat("a value of enum ", type.name);
    if (declared != nullptr && declared->enumerators.size() <= 8) {
        expected += " (";
        for (const enumerator& enumerator : declared->enumerators) {
            if (&enumerator != &declared->enumerators.front()) expected += ", ";
            expected += enumerator.name;
        }
        expected += ')';
    }
    return mismatch(value, type, expected);
}

result<void> fits_list(enum_lookup& enums, const type& type, const literal& value) {
    if (value.form != literal_form::list) return mismatch(value, type, "a list such as []");
    for (std::size_t i = 0; i < value.items.size(); ++i) {
        BECKON_TRY(fits(enums, type.arguments[0], value.items[i])
                       .note(concat("reading item ", i, " of the list")));
    }
    return {};
}

void append_duration(std::string& out, const literal& value) {
    constexpr std::pair<std::string_view, std::uint64_t> units[] = {
        {"h", 3'600'000'000'000}, {"min", 60'000'000'000}, {"s", 1'000'000'000},
        {"ms", 1'000'000},        {"us", 1'000},           {"ns", 1}};
    if (value.magnitude == 0) {
        out += "0s";
        return;
    }
    if (value.negative) out += '-';
    for (const auto& [unit, scale] : units) {
        if (value.magnitude % scale == 0) {
            append_text(out, value.magnitude / scale);
            out += unit;
            return;
        }
    }
}

template <typename Float>
void append_float(std::string& out, Float number) {
    // "-0" would read back as the integer zero.
    if (number == 0 && std::signbit(number)) {
        out += "-0.0";
    } else {
        append_text(out, number);
    }
}

void append_literal(std::string& out, const literal& value, const type& type) {
    if (value.form == literal_form::null) {
        out += "null";
        return;
    }
    switch (type.kind) {
    case kind::optional: append_literal(out, value, type.arguments[0]); return;
    case kind::float32: append_float(out, read_float<float>(value)); return;
    case kind::float64: append_float(out, read_float<double>(value)); return;
    case kind::duration: append_duration(out, value); return;
    case kind::string: append_escaped(out, value.text, escape_style::text); return;
    case kind::bytes: append_escaped(out, value.text, escape_style::bytes); return;
    case kind::map: out += "{}"; return;
    case kind::list:
        out += '[';
        for (std::size_t i = 0; i < value.items.size(); ++i) {
            if (i > 0) out += ", ";
            append_literal(out, value.items[i], type.arguments[0]);
        }
        out += ']';
        return;
    default: break;
    }
    if (value.form == literal_form::integer) {
        if (value.negative) out += '-';
        append_text(out, value.magnitude);
    } else {
        out += value.text;
    }
}

} // namespace

result<literal> parse_literal(std::string_view text) {
    const source_text source(text, "");
    const tokens tokens = tokenize(source, 1);
    if (!tokens.diagnostics.empty()) {
        return fail(errc::parse_error, "default value: ", tokens.diagnostics[0].message);
    }
    std::size_t at = 0;
    std::string message;
    auto out = read_literal(source, tokens, at, message);
    if (!out) return fail(errc::parse_error, "default value: ", message);
    if (tokens.list[at].kind != token_kind::end) {
        return fail(errc::parse_error, "default value: found ", describe(source, tokens.list[at]),
                    ", expected the end of the value");
    }
    return std::move(*out);
}

result<void> fits(const document& document, const type& type, const literal& value) {
    enum_lookup enums(document);
    return fits(enums, type, value);
}

result<void> fits(enum_lookup& enums, const type& type, const literal& value) {
    if (const auto range = range_of(type.kind)) return fits_integer(type, value, *range);
    switch (type.kind) {
    case kind::boolean:
        if (value.form == literal_form::name && (value.text == "true" || value.text == "false"))
            return {};
        return mismatch(value, type, "true or false");
    case kind::float32:
    case kind::float64: return fits_float(type, value);
    case kind::string:
        if (value.form == literal_form::text && is_utf8(value.text)) return {};
        return mismatch(value, type, "a string of UTF-8");
    case kind::bytes:
        if (value.form == literal_form::text) return {};
        return mismatch(value, type, "a string such as \"\\x00\\xff\"");
    case kind::duration:
        if (value.form == literal_form::duration) return {};
        return mismatch(value, type, "a duration such as 250ms");
    case kind::any:
        if (value.form == literal_form::null) return {};
        return mismatch(value, type, "null");
    case kind::optional:
        if (value.form == literal_form::null) return {};
        return fits(enums, type.arguments[0], value);
    case kind::list: return fits_list(enums, type, value);
    case kind::map:
        if (value.form == literal_form::empty_map) return {};
        return mismatch(value, type, "{}");
    case kind::enumeration: return fits_enum(enums, type, value);
    default:
        return fail(errc::type_mismatch, "type ", to_string(type),
                    " cannot have a default value; optional<", to_string(type), "> can, with null");
    }
}

std::string to_string(const literal& value, const type& type) {
    std::string out;
    append_literal(out, value, type);
    return out;
}

result<std::string> canonical_literal(const document& document, const type& type,
                                      std::string_view text) {
    BECKON_ASSIGN(const literal value, parse_literal(text));
    BECKON_TRY(fits(document, type, value));
    return to_string(value, type);
}

} // namespace beckon::schema
