#include "beckon/object/callable.hpp"

#include "beckon/object/exception.hpp"
#include "beckon/object/named_error.hpp"

namespace beckon {

namespace {

[[nodiscard]] error type_error(std::string message) {
    return named_error("builtins.TypeError", std::move(message));
}

} // namespace

namespace detail {

error argument_failure(conversion& state, std::size_t index) {
    return state.take_failure().note(concat("converting argument ", index + 1));
}

} // namespace detail

result<value> callable::arrange(const value& arguments, const value& named) const {
    if (arguments.size() > most_) {
        return type_error(concat("function takes ", most_, " arguments; ", arguments.size(),
                                 " were given by position"));
    }
    std::vector<value> all(arguments.begin(), arguments.end());
    all.resize(most_);
    std::vector<bool> present(most_, false);
    for (std::size_t i = 0; i < arguments.size(); ++i) present[i] = true;
    for (const auto& [name, content] : named.entries()) {
        std::size_t at = 0;
        while (at < parameters_.size() && name != value(parameters_[at].name)) ++at;
        if (at >= std::min(most_, parameters_.size()))
            return type_error(concat("function has no parameter ", name.to_text(64)));
        if (present[at])
            return type_error(
                concat("argument ", name.to_text(64), " is given by position and by name"));
        present[at] = true;
        all[at] = content;
    }
    for (std::size_t i = 0; i < most_; ++i) {
        if (present[i]) continue;
        const parameter* const known = i < parameters_.size() ? &parameters_[i] : nullptr;
        if (known != nullptr && known->otherwise) {
            all[i] = *known->otherwise;
        } else if (i < least_) {
            return type_error(concat("argument ",
                                     known != nullptr ? known->name : concat("number ", i + 1),
                                     " is missing"));
        }
    }
    return value::list(std::move(all));
}

future<value> callable::operator()(value arguments, value named) noexcept {
    try {
        if (!is_raw_) {
            auto arranged = arrange(arguments, named);
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
