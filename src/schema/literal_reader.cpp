#include "schema/literal_reader.hpp"

#include <charconv>
#include <limits>

#include "beckon/base/text.hpp"
#include "schema/text_literal.hpp"

namespace beckon::schema {

namespace {

/// Reads sign and digits; false where the number needs more than 64 bits.
bool read_integer(std::string_view slice, literal& out) {
    if (slice.front() == '-') {
        out.negative = true;
        slice.remove_prefix(1);
    }
    int base = 10;
    if (slice.size() > 2 && (slice[1] == 'x' || slice[1] == 'X')) {
        base = 16;
        slice.remove_prefix(2);
    }
    const auto [end, failure] =
        std::from_chars(slice.data(), slice.data() + slice.size(), out.magnitude, base);
    if (out.magnitude == 0) out.negative = false;
    return failure == std::errc{} && end == slice.data() + slice.size();
}

std::uint64_t nanoseconds_in(std::string_view unit) {
    if (unit == "ns") return 1;
    if (unit == "us") return 1'000;
    if (unit == "ms") return 1'000'000;
    if (unit == "s") return 1'000'000'000;
    return unit == "min" ? 60'000'000'000 : 3'600'000'000'000;
}

bool read_duration(std::string_view slice, literal& out) {
    const std::size_t unit = slice.find_first_not_of("-0123456789");
    if (!read_integer(slice.substr(0, unit), out)) return false;
    const std::uint64_t scale = nanoseconds_in(slice.substr(unit));
    constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (out.magnitude > most / scale) return false;
    out.magnitude *= scale;
    return true;
}

class reader {
public:
    reader(const source_text& source, const tokens& tokens, std::size_t& at, std::string& message)
        : source_(source), tokens_(tokens), at_(at), message_(message) {}

    std::optional<literal> read(std::size_t depth) {
        const token& first = tokens_.list[at_];
        const std::string_view slice = source_.slice(first.where);
        literal out;
        switch (first.kind) {
        case token_kind::name:
            out.form = slice == "null" ? literal_form::null : literal_form::name;
            out.text = slice; // of null too: an enum may have a value of that name
            break;
        case token_kind::integer:
            out.form = literal_form::integer;
            if (!read_integer(slice, out)) {
                if (slice.find_first_of("xX") != std::string_view::npos) {
                    return refuse("an integer of at most 64 bits");
                }
                // Too long for an integer, but a float may be written so (1e20 prints all its zeros).
                out = {literal_form::number, false, 0, std::string(slice), {}};
            }
            break;
        case token_kind::duration:
            out.form = literal_form::duration;
            if (!read_duration(slice, out)) {
                return refuse("a duration of at most 9223372036854775807 ns (292 years)");
            }
            break;
        case token_kind::number:
            out.form = literal_form::number;
            out.text = slice;
            break;
        case token_kind::text:
            out.form = literal_form::text;
            if (unescape(slice.substr(1, slice.size() - 2), out.text)) return refuse("a string");
            break;
        case token_kind::symbol:
            if (slice == "[") return read_list(depth);
            if (slice == "{") return read_empty_map();
            if (slice == "-") return read_negative_infinity();
            return refuse("a default value");
        case token_kind::end: return refuse("a default value");
        }
        ++at_;
        return out;
    }

private:
    std::optional<literal> refuse(std::string_view expected) {
        message_ = concat("found ", describe(source_, tokens_.list[at_]), ", expected ", expected);
        return std::nullopt;
    }

    [[nodiscard]] bool is(std::string_view symbol) const {
        return source_.slice(tokens_.list[at_].where) == symbol;
    }

    std::optional<literal> read_list(std::size_t depth) {
        if (depth >= max_literal_depth) {
            message_ = concat("found a list nested deeper than ", max_literal_depth, " levels");
            return std::nullopt;
        }
        literal out;
        out.form = literal_form::list;
        ++at_;
        while (!is("]")) {
            auto item = read(depth + 1);
            if (!item) return item;
            out.items.push_back(std::move(*item));
            if (is(",")) {
                ++at_;
            } else if (!is("]")) {
                return refuse("',' or ']' in a list");
            }
        }
        ++at_;
        return out;
    }

    std::optional<literal> read_empty_map() {
        ++at_;
        if (!is("}")) return refuse("'}': a map's default can only be empty");
        ++at_;
        literal out;
        out.form = literal_form::empty_map;
        return out;
    }

    std::optional<literal> read_negative_infinity() {
        ++at_;
        if (!is("inf")) return refuse("a number or 'inf' after '-'");
        ++at_;
        literal out;
        out.form = literal_form::name;
        out.text = "-inf";
        return out;
    }

    const source_text& source_;
    const tokens& tokens_;
    std::size_t& at_;
    std::string& message_;
};

} // namespace

std::optional<literal> read_literal(const source_text& source, const tokens& tokens,
                                    std::size_t& at, std::string& message, std::size_t depth) {
    return reader(source, tokens, at, message).read(depth);
}

} // namespace beckon::schema
