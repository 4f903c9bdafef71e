// A file that grows by whole pieces: one that could not be written leaves nothing of itself.
#pragma once

#include <cstdint>
#include <string>

#include "beckon/base/result.hpp"
#include "io/descriptor.hpp"

namespace beckon::io {

/// Thread-safety: none.
class written_file {
public:
    /// Begins it anew where it is there already; then only its owner may read what is written.
    ///
    /// Errors: io_error, with the system's words.
    [[nodiscard]] static result<written_file> create(const std::string& path);

    /// Waits for the system to take it: then it is there whatever becomes of this process.
    ///
    /// Errors: io_error. The file then ends where it ended before, if the system can do that.
    [[nodiscard]] result<void> append(std::string_view piece);
    [[nodiscard]] const std::string& path() const noexcept { return path_; }

private:
    written_file(descriptor opened, std::string path) noexcept
        : opened_(std::move(opened)), path_(std::move(path)) {}

    descriptor opened_;
    std::string path_;
    std::uint64_t size_ = 0;
};

} // namespace beckon::io
