// What peers tell of themselves whose objects are reached by the names of their methods: of those few that do.
#pragma once

#include <string>

#include "beckon/service/connect.hpp"

namespace command {

/// Prints the names of all functions. Throws failure where the peer does not tell them.
void list_by_name(const beckon::connected& session, bool as_json);
/// Prints the functions with their parameters and results; one alone where it is named.
void describe_by_name(const beckon::connected& session, const std::string& name);

} // namespace command
