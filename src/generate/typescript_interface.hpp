// How the TypeScript generator writes one interface: a class for its callers, an interface for its servants.
#pragma once

#include <string>
#include <vector>

#include "beckon/base/result.hpp"
#include "generate/typescript_model.hpp"

namespace beckon::generate {

struct typescript_interface {
    std::string text;
    std::vector<std::string> methods; ///< Their names in TypeScript.
};

/// Errors: invalid_argument where two methods or two parameters get the same name.
[[nodiscard]] result<typescript_interface>
write_typescript_interface(const typescript_model& model, const schema::interface& interface);

} // namespace beckon::generate
