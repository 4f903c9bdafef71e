#include "codec/native/typed_scalar.hpp"

#include <cstring>

#include "beckon/base/text.hpp"
#include "beckon/codec/native/codec.hpp"
#include "beckon/codec/native/value_codec.hpp"
#include "beckon/value/detail/conversion.hpp"
#include "beckon/value/iso8601.hpp"

namespace beckon::native {

namespace {

using schema::kind;

// Calls `f` with a T of the number's type.
template <typename F>
auto with_number_type(kind kind, F&& f) {
    switch (kind) {
    case kind::int8: return f(std::int8_t{});
    case kind::uint8: return f(std::uint8_t{});
    case kind::int16: return f(std::int16_t{});
    case kind::uint16: return f(std::uint16_t{});
    case kind::int32: return f(std::int32_t{});
    case kind::uint32: return f(std::uint32_t{});
    case kind::int64: return f(std::int64_t{});
    case kind::uint64: return f(std::uint64_t{});
    case kind::float32: return f(float{});
    default: return f(double{});
    }
}

std::string expected_text(kind kind, const value& from) {
    return concat("expected ", to_string(kind), ", found ", beckon::detail::found_text(from));
}

template <typename T>
std::string put_number(writer& out, kind kind, const value& from) {
    const std::optional<T> number = number_as<T>(from);
    if (number) {
        out.put(*number);
        return {};
    }
    if constexpr (std::integral<T>) {
        return concat("expected ", to_string(kind), " (", std::numeric_limits<T>::min(), " to ",
                      std::numeric_limits<T>::max(), "), found ", beckon::detail::found_text(from));
    } else {
        return expected_text(kind, from);
    }
}

// A value of its own kind, or ISO 8601 text.
template <typename T, typename Parse>
std::string put_moment(writer& out, kind kind, const value& from, T (value::*get)() const,
                       value_kind own, Parse parse) {
    if (from.is(own)) {
        codec<T>::write(out, (from.*get)());
        return {};
    }
    if (from.is(value_kind::string)) {
        if (const result<T> parsed = parse(from.string())) {
            codec<T>::write(out, *parsed);
            return {};
        }
    }
    return expected_text(kind, from);
}

} // namespace

bool read_rounded(const value& from, double& into) {
    conversion state;
    return beckon::detail::read_double(from, into, state);
}

bool read_rounded(const value& from, float& into) {
    conversion state;
    return beckon::detail::read_float(from, into, state);
}

std::string put_scalar(writer& out, kind kind, const value& from) {
    switch (kind) {
    case kind::void_:
        if (!from.is_null()) return expected_text(kind, from);
        return {};
    case kind::boolean:
        if (!from.is(value_kind::boolean)) return expected_text(kind, from);
        codec<bool>::write(out, from.boolean());
        return {};
    case kind::string:
        if (!from.is(value_kind::string)) return expected_text(kind, from);
        out.put_text(from.string());
        return {};
    case kind::bytes:
        if (!from.is(value_kind::bytes)) return expected_text(kind, from);
        codec<byte_view>::write(out, from.bytes());
        return {};
    case kind::date:
        return put_moment(out, kind, from, &value::date, value_kind::date, &parse_date);
    case kind::time:
        return put_moment(out, kind, from, &value::time, value_kind::time, &parse_time);
    case kind::datetime:
        return put_moment(out, kind, from, &value::datetime, value_kind::datetime, &parse_datetime);
    case kind::duration:
        return put_moment(out, kind, from, &value::duration, value_kind::duration, &parse_duration);
    case kind::any: codec<value>::write(out, from); return {};
    default:
        return with_number_type(
            kind, [&](auto number) { return put_number<decltype(number)>(out, kind, from); });
    }
}

std::string put_enumeration(writer& out, const schema::enumeration& declared, const value& from) {
    std::optional<std::int64_t> number;
    std::string_view name;
    if (from.is(value_kind::enumeration)) {
        const bool is_other =
            !from.declared_type().empty() && from.declared_type() != declared.name;
        name = is_other ? std::string_view() : from.name();
        if (!is_other) number = from.number();
    } else if (from.is(value_kind::string)) {
        name = from.string();
    } else {
        number = number_as<std::int64_t>(from);
    }
    for (const schema::enumerator& each : declared.enumerators) {
        if (!name.empty() ? each.name == name : number == each.number) {
            out.put(each.number);
            return {};
        }
    }
    return concat("expected a value of enum ", declared.name, ", found ",
                  name.empty() ? beckon::detail::found_text(from) : quoted(name, 40));
}

std::size_t put_numbers(writer& out, kind kind, std::span<const value> items) {
    return with_number_type(kind, [&](auto sample) {
        using number = decltype(sample);
        out.put(static_cast<std::uint32_t>(items.size()));
        out.align(sizeof(number));
        std::byte* at = out.out().grow(items.size() * sizeof(number));
        for (std::size_t i = 0; i < items.size(); ++i) {
            const std::optional<number> converted = number_as<number>(items[i]);
            if (!converted) return i;
            std::memcpy(at, &*converted, sizeof(number));
            at += sizeof(number);
        }
        return items.size();
    });
}

} // namespace beckon::native
