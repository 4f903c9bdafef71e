// Serves a real directory as files::Directory.
#pragma once

#include <string>

#include "files.hpp"

namespace files {

/// A reference to a directory of this machine. Throws not_found or access_denied.
[[nodiscard]] beckon::ref<Directory> serve_directory(const std::string& path);

} // namespace files
