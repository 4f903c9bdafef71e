// Arguments that came as values: by position, or by name.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "beckon/base/result.hpp"
#include "beckon/value/convert.hpp"
#include "beckon/value/value.hpp"

namespace beckon::detail {

/// Takes a call's arguments out of a list (by position) or a map (by name). The first error is kept.
class argument_values {
public:
    argument_values(const value& from, std::span<const std::string_view> names);

    /// The next argument. An optional one may be left out.
    template <typename T>
    void take(T& into) {
        const value* const given = next(optional_type<T>);
        if (given != nullptr && !converter<T>::read(*given, into, state_)) note_failure();
    }
    /// Text will do for bytes and the other way round.
    void take_either_text() noexcept { state_.take_either_text(); }
    [[nodiscard]] bool ok() const noexcept { return !failure_; }
    [[nodiscard]] error&& failure() && { return std::move(*failure_); }

private:
    [[nodiscard]] const value* next(bool may_lack);
    void note_failure();

    const value& from_;
    std::span<const std::string_view> names_;
    std::size_t taken_ = 0;
    conversion state_;
    std::optional<error> failure_;
};

} // namespace beckon::detail
