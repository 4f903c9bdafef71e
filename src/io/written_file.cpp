#include "io/written_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "io/os_error.hpp"

namespace beckon::io {

result<written_file> written_file::create(const std::string& path) {
    constexpr mode_t for_owner = 0600;
    descriptor opened(
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_APPEND, for_owner));
    if (opened.get() < 0)
        return os_fail(errc::io_error, errno, "cannot write file ", quoted(path, 200));
    return written_file(std::move(opened), path);
}

result<void> written_file::append(std::string_view piece) {
    std::string_view left = piece;
    while (!left.empty()) {
        const ssize_t wrote = ::write(opened_.get(), left.data(), left.size());
        if (wrote < 0) {
            const int why = errno;
            if (why == EINTR) continue;
            // A pipe cannot be cut; who reads it sees an end without its line.
            static_cast<void>(::ftruncate(opened_.get(), static_cast<off_t>(size_)) == 0);
            return os_fail(errc::io_error, why, "cannot write file ", quoted(path_, 200));
        }
        left.remove_prefix(static_cast<std::size_t>(wrote));
    }
    size_ += piece.size();
    return {};
}

} // namespace beckon::io
