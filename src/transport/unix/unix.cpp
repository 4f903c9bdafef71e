#include "beckon/transport/unix/unix.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstring>
#include <optional>
#include <string>
#include <utility>

#include "io/os_error.hpp"
#include "io/socket_listener.hpp"
#include "io/socket_stream.hpp"

namespace beckon::transport::unix_ {

namespace {

using io::endpoint;
using io::os_fail;

struct address {
    sockaddr_un storage{};
    socklen_t size = 0;
    bool abstract = false;
    std::string name; ///< "unix:/tmp/x.sock"

    [[nodiscard]] const sockaddr* get() const noexcept {
        return reinterpret_cast<const sockaddr*>(&storage);
    }
    [[nodiscard]] const char* path() const noexcept { return storage.sun_path; }
};

endpoint bare(const endpoint& where) {
    endpoint out;
    out.transport = "unix";
    out.address = where.address;
    return out;
}

result<address> read_address(const endpoint& where) {
    address out;
    out.name = to_string(bare(where));
    const std::string& text = where.address;
    out.abstract = !text.empty() && text[0] == '@';
    // A path needs its closing zero byte, an abstract name begins with one.
    constexpr std::size_t most = sizeof out.storage.sun_path - 1;
    if (text.empty() || text == "@" || text.size() > most + (out.abstract ? 1 : 0)) {
        return fail(errc::invalid_argument, "endpoint ", quoted(out.name), " has an address of ",
                    text.size(), " bytes, expected a path of 1 to ", most,
                    " bytes, or '@' and an abstract name of 1 to ", most, " bytes");
    }
    if (text.find('\0') != std::string::npos) {
        return fail(errc::invalid_argument, "endpoint ", quoted(out.name),
                    " has a zero byte in its address, expected none");
    }
    out.storage.sun_family = AF_UNIX;
    text.copy(out.storage.sun_path, text.size());
    std::size_t used = text.size() + 1;
    if (out.abstract) {
        out.storage.sun_path[0] = '\0';
        used = text.size();
    }
    out.size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + used);
    return out;
}

result<mode_t> read_mode(const endpoint& where) {
    const std::string* const text = where.option("mode");
    if (text == nullptr) return mode_t{0600};
    unsigned mode = 0;
    const char* const end = text->data() + text->size();
    const auto read = std::from_chars(text->data(), end, mode, 8);
    if (read.ec != std::errc() || read.ptr != end || mode > 0777) {
        return fail(errc::invalid_argument, "option mode of endpoint ", quoted(to_string(where)),
                    " is ", quoted(*text), ", expected an octal number from 0 to 0777");
    }
    return static_cast<mode_t>(mode);
}

/// Which file it is, whatever its name.
struct file_identity {
    dev_t device = 0;
    ino_t number = 0;
    bool operator==(const file_identity&) const = default;
};

std::optional<file_identity> identity(const char* path) noexcept {
    struct stat found {};
    if (::lstat(path, &found) != 0) return std::nullopt;
    return file_identity{found.st_dev, found.st_ino};
}

class unix_listener final : public io::socket_listener {
public:
    unix_listener(io::descriptor socket, endpoint local, log_sink& log, address bound)
        : socket_listener(std::move(socket), std::move(local), log), bound_(std::move(bound)) {
        if (!bound_.abstract) file_ = identity(bound_.path());
    }
    ~unix_listener() override { close(); }

private:
    std::unique_ptr<io::byte_stream> adopt(io::descriptor connection,
                                           const sockaddr_storage&) override {
        // Clients have no address of their own; the system knows which process connected.
        ucred peer{};
        socklen_t size = sizeof peer;
        std::string name = bound_.name;
        if (::getsockopt(connection.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0)
            name += concat(" (pid ", peer.pid, ")");
        return std::make_unique<io::socket_stream>(std::move(connection), std::move(name), true);
    }
    void on_close() noexcept override {
        if (file_ && identity(bound_.path()) == file_) ::unlink(bound_.path());
    }

    const address bound_;
    std::optional<file_identity> file_; ///< The file we made, to know it again.
};

/// Holds the directory's advisory lock, so that two servers do not both find one file stale and the
/// slower remove what the quicker has just made. Tries for a second: a stranger may hold the lock.
class directory_lock {
public:
    explicit directory_lock(const std::string& path) noexcept {
        const std::size_t slash = path.rfind('/');
        const std::string directory = slash == std::string::npos ? "." : path.substr(0, slash + 1);
        directory_.reset(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        for (int attempt = 0; directory_ && attempt < 100; ++attempt) {
            if (::flock(directory_.get(), LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) return;
            ::poll(nullptr, 0, 10);
        }
    }

private:
    io::descriptor directory_; ///< Closing it gives the lock back.
};

/// Removes a socket file where nobody listens.
result<void> remove_stale(const address& where) {
    struct stat found {};
    if (::lstat(where.path(), &found) != 0) return {}; // Gone meanwhile: just bind again.
    if (!S_ISSOCK(found.st_mode)) {
        return fail(errc::address_in_use, where.name,
                    " is taken: the file there is no socket; remove it, or choose another path");
    }
    BECKON_ASSIGN(const io::descriptor probe, io::open_socket(AF_UNIX));
    const time_point soon = steady_clock_source().now() + std::chrono::seconds(1);
    const int number = io::connect_socket(probe.get(), where.get(), where.size, soon);
    // Only this one says that nobody listens. A full queue or a refused permission do not.
    if (number != ECONNREFUSED) {
        return fail(errc::address_in_use, where.name,
                    " is taken: another program listens there; stop it, or choose another path");
    }
    if (::unlink(where.path()) != 0 && errno != ENOENT) {
        return os_fail(errc::address_in_use, errno, where.name,
                       " is taken by a socket file where nobody listens; it cannot be removed");
    }
    return {};
}

error cannot_listen(const address& where, int number) {
    if (number == EADDRINUSE) {
        return fail(errc::address_in_use, where.name,
                    " is taken: another program listens there; stop it, or choose another name");
    }
    return os_fail(errc::io_error, number, "cannot listen on ", where.name);
}

result<void> bind_to(int socket, const address& where, mode_t mode) {
    // The mode of the socket becomes that of its file, less the umask: nobody can slip in between.
    if (!where.abstract) ::fchmod(socket, mode);
    if (::bind(socket, where.get(), where.size) != 0) {
        if (errno != EADDRINUSE || where.abstract) return cannot_listen(where, errno);
        BECKON_TRY(remove_stale(where));
        if (::bind(socket, where.get(), where.size) != 0) return cannot_listen(where, errno);
    }
    if (!where.abstract) ::chmod(where.path(), mode);
    return {};
}

} // namespace

result<std::unique_ptr<io::byte_stream>> connect(const endpoint& where,
                                                 const io::connect_options& options) {
    BECKON_ASSIGN(address target, read_address(where));
    BECKON_ASSIGN(io::descriptor socket, io::open_socket(AF_UNIX));
    const time_point deadline = deadline_after(steady_clock_source().now(), options.timeout);
    const int number = io::connect_socket(socket.get(), target.get(), target.size, deadline,
                                          options.given_up.get());
    if (number == 0) {
        return std::unique_ptr<io::byte_stream>(
            std::make_unique<io::socket_stream>(std::move(socket), std::move(target.name), true));
    }
    if (number == ECANCELED) return io::connecting_was_given_up(target.name);
    if (number == ETIMEDOUT) {
        return fail(errc::timeout, "no answer within ",
                    std::chrono::duration_cast<std::chrono::milliseconds>(options.timeout).count(),
                    " ms from ", target.name, "; the queue of its listener is full");
    }
    return os_fail(number == ENOENT ? errc::not_found : errc::io_error, number,
                   "cannot connect to ", target.name);
}

result<std::unique_ptr<io::listener>> listen(const endpoint& where,
                                             const io::listen_options& options) {
    BECKON_ASSIGN(address target, read_address(where));
    BECKON_ASSIGN(const mode_t mode, read_mode(where));
    BECKON_ASSIGN(io::descriptor socket, io::open_socket(AF_UNIX));
    // Until it listens, another server would find our file stale.
    std::optional<directory_lock> lock;
    if (!target.abstract) lock.emplace(target.path());
    BECKON_TRY(bind_to(socket.get(), target, mode));
    if (::listen(socket.get(), options.backlog) != 0) {
        const int number = errno;
        if (!target.abstract) ::unlink(target.path());
        return cannot_listen(target, number);
    }
    return std::unique_ptr<io::listener>(std::make_unique<unix_listener>(
        std::move(socket), bare(where), *options.log, std::move(target)));
}

} // namespace beckon::transport::unix_
