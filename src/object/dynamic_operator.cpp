#include "beckon/object/dynamic_operator.hpp"

#include <array>
#include <cstddef>

namespace beckon {

std::string_view sign_of(comparison how) noexcept {
    constexpr std::array<std::string_view, 6> signs{"==", "!=", "<", "<=", ">", ">="};
    return signs[static_cast<std::size_t>(how)];
}

std::string_view method_of(comparison how) noexcept {
    constexpr std::array<std::string_view, 6> names{"__eq__", "__ne__", "__lt__",
                                                    "__le__", "__gt__", "__ge__"};
    return names[static_cast<std::size_t>(how)];
}

comparison reflected(comparison how) noexcept {
    switch (how) {
    case comparison::less: return comparison::greater;
    case comparison::less_equal: return comparison::greater_equal;
    case comparison::greater: return comparison::less;
    case comparison::greater_equal: return comparison::less_equal;
    default: return how;
    }
}

} // namespace beckon
