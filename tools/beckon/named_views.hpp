// What peers tell of themselves whose objects are reached by the names of their methods: of those few that do.
#pragma once

#include <optional>
#include <string>

#include "beckon/service/connect.hpp"

namespace command {

/// How long the peer's answer is waited for; where nothing is said, as long as the protocol has it.
using patience = std::optional<beckon::nanoseconds>;

/// Prints the names of all functions. Throws failure where the peer does not tell them.
void list_by_name(const beckon::connected& session, bool as_json, patience at_most);
/// Prints the functions with their parameters and results; one alone where it is named.
void describe_by_name(const beckon::connected& session, const std::string& name, patience at_most);
/// Prints, as IDL, the schema that a peer of remcall tells, label and widths included.
void describe_by_told_schema(const beckon::connected& session, patience at_most);

} // namespace command
