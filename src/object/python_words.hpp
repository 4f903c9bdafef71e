// Words that Python has for what an object can do.
#pragma once

#include <optional>
#include <string_view>

#include "beckon/base/result.hpp"
#include "beckon/object/dynamic_request.hpp"

namespace beckon::detail {

/// The operation that Python also lets be called as a method: "__eq__", "__str__" and their like.
[[nodiscard]] std::optional<operation> spelled_operation(std::string_view method) noexcept;

/// Makes of a call of `__format__` what it comes to, the operation to_text: f"{object}" and "{}".format(object) ask so,
/// and objects know no way to be formatted that Python's `object` has not.
///
/// Errors: "builtins.TypeError", for a specification that is not empty text.
[[nodiscard]] result<void> take_format(dynamic_request& request, std::string_view type);

/// A docstring: None for an empty one.
[[nodiscard]] inline value doc_value(std::string_view doc) {
    return doc.empty() ? value() : value(doc);
}

} // namespace beckon::detail
