// Writes C++ headers from schemas.
#pragma once

#include <string>
#include <vector>

#include "beckon/base/result.hpp"
#include "beckon/generate/names.hpp"
#include "beckon/schema/schema.hpp"

namespace beckon::generate {

struct cpp_options {
    std::string file_stem = "schema"; ///< The header is called `file_stem`.hpp.
    std::string
        cpp_namespace{}; ///< "a::b" or "a.b"; empty: the document's, or none if it has none.
    std::string tool = "beckon";               ///< Name and version for the first line.
    std::string source{};                      ///< Name of the IDL file for the first line.
    std::string include = "beckon/beckon.hpp"; ///< The header that the generated one includes.
};

/// A header with plain structs for records, variants and exceptions, enum classes, and structs of declared
/// functions for interfaces, followed by the registration lines (beckon/value/reflect.hpp) that make stubs and
/// skeletons of them. The same document gives the same bytes.
///
/// Names are kept; C++ keywords and the like get a '_', and the name in the schema stays in the registration.
///
/// Errors: parse_error where check() finds something; invalid_argument where two names become one or a type has
/// a name that C++ reserves; unsupported where a record holds itself through `optional`, which a C++ struct
/// cannot, or a declaration has more members than the registration macros take (64).
[[nodiscard]] result<std::vector<generated_file>> generate_cpp(const schema::document& document,
                                                               const cpp_options& options = {});

} // namespace beckon::generate
