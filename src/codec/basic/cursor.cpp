#include "beckon/codec/basic/cursor.hpp"

#include <utility>

#include "beckon/base/utf8.hpp"

namespace beckon::basic {

namespace {
[[nodiscard]] std::string_view plural(std::size_t count) noexcept { return count == 1 ? "" : "s"; }
} // namespace

byte_view cursor::advance(std::size_t count) noexcept {
    const byte_view taken = left_.first(count);
    left_ = left_.subspan(count);
    offset_ += count;
    return taken;
}

error cursor::missing(std::string_view what, std::size_t expected) const {
    return fail(errc::schema_mismatch, "at byte ", offset_, ": expected ", what, " of ", expected,
                " byte", plural(expected), ", found ", left_.size(), " byte", plural(left_.size()));
}

result<std::uint64_t> cursor::take_number(unsigned width, std::string_view what) {
    if (left_.size() < width) return missing(what, width);
    std::uint64_t number = 0;
    const byte_view bytes = advance(width);
    for (unsigned i = 0; i < width; ++i)
        number |= std::to_integer<std::uint64_t>(bytes[i]) << (8 * i);
    return number;
}

result<byte_view> cursor::take_bytes(std::string_view what) {
    BECKON_ASSIGN(const std::uint64_t size, take_number(4, concat("the length of ", what)));
    if (left_.size() < size) return missing(what, size);
    return advance(size);
}

result<std::string_view> cursor::take_text() {
    const std::size_t begin = offset_;
    BECKON_ASSIGN(const byte_view bytes, take_bytes("str"));
    const std::string_view text = as_text(bytes);
    const std::size_t bad = utf8_error_offset(text);
    if (bad == text.size()) return text;
    return fail(errc::schema_mismatch, "at byte ", begin + 4 + bad,
                ": expected str of utf-8, found ", to_hex(bytes.subspan(bad, 1)),
                ", which is none");
}

result<cursor> cursor::take_array(std::uint32_t& count) {
    const std::size_t begin = offset_;
    BECKON_ASSIGN(const byte_view content, take_bytes("array"));
    cursor inside(content, begin + 4);
    BECKON_ASSIGN(const std::uint64_t elements,
                  inside.take_number(4, "the number of an array's elements"));
    count = static_cast<std::uint32_t>(elements);
    return inside;
}

result<void> cursor::expect_end(std::string_view what) const {
    if (left_.empty()) return {};
    return fail(errc::schema_mismatch, "at byte ", offset_, ": expected the end of ", what,
                ", found ", left_.size(), " byte", plural(left_.size()), " more");
}

} // namespace beckon::basic
