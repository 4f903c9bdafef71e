// Arguments that came as values: by position, or by name.
#pragma once

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

    template <typename T>
    void take(std::size_t index, T& into) {
        const value* const given = find(index);
        if (given == nullptr) return;
        auto converted = given->get<T>();
        if (converted) {
            into = std::move(converted).value();
        } else if (!failure_) {
            failure_.emplace(
                std::move(converted).error().note(concat("converting argument ", names_[index])));
        }
    }
    [[nodiscard]] bool ok() const noexcept { return !failure_; }
    [[nodiscard]] error&& failure() && { return std::move(*failure_); }

private:
    [[nodiscard]] const value* find(std::size_t index);

    const value& from_;
    std::span<const std::string_view> names_;
    std::optional<error> failure_;
};

} // namespace beckon::detail
