#include <algorithm>
#include <bit>

#include "beckon/base/utf8.hpp"
#include "codec/remcall/numbers.hpp"
#include "codec/remcall/values.hpp"

namespace beckon::remcall {

namespace {

using schema::kind;

constexpr std::uint64_t nanoseconds_of_a_day = 86'400'000'000'000;

} // namespace

result<std::uint64_t> value_reader::take(std::size_t width) {
    if (message_.size() - at_ < width) {
        return fail(errc::schema_mismatch, "at byte ", at_, ": expected ", width,
                    width == 1 ? " byte" : " bytes", ", found ", message_.size() - at_);
    }
    const std::uint64_t number = number_at(message_, at_, width);
    at_ += width;
    return number;
}

result<value> value_reader::read(const schema::type& as) {
    if (auto excess = budget_.charge(sizeof(value), 1)) return std::move(*excess);
    if (is_reference(as)) return read_reference(as);
    switch (as.kind) {
    case kind::void_: return value();
    case kind::string: return read_string();
    case kind::bytes: return read_bytes();
    case kind::enumeration: return read_enumeration(as);
    case kind::record:
    case kind::list: {
        if (depth_ >= max_depth_) {
            return fail(errc::limit_exceeded, "at byte ", at_, ": values nested deeper than ",
                        max_depth_, " (max_depth)");
        }
        ++depth_;
        auto inside = as.kind == kind::record ? read_record(as) : read_list(as.arguments[0]);
        --depth_;
        return inside;
    }
    default: return number(as);
    }
}

/// Those of a fixed width that the schema declares nothing of.
result<value> value_reader::number(const schema::type& as) {
    const std::size_t begin = at_;
    const auto bytes = forms_.fixed_bytes(as);
    if (!bytes || *bytes == 0)
        return fail(errc::unsupported, "remcall cannot carry ", schema::to_string(as));
    if (as.kind == kind::datetime) {
        BECKON_ASSIGN(const std::uint64_t days, take(4));
        BECKON_ASSIGN(const time_of_day time, read_time());
        return value(
            datetime{date{static_cast<std::int32_t>(static_cast<std::uint32_t>(days))}, time});
    }
    if (as.kind == kind::time) {
        BECKON_ASSIGN(const time_of_day time, read_time());
        return value(time);
    }
    BECKON_ASSIGN(const std::uint64_t bits, take(*bytes));
    switch (as.kind) {
    case kind::boolean:
        if (bits > 1) {
            return fail(errc::schema_mismatch, "at byte ", begin,
                        ": expected boolean, which is 0 or 1, found ", bits);
        }
        return value(bits == 1);
    case kind::int8:
    case kind::int16:
    case kind::int32:
    case kind::int64: return value(signed_at(message_, begin, *bytes));
    case kind::float32: return value(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
    case kind::float64: return value(std::bit_cast<double>(bits));
    case kind::date:
        return value(date{static_cast<std::int32_t>(static_cast<std::uint32_t>(bits))});
    default: return value(bits);
    }
}

result<time_of_day> value_reader::read_time() {
    const std::size_t begin = at_;
    BECKON_ASSIGN(const std::uint64_t time, take(8));
    if (time < nanoseconds_of_a_day) return time_of_day{time};
    return fail(errc::schema_mismatch, "at byte ", begin, ": expected time below ",
                nanoseconds_of_a_day, " ns, found ", time, " ns");
}

result<byte_view> value_reader::take_counted(std::string_view what) {
    const std::size_t begin = at_;
    BECKON_ASSIGN(const std::uint64_t size, take(4));
    if (message_.size() - at_ < size) {
        return fail(errc::schema_mismatch, "at byte ", begin, ": expected ", what, " of ", size,
                    " bytes, found ", message_.size() - at_);
    }
    const byte_view content = message_.subspan(at_, static_cast<std::size_t>(size));
    at_ += content.size();
    if (auto excess = budget_.charge(content.size(), 0)) return std::move(*excess);
    return content;
}

result<value> value_reader::read_string() {
    BECKON_ASSIGN(const byte_view content, take_counted("string"));
    const std::string_view text = as_text(content);
    const std::size_t bad = utf8_error_offset(text);
    if (bad == text.size()) return value(text);
    return fail(errc::schema_mismatch, "at byte ", at_ - content.size() + bad,
                ": expected string of utf-8, found ", to_hex(content.subspan(bad, 1)),
                ", which is none");
}

result<value> value_reader::read_bytes() {
    BECKON_ASSIGN(const byte_view content, take_counted("uint8[]"));
    return value(content);
}

result<value> value_reader::read_list(const schema::type& element) {
    const std::size_t begin = at_;
    BECKON_ASSIGN(const std::uint64_t declared, take(4));
    const auto count = static_cast<std::size_t>(declared);
    const std::size_t least = forms_.least_bytes(element);
    if (least != 0 && count > (message_.size() - at_) / least) {
        return fail(errc::schema_mismatch, "at byte ", begin, ": expected ",
                    schema::to_string(element), "[] of ", count, " elements, found ",
                    message_.size() - at_, " bytes");
    }
    // What is reserved has been paid for; reading an element pays for what it holds besides.
    if (auto excess = budget_.charge(count * sizeof(value), 0)) return std::move(*excess);
    std::vector<value> items;
    items.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        BECKON_ASSIGN(value each, read(element));
        items.push_back(std::move(each));
    }
    return value::list(std::move(items));
}

result<value> value_reader::read_record(const schema::type& as) {
    const schema::record* const known = forms_.record(as.name);
    if (known == nullptr) return fail(errc::internal, "no record is called ", as.name);
    if (auto excess = budget_.charge(known->fields.size() * sizeof(record_field), 0))
        return std::move(*excess);
    std::vector<record_field> fields;
    fields.reserve(known->fields.size());
    for (const schema::field& each : known->fields) {
        BECKON_ASSIGN(value content,
                      read(each.type).note(concat("reading ", as.name, '.', each.name)));
        fields.push_back({value(each.name), std::move(content)});
    }
    return value::record(as.name, std::move(fields));
}

result<value> value_reader::read_enumeration(const schema::type& as) {
    const std::size_t begin = at_;
    BECKON_ASSIGN(const std::uint64_t index, take(1));
    const auto* const known = forms_.enumeration(as.name);
    const std::size_t count = known != nullptr ? known->enumerators.size() : 0;
    if (index >= count) {
        return fail(errc::schema_mismatch, "at byte ", begin, ": expected ", as.name,
                    ", found index ", index, "; it has ", count, count == 1 ? " value" : " values");
    }
    const schema::enumerator& found = known->enumerators[static_cast<std::size_t>(index)];
    return value::enumeration(as.name, found.name, found.number);
}

result<value> value_reader::read_reference(const schema::type& as) {
    const std::size_t begin = at_;
    const std::size_t width = forms_.object_bytes();
    BECKON_TRY(take(width));
    const std::int64_t number = signed_at(message_, begin, width);
    if (number == 0) return value();
    return objects_.object_of(number, interface_of(as));
}

} // namespace beckon::remcall
