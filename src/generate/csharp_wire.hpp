// The second of the generated C# files: codecs, proxies, and how calls are read.
#pragma once

#include <string>

#include "generate/csharp_model.hpp"

namespace beckon::generate {

/// Errors: as generate_csharp().
[[nodiscard]] result<std::string> csharp_wire(const csharp_model& model,
                                              const csharp_options& options);

} // namespace beckon::generate
