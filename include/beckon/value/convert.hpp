// Conversion between C++ types and values.
//
//   C++                                     value                    also read from
//   bool                                    bool                     the integers 0 and 1
//   integers                                integer                  whole floating numbers, in range
//   float, double                           float32, float64         any integer, rounded
//   std::string, std::string_view           string
//   bytes, byte_view                        bytes
//   date, time_of_day, datetime             date, time, datetime     ISO 8601 text
//   std::chrono::sys_days                   date                     ISO 8601 text
//   std::chrono::sys_time<D>                datetime                 ISO 8601 text
//   std::chrono::duration<R, P>             duration                 ISO 8601 text
//   registered enumeration                  enumeration              its name, its number
//   registered record or exception          record                   exception, map by names, list in order
//   std::optional<T>                        null or T
//   vector, deque, list                     list                     tuple, set
//   std::array                              list                     tuple
//   map, unordered_map                      map                      list of pairs; integer keys from text
//   set, unordered_set                      set                      list, tuple
//   std::tuple, std::pair                   tuple                    list
//   std::variant, registered variant        variant                  (case name or number, content)
//   value                                   itself
//
// A variant that is not registered names its cases by their types: "int64", "string", "Item"; see
// `detail::case_names`. Reading a record takes unknown fields as a later version's and ignores them; a missing
// one keeps its default where BECKON_DEFAULTS names it, is empty where it is optional, else is an error.
// Further types specialise `converter`. All types have to be default-constructible to be read.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

#include "beckon/base/result.hpp"
#include "beckon/value/detail/array_builder.hpp"
#include "beckon/value/detail/conversion.hpp"
#include "beckon/value/reflect.hpp"
#include "beckon/value/value.hpp"

namespace beckon {

/// A value as a C++ type.
///
/// Errors: type_mismatch, with the path, what was found and what was expected.
template <typename T>
[[nodiscard]] result<T> from_value(const value& from);

/// A C++ object as a value.
///
/// Errors: invalid_argument, where the object has no counterpart (a time beyond 64 bits of nanoseconds, an
/// enumeration's unknown number), with the path.
template <typename T>
[[nodiscard]] result<value> try_to_value(const T& from);

/// Converters have
///   static bool read(const value& from, T& into, conversion& state);
///   static bool write(const T& from, value& into, conversion& state);
/// which return false after state.fail or state.mismatch, then adding where they were on the way out.
template <typename T>
struct converter;

} // namespace beckon

#include "beckon/value/convert_impl.hpp"
