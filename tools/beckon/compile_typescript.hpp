// beckon compile --typescript.
#pragma once

#include <string>
#include <vector>

#include "beckon/generate/names.hpp"
#include "beckon/schema/schema.hpp"

namespace command {

/// The modules, and beside them the runtime, so that the folder holds all that there is to import.
[[nodiscard]] std::vector<beckon::generate::generated_file>
compile_typescript(const beckon::schema::document& document, const std::string& module,
                   const std::string& source, bool with_runtime);

} // namespace command
