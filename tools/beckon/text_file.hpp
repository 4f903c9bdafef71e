// IDL files.
#pragma once

#include <string>

#include "beckon/schema/schema.hpp"

namespace command {

/// The content of a file, "-" for standard input. Throws a failure.
[[nodiscard]] std::string read_text(const std::string& path);

/// Writes a file whole; makes its folder. Throws a failure.
void write_text(const std::string& path, const std::string& content);

/// Reads and checks an IDL file. What is wrong with it goes to standard error as compilers tell it; then a failure is
/// thrown that only sums up.
[[nodiscard]] beckon::schema::document read_schema(const std::string& path);

} // namespace command
