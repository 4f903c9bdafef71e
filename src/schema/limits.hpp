// Bounds on schemas, in text and in binary form alike.
#pragma once

#include <cstddef>

namespace beckon::schema {

inline constexpr std::size_t max_type_depth = 32;
inline constexpr std::size_t max_type_arguments = 256;
/// Messages repeat names whole, so these are bounded.
inline constexpr std::size_t max_name_bytes = 1024;

} // namespace beckon::schema
