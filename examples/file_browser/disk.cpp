#include "disk.hpp"

#include <cerrno>
#include <memory>
#include <string_view>
#include <system_error>
#include <utility>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace files {

namespace {

constexpr std::size_t block_size = 32u << 10;

/// An open descriptor.
class descriptor {
public:
    explicit descriptor(int number = -1) noexcept : number_(number) {}
    descriptor(descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    descriptor& operator=(descriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    ~descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    [[nodiscard]] int get() const noexcept { return number_; }

private:
    int number_;
};

/// Beckon's codes reach the caller as the exceptions that belong to them.
[[noreturn]] void refuse(beckon::errc code, std::string_view path, std::string_view why) {
    beckon::throw_error(beckon::fail(code, beckon::quoted(path), ": ", why));
}

[[noreturn]] void refuse_errno(std::string_view path, int number) {
    switch (number) {
    case ENOENT: refuse(beckon::errc::not_found, path, "no such file or directory");
    case ELOOP: refuse(beckon::errc::access_denied, path, "symbolic links are not followed");
    case EACCES:
    case EPERM:
    case EBADF:  // opened to be read only
    case EINVAL: // likewise, from ftruncate
        refuse(beckon::errc::access_denied, path, "the server may not do this");
    case EISDIR: refuse(beckon::errc::invalid_argument, path, "not a file");
    case ENOTDIR: refuse(beckon::errc::invalid_argument, path, "not a directory");
    default: refuse(beckon::errc::io_error, path, std::generic_category().message(number));
    }
}

void check_name(std::string_view path, std::string_view name) {
    if (name == "..")
        refuse(beckon::errc::access_denied, path, "leads out of the served directory");
    if (name.empty() || name == "." || name.find('\0') != std::string_view::npos)
        refuse(beckon::errc::invalid_argument, path, "expected names with '/' between them");
}

void refuse_link(int parent, const std::string& name, std::string_view path) {
    struct stat found {};
    if (::fstatat(parent, name.c_str(), &found, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(found.st_mode))
        refuse(beckon::errc::access_denied, path, "symbolic links are not followed");
}

/// Opens one name in an open directory. O_NOFOLLOW makes it safe: whatever the name becomes meanwhile, a link is refused by
/// the system. The look before is for the message: with O_DIRECTORY the system calls a link "not a directory".
descriptor open_name(int parent, const std::string& name, std::string_view path, int how) {
    refuse_link(parent, name, path);
    constexpr int always = O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK;
    descriptor opened(::openat(parent, name.c_str(), how | always, 0666));
    if (opened.get() < 0 && how == O_RDWR &&
        (errno == EACCES || errno == EROFS)) // to be read, then
        opened = descriptor(::openat(parent, name.c_str(), O_RDONLY | always));
    if (opened.get() < 0) refuse_errno(path, errno);
    return opened;
}

/// Opens a path name by name, each in the directory before, so that no link on the way is ever followed.
descriptor open_path(int root, std::string_view path, int how) {
    if (path.starts_with('/'))
        refuse(beckon::errc::access_denied, path, "leads out of the served directory");
    descriptor at;
    std::string_view rest = path;
    for (;;) {
        const std::size_t slash = rest.find('/');
        const std::string_view name = rest.substr(0, slash);
        check_name(path, name);
        const int parent = at.get() >= 0 ? at.get() : root;
        const bool last = slash == std::string_view::npos;
        at = open_name(parent, std::string(name), path, last ? how : O_RDONLY | O_DIRECTORY);
        if (last) return at;
        rest.remove_prefix(slash + 1);
    }
}

class disk_file {
public:
    disk_file(std::string name, descriptor opened)
        : name_(std::move(name)), opened_(std::move(opened)) {}

    std::string name() { return name_; }
    std::uint64_t size() {
        struct stat found {};
        if (::fstat(opened_.get(), &found) != 0) refuse_errno(name_, errno);
        return static_cast<std::uint64_t>(found.st_size);
    }
    beckon::stream<beckon::bytes> read(std::uint64_t from) {
        descriptor reading(::fcntl(opened_.get(), F_DUPFD_CLOEXEC, 0));
        if (reading.get() < 0) refuse_errno(name_, errno);
        return blocks(std::move(reading), name_, from);
    }
    std::uint64_t write(beckon::stream<beckon::bytes> content) {
        if (::ftruncate(opened_.get(), 0) != 0) refuse_errno(name_, errno);
        std::uint64_t written = 0;
        for (const beckon::bytes& block : content) {
            for (std::size_t done = 0; done < block.size();) {
                const ssize_t more = ::pwrite(opened_.get(), block.data() + done,
                                              block.size() - done, static_cast<off_t>(written));
                if (more < 0) refuse_errno(name_, errno);
                done += static_cast<std::size_t>(more);
                written += static_cast<std::uint64_t>(more);
            }
        }
        return written;
    }

private:
    /// Static, with a descriptor of its own: a stream may outlive the file object that it came from.
    static beckon::stream<beckon::bytes> blocks(descriptor reading, std::string name,
                                                std::uint64_t from) {
        for (;;) {
            beckon::bytes block(block_size);
            const ssize_t got =
                ::pread(reading.get(), block.data(), block.size(), static_cast<off_t>(from));
            if (got < 0) refuse_errno(name, errno);
            if (got == 0) co_return;
            block.resize(static_cast<std::size_t>(got));
            from += static_cast<std::uint64_t>(got);
            co_yield std::move(block);
        }
    }

    std::string name_;
    descriptor opened_;
};

Entry describe(int parent, const char* name) {
    Entry entry{name};
    struct stat found {};
    if (::fstatat(parent, name, &found, AT_SYMLINK_NOFOLLOW) != 0) return entry;
    if (S_ISREG(found.st_mode)) {
        entry.kind = Kind::file;
        entry.size = static_cast<std::uint64_t>(found.st_size);
    } else if (S_ISDIR(found.st_mode)) {
        entry.kind = Kind::directory;
    } else if (S_ISLNK(found.st_mode)) {
        entry.kind = Kind::link;
    }
    return entry;
}

class disk_directory {
public:
    explicit disk_directory(descriptor opened) : opened_(std::move(opened)) {}

    std::vector<Entry> list() {
        // A descriptor of its own: reading a directory moves its position.
        const int number = ::openat(opened_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (number < 0) refuse_errno(".", errno);
        const std::unique_ptr<DIR, int (*)(DIR*)> reading(::fdopendir(number), ::closedir);
        if (!reading) {
            ::close(number);
            refuse_errno(".", ENOMEM);
        }
        std::vector<Entry> entries;
        while (const dirent* const found = ::readdir(reading.get())) {
            const std::string_view name = found->d_name;
            if (name != "." && name != "..")
                entries.push_back(describe(opened_.get(), found->d_name));
        }
        return entries;
    }
    beckon::ref<Directory> directory(const std::string& path) {
        return beckon::make_ref<Directory>(std::make_shared<disk_directory>(
            open_path(opened_.get(), path, O_RDONLY | O_DIRECTORY)));
    }
    beckon::ref<File> file(const std::string& path) { return open_file(path, 0); }
    beckon::ref<File> create(const std::string& path) { return open_file(path, O_CREAT); }
    beckon::ref<Directory> create_directory(const std::string& name) {
        check_name(name, name);
        if (name.find('/') != std::string::npos)
            refuse(beckon::errc::invalid_argument, name, "expected one name");
        if (::mkdirat(opened_.get(), name.c_str(), 0777) != 0) refuse_errno(name, errno);
        return directory(name);
    }
    void remove(const std::string& name) {
        check_name(name, name);
        if (name.find('/') != std::string::npos)
            refuse(beckon::errc::invalid_argument, name, "expected one name");
        if (::unlinkat(opened_.get(), name.c_str(), 0) == 0)
            return; // of a link the link, not what it leads to
        if (errno != EISDIR || ::unlinkat(opened_.get(), name.c_str(), AT_REMOVEDIR) != 0)
            refuse_errno(name, errno);
    }

private:
    beckon::ref<File> open_file(const std::string& path, int how) {
        descriptor opened = open_path(opened_.get(), path, how | O_RDWR);
        struct stat found {};
        if (::fstat(opened.get(), &found) != 0) refuse_errno(path, errno);
        if (!S_ISREG(found.st_mode)) refuse(beckon::errc::invalid_argument, path, "not a file");
        return beckon::make_ref<File>(
            std::make_shared<disk_file>(path.substr(path.rfind('/') + 1), std::move(opened)));
    }

    descriptor opened_;
};

} // namespace

beckon::ref<Directory> serve_directory(const std::string& path) {
    descriptor opened(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (opened.get() < 0) refuse_errno(path, errno);
    return beckon::make_ref<Directory>(std::make_shared<disk_directory>(std::move(opened)));
}

} // namespace files
