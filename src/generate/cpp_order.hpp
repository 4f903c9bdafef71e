// The order in which C++ must define structs that hold each other.
#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>
#include <vector>

#include "beckon/base/result.hpp"
#include "generate/cpp_model.hpp"

namespace beckon::generate {

/// Nodes are numbered: records of the document, then variants.
struct definition_order {
    std::vector<std::size_t> order;
    std::vector<std::size_t> forward; ///< Those that a list or map names before they are defined.
    /// By node, the position in `order` with which it and all that it holds, lists and maps included, is defined.
    std::vector<std::size_t> settled;
};

/// Errors: unsupported, where a record holds itself through optionals, or is made by default values that it needs itself.
[[nodiscard]] result<definition_order>
order_definitions(const schema::document& document, const std::vector<named_variant>& variants,
                  const std::unordered_map<std::string, std::size_t>& variant_of);

} // namespace beckon::generate
