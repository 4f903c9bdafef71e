// The constants of remcall's binary schemas.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace beckon::schema::remcall {

inline constexpr std::string_view magic = "REMCALL";
inline constexpr std::string_view schema_word = "SCHEMA";
inline constexpr std::uint8_t enum_tag = 2;
inline constexpr std::uint8_t record_tag = 3;
inline constexpr std::uint8_t interface_tag = 4;
inline constexpr std::size_t digest_bytes = 32;

} // namespace beckon::schema::remcall
