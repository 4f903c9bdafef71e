#include "io/descriptor_stream.hpp"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <cerrno>
#include <ctime>
#include <utility>

#include "io/gather.hpp"
#include "io/os_error.hpp"
#include "io/reader_state.hpp"

namespace beckon::io {

namespace {

/// Keeps SIGPIPE from this thread while it writes to a pipe, which has no flag for that. The
/// process's disposition is the program's own affair.
class without_sigpipe {
public:
    without_sigpipe() noexcept {
        ::sigemptyset(&pipe_);
        ::sigaddset(&pipe_, SIGPIPE);
        ::pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
        was_blocked_ = ::sigismember(&before_, SIGPIPE) == 1;
    }
    ~without_sigpipe() {
        // Where the program blocks it itself, one more pending changes nothing.
        if (was_blocked_) return;
        if (raised_) {
            const timespec at_once{};
            while (::sigtimedwait(&pipe_, nullptr, &at_once) < 0 && errno == EINTR) {
            }
        }
        ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    }
    without_sigpipe(const without_sigpipe&) = delete;
    without_sigpipe& operator=(const without_sigpipe&) = delete;

    void note_raised() noexcept { raised_ = true; }

private:
    sigset_t pipe_{};
    sigset_t before_{};
    bool was_blocked_ = false;
    bool raised_ = false;
};

ssize_t write_once(int fd, gather_list& list, bool socket) noexcept {
    if (socket) {
        msghdr message{};
        message.msg_iov = list.data();
        message.msg_iovlen = list.size();
        return ::sendmsg(fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    }
    without_sigpipe guard;
    const ssize_t size = ::writev(fd, list.data(), static_cast<int>(list.size()));
    const int number = errno;
    if (size < 0 && number == EPIPE) guard.note_raised();
    errno = number;
    return size;
}

} // namespace

bool is_socket(int fd) noexcept {
    struct stat found {};
    return ::fstat(fd, &found) == 0 && S_ISSOCK(found.st_mode);
}

int set_nonblocking(int fd) noexcept {
    const int flags = ::fcntl(fd, F_GETFL);
    if (flags >= 0 && (flags & O_NONBLOCK) == 0) ::fcntl(fd, F_SETFL, flags | O_NONBLOCK);
    return flags;
}

result<descriptor> make_dead_end() {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0)
        return os_fail(errc::io_error, errno, "cannot open a socket");
    const descriptor peer(ends[1]);
    return descriptor(ends[0]);
}

result<std::unique_ptr<descriptor_stream>> descriptor_stream::create(descriptor in, descriptor out,
                                                                     std::string peer, bool local,
                                                                     bool exclusive) {
    BECKON_ASSIGN(descriptor dead_end, make_dead_end());
    return std::make_unique<descriptor_stream>(std::move(in), std::move(out), std::move(dead_end),
                                               std::move(peer), local, exclusive);
}

descriptor_stream::descriptor_stream(descriptor in, descriptor out, descriptor dead_end,
                                     std::string peer, bool local, bool exclusive) noexcept
    : in_(std::move(in)), out_(std::move(out)), dead_end_(std::move(dead_end)),
      peer_(std::move(peer)), local_(local), exclusive_(exclusive),
      in_is_socket_(is_socket(in_.get())), out_is_socket_(is_socket(out_.get())) {}

io_result descriptor_stream::read(std::span<std::byte> into) noexcept {
    if (into.empty()) return {};
    for (;;) {
        if (closed_.load(std::memory_order_relaxed)) return {io_status::end, 0, 0};
        const ssize_t size = in_is_socket_
                                 ? ::recv(in_.get(), into.data(), into.size(), MSG_DONTWAIT)
                                 : ::read(in_.get(), into.data(), into.size());
        if (size > 0) return {io_status::ok, static_cast<std::size_t>(size), 0};
        if (size == 0) return {io_status::end, 0, 0};
        // A process that dies with input unread resets its socket; for us it simply ended.
        if (errno == ECONNRESET && local_) return {io_status::end, 0, 0};
        if (errno != EINTR) return failed_with(errno);
    }
}

io_result descriptor_stream::write(std::span<const byte_view> gathered) noexcept {
    gather_list list(gathered);
    if (list.empty()) return {};
    for (;;) {
        if (write_ended_.load(std::memory_order_relaxed)) return {io_status::failed, 0, EPIPE};
        const ssize_t size = write_once(out_.get(), list, out_is_socket_);
        if (size >= 0) return {io_status::ok, static_cast<std::size_t>(size), 0};
        if (errno != EINTR) return failed_with(errno);
    }
}

void descriptor_stream::shutdown_write() noexcept {
    if (write_ended_.exchange(true)) return;
    if (out_is_socket_) {
        ::shutdown(out_.get(), SHUT_WR);
    } else {
        ::dup3(dead_end_.get(), out_.get(), O_CLOEXEC);
    }
}

void descriptor_stream::close() noexcept {
    shutdown_write();
    if (closed_.exchange(true)) return;
    if (in_is_socket_) {
        ::shutdown(in_.get(), SHUT_RD);
    } else if (exclusive_) {
        ::dup3(dead_end_.get(), in_.get(), O_CLOEXEC);
    }
}

reader_state descriptor_stream::peer_reads() const noexcept {
    return write_ended_.load(std::memory_order_relaxed) ? reader_state::gone
                                                        : reader_of(out_.get());
}

} // namespace beckon::io
