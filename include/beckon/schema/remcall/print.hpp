// remcall's printed text (docs/wire/remcall.md, section 12.1).
#pragma once

#include <string>

#include "beckon/schema/remcall/document.hpp"

namespace beckon::schema::remcall {

/// The declarations as remcall prints them, byte for byte: without label and widths, methods sorted by name, no line end
/// behind the last brace. The IDL reads it.
[[nodiscard]] std::string pretty_print(const document& document);

} // namespace beckon::schema::remcall
