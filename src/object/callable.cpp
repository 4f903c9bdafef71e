#include "beckon/object/callable.hpp"

#include <algorithm>

#include "beckon/object/exception.hpp"
#include "beckon/object/named_error.hpp"
#include "object/misfit.hpp"

namespace beckon {

namespace {

[[nodiscard]] error type_error(std::string message) {
    return named_error("builtins.TypeError", std::move(message));
}

} // namespace

namespace detail {

error argument_failure(conversion& state, std::size_t index) {
    state.in_field(concat("argument ", index + 1));
    return state.take_failure();
}

} // namespace detail

/// The arguments that a call must have, and this one has not.
error callable::lacks_arguments(std::string_view name, const std::vector<bool>& present) const {
    std::vector<std::string_view> missing;
    for (std::size_t i = 0; i < least_; ++i) {
        if (present[i]) continue;
        if (i >= parameters_.size()) {
            const auto given =
                static_cast<std::size_t>(std::count(present.begin(), present.end(), true));
            return type_error(concat(name, " expected ", least_ == most_ ? "" : "at least ", least_,
                                     least_ == 1 ? " argument, got " : " arguments, got ", given));
        }
        if (!parameters_[i].otherwise) missing.push_back(parameters_[i].name);
    }
    return detail::missing_arguments(name, missing);
}

result<value> callable::arrange(const value& arguments, const value& named,
                                std::string_view called) const {
    std::vector<value> all(arguments.begin(), arguments.end());
    all.resize(most_);
    std::vector<bool> present(most_, false);
    for (std::size_t i = 0; i < std::min(arguments.size(), most_); ++i) present[i] = true;
    for (const auto& [name, content] : named.entries()) {
        std::size_t at = 0;
        while (at < parameters_.size() && name != value(parameters_[at].name)) ++at;
        if (at >= std::min(most_, parameters_.size()))
            return detail::unexpected_argument(called, name);
        if (present[at]) return detail::doubled_argument(called, parameters_[at].name);
        present[at] = true;
        all[at] = content;
    }
    if (arguments.size() > most_) {
        std::size_t least = least_;
        while (least > 0 && least <= parameters_.size() && parameters_[least - 1].otherwise)
            --least;
        return detail::too_many_arguments(called, least, most_, arguments.size());
    }
    for (std::size_t i = 0; i < most_; ++i) {
        if (present[i]) continue;
        const parameter* const known = i < parameters_.size() ? &parameters_[i] : nullptr;
        if (known != nullptr && known->otherwise) {
            all[i] = *known->otherwise;
        } else if (i < least_) {
            return lacks_arguments(called, present);
        }
    }
    return value::list(std::move(all));
}

future<value> callable::operator()(value arguments, value named, std::string_view name) noexcept {
    try {
        if (!is_raw_) {
            auto arranged = arrange(arguments, named, name);
            if (!arranged) return ready_future<value>(std::move(arranged).error());
            arguments = std::move(arranged).value();
            named = value::map();
        }
        return body_(std::move(arguments), std::move(named));
    } catch (const value_error& failure) {
        return ready_future<value>(failure.failure());
    } catch (...) {
        return ready_future<value>(error_of_current_exception());
    }
}

} // namespace beckon
