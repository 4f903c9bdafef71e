#include "object/python_words.hpp"

#include <array>
#include <utility>

#include "beckon/object/named_error.hpp"
#include "object/python_text.hpp"

namespace beckon::detail {

std::optional<operation> spelled_operation(std::string_view method) noexcept {
    static constexpr std::array<std::pair<std::string_view, operation>, 9> spelled{
        {{"__eq__", operation::compare},
         {"__ne__", operation::compare},
         {"__lt__", operation::compare},
         {"__le__", operation::compare},
         {"__gt__", operation::compare},
         {"__ge__", operation::compare},
         {"__str__", operation::to_text},
         {"__repr__", operation::to_repr},
         {"__hash__", operation::hash}}};
    for (const auto& [name, what] : spelled) {
        if (name == method) return what;
    }
    return std::nullopt;
}

result<void> take_format(dynamic_request& request, std::string_view type) {
    const auto refuse = [](std::string message) {
        return named_error("builtins.TypeError", std::move(message));
    };
    const value& given = request.arguments;
    if (given.size() != 1 || (!request.named.is_null() && !request.named.empty())) {
        return refuse(
            concat(type, ".__format__() takes exactly one argument (", given.size(), " given)"));
    }
    if (!given[0].is(value_kind::string)) {
        return refuse(concat("__format__() argument must be str, not ", python_type(given[0])));
    }
    if (!given[0].string().empty()) {
        return refuse(concat("unsupported format string passed to ", type, ".__format__"));
    }
    request = dynamic_request{.what = operation::to_text};
    return {};
}

} // namespace beckon::detail
