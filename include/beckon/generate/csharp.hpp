// Writes C# sources from schemas.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "beckon/base/result.hpp"
#include "beckon/generate/names.hpp"
#include "beckon/schema/schema.hpp"

namespace beckon::generate {

/// By which rules names of the IDL become names of C#.
enum class csharp_naming : std::uint8_t {
    csharp,  ///< MakeCounter for types, methods, properties and values; makeCounter for parameters.
    remcall, ///< As remcall's own generator: names stay, parameters begin with a small letter.
};

struct csharp_options {
    std::string file_stem = "schema"; ///< The files are called after it: Schema.cs, Schema.Wire.cs.
    /// "Company.Shop"; empty: the document's, or the files' name if it has none.
    std::string csharp_namespace{};
    csharp_naming naming = csharp_naming::csharp;
    std::string tool = "beckon"; ///< Name and version for the first line.
    std::string source{};        ///< Name of the IDL file for the first line.
};

/// Two C# files: the first with enums, classes for records, variants and exceptions, and for each interface an interface
/// whose methods are there twice, to wait for and as a Task, with two abstract classes to derive one's own objects from; the
/// second with all that the runtime (runtime/csharp, not among these files) has to know of them. C# 7 without patterns, so
/// that mcs takes it. The same document gives the same bytes.
///
/// Interfaces are called I and the name. What C# reserves gets an '_', keywords an '@'. The wire has the names of the schema.
///
/// Errors: parse_error where check() finds something; invalid_argument where two names become one, naming both, or the
/// namespace has a name that cannot be.
[[nodiscard]] result<std::vector<generated_file>>
generate_csharp(const schema::document& document, const csharp_options& options = {});

} // namespace beckon::generate
