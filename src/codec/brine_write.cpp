// Values to brine, without recursion: containers in progress wait in a list.
#include <bit>
#include <charconv>
#include <vector>

#include "beckon/base/utf8.hpp"
#include "beckon/codec/brine.hpp"
#include "beckon/value/iso8601.hpp"
#include "codec/brine_tags.hpp"
#include "value/node.hpp"

namespace beckon::brine {

namespace {

using beckon::detail::form;
using beckon::detail::value_access;

constexpr std::size_t most_bytes = 0xffff'ffff; // what a length of four bytes can say

std::byte* put_big_endian(std::byte* to, std::uint64_t number, unsigned bytes) noexcept {
    for (unsigned shift = bytes * 8; shift != 0;) {
        shift -= 8;
        *to++ = static_cast<std::byte>(number >> shift & 0xff);
    }
    return to;
}

void put_tag(buffer& out, std::uint8_t tag) { *out.grow(1) = std::byte{tag}; }

void put_length(buffer& out, std::size_t length, std::uint8_t shorter, std::uint8_t longer) {
    if (length <= 0xff) {
        std::byte* const to = out.grow(2);
        to[0] = std::byte{shorter};
        to[1] = static_cast<std::byte>(length);
    } else {
        std::byte* const to = out.grow(5);
        to[0] = std::byte{longer};
        put_big_endian(to + 1, length, 4);
    }
}

void put_decimal(buffer& out, std::string_view digits) {
    put_length(out, digits.size(), tag::integer_short, tag::integer_long);
    out.append(as_bytes(digits));
}

template <typename Number>
void put_any_integer(buffer& out, Number number) {
    if (std::cmp_greater_equal(number, -48) && std::cmp_less_equal(number, 159)) {
        return put_tag(out,
                       static_cast<std::uint8_t>(static_cast<int>(number) + tag::immediate_zero));
    }
    char digits[24];
    const char* const end = std::to_chars(digits, digits + sizeof digits, number).ptr;
    put_decimal(out, {digits, static_cast<std::size_t>(end - digits)});
}

bool is_leaf_with_form(const value& candidate) {
    switch (candidate.kind()) {
    case value_kind::null:
    case value_kind::boolean:
    case value_kind::integer:
    case value_kind::floating:
    case value_kind::complex:
    case value_kind::string:
    case value_kind::bytes:
    case value_kind::date:
    case value_kind::time:
    case value_kind::datetime:
    case value_kind::duration:
    case value_kind::enumeration: return true;
    case value_kind::extension: return is_not_implemented(candidate) || is_ellipsis(candidate);
    default: return false;
    }
}

// What a container holds. A variant's name comes first, and is a string.
std::span<const value> held_by(const value& container) {
    switch (container.kind()) {
    case value_kind::tuple:
    case value_kind::frozen_set:
    case value_kind::slice:
    case value_kind::variant: return value_access::items(container);
    default: return {};
    }
}

bool is_container_with_form(const value& candidate) {
    const value_kind kind = candidate.kind();
    return kind == value_kind::tuple || kind == value_kind::frozen_set ||
           kind == value_kind::slice || kind == value_kind::variant;
}

struct container {
    const value* begin;
    const value* next;
    const value* end;
};

container opened(const value& held) {
    const auto items = held_by(held);
    return {items.data(), items.data(), items.data() + items.size()};
}

class writer {
public:
    explicit writer(buffer& out) : out_(out) {}

    result<void> run(const value& root) {
        const std::size_t before = out_.size();
        auto written = write_value(root);
        while (written && !open_.empty()) {
            container& top = open_.back();
            if (top.next == top.end) {
                open_.pop_back();
            } else {
                written = write_value(*top.next++);
            }
        }
        if (written) return {};
        out_.truncate(before);
        const std::string where = path();
        if (where.empty()) return written;
        return error(written.error().code(), concat(where, ": ", written.error().message()));
    }

private:
    result<void> write_value(const value& from) {
        switch (from.kind()) {
        case value_kind::null: put_none(out_); return {};
        case value_kind::boolean: put_boolean(out_, from.boolean()); return {};
        case value_kind::integer: return write_integer(from);
        case value_kind::floating: write_float(from); return {};
        case value_kind::complex: {
            const auto [real, imaginary] = from.complex_parts();
            std::byte* to = out_.grow(17);
            *to++ = std::byte{tag::complex};
            to = put_big_endian(to, std::bit_cast<std::uint64_t>(real), 8);
            put_big_endian(to, std::bit_cast<std::uint64_t>(imaginary), 8);
            return {};
        }
        case value_kind::string: return put_text(out_, from.string());
        case value_kind::bytes: return put_bytes(out_, from.bytes());
        case value_kind::date: return put_text(out_, to_iso8601(from.date()));
        case value_kind::time: return put_text(out_, to_iso8601(from.time()));
        case value_kind::datetime: return put_text(out_, to_iso8601(from.datetime()));
        case value_kind::duration: return put_text(out_, to_iso8601(from.duration()));
        case value_kind::enumeration: return put_text(out_, from.name());
        case value_kind::tuple:
        case value_kind::variant: return open(from);
        case value_kind::slice: put_tag(out_, tag::slice); return open(from);
        case value_kind::frozen_set: put_tag(out_, tag::frozen_set); return open(from);
        case value_kind::extension:
            if (is_not_implemented(from))
                return put_tag(out_, tag::not_implemented), result<void>();
            if (is_ellipsis(from)) return put_tag(out_, tag::ellipsis), result<void>();
            [[fallthrough]];
        default: return fail(errc::unsupported, from.type_name(), " has no form in brine");
        }
    }

    result<void> open(const value& from) {
        if (open_.size() >= max_depth) {
            return fail(errc::limit_exceeded, "value nests more than ", max_depth, " deep");
        }
        const container held = opened(from);
        put_tuple(out_, static_cast<std::size_t>(held.end - held.begin));
        open_.push_back(held);
        return {};
    }

    result<void> write_integer(const value& from) {
        if (from.is_int64()) return put_any_integer(out_, from.int64()), result<void>();
        if (from.is_uint64()) return put_any_integer(out_, from.uint64()), result<void>();
        // So many bytes have more digits for certain; turning them into digits takes quadratic time.
        constexpr std::size_t most_magnitude = max_written_digits * 10 / 24 + 1;
        const std::size_t size = from.big_magnitude().size();
        if (size > most_magnitude) return too_long(concat(size, " bytes"));
        const std::string digits = from.decimal();
        const std::size_t count = digits.size() - (from.is_negative() ? 1 : 0);
        if (count > max_written_digits) return too_long(concat(count, " digits"));
        put_decimal(out_, digits);
        return {};
    }
    static error too_long(std::string_view size) {
        return fail(errc::limit_exceeded, "integer of ", size, "; python peers read at most ",
                    max_written_digits, " digits");
    }

    void write_float(const value& from) {
        // A float64 as its bits: so a signalling NaN stays one.
        const std::uint64_t bits = from.is_float32() ? std::bit_cast<std::uint64_t>(from.float64())
                                                     : value_access::body(from);
        std::byte* const to = out_.grow(9);
        *to = std::byte{tag::floating};
        put_big_endian(to + 1, bits, 8);
    }

    // Where the writer stands: "[1][0]".
    [[nodiscard]] std::string path() const {
        std::string out;
        for (const container& each : open_) {
            if (each.next != each.begin) out += concat('[', each.next - each.begin - 1, ']');
        }
        constexpr std::size_t most = 200;
        if (out.size() > most) out = concat(std::string_view(out).substr(0, most), "...");
        return out;
    }

    buffer& out_;
    std::vector<container> open_;
};

} // namespace

void put_integer(buffer& out, std::int64_t number) { put_any_integer(out, number); }

void put_float(buffer& out, double number) {
    std::byte* const to = out.grow(9);
    *to = std::byte{tag::floating};
    put_big_endian(to + 1, std::bit_cast<std::uint64_t>(number), 8);
}

void put_tuple(buffer& out, std::size_t count) {
    BECKON_ASSERT(count <= most_bytes, "a tuple has less than 2^32 items");
    if (count == 0) return put_tag(out, tag::empty_tuple);
    if (count <= 4) return put_tag(out, static_cast<std::uint8_t>(tag::tuple_1 + count - 1));
    put_length(out, count, tag::tuple_short, tag::tuple_long);
}

result<void> put_bytes(buffer& out, byte_view content) {
    const std::size_t size = content.size();
    if (size > most_bytes) {
        return fail(errc::limit_exceeded, "byte string of ", size, " bytes; limit of brine is ",
                    most_bytes, " bytes");
    }
    if (size == 0) {
        put_tag(out, tag::empty_bytes);
    } else if (size <= 4) {
        put_tag(out, static_cast<std::uint8_t>(tag::bytes_1 + size - 1));
    } else {
        put_length(out, size, tag::bytes_short, tag::bytes_long);
    }
    out.append(content);
    return {};
}

result<void> put_text(buffer& out, std::string_view text) {
    const std::size_t bad = utf8_error_offset(text);
    if (bad != text.size()) {
        return fail(errc::invalid_argument, "string of ", text.size(),
                    " bytes is not utf-8 at byte ", bad);
    }
    const std::size_t before = out.size();
    put_tag(out, tag::text);
    auto written = put_bytes(out, as_bytes(text));
    if (!written) out.truncate(before);
    return written;
}

value not_implemented() { return value::extension(not_implemented_type, byte_view()); }
value ellipsis() { return value::extension(ellipsis_type, byte_view()); }
bool is_not_implemented(const value& candidate) noexcept {
    return candidate.is(value_kind::extension) && candidate.number() == not_implemented_type;
}
bool is_ellipsis(const value& candidate) noexcept {
    return candidate.is(value_kind::extension) && candidate.number() == ellipsis_type;
}

bool is_brinable(const value& candidate) {
    if (is_leaf_with_form(candidate)) return true;
    if (!is_container_with_form(candidate)) return false;
    std::vector<container> open{opened(candidate)};
    while (!open.empty()) {
        container& top = open.back();
        if (top.next == top.end) {
            open.pop_back();
            continue;
        }
        const value& next = *top.next++;
        if (is_leaf_with_form(next)) continue;
        if (!is_container_with_form(next) || open.size() >= max_depth) return false;
        open.push_back(opened(next));
    }
    return true;
}

result<void> write(buffer& out, const value& from) { return writer(out).run(from); }

} // namespace beckon::brine
