// Constants of the binary form; docs/wire/schema.md explains them.
#pragma once

#include <cstdint>
#include <string_view>

namespace beckon::schema {

inline constexpr std::string_view schema_magic = "BKS\x01";
inline constexpr std::string_view annotation_magic = "BKA\x01";

inline constexpr std::uint8_t oneway_flag = 1;
inline constexpr std::uint8_t idempotent_flag = 2;

} // namespace beckon::schema
