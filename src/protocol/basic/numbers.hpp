// Little-endian numbers, and sizes that are known only when what they count has been written.
#pragma once

#include <cstdint>
#include <limits>

#include "beckon/base/result.hpp"
#include "beckon/codec/basic/serializers.hpp"
#include "beckon/codec/buffer.hpp"

namespace beckon::basic {

/// A message's head: its size, which `end_message` fills in, and its type.
inline constexpr std::size_t head_bytes = 5;

inline void begin_message(buffer& out, std::uint8_t type) {
    put_number(out, 0, 4);
    put_number(out, type, 1);
}
[[nodiscard]] inline result<void> end_message(buffer& out, std::size_t begin) {
    return fill_size(out, begin, out.size() - begin);
}

} // namespace beckon::basic
