// When two values are equal, and which comes first, to Python: 1 == 1.0 == True, and a list equals a list that is an
// object.
#pragma once

#include <optional>
#include <string_view>

#include "beckon/base/result.hpp"
#include "beckon/value/value.hpp"

namespace beckon::detail {

/// What one comparison may still cost: objects can be arranged so that few of them take for ever.
struct comparison {
    static constexpr std::size_t max_depth = 200;
    static constexpr std::size_t max_steps = 2'000'000;
    std::size_t depth = 0;
    std::size_t left = max_steps;
    std::string_view sign = "<"; ///< What the comparison is for, in messages.

    /// One value more. Throws limit_exceeded.
    class level {
    public:
        explicit level(comparison& state);
        ~level() { --state_.depth; }
        level(const level&) = delete;
        level& operator=(const level&) = delete;

    private:
        comparison& state_;
    };
};

/// Containers of this process are compared by content, other objects by identity. Throws limit_exceeded.
///
/// REQUIRES: no lock of an object is held, unless one of the two has no objects inside.
[[nodiscard]] bool python_equal(const value& one, const value& other);
[[nodiscard]] bool python_equal(const value& one, const value& other, comparison& state);

/// Whether `one` is less than `other`. Throws limit_exceeded.
///
/// Errors: "builtins.TypeError", for types that have no order.
[[nodiscard]] result<bool> python_less(const value& one, const value& other);
[[nodiscard]] result<bool> python_less(const value& one, const value& other, comparison& state);

/// The value that stands for all equal ones as a key: 1 for 1.0 and True. Throws limit_exceeded.
///
/// Errors: "builtins.TypeError", for lists and other values that cannot be keys.
[[nodiscard]] result<value> python_key(const value& from);
[[nodiscard]] result<value> python_key(const value& from, comparison& state);
/// The same of what is to be put into a container: a peer that is asked for its type then may be one whose lists, too, can
/// be no keys. REQUIRES: no lock is held.
[[nodiscard]] result<value> new_key(const value& from);

/// What a comparison operator says of "equal" and "less".
[[nodiscard]] value compared(std::string_view how, bool equal, bool less);

} // namespace beckon::detail
