// Writes the IDL.
#pragma once

#include <string>

#include "beckon/schema/schema.hpp"

namespace beckon::schema {

struct print_options {
    bool docs = true;   ///< `///` comments before what they document.
    bool header = true; ///< `label`, `namespace` and `widths`, where they are not the default.
};

/// A document as IDL text: header, enums, records, exceptions, interfaces, each in the document's order. For a
/// document that check() finds nothing wrong with, parse() of the text gives the same document again; its docs
/// as well, provided that their lines have no trailing blanks and they have no empty line at either end.
[[nodiscard]] std::string print(const document& document, const print_options& options = {});

} // namespace beckon::schema
