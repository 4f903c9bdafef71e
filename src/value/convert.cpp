#include "beckon/value/convert.hpp"

#include <cmath>

#include "beckon/base/utf8.hpp"
#include "beckon/value/iso8601.hpp"
#include "value/node.hpp"

namespace beckon {

bool conversion::mismatch(std::string_view expected, const value& found) {
    return fail(errc::type_mismatch,
                concat("expected ", expected, ", found ", detail::found_text(found)));
}

bool conversion::fail(errc code, std::string message) {
    code_ = code;
    message_ = std::move(message);
    path_.clear();
    return false;
}

bool conversion::in_field(std::string_view name) {
    std::string longer(name);
    if (!path_.empty() && path_.front() != '[') longer += '.';
    path_ = longer + path_;
    return false;
}

bool conversion::in_item(std::size_t index) {
    std::string longer = concat('[', index, ']');
    if (!path_.empty() && path_.front() != '[') longer += '.';
    path_ = longer + path_;
    return false;
}

bool conversion::in_entry(const value& key) {
    std::string longer = concat('[', key.to_text(64), ']');
    if (!path_.empty() && path_.front() != '[') longer += '.';
    path_ = longer + path_;
    return false;
}

bool conversion::too_deep() {
    return fail(errc::limit_exceeded, concat("value nests more than ", max_depth, " deep"));
}

error conversion::take_failure() {
    // A path of hundreds of levels helps nobody.
    constexpr std::size_t most = 200;
    if (path_.size() > most) path_ = concat(std::string_view(path_).substr(0, most), "...");
    return error(code_, path_.empty() ? std::move(message_) : concat(path_, ": ", message_));
}

namespace detail {

std::string found_text(const value& found) {
    switch (found.kind()) {
    case value_kind::boolean: return concat("bool ", found.boolean());
    case value_kind::integer:
        if (!found.is_int64() && !found.is_uint64()) break;
        return concat(found.type_name(), ' ', found.decimal());
    case value_kind::floating: return concat(found.type_name(), ' ', found.to_text());
    case value_kind::string:
    case value_kind::bytes: return concat(found.type_name(), " of ", found.size(), " bytes");
    case value_kind::list:
    case value_kind::tuple:
    case value_kind::set:
    case value_kind::frozen_set: return concat(found.type_name(), " of ", found.size(), " items");
    case value_kind::map: return concat("map of ", found.size(), " entries");
    default: break;
    }
    return found.type_name();
}

std::string expected_items(std::string_view what, std::size_t count) {
    return concat(what, " of ", count, " items");
}

bool read_boolean(const value& from, bool& into, conversion& state) {
    if (from.is(value_kind::boolean)) {
        into = from.boolean();
        return true;
    }
    // quickrpc's terse has no other form for them.
    if (!from.is_int64() || (from.int64() != 0 && from.int64() != 1))
        return state.mismatch("bool", from);
    into = from.int64() == 1;
    return true;
}

namespace {

// A floating number that is whole and within 64 bits, as an integer.
value whole_number(const value& from) {
    if (!from.is(value_kind::floating)) return from;
    const double number = from.float64();
    if (std::trunc(number) != number) return from; // NaN, too
    if (number >= -0x1p63 && number < 0x1p63) return static_cast<std::int64_t>(number);
    if (number >= 0 && number < 0x1p64) return static_cast<std::uint64_t>(number);
    return from;
}

// Of an integer beyond 64 bits: the nearest double, to even in the middle.
double nearest_double(const value& from) {
    const byte_view magnitude = from.big_magnitude();
    // The leading 64 bits hold more than a mantissa; of what follows only counts whether it is zero.
    std::uint64_t leading = 0;
    std::size_t taken = 0;
    while (taken < 8 && taken < magnitude.size()) {
        leading = leading << 8 | std::to_integer<std::uint64_t>(magnitude[taken++]);
    }
    const int zeros = std::countl_zero(leading);
    const std::size_t rest = magnitude.size() - taken;
    if (rest > 128) return from.is_negative() ? -INFINITY : INFINITY;
    bool sticky = false;
    if (rest != 0 && zeros != 0) {
        const auto next = std::to_integer<std::uint64_t>(magnitude[taken]);
        leading = leading << zeros | next >> (8 - zeros);
        sticky = (next << zeros & 0xff) != 0;
        ++taken;
    }
    for (; taken < magnitude.size(); ++taken) sticky |= magnitude[taken] != std::byte{0};
    const int shift = static_cast<int>(rest * 8) - (rest != 0 ? zeros : 0);
    const double rounded = std::ldexp(static_cast<double>(leading | (sticky ? 1u : 0u)), shift);
    return from.is_negative() ? -rounded : rounded;
}

} // namespace

value number_of_key(const value& key) {
    if (!key.is(value_kind::string)) return key;
    auto number = value::integer(key.string());
    return number ? std::move(number).value() : key;
}

bool read_signed(const value& from, std::int64_t& into, std::int64_t least, std::int64_t most,
                 std::string_view expected, conversion& state) {
    if (from.is_int64()) {
        into = from.int64();
    } else {
        const value whole = whole_number(from);
        if (!whole.is_int64()) return state.mismatch(expected, from);
        into = whole.int64();
    }
    return (into >= least && into <= most) || state.mismatch(expected, from);
}

bool read_unsigned(const value& from, std::uint64_t& into, std::uint64_t most,
                   std::string_view expected, conversion& state) {
    if (from.is_uint64()) {
        into = from.uint64();
    } else {
        const value whole = whole_number(from);
        if (!whole.is_uint64()) return state.mismatch(expected, from);
        into = whole.uint64();
    }
    return into <= most || state.mismatch(expected, from);
}

bool read_double(const value& from, double& into, conversion& state) {
    if (from.is(value_kind::floating)) {
        into = from.float64();
    } else if (from.is_int64()) {
        into = static_cast<double>(from.int64());
    } else if (from.is_uint64()) {
        into = static_cast<double>(from.uint64());
    } else if (from.is(value_kind::integer)) {
        into = nearest_double(from);
        if (!std::isfinite(into)) return state.mismatch("float64", from);
    } else {
        return state.mismatch("float64", from);
    }
    return true;
}

bool read_float(const value& from, float& into, conversion& state) {
    double number = 0;
    if (!from.is(value_kind::floating) && !from.is(value_kind::integer)) {
        return state.mismatch("float32", from);
    }
    if (!read_double(from, number, state)) return false;
    into = static_cast<float>(number);
    if (std::isinf(into) && !std::isinf(number)) return state.mismatch("float32", from);
    return true;
}

bool read_string(const value& from, std::string_view& into, conversion& state) {
    if (from.is(value_kind::string)) {
        into = from.string();
    } else if (from.is(value_kind::bytes) && state.takes_either_text() &&
               is_utf8(as_text(from.bytes()))) {
        into = as_text(from.bytes());
    } else {
        return state.mismatch("string", from);
    }
    return true;
}

bool read_bytes(const value& from, byte_view& into, conversion& state) {
    if (from.is(value_kind::bytes)) {
        into = from.bytes();
    } else if (from.is(value_kind::string) && state.takes_either_text()) {
        into = as_bytes(from.string());
    } else {
        return state.mismatch("bytes", from);
    }
    return true;
}

namespace {

// Text of a protocol that has no type for it.
template <typename T>
bool read_moment(const value& from, T& into, conversion& state, std::string_view expected,
                 result<T> (*parse)(std::string_view)) {
    if (!from.is(value_kind::string)) return state.mismatch(expected, from);
    auto parsed = parse(from.string());
    if (!parsed) return state.fail(parsed.error().code(), parsed.error().message());
    into = *parsed;
    return true;
}

} // namespace

bool read_date(const value& from, date& into, conversion& state) {
    if (!from.is(value_kind::date)) return read_moment(from, into, state, "date", &parse_date);
    into = from.date();
    return true;
}

bool read_time(const value& from, time_of_day& into, conversion& state) {
    if (!from.is(value_kind::time)) return read_moment(from, into, state, "time", &parse_time);
    into = from.time();
    return true;
}

bool read_datetime(const value& from, datetime& into, conversion& state) {
    if (!from.is(value_kind::datetime))
        return read_moment(from, into, state, "datetime", &parse_datetime);
    into = from.datetime();
    return true;
}

bool read_duration(const value& from, duration& into, conversion& state) {
    if (!from.is(value_kind::duration))
        return read_moment(from, into, state, "duration", &parse_duration);
    into = from.duration();
    return true;
}

namespace {

std::string expected_names(std::string_view what, std::span<const std::string_view> names) {
    constexpr std::size_t most_names = 8;
    std::string text(what);
    if (names.size() > most_names) return text;
    text += " (";
    for (const std::string_view name : names) {
        if (name.data() != names.front().data()) text += ", ";
        text += name;
    }
    text += ')';
    return text;
}

} // namespace

bool read_enumerator(const value& from, std::size_t& into, std::string_view type,
                     std::span<const std::string_view> names, std::span<const std::int64_t> numbers,
                     conversion& state) {
    const auto named = [&](std::string_view name) {
        for (into = 0; into < names.size(); ++into) {
            if (names[into] == name) return true;
        }
        return false;
    };
    const auto refuse = [&](std::string found) {
        return state.fail(
            errc::type_mismatch,
            concat("expected ", expected_names(concat("enum ", type), names), ", found ", found));
    };
    switch (from.kind()) {
    case value_kind::string:
        return named(from.string()) || refuse(concat("string ", quoted(from.string())));
    case value_kind::enumeration:
        if (from.declared_type() == type || from.declared_type().empty()) {
            return named(from.name()) || refuse(concat("value ", quoted(from.name())));
        }
        return refuse(from.type_name());
    case value_kind::integer:
    case value_kind::floating: {
        const value whole = whole_number(from);
        for (into = 0; into < numbers.size(); ++into) {
            if (whole.is_int64() && whole.int64() == numbers[into]) return true;
        }
        return refuse(found_text(from));
    }
    default: return refuse(found_text(from));
    }
}

bool read_case(const value& from, std::size_t& index, const value*& content,
               std::span<const std::string_view> names, conversion& state) {
    const auto refuse = [&](std::string found) {
        return state.fail(errc::type_mismatch,
                          concat("expected ", expected_names("variant", names), ", found ", found));
    };
    const auto named = [&](std::string_view name) {
        for (index = 0; index < names.size(); ++index) {
            if (names[index] == name) return true;
        }
        return refuse(concat("case ", quoted(name)));
    };
    if (from.is(value_kind::variant)) {
        content = &from.content();
        return named(from.name());
    }
    if ((from.is(value_kind::tuple) || from.is(value_kind::list)) && from.size() == 2) {
        content = &from[1];
        if (from[0].is(value_kind::string)) return named(from[0].string());
        if (from[0].is_uint64()) {
            if (from[0].uint64() >= names.size()) return refuse(concat("case ", from[0].uint64()));
            index = static_cast<std::size_t>(from[0].uint64());
            return true;
        }
    }
    return refuse(found_text(from));
}

value make_case(std::string_view name, std::size_t index, value content) {
    return value_access::with_case_index(value::variant(name, std::move(content)), index);
}

bool read_items(const value& from, std::span<const value>& into, std::string_view expected,
                conversion& state) {
    if (!from.is_sequence()) return state.mismatch(expected, from);
    into = from.items();
    return true;
}

bool nanoseconds_of(datetime moment, std::int64_t& into, conversion& state) {
    constexpr std::int64_t per_day = 86'400'000'000'000;
    std::int64_t days = 0;
    // Counted down from the day's end before the epoch, so that the sum itself can't leave the range first.
    std::int64_t in_day = static_cast<std::int64_t>(moment.time.nanoseconds);
    std::int64_t whole = moment.date.days;
    if (whole < 0) {
        whole += 1;
        in_day -= per_day;
    }
    if (__builtin_mul_overflow(whole, per_day, &days) ||
        __builtin_add_overflow(days, in_day, &into)) {
        return state.fail(errc::type_mismatch,
                          "expected a datetime within 64 bits of nanoseconds around 1970, found "
                          "one beyond");
    }
    return true;
}

datetime datetime_of(std::int64_t nanoseconds) noexcept {
    constexpr std::int64_t per_day = 86'400'000'000'000;
    std::int64_t days = nanoseconds / per_day;
    std::int64_t in_day = nanoseconds % per_day;
    if (in_day < 0) {
        in_day += per_day;
        --days;
    }
    return {{static_cast<std::int32_t>(days)}, {static_cast<std::uint64_t>(in_day)}};
}

bool field_source::open(const value& from, std::string_view type, conversion& state) {
    switch (from.kind()) {
    case value_kind::record: fields_ = from.fields(); return true;
    case value_kind::exception: map_ = &value_access::items(from)[3]; return true;
    case value_kind::map: map_ = &from; return true;
    case value_kind::list:
    case value_kind::tuple: items_ = from.items(); return true;
    default: return state.mismatch(concat("record ", type), from);
    }
}

const value* field_source::find(std::string_view name, std::size_t index) const noexcept {
    if (map_ != nullptr) return map_->find(name);
    if (index < items_.size()) return &items_[index];
    if (index < fields_.size() && fields_[index].name.string() == name) {
        return &fields_[index].content;
    }
    for (const record_field& field : fields_) {
        if (field.name.string() == name) return &field.content;
    }
    return nullptr;
}

bool missing_field(std::string_view type, std::string_view field, conversion& state) {
    state.fail(errc::type_mismatch,
               concat("expected a field of record ", type, " without default, found none"));
    return state.in_field(field);
}

} // namespace detail
} // namespace beckon
