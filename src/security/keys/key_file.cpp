// Key files on disk: who may read them, and how they are read and added to without leaving copies.
#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "beckon/base/text.hpp"
#include "beckon/security/keys/key_ring.hpp"
#include "io/os_error.hpp"

namespace beckon::security::keys {

namespace {

class open_file {
public:
    explicit open_file(int descriptor) noexcept : descriptor_(descriptor) {}
    open_file(const open_file&) = delete;
    open_file& operator=(const open_file&) = delete;
    ~open_file() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    [[nodiscard]] int get() const noexcept { return descriptor_; }

private:
    const int descriptor_;
};

/// Text that is wiped when it goes.
struct wiped_text {
    explicit wiped_text(std::size_t size) : content(size, '\0') {}
    explicit wiped_text(std::string given) : content(std::move(given)) {}
    wiped_text(const wiped_text&) = delete;
    wiped_text& operator=(const wiped_text&) = delete;
    ~wiped_text() { ::sodium_memzero(content.data(), content.size()); }
    std::string content;
};

[[nodiscard]] error cannot(std::string_view what, const std::string& path) {
    const int number = errno;
    return io::os_fail(number == ENOENT ? errc::not_found : errc::io_error, number, "key file ",
                       quoted(path, 256), " cannot be ", what);
}

/// Whether others than its user can read or change a file that holds secrets.
[[nodiscard]] result<void> check_access(const struct stat& found, const std::string& path) {
    if (found.st_uid != ::geteuid() && found.st_uid != 0) {
        return fail(errc::access_denied, "key file ", quoted(path, 256), " belongs to user number ",
                    found.st_uid, "; expected ", ::geteuid(), ", as whom this program runs");
    }
    constexpr mode_t others = S_IRWXG | S_IRWXO;
    if ((found.st_mode & others) == 0) return {};
    std::string mode = "0000";
    for (std::size_t i = 0; i < 4; ++i)
        mode[3 - i] = static_cast<char>('0' + ((found.st_mode >> (3 * i)) & 7));
    return fail(errc::access_denied, "key file ", quoted(path, 256),
                " holds secret keys and is open to others than its user (mode ", mode,
                "); expected 0600, as chmod 600 makes it");
}

[[nodiscard]] result<struct stat> look_at(const open_file& file, const std::string& path) {
    struct stat found {};
    if (::fstat(file.get(), &found) != 0) return cannot("looked at", path);
    if (!S_ISREG(found.st_mode))
        return fail(errc::invalid_argument, "key file ", quoted(path, 256), " is no file");
    if (static_cast<std::uint64_t>(found.st_size) > key_ring::max_file_bytes) {
        return fail(errc::limit_exceeded, "key file ", quoted(path, 256), " has ", found.st_size,
                    " bytes; limit is ", key_ring::max_file_bytes, " bytes");
    }
    return found;
}

[[nodiscard]] result<std::shared_ptr<const key_ring>> read(const open_file& file,
                                                           const std::string& path) {
    BECKON_ASSIGN(const struct stat found, look_at(file, path));
    wiped_text text(static_cast<std::size_t>(found.st_size));
    std::size_t size = 0;
    while (size < text.content.size()) {
        const ::ssize_t got =
            ::read(file.get(), text.content.data() + size, text.content.size() - size);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return cannot("read", path);
        if (got == 0) break;
        size += static_cast<std::size_t>(got);
    }
    BECKON_ASSIGN(auto ring, key_ring::parse(std::string_view(text.content).substr(0, size), path));
    if (ring->has_secrets()) BECKON_TRY(check_access(found, path));
    return ring;
}

/// Whether a file's last line has its end, so that another one can follow.
[[nodiscard]] result<bool> ends_its_line(const open_file& file, const std::string& path) {
    BECKON_ASSIGN(const struct stat found, look_at(file, path));
    if (found.st_size == 0) return true;
    char last = 0;
    if (::pread(file.get(), &last, 1, found.st_size - 1) != 1) return cannot("read", path);
    return last == '\n';
}

} // namespace

result<std::shared_ptr<const key_ring>> key_ring::load(const std::string& path) {
    // A pipe or a device would not be opened at once.
    const open_file file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
    if (file.get() < 0) return cannot("read", path);
    return read(file, path);
}

result<void> add_to_file(const std::string& path, const key& added) {
    constexpr mode_t own = S_IRUSR | S_IWUSR;
    const open_file file(
        ::open(path.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, own));
    if (file.get() < 0) return cannot("written", path);
    BECKON_ASSIGN(const auto ring, read(file, path));
    if (const key* const known = ring->find(added.user, added.kind)) {
        return fail(errc::invalid_argument, "key file ", quoted(path, 256), " has a ",
                    to_string(added.kind), " key of ", added.user, " already, ",
                    known->fingerprint());
    }
    if (added.kind != key_kind::public_) {
        BECKON_ASSIGN(const struct stat found, look_at(file, path));
        BECKON_TRY(check_access(found, path));
    }
    BECKON_ASSIGN(const bool ends, ends_its_line(file, path));
    const wiped_text line(added.line());
    if (!ends && ::write(file.get(), "\n", 1) != 1) return cannot("written", path);
    std::size_t written = 0;
    while (written < line.content.size()) {
        const ::ssize_t put =
            ::write(file.get(), line.content.data() + written, line.content.size() - written);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return cannot("written", path);
        written += static_cast<std::size_t>(put);
    }
    if (::fsync(file.get()) != 0) return cannot("written", path);
    return {};
}

} // namespace beckon::security::keys
