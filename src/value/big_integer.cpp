// Integers beyond 64 bits: bytes to decimal digits and back.
#include <algorithm>
#include <charconv>

#include "value/node.hpp"

namespace beckon {

using detail::form;
using detail::value_access;

namespace {

__extension__ using wide = unsigned __int128;

// Decimal digits are handled 18 at a time, the most that fit 64 bits with a whole power of ten.
constexpr std::uint64_t chunk = 1'000'000'000'000'000'000u;
constexpr std::size_t chunk_digits = 18;
constexpr std::size_t max_digits = 100'000;
constexpr std::size_t max_magnitude_bytes = 41'525; // of 100,000 digits

std::uint64_t read_big_endian(std::string_view bytes) noexcept {
    std::uint64_t word = 0;
    for (const char byte : bytes) word = word << 8 | static_cast<unsigned char>(byte);
    return word;
}

value make_integer(bool negative, std::string_view magnitude) {
    magnitude.remove_prefix(std::min(magnitude.find_first_not_of('\0'), magnitude.size()));
    if (magnitude.size() <= 8) {
        const std::uint64_t word = read_big_endian(magnitude);
        if (!negative) return word;
        if (word <= std::uint64_t{1} << 63) return static_cast<std::int64_t>(0 - word);
    }
    // Never small: at least 9 bytes, or 8 with a sign, in a node of their own.
    void* const memory = ::operator new(sizeof(detail::text_node) + magnitude.size());
    auto* const node = ::new (memory) detail::text_node;
    char* const to = reinterpret_cast<char*>(node + 1);
    std::memcpy(to, magnitude.data(), magnitude.size());
    node->text = to;
    node->size = magnitude.size();
    return value_access::make(form::big_integer, node, negative ? 1 : 0);
}

} // namespace

value value::big_integer(bool negative, byte_view magnitude) {
    return make_integer(negative, as_text(magnitude));
}

byte_view value::big_magnitude() const {
    if (form() != form::big_integer) {
        throw value_error(
            fail(errc::type_mismatch, "expected an integer beyond 64 bits, found ", type_name()));
    }
    return as_bytes(value_access::text(*this));
}

bool value::is_negative() const {
    switch (form()) {
    case form::int64:
    case form::duration: return static_cast<std::int64_t>(body_) < 0;
    case form::big_integer: return value_access::note(*this) != 0;
    case form::float64:
    case form::float32: return float64() < 0;
    default: return false;
    }
}

result<value> value::integer(std::string_view decimal) {
    const bool negative = decimal.starts_with('-');
    const std::string_view digits = decimal.substr(negative ? 1 : 0);
    const auto is_digit = [](char each) { return each >= '0' && each <= '9'; };
    if (digits.empty() || !std::all_of(digits.begin(), digits.end(), is_digit)) {
        return fail(errc::parse_error, "expected decimal digits, found ", quoted(decimal));
    }
    if (digits.size() > max_digits) {
        return fail(errc::limit_exceeded, "integer of ", digits.size(), " digits; limit is ",
                    max_digits, " digits");
    }
    if (digits.size() <= chunk_digits) {
        std::int64_t number = 0;
        std::from_chars(digits.data(), digits.data() + digits.size(), number);
        return value(negative ? -number : number);
    }
    std::vector<std::uint64_t> words; // least significant first
    words.reserve(digits.size() / 19 + 2);
    std::size_t at = 0;
    while (at < digits.size()) {
        // The first chunk takes what the whole ones leave over.
        const std::size_t left = digits.size() - at;
        const std::size_t taken = left % chunk_digits == 0 ? chunk_digits : left % chunk_digits;
        std::uint64_t carry = 0;
        std::from_chars(digits.data() + at, digits.data() + at + taken, carry);
        for (std::uint64_t& word : words) {
            const wide product = static_cast<wide>(word) * chunk + carry;
            word = static_cast<std::uint64_t>(product);
            carry = static_cast<std::uint64_t>(product >> 64);
        }
        if (carry != 0) words.push_back(carry);
        at += taken;
    }
    std::string magnitude;
    magnitude.reserve(words.size() * 8);
    for (auto word = words.rbegin(); word != words.rend(); ++word) {
        for (int shift = 56; shift >= 0; shift -= 8) {
            magnitude += static_cast<char>(*word >> shift & 0xff);
        }
    }
    return make_integer(negative, magnitude);
}

std::string value::decimal() const {
    if (form() == form::int64) return concat(static_cast<std::int64_t>(body_));
    if (form() == form::uint64) return concat(body_);
    if (form() != form::big_integer) {
        throw value_error(fail(errc::type_mismatch, "expected integer, found ", type_name()));
    }
    std::string_view magnitude = value_access::text(*this);
    if (magnitude.size() > max_magnitude_bytes) {
        throw value_error(fail(errc::limit_exceeded, "integer of ", magnitude.size(),
                               " bytes; limit for decimal digits is ", max_magnitude_bytes,
                               " bytes"));
    }
    std::vector<std::uint64_t> words; // most significant first
    while (!magnitude.empty()) {
        const std::size_t taken = magnitude.size() % 8 == 0 ? 8 : magnitude.size() % 8;
        words.push_back(read_big_endian(magnitude.substr(0, taken)));
        magnitude.remove_prefix(taken);
    }
    std::vector<std::uint64_t> chunks; // least significant first
    std::size_t first = 0;
    while (first < words.size()) {
        std::uint64_t remainder = 0;
        for (std::size_t i = first; i < words.size(); ++i) {
            const wide dividend = static_cast<wide>(remainder) << 64 | words[i];
            words[i] = static_cast<std::uint64_t>(dividend / chunk);
            remainder = static_cast<std::uint64_t>(dividend % chunk);
        }
        chunks.push_back(remainder);
        while (first < words.size() && words[first] == 0) ++first;
    }
    std::string text = is_negative() ? "-" : "";
    append_text(text, chunks.back());
    for (std::size_t i = chunks.size() - 1; i-- > 0;) {
        const std::string digits = concat(chunks[i]);
        text.append(chunk_digits - digits.size(), '0');
        text += digits;
    }
    return text;
}

} // namespace beckon
