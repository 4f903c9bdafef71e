// Writes TypeScript modules from schemas.
#pragma once

#include <string>
#include <vector>

#include "beckon/base/result.hpp"
#include "beckon/generate/names.hpp"
#include "beckon/schema/schema.hpp"

namespace beckon::generate {

struct typescript_options {
    std::string module = "schema"; ///< The files are called `module`.ts and `module`_schema.ts.
    std::string tool = "beckon";   ///< Name and version for the first line.
    std::string source{};          ///< Name of the IDL file for the first line.
};

/// An ES module with enums, interfaces for records, discriminated unions for variants, errors for exceptions, and for each
/// interface a class to call objects by and an interface to implement; and a second module with the schema in binary form.
/// They import `./beckon/index.js`, the runtime in runtime/typescript, which is not among these files. The same document
/// gives the same bytes; prettier has nothing to change in them.
///
/// Types and values of enums are called in PascalCase, methods, parameters and fields in camelCase. What TypeScript
/// reserves gets a '_'. The wire has the names of the schema.
///
/// Errors: parse_error where check() finds something; invalid_argument where two names become one, naming both, or the
/// module has a name that cannot be.
[[nodiscard]] result<std::vector<generated_file>>
generate_typescript(const schema::document& document, const typescript_options& options = {});

} // namespace beckon::generate
