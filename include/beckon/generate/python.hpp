// Writes Python packages from schemas.
#pragma once

#include <string>
#include <vector>

#include "beckon/base/result.hpp"
#include "beckon/generate/names.hpp"
#include "beckon/schema/schema.hpp"

namespace beckon::generate {

struct python_options {
    /// Of the package: a name of Python's. What is none becomes one where only signs are in the way: my-shop, my_shop.
    std::string package = "schema";
    std::string tool = "beckon"; ///< Name and version for the first line.
    std::string source{};        ///< Name of the IDL file for the first line.
};

/// A package with enums, dataclasses for records and exceptions, and two classes for each interface, one of functions and
/// one of coroutines: to call a peer's object by, and to derive one's own from. It imports the package `beckon`, the
/// runtime in runtime/python, which is not among these files. The same document gives the same bytes; Black has nothing to
/// change in them.
///
/// Names of types are kept; methods, parameters and fields become snake_case, values of enums SCREAMING_CASE. What Python
/// reserves gets a '_'. The wire has the names of the schema.
///
/// Errors: parse_error where check() finds something; invalid_argument where two names become one, naming both, or the
/// package has a name that cannot be.
[[nodiscard]] result<std::vector<generated_file>>
generate_python(const schema::document& document, const python_options& options = {});

} // namespace beckon::generate
