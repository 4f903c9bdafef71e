// Finds records that hold themselves by value, which no value could fill.
#pragma once

#include "schema/checker.hpp"

namespace beckon::schema {

/// Complains once for each cycle of records and exceptions that hold each other other than through a list, map or
/// optional.
void check_containment(checker& checker);

} // namespace beckon::schema
