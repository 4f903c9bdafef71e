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

/// An integer beyond 64 bits as the nearest floating number; false where that is infinite.
[[nodiscard]] bool read_rounded(const value& from, double& into);
[[nodiscard]] bool read_rounded(const value& from, float& into);

/// The number as a T: integers of other widths, whole floats as integers, integers and float64 as floats, rounded.
/// Nothing where it is no number or does not fit. The rules are those of value/convert.hpp, for a packed list's
/// sake without a text for each refusal.
template <typename T>
[[nodiscard]] std::optional<T> number_as(const value& from) {
    using beckon::detail::form;
    using beckon::detail::value_access;
    const auto of_integer = [](auto integer) -> std::optional<T> {
        if constexpr (std::integral<T>) {
            if (!std::in_range<T>(integer)) return std::nullopt;
        }
        return static_cast<T>(integer);
    };
    switch (value_access::form_of(from)) {
    case form::int64: return of_integer(static_cast<std::int64_t>(value_access::body(from)));
    case form::uint64: return of_integer(value_access::body(from));
    case form::float64:
    case form::float32: break;
    case form::big_integer:
        if constexpr (std::floating_point<T>) {
            T rounded{};
            if (read_rounded(from, rounded)) return rounded;
        }
        return std::nullopt;
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

/// Writes a value of a simple built-in type, `any`, or void; empty, or what is wrong with it ("expected int8,
/// found string"). REQUIRES: the type has neither arguments nor name.
[[nodiscard]] std::string put_scalar(writer& out, schema::kind kind, const value& from);

/// Writes an enumeration, its name or its number.
[[nodiscard]] std::string put_enumeration(writer& out, const schema::enumeration& declared,
                                          const value& from);

/// Writes a list of numbers, packed. Returns the position of the first item that does not fit, or `size`.
[[nodiscard]] std::size_t put_numbers(writer& out, schema::kind kind, std::span<const value> items);

} // namespace beckon::native
