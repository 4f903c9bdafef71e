// Taking single items off a brine message.
#include "beckon/codec/brine_reader.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <limits>

#include "beckon/base/utf8.hpp"
#include "codec/brine_tags.hpp"
#include "value/node.hpp"

namespace beckon::brine {

namespace {

// Twice the depth of values: a boxed tuple is a tuple of a label and a tuple.
std::size_t depth_budget(const limits& limits) noexcept {
    return limits.max_depth < max_depth / 2 ? limits.max_depth * 2 : max_depth;
}

std::string tag_text(std::uint8_t tag) {
    const std::byte as_byte{tag};
    return concat("tag 0x", to_hex({&as_byte, 1}));
}

constexpr bool is_immediate(std::uint8_t tag) noexcept {
    return tag >= tag::least_immediate && tag <= tag::most_immediate;
}
constexpr bool is_bytes(std::uint8_t tag) noexcept {
    return tag == tag::empty_bytes || (tag >= tag::bytes_1 && tag <= tag::bytes_long);
}
constexpr bool is_tuple(std::uint8_t tag) noexcept {
    return tag == tag::empty_tuple || (tag >= tag::tuple_1 && tag <= tag::tuple_long);
}
constexpr bool is_integer(std::uint8_t tag) noexcept {
    return is_immediate(tag) || tag == tag::integer_short || tag == tag::integer_long;
}

} // namespace

reader::reader(byte_view message, const limits& limits) noexcept
    : begin_(message.data()), at_(message.data()), end_(message.data() + message.size()),
      limits_(&limits), budget_(message.size(), limits), depth_limit_(depth_budget(limits)) {}

item reader::peek() const noexcept {
    if (at_ == end_) return item::end;
    const std::uint8_t next = tag_at(offset());
    if (is_integer(next)) return item::integer;
    if (is_bytes(next)) return item::byte_string;
    if (is_tuple(next)) return item::tuple;
    switch (next) {
    case tag::none: return item::none;
    case tag::true_:
    case tag::false_: return item::boolean;
    case tag::not_implemented: return item::not_implemented;
    case tag::ellipsis: return item::ellipsis;
    case tag::text: return item::text;
    case tag::floating: return item::floating;
    case tag::slice: return item::slice;
    case tag::frozen_set: return item::frozen_set;
    case tag::complex: return item::complex;
    default: return item::unknown;
    }
}

void reader::fail(error failure) noexcept {
    if (failed()) return;
    failure_ = std::move(failure);
    at_ = end_; // every further read finds nothing and gives zeroes
}

void reader::found_tag(std::size_t at, std::uint8_t tag, std::string_view expected) noexcept {
    if (failed()) return;
    fail(beckon::fail(errc::protocol_error, "peer sent ", tag_text(tag), " at byte ", at,
                      "; expected ", expected));
}

bool reader::enter() noexcept {
    if (failed()) return false;
    if (depth_ >= depth_limit_) {
        fail(beckon::fail(errc::limit_exceeded, "peer sent values nested deeper than ",
                          depth_limit_, " at byte ", offset(), " (max_depth)"));
        return false;
    }
    ++depth_;
    return true;
}

byte_view reader::nothing_taken(std::size_t size, std::string_view what) noexcept {
    if (failed()) return {};
    fail(beckon::fail(errc::protocol_error, "peer sent a message that ends at byte ",
                      static_cast<std::size_t>(end_ - begin_), "; expected ", size, " bytes of ",
                      what, " at byte ", offset(), ", found ", left()));
    return {};
}

std::uint64_t reader::take_number(std::size_t size, std::string_view what) noexcept {
    std::uint64_t number = 0;
    for (const std::byte each : take(size, what)) {
        number = number << 8 | std::to_integer<std::uint8_t>(each);
    }
    return number;
}

double reader::take_float() noexcept { return std::bit_cast<double>(take_number(8, "a float")); }

std::uint8_t reader::no_item(std::string_view expected) noexcept {
    if (!failed()) {
        fail(beckon::fail(errc::protocol_error, "peer sent a message that ends at byte ", offset(),
                          "; expected ", expected));
    }
    return tag::unassigned;
}

byte_view reader::byte_string(std::uint8_t tag) noexcept {
    if (tag == tag::empty_bytes) return {};
    if (tag <= tag::bytes_4) {
        return take(static_cast<std::size_t>(tag - tag::bytes_1 + 1), "a byte string");
    }
    const std::size_t size = take_number(tag == tag::bytes_short ? 1 : 4, "a length");
    return take(size, "a byte string");
}

std::string_view reader::text() noexcept {
    if (failed()) return {};
    if (at_ == end_) {
        fail(beckon::fail(errc::protocol_error, "peer sent a message that ends at byte ", offset(),
                          "; expected the byte string of a text"));
        return {};
    }
    const std::uint8_t tag = tag_at(offset());
    if (!is_bytes(tag)) {
        found_tag(offset(), tag, "the byte string of a text");
        return {};
    }
    ++at_;
    const std::string_view content = as_text(byte_string(tag));
    const std::size_t bad = utf8_error_offset(content);
    if (bad == content.size()) return content;
    fail(beckon::fail(errc::protocol_error, "peer sent a text that is not utf-8 at byte ",
                      offset() - content.size() + bad));
    return {};
}

std::size_t reader::tuple(std::uint8_t tag) noexcept {
    const std::size_t at = offset() - 1;
    if (tag == tag::empty_tuple) return 0;
    if (tag <= tag::tuple_4) return static_cast<std::size_t>(tag - tag::tuple_1 + 1);
    const std::size_t count = take_number(tag == tag::tuple_short ? 1 : 4, "a count");
    if (count <= left()) return count;
    fail(beckon::fail(errc::protocol_error, "peer declared a tuple of ", count, " items at byte ",
                      at, "; expected at most ", left(), ", one for each byte that is left"));
    return 0;
}

std::string_view reader::digits(std::uint8_t tag) noexcept {
    const std::size_t size = take_number(tag == tag::integer_short ? 1 : 4, "a length");
    const std::string_view written = as_text(take(size, "an integer"));
    if (failed()) return {};
    const std::size_t sign = written.starts_with('-') ? 1 : 0;
    std::size_t bad = sign;
    while (bad < written.size() && written[bad] >= '0' && written[bad] <= '9') ++bad;
    if (bad == written.size() && bad > sign) return written;
    const std::size_t start = offset() - written.size();
    if (bad == written.size()) {
        fail(beckon::fail(errc::protocol_error, "peer sent an integer of no digits at byte ", start,
                          "; expected at least one"));
    } else {
        fail(beckon::fail(errc::protocol_error, "peer sent ", quoted(written.substr(bad, 1)),
                          " at byte ", start + bad, "; expected a decimal digit"));
    }
    return {};
}

void reader::get_none() noexcept {
    const std::uint8_t tag = begin_item("None");
    if (tag != tag::none) found_tag(offset() - 1, tag, "None");
}

bool reader::get_boolean() noexcept {
    const std::uint8_t tag = begin_item("a boolean");
    if (tag == tag::true_ || tag == tag::false_) return tag == tag::true_;
    found_tag(offset() - 1, tag, "a boolean");
    return false;
}

std::int64_t reader::get_integer() noexcept {
    const std::uint8_t tag = begin_item("an integer");
    if (is_immediate(tag)) return tag - tag::immediate_zero;
    if (!is_integer(tag)) {
        found_tag(offset() - 1, tag, "an integer");
        return 0;
    }
    const std::string_view written = digits(tag);
    std::int64_t number = 0;
    if (failed()) return 0;
    const char* const end = written.data() + written.size();
    if (std::from_chars(written.data(), end, number).ec == std::errc()) return number;
    fail(beckon::fail(errc::protocol_error, "peer sent an integer of ", written.size(),
                      " characters at byte ", offset() - written.size(),
                      "; expected one that fits 64 bits"));
    return 0;
}

double reader::get_float() noexcept {
    const std::uint8_t tag = begin_item("a float");
    if (tag == tag::floating) return take_float();
    found_tag(offset() - 1, tag, "a float");
    return 0;
}

std::string_view reader::get_text() noexcept {
    const std::uint8_t tag = begin_item("a text");
    if (tag == tag::text) return text();
    found_tag(offset() - 1, tag, "a text");
    return {};
}

byte_view reader::get_bytes() noexcept {
    const std::uint8_t tag = begin_item("a byte string");
    if (is_bytes(tag)) return byte_string(tag);
    found_tag(offset() - 1, tag, "a byte string");
    return {};
}

std::size_t reader::get_tuple() noexcept {
    const std::uint8_t tag = begin_item("a tuple");
    if (is_tuple(tag)) return tuple(tag);
    found_tag(offset() - 1, tag, "a tuple");
    return 0;
}

void reader::get_tuple_of(std::size_t expected) noexcept {
    const std::size_t at = offset();
    const std::size_t count = get_tuple();
    if (failed() || count == expected) return;
    fail(beckon::fail(errc::protocol_error, "peer sent a tuple of ", count, " items at byte ", at,
                      "; expected ", expected));
}

void reader::finish() noexcept {
    if (failed() || at_ == end_) return;
    fail(beckon::fail(errc::protocol_error, "peer sent a message with ", left(),
                      " bytes behind its end at byte ", offset(), "; expected none"));
}

} // namespace beckon::brine
