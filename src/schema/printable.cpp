#include "schema/printable.hpp"

#include "beckon/base/utf8.hpp"

namespace beckon::schema {

std::size_t printable_size(std::string_view text) noexcept {
    const auto at = [text](std::size_t i) -> unsigned {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
    };
    const unsigned lead = at(0);
    if (lead < 0x80) return lead >= 0x20 && lead != 0x7f ? 1 : 0;
    const std::size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || !is_utf8(text.substr(0, size)) || text.size() < size) return 0;
    if (lead == 0xc2 && at(1) < 0xa0) return 0;
    const unsigned tail = at(2);
    if (lead == 0xe2 && at(1) == 0x80 && tail >= 0xaa && tail <= 0xae) return 0;
    if (lead == 0xe2 && at(1) == 0x81 && tail >= 0xa6 && tail <= 0xa9) return 0;
    return size;
}

} // namespace beckon::schema
