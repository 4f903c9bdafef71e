// The operators of dynamic objects by their names.
#pragma once

#include <cstdint>
#include <string_view>

namespace beckon {

/// An operator of two operands: its sign, and Python's names for the methods that do it.
struct binary_operator {
    std::string_view sign;
    std::string_view forward;   ///< Of the left operand.
    std::string_view reflected; ///< Of the right one, where the left one cannot.
    std::string_view in_place;
};

namespace operators {

inline constexpr binary_operator add{"+", "__add__", "__radd__", "__iadd__"};
inline constexpr binary_operator subtract{"-", "__sub__", "__rsub__", "__isub__"};
inline constexpr binary_operator multiply{"*", "__mul__", "__rmul__", "__imul__"};
inline constexpr binary_operator divide{"/", "__truediv__", "__rtruediv__", "__itruediv__"};
inline constexpr binary_operator floor_divide{"//", "__floordiv__", "__rfloordiv__",
                                              "__ifloordiv__"};
inline constexpr binary_operator modulo{"%", "__mod__", "__rmod__", "__imod__"};
inline constexpr binary_operator power{"**", "__pow__", "__rpow__", "__ipow__"};
inline constexpr binary_operator matrix_multiply{"@", "__matmul__", "__rmatmul__", "__imatmul__"};
inline constexpr binary_operator shift_left{"<<", "__lshift__", "__rlshift__", "__ilshift__"};
inline constexpr binary_operator shift_right{">>", "__rshift__", "__rrshift__", "__irshift__"};
inline constexpr binary_operator bit_and{"&", "__and__", "__rand__", "__iand__"};
inline constexpr binary_operator bit_or{"|", "__or__", "__ror__", "__ior__"};
inline constexpr binary_operator bit_xor{"^", "__xor__", "__rxor__", "__ixor__"};

} // namespace operators

enum class comparison : std::uint8_t {
    equal,
    not_equal,
    less,
    less_equal,
    greater,
    greater_equal,
};

/// "<".
[[nodiscard]] std::string_view sign_of(comparison how) noexcept;
/// "__lt__".
[[nodiscard]] std::string_view method_of(comparison how) noexcept;
/// The one that says the same with the operands exchanged: greater for less.
[[nodiscard]] comparison reflected(comparison how) noexcept;

} // namespace beckon
