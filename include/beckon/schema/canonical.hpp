// One form for all documents that mean the same, and the part of a document that one interface needs.
#pragma once

#include <string_view>

#include "beckon/base/result.hpp"
#include "beckon/schema/schema.hpp"

namespace beckon::schema {

/// The document without what makes no difference to a session: docs, label, namespace and widths are dropped,
/// and declarations are sorted by name in each section (bytewise). Members keep their order. Which method raises
/// which exception is dropped too: a caller can be sent any exception that the document declares.
[[nodiscard]] document canonical(const document& document);

/// The declarations that an interface needs, itself included, with docs and in their order: all that can be
/// reached through parameters, results, fields and raised exceptions. A method that names no exceptions
/// reaches all of them.
///
/// Errors: not_found, where the document has no interface of that name.
[[nodiscard]] result<document> closure(const document& document, std::string_view interface_name);

} // namespace beckon::schema
