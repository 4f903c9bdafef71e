// What stands in the frame of a call before its arguments.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>

#include "beckon/base/bytes.hpp"
#include "beckon/value/value.hpp"
#include "protocol/native/frame.hpp"

namespace beckon::native {

inline constexpr std::size_t header_size = sizeof(frame_header);

/// REQUIRES: there are so many bytes.
[[nodiscard]] inline frame_header header_at(byte_view input) noexcept {
    frame_header header;
    std::memcpy(&header, input.data(), header_size);
    return header;
}

[[nodiscard]] inline std::uint32_t number_at(byte_view from, std::size_t at) noexcept {
    std::uint32_t number = 0;
    std::memcpy(&number, from.data() + at, sizeof number);
    return number;
}

struct call_extras {
    std::optional<std::uint32_t> deadline{};
    std::optional<std::uint32_t> parent{};
    std::optional<std::uint32_t> promise{};
    value metadata{}; ///< Keys and values in turn; null: none.
    std::size_t arguments_at = 0;
};

/// What is cut off counts as not there, and the arguments begin behind the end.
[[nodiscard]] call_extras extras_of(const frame_header& header, byte_view frame);

} // namespace beckon::native
