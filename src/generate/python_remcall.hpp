// What a Python package needs of its schema to speak remcall.
#pragma once

#include <string>

#include "beckon/base/result.hpp"
#include "beckon/schema/schema.hpp"

namespace beckon::generate {

/// The rest of the module: for each interface, as the main object's, remcall's binary schema, the methods in the order of
/// their numbers in calls, and what cannot be said with the reason. An interface that is called Main has the whole document
/// for its schema, as remcall itself would; any other what it mentions.
[[nodiscard]] result<std::string> python_remcall_module(const schema::document& document);

} // namespace beckon::generate
