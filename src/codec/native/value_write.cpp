// Writing dynamic values.
#include <cstring>

#include "beckon/base/utf8.hpp"
#include "beckon/codec/native/value_codec.hpp"
#include "codec/native/frame_stack.hpp"
#include "codec/native/value_stream.hpp"
#include "codec/native/value_tags.hpp"
#include "value/node.hpp"

namespace beckon::native {

namespace {

using beckon::detail::form;
using beckon::detail::value_access;

// From so many elements on, lists of one kind of number are packed.
constexpr std::size_t least_packed = 4;

struct open_range {
    const value* at;
    const value* end;
};

void put_tag(writer& out, value_tag tag) { out.put(static_cast<std::uint8_t>(tag)); }

template <typename Number>
void put_tagged(writer& out, value_tag tag, Number number) {
    std::byte* const at = out.out().grow(1 + sizeof number);
    *at = static_cast<std::byte>(tag);
    std::memcpy(at + 1, &number, sizeof number);
}

void put_integer(writer& out, std::int64_t number) {
    if (number >= -32 && number <= 31) {
        return out.put(
            static_cast<std::uint8_t>(small_integer_tag + static_cast<unsigned>(number)));
    }
    if (number == static_cast<std::int8_t>(number)) {
        return put_tagged(out, value_tag::int8, static_cast<std::int8_t>(number));
    }
    if (number == static_cast<std::int16_t>(number)) {
        return put_tagged(out, value_tag::int16, static_cast<std::int16_t>(number));
    }
    if (number == static_cast<std::int32_t>(number)) {
        return put_tagged(out, value_tag::int32, static_cast<std::int32_t>(number));
    }
    put_tagged(out, value_tag::int64, number);
}

void put_string(writer& out, std::string_view text) {
    if (text.size() > max_short_string) {
        put_tag(out, value_tag::string);
        return out.put_text(text);
    }
    const std::size_t bad = utf8_error_offset(text);
    if (bad != text.size()) {
        return out.fail(beckon::fail(errc::invalid_argument, "string is not UTF-8 at byte ", bad,
                                     " of ", text.size(), "; pass other bytes as `bytes`"));
    }
    std::byte* const at = out.out().grow(1 + text.size());
    *at = static_cast<std::byte>(short_string_tag + text.size());
    if (!text.empty()) std::memcpy(at + 1, text.data(), text.size());
}

template <typename Number>
void put_packed(writer& out, value_tag tag, std::span<const value> items) {
    put_tagged(out, tag, static_cast<std::uint32_t>(items.size()));
    out.align(sizeof(Number));
    std::byte* at = out.out().grow(items.size() * sizeof(Number));
    for (const value& item : items) {
        // Little-endian: the low bytes of an integer, and the bits of either float, come first.
        const std::uint64_t body = value_access::body(item);
        std::memcpy(at, &body, sizeof(Number));
        at += sizeof(Number);
    }
}

bool put_packed_integers(writer& out, std::span<const value> items) {
    std::uint64_t bits = 0; // those that some element needs beside its sign
    for (const value& item : items) {
        if (value_access::form_of(item) != form::int64) return false;
        const auto number = static_cast<std::int64_t>(value_access::body(item));
        bits |= static_cast<std::uint64_t>(number ^ (number >> 63));
    }
    if (bits <= INT8_MAX) {
        put_packed<std::int8_t>(out, value_tag::int8_list, items);
    } else if (bits <= INT16_MAX) {
        put_packed<std::int16_t>(out, value_tag::int16_list, items);
    } else if (bits <= INT32_MAX) {
        put_packed<std::int32_t>(out, value_tag::int32_list, items);
    } else {
        put_packed<std::int64_t>(out, value_tag::int64_list, items);
    }
    return true;
}

// Writes a list of numbers of one kind whole; false where the list is another.
bool put_packed_list(writer& out, std::span<const value> items) {
    if (items.size() < least_packed) return false;
    const form first = value_access::form_of(items.front());
    if (first == form::int64) return put_packed_integers(out, items);
    if (first != form::float64 && first != form::float32) return false;
    for (const value& item : items) {
        if (value_access::form_of(item) != first) return false;
    }
    if (first == form::float64) {
        put_packed<double>(out, value_tag::float64_list, items);
    } else {
        put_packed<float>(out, value_tag::float32_list, items);
    }
    return true;
}

void put_big_integer(writer& out, const value& from) {
    const byte_view magnitude = from.big_magnitude();
    put_tagged<std::uint8_t>(out, value_tag::big_integer, from.is_negative() ? 1 : 0);
    out.put_block(magnitude.data(), magnitude.size());
}

void put_complex(writer& out, const value& from) {
    const auto [real, imaginary] = from.complex_parts();
    put_tagged(out, value_tag::complex, real);
    out.put(imaginary);
}

value_tag counted_tag(form form) noexcept {
    switch (form) {
    case form::tuple: return value_tag::tuple;
    case form::set: return value_tag::set;
    case form::frozen_set: return value_tag::frozen_set;
    default: return value_tag::list;
    }
}

// Writes the value, or its head where it consists of values, which are then for the caller to write.
open_range put_head(writer& out, const value& from) {
    const form form = value_access::form_of(from);
    const std::uint64_t body = value_access::body(from);
    switch (form) {
    case form::null: put_tag(out, value_tag::null); return {};
    case form::boolean: put_tag(out, body != 0 ? value_tag::yes : value_tag::no); return {};
    case form::int64: put_integer(out, static_cast<std::int64_t>(body)); return {};
    case form::uint64: put_tagged(out, value_tag::uint64, body); return {};
    case form::float64: put_tagged(out, value_tag::float64, body); return {};
    case form::float32:
        put_tagged(out, value_tag::float32, static_cast<std::uint32_t>(body));
        return {};
    case form::date: put_tagged(out, value_tag::date, from.date().days); return {};
    case form::time: put_tagged(out, value_tag::time, body); return {};
    case form::datetime:
        put_tagged(out, value_tag::datetime, from.datetime().date.days);
        out.put(body);
        return {};
    case form::duration: put_tagged(out, value_tag::duration, body); return {};
    case form::small_string:
    case form::string: put_string(out, value_access::text(from)); return {};
    case form::small_bytes:
    case form::bytes: {
        const std::string_view content = value_access::text(from);
        put_tag(out, value_tag::bytes);
        out.put_block(content.data(), content.size());
        return {};
    }
    case form::big_integer: put_big_integer(out, from); return {};
    case form::complex: put_complex(out, from); return {};
    case form::reference: {
        referent* const object = from.object();
        put_tag(out, value_tag::reference);
        put_string(out, object->interface_name());
        out.put_reference(object);
        return {};
    }
    case form::stream:
        put_tag(out, value_tag::stream);
        put_stream(out, *from.object());
        return {};
    default: break;
    }
    const std::span<const value> items = value_access::items(from);
    const auto count = static_cast<std::uint32_t>(items.size());
    switch (form) {
    case form::list:
        if (put_packed_list(out, items)) return {};
        put_tagged(out, value_tag::list, count);
        break;
    case form::map: put_tagged(out, value_tag::map, count / 2); break;
    case form::record: put_tagged(out, value_tag::record, count / 2); break;
    case form::slice: put_tag(out, value_tag::slice); break;
    case form::enumeration: put_tag(out, value_tag::enumeration); break;
    case form::variant: put_tag(out, value_tag::variant); break;
    case form::exception: put_tag(out, value_tag::exception); break;
    case form::extension: put_tag(out, value_tag::extension); break;
    default: put_tagged(out, counted_tag(form), count); break;
    }
    return {items.data(), items.data() + items.size()};
}

} // namespace

void codec<value>::write(writer& out, const value& from) {
    open_range current = put_head(out, from);
    if (current.at == current.end) return;
    frame_stack<open_range> open;
    for (;;) {
        while (current.at == current.end) {
            if (open.empty()) return;
            current = open.top();
            open.pop();
        }
        const open_range inner = put_head(out, *current.at++);
        if (inner.at == inner.end) continue;
        if (out.failed()) return;
        // What has no more siblings need not be come back to.
        if (current.at != current.end) open.push(current);
        current = inner;
    }
}

} // namespace beckon::native
