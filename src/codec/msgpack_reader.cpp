// Taking single items off a MessagePack message.
#include "beckon/codec/msgpack_reader.hpp"

#include <algorithm>
#include <bit>
#include <limits>

#include "beckon/base/utf8.hpp"
#include "codec/msgpack_format.hpp"
#include "codec/msgpack_head.hpp"

namespace beckon::msgpack {

namespace {

std::size_t memory_budget(std::size_t size, const read_options& options) noexcept {
    const std::size_t factor = options.decoded_bytes_factor;
    const std::size_t most = std::numeric_limits<std::size_t>::max();
    const std::size_t scaled = factor != 0 && size > most / factor ? most : size * factor;
    return std::max(options.min_decoded_bytes, scaled);
}

} // namespace

reader::reader(byte_view message, const read_options& options) noexcept
    : begin_(message.data()), at_(message.data()), end_(message.data() + message.size()),
      options_(&options), nodes_left_(options.max_nodes),
      memory_limit_(memory_budget(message.size(), options)), memory_left_(memory_limit_) {}

item reader::peek() const noexcept {
    if (at_ == end_) return item::end;
    return detail::formats[std::to_integer<std::uint8_t>(*at_)].kind;
}

void reader::fail(error failure) noexcept {
    if (failed()) return;
    failure_ = std::move(failure);
    at_ = end_; // every further read finds nothing and gives zeroes
}

void reader::cut_short(std::uint64_t missing, std::string_view what) noexcept {
    if (failed()) return;
    ran_out_ = true;
    fail(beckon::fail(errc::parse_error, "msgpack: ended at byte ", end_ - begin_, "; expected ",
                      missing, missing == 1 ? " byte more of " : " bytes more of ", what));
}

void reader::unexpected(const head& found, std::string_view expected) noexcept {
    if (failed()) return; // it ended there
    const std::byte first{found.first};
    fail(beckon::fail(errc::parse_error, "msgpack: found 0x", to_hex({&first, 1}), " at byte ",
                      found.at, "; expected ", expected));
}

bool reader::charge(std::size_t memory, std::size_t nodes) noexcept {
    if (failed()) return false;
    if (nodes > nodes_left_) {
        fail(beckon::fail(errc::limit_exceeded, "msgpack: message has more than ",
                          options_->max_nodes, " values (max_nodes)"));
        return false;
    }
    if (memory > memory_left_) {
        fail(beckon::fail(errc::limit_exceeded, "msgpack: message decodes to more than ",
                          memory_limit_, " bytes (min_decoded_bytes, decoded_bytes_factor)"));
        return false;
    }
    nodes_left_ -= nodes;
    memory_left_ -= memory;
    return true;
}

bool reader::enter() noexcept {
    if (failed()) return false;
    if (depth_ >= options_->max_depth) {
        fail(beckon::fail(errc::limit_exceeded, "msgpack: values nest deeper than ",
                          options_->max_depth, " at byte ", offset(), " (max_depth)"));
        return false;
    }
    ++depth_;
    return true;
}

byte_view reader::take(std::uint64_t size, std::string_view what) noexcept {
    if (failed()) return {};
    if (size > left()) {
        cut_short(size - left(), what);
        return {};
    }
    const byte_view taken(at_, static_cast<std::size_t>(size));
    at_ += size;
    return taken;
}

reader::head reader::begin_item(std::string_view expected) noexcept {
    head begun;
    begun.at = offset();
    if (failed() || !charge(0, 1)) return begun;
    if (at_ == end_) {
        cut_short(1, expected);
        return begun;
    }
    begun.first = std::to_integer<std::uint8_t>(*at_);
    const detail::format& found = detail::formats[begun.first];
    if (found.kind == item::unknown) {
        begun.kind = item::unknown;
        unexpected(begun, expected);
        begun.kind = item::end;
        return begun;
    }
    const byte_view all = take(found.head_bytes, expected);
    if (all.empty()) return begun;
    begun.kind = found.kind;
    begun.length = found.length_bytes != 0 ? detail::load_big_endian(&all[1], found.length_bytes)
                                           : std::uint64_t{found.length};
    begun.bytes = all.data();
    begun.size = found.head_bytes;
    return begun;
}

reader::number reader::integer_of(const head& begun) const noexcept {
    const std::uint8_t first = begun.first;
    if (begun.size == 1) {
        const auto small = static_cast<std::int8_t>(first);
        return {small < 0, static_cast<std::uint64_t>(static_cast<std::int64_t>(small))};
    }
    const std::size_t bytes = begun.size - 1u;
    std::uint64_t magnitude = detail::load_big_endian(begun.bytes + 1, bytes);
    if (first < 0xd0) return {false, magnitude};
    const std::uint64_t sign = std::uint64_t{1} << (bytes * 8 - 1);
    const bool negative = (magnitude & sign) != 0;
    if (negative && bytes < 8) magnitude |= ~std::uint64_t{0} << (bytes * 8 - 1);
    return {negative, magnitude};
}

void reader::get_nil() noexcept {
    std::uint8_t first = 0;
    if (take_short(0xc0, 0xc0, first)) return;
    const head begun = begin_item("nil");
    if (begun.kind != item::nil) unexpected(begun, "nil");
}

bool reader::get_boolean() noexcept {
    const head begun = begin_item("a bool");
    if (begun.kind == item::boolean) return begun.first == 0xc3;
    unexpected(begun, "a bool");
    return false;
}

std::int64_t reader::get_integer() noexcept {
    const head begun = begin_item("an integer");
    if (begun.kind == item::integer) {
        const number got = integer_of(begun);
        if (got.negative || got.magnitude <= INT64_MAX)
            return static_cast<std::int64_t>(got.magnitude);
    }
    unexpected(begun, "an integer that fits int64");
    return 0;
}

std::uint64_t reader::get_unsigned() noexcept {
    const head begun = begin_item("an integer");
    if (begun.kind == item::integer) {
        const number got = integer_of(begun);
        if (!got.negative) return got.magnitude;
    }
    unexpected(begun, "an integer that is not negative");
    return 0;
}

bool reader::take_unsigned(std::uint64_t& into) noexcept {
    std::uint8_t first = 0;
    if (take_short(0x00, 0x7f, first)) {
        into = first;
        return true;
    }
    if (at_ != end_ && nodes_left_ != 0) {
        first = std::to_integer<std::uint8_t>(*at_);
        const std::size_t bytes = std::size_t{1} << (first & 3u);
        if (first >= 0xcc && first <= 0xcf && bytes < left()) {
            into = detail::load_big_endian(at_ + 1, bytes);
            at_ += 1 + bytes;
            --nodes_left_;
            return true;
        }
    }
    if (peek() != item::integer) {
        skip();
        return false;
    }
    const head begun = begin_item("an integer");
    const number got = integer_of(begun);
    into = got.magnitude;
    return !failed() && !got.negative;
}

double reader::get_float() noexcept {
    const head begun = begin_item("a number");
    if (begun.kind == item::floating) return detail::float_of(begun.bytes, begun.size);
    if (begun.kind == item::integer) {
        const number got = integer_of(begun);
        return got.negative ? static_cast<double>(static_cast<std::int64_t>(got.magnitude))
                            : static_cast<double>(got.magnitude);
    }
    unexpected(begun, "a number");
    return 0;
}

std::string_view reader::get_text() noexcept {
    const head begun = begin_item("text");
    if (begun.kind != item::text && begun.kind != item::byte_string) {
        unexpected(begun, "text");
        return {};
    }
    const std::string_view text = as_text(take(begun.length, "text"));
    const std::size_t bad = utf8_error_offset(text);
    if (bad == text.size()) return text;
    fail(beckon::fail(errc::parse_error, "msgpack: text of ", text.size(), " bytes at byte ",
                      begun.at, " is not utf-8 at byte ", begun.at + begun.size + bad));
    return {};
}

byte_view reader::get_bytes() noexcept {
    std::uint8_t first = 0;
    if (take_short(0xa0, 0xbf, first)) return take(first & 0x1fu, "bytes");
    const head begun = begin_item("bytes");
    if (begun.kind == item::text || begun.kind == item::byte_string)
        return take(begun.length, "bytes");
    unexpected(begun, "bytes");
    return {};
}

std::size_t reader::get_array() noexcept {
    std::uint8_t first = 0;
    std::uint64_t length = 0;
    if (take_short(0x90, 0x9f, first)) {
        length = first & 0x0fu;
    } else {
        const head begun = begin_item("an array");
        if (begun.kind != item::array) {
            unexpected(begun, "an array");
            return 0;
        }
        length = begun.length;
    }
    if (length > left()) {
        cut_short(length - left(), "an array");
        return 0;
    }
    return static_cast<std::size_t>(length);
}

std::size_t reader::get_map() noexcept {
    const head begun = begin_item("a map");
    if (begun.kind != item::map) {
        unexpected(begun, "a map");
        return 0;
    }
    if (2 * begun.length > left()) {
        cut_short(2 * begun.length - left(), "a map");
        return 0;
    }
    return static_cast<std::size_t>(begun.length);
}

extension_view reader::get_extension() noexcept {
    const head begun = begin_item("an extension");
    if (begun.kind != item::extension) {
        unexpected(begun, "an extension");
        return {};
    }
    const byte_view content = take(begun.length, "an extension");
    if (failed()) return {};
    return {begun.extension_type(), content};
}

void reader::skip() noexcept {
    // Each item takes at least a byte, so that the count stays below what is left.
    for (std::uint64_t items = 1; items != 0 && !failed(); --items) {
        const head begun = begin_item("a value");
        switch (begun.kind) {
        case item::array: items += begun.length; break;
        case item::map: items += 2 * begun.length; break;
        case item::text:
        case item::byte_string:
        case item::extension: static_cast<void>(take(begun.length, "a value")); break;
        default: break;
        }
        if (items - 1 > left()) cut_short(items - 1 - left(), "a value");
    }
}

void reader::finish() noexcept {
    if (failed() || at_ == end_) return;
    fail(beckon::fail(errc::parse_error, "msgpack: found ", left(), " bytes after the value, from ",
                      "byte ", offset(), " on; expected none"));
}

} // namespace beckon::msgpack
