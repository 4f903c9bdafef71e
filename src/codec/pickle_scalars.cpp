// Single values: numbers, text and bytes, in all the forms that six protocols have for them.
#include <algorithm>

#include "codec/pickle_machine.hpp"
#include "codec/pickle_text.hpp"

namespace beckon::pickle {

namespace {

// Two's complement of any size, least significant byte first.
value integer_of(byte_view content) {
    if (content.empty()) return 0;
    const bool is_negative = (content.back() & std::byte{0x80}) != std::byte{0};
    if (content.size() <= 8) {
        std::uint64_t bits = is_negative ? ~std::uint64_t{0} : 0;
        for (std::size_t i = content.size(); i-- != 0;)
            bits = bits << 8 | std::to_integer<std::uint64_t>(content[i]);
        return static_cast<std::int64_t>(bits);
    }
    bytes magnitude(content.rbegin(), content.rend());
    if (is_negative) {
        // The magnitude is the complement and one more. It fits: -2^k in so many bytes has its own sign bit left.
        bool carries = true;
        for (std::size_t i = magnitude.size(); i-- != 0;) {
            magnitude[i] = ~magnitude[i];
            if (!carries) continue;
            carries = magnitude[i] == std::byte{0xff};
            magnitude[i] =
                carries ? std::byte{0} : std::byte(std::to_integer<unsigned>(magnitude[i]) + 1);
        }
    }
    return value::big_integer(is_negative, magnitude);
}

} // namespace

bool machine::push_integer_line(bool is_long) {
    std::string_view line;
    if (!in_.line(line)) return false;
    if (!is_long && (line == "00" || line == "01")) return push(line == "01");
    if (is_long && line.ends_with('L')) line.remove_suffix(1);
    if (!is_decimal(line))
        return in_.refuse(op_at_, "has ", quoted(line), " where decimal digits are expected,");
    const std::size_t digits = line.size() - (line.front() == '-' ? 1 : 0);
    if (digits > max_integer_digits)
        return in_.limit(op_at_, "has an integer of ", digits, " digits; the most is ",
                         max_integer_digits, ",");
    auto made = value::integer(line);
    if (!made) return in_.fail(std::move(made).error());
    return push(*std::move(made));
}

bool machine::push_long(std::uint64_t size) {
    if (size > in_.left()) {
        byte_view none;
        return in_.take_declared(size, "an integer", none);
    }
    if (size > max_integer_bytes)
        return in_.limit(op_at_, "has an integer of ", size, " bytes; the most is ",
                         max_integer_bytes, ",");
    byte_view content;
    return in_.take_declared(size, "an integer", content) && push(integer_of(content));
}

bool machine::push_float_line() {
    std::string_view line;
    if (!in_.line(line)) return false;
    const auto made = read_float(line);
    if (!made) return in_.refuse(op_at_, "has ", quoted(line), " where a float is expected,");
    return push(*made);
}

bool machine::push_text(std::uint64_t size) {
    byte_view content;
    if (!in_.take_declared(size, "a str", content)) return false;
    const std::string_view text = as_text(content);
    const std::size_t bad = text_error_offset(text);
    if (bad != text.size())
        return in_.refuse(in_.offset() - text.size() + bad, "has a str that is not utf-8");
    return push(text);
}

bool machine::push_text_line() {
    std::string_view line;
    if (!in_.line(line)) return false;
    auto made = read_raw_unicode(line);
    if (!made) return in_.refuse(op_at_, "has a str with a bad escape");
    return push(*std::move(made));
}

bool machine::push_string(std::uint64_t size) {
    byte_view content;
    return in_.take_declared(size, "a string", content) && push_python2(as_text(content));
}

bool machine::push_string_line() {
    std::string_view line;
    if (!in_.line(line)) return false;
    const auto made = read_quoted(line);
    if (!made) return in_.refuse(op_at_, "has a string without quotes or with a bad escape");
    return push_python2(*made);
}

// Python 2 had one type for text and bytes: what can be text is.
bool machine::push_python2(std::string_view content) {
    const bool is_text = std::none_of(content.begin(), content.end(), [](char each) {
        return static_cast<unsigned char>(each) >= 0x80;
    });
    return is_text ? push(content) : push(as_bytes(content));
}

bool machine::push_bytes(std::uint64_t size) {
    byte_view content;
    return in_.take_declared(size, "bytes", content) && push(content);
}

bool machine::index_line(std::uint64_t& index) {
    std::string_view line;
    if (!in_.line(line)) return false;
    const auto made = read_index(line);
    if (!made)
        return in_.refuse(op_at_, "has ", quoted(line), " where a memo's index is expected,");
    index = *made;
    return true;
}

} // namespace beckon::pickle
