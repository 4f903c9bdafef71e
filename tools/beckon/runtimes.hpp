// What generated code stands on, in languages that have it from nowhere else: files that `beckon compile` puts beside it.
#pragma once

#include <vector>

#include "beckon/generate/names.hpp"

namespace command {

/// runtime/python/beckon, a package.
[[nodiscard]] std::vector<beckon::generate::generated_file> python_runtime();

/// runtime/csharp/Beckon, a folder of sources.
[[nodiscard]] std::vector<beckon::generate::generated_file> csharp_runtime();
/// runtime/typescript/beckon, a folder of ES modules.
[[nodiscard]] std::vector<beckon::generate::generated_file> typescript_runtime();

} // namespace command
