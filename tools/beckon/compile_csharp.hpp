// beckon compile --csharp.
#pragma once

#include <string>
#include <vector>

#include "beckon/generate/names.hpp"
#include "beckon/schema/schema.hpp"

namespace command {

struct csharp_request {
    std::string source; ///< Name of the IDL file.
    std::string stem;   ///< Of the files' names.
    std::string name;   ///< Of the namespace; empty: as the file says.
    std::string naming; ///< "remcall" or not.
    bool is_to_read = false;
};

/// The sources, and beside them the runtime, so that the folder holds all that there is to compile; only the types where
/// they are to be read.
[[nodiscard]] std::vector<beckon::generate::generated_file>
compile_csharp(const beckon::schema::document& document, const csharp_request& request);

} // namespace command
