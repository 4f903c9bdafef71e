// What a user's schema file says of a peer that tells nothing itself.
#pragma once

#include <string>

#include "beckon/schema/schema.hpp"

namespace command {

/// Prints the methods that `beckon call` reaches without naming an object: those of Main, or of all interfaces.
void list_by_schema(const beckon::schema::document& document, bool as_json);
/// Prints the whole schema as IDL, or of it what a name means, with all that it needs: an interface or another type, or a
/// method, as METHOD or INTERFACE.METHOD. Throws failure where it means nothing, or more than one thing.
void describe_by_schema(const beckon::schema::document& document, const std::string& name);

} // namespace command
