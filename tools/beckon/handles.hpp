// Results as JSON text, with forms for objects.
#pragma once

#include <string>

#include "beckon/value/value.hpp"

namespace command {

/// One line of JSON. Objects become {"$ref": number, "interface": name}; throws a failure for what has no form.
[[nodiscard]] std::string to_json(const beckon::value& from);

} // namespace command
