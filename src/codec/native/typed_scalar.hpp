// Values of one piece by schema: what may become what without loss.
#pragma once

#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "beckon/codec/native/writer.hpp"
#include "beckon/schema/schema.hpp"
#include "value/node.hpp"

namespace beckon::native {

/// The number as a T: integers of other widths, whole floats as integers, integers that a float holds exactly,
/// float64 rounded to float32. Nothing where it is no number or does not fit.
template <typename T>
[[nodiscard]] std::optional<T> number_as(const value& from) noexcept {
    using beckon::detail::form;
    using beckon::detail::value_access;
    const auto exact = [](auto integer) -> std::optional<T> {
        if constexpr (std::integral<T>) {
            if (!std::in_range<T>(integer)) return std::nullopt;
            return static_cast<T>(integer);
        } else {
            const T made = static_cast<T>(integer);
            // The largest integers round up to a power of two, which does not fit an integer again.
            constexpr T beyond =
                static_cast<T>(std::numeric_limits<decltype(integer)>::max() / 2 + 1) * 2;
            if (made >= beyond || static_cast<decltype(integer)>(made) != integer)
                return std::nullopt;
            return made;
        }
    };
    switch (value_access::form_of(from)) {
    case form::int64: return exact(static_cast<std::int64_t>(value_access::body(from)));
    case form::uint64: return exact(value_access::body(from));
    case form::float64:
    case form::float32: break;
    default: return std::nullopt;
    }
    const double number = from.float64();
    if constexpr (std::integral<T>) {
        // Both bounds are powers of two (or 0), so a double holds them exactly.
        constexpr double beyond = static_cast<double>(std::numeric_limits<T>::max() / 2 + 1) * 2;
        constexpr double least = static_cast<double>(std::numeric_limits<T>::min());
        if (!(number >= least && number < beyond) || std::trunc(number) != number)
            return std::nullopt;
        return static_cast<T>(number);
    } else if constexpr (std::same_as<T, float>) {
        if (value_access::form_of(from) == form::float32) {
            return std::bit_cast<float>(static_cast<std::uint32_t>(value_access::body(from)));
        }
        const auto rounded = static_cast<float>(number);
        if (std::isinf(rounded) && !std::isinf(number)) return std::nullopt;
        return rounded;
    } else {
        return number;
    }
}

/// "found string", "found int64 300": numbers are told, other content is not.
[[nodiscard]] std::string found_text(const value& from);

/// Writes a value of a simple built-in type, `any`, or void; empty, or what is wrong with it ("expected int8,
/// found string"). REQUIRES: the type has neither arguments nor name.
[[nodiscard]] std::string put_scalar(writer& out, schema::kind kind, const value& from);

/// Writes an enumeration, its name or its number.
[[nodiscard]] std::string put_enumeration(writer& out, const schema::enumeration& declared,
                                          const value& from);

/// Writes a list of numbers, packed. Returns the position of the first item that does not fit, or `size`.
[[nodiscard]] std::size_t put_numbers(writer& out, schema::kind kind, std::span<const value> items);

} // namespace beckon::native
