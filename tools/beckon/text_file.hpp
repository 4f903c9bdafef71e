// Files that are read and written whole.
#pragma once

#include <string>

#include "beckon/schema/schema.hpp"

namespace command {

/// The content of a file, "-" for standard input. Throws a failure.
[[nodiscard]] std::string read_text(const std::string& path);

/// Writes a file whole; makes its folder. Throws a failure.
void write_text(const std::string& path, const std::string& content);

/// A file of any form that schema_file takes, as a document of ours.
[[nodiscard]] beckon::schema::document read_schema(const std::string& path, bool lenient = false);
/// The same for an option: one that is not there, or that is none, is a command line that is wrong.
[[nodiscard]] beckon::schema::document read_schema_option(const std::string& path);

} // namespace command
