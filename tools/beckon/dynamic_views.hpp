// beckon ls and beckon describe, by peers of protocols without schemas.
#pragma once

#include <optional>
#include <string>

#include "beckon/service/connect.hpp"

namespace command {

/// Prints the attributes of the peer's first object. Throws a failure.
void list_dynamically(beckon::connected session, bool as_json,
                      std::optional<beckon::nanoseconds> at_most);

/// Prints what an object says of itself, as a page of help: its type, its documentation, its methods with theirs, its
/// other attributes. `path` leads to it from the peer's first object. Throws a failure.
void describe_dynamically(beckon::connected session, const std::string& path,
                          std::optional<beckon::nanoseconds> at_most);

} // namespace command
