#include "beckon/codec/basic/serializers.hpp"

#include <limits>

#include "beckon/base/utf8.hpp"

namespace beckon::basic {

namespace {
[[nodiscard]] error python_error(std::string_view type, std::string text) {
    error failure(errc::remote_error, std::move(text));
    failure.set_type_name(std::string(type));
    return failure;
}
} // namespace

void put_number(buffer& out, std::uint64_t number, unsigned width) {
    std::byte* const to = out.grow(width);
    for (unsigned i = 0; i < width; ++i) to[i] = static_cast<std::byte>(number >> (8 * i));
}

result<void> fill_size(buffer& out, std::size_t at, std::size_t size) {
    if (size > std::numeric_limits<std::uint32_t>::max()) {
        return fail(errc::limit_exceeded, "size of ", size,
                    " does not fit into the four bytes that basic-socket-rpc has for it");
    }
    for (unsigned i = 0; i < 4; ++i) out.data()[at + i] = static_cast<std::byte>(size >> (8 * i));
    return {};
}

result<void> put_bytes(buffer& out, byte_view content) {
    const std::size_t begin = out.size();
    put_number(out, 0, 4);
    BECKON_TRY(fill_size(out, begin, content.size()));
    out.append(content);
    return {};
}

result<void> put_text(buffer& out, std::string_view text) {
    const std::size_t bad = utf8_error_offset(text);
    if (bad != text.size())
        return python_error("builtins.UnicodeError", concat("text is not utf-8 at byte ", bad));
    return put_bytes(out, as_bytes(text));
}

error overflow(bool negative) {
    return python_error("builtins.OverflowError", negative
                                                      ? "can't convert negative int to unsigned"
                                                      : "int too big to convert");
}

error wrong_count(std::size_t expected, std::size_t found) {
    return python_error("builtins.ValueError",
                        concat("expected ", expected, " elements in array, found ", found));
}

} // namespace beckon::basic
