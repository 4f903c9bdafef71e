#include "io/socket_stream.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/time.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <utility>

#include "beckon/io/wait.hpp"
#include "io/gather.hpp"
#include "io/os_error.hpp"
#include "io/reader_state.hpp"

namespace beckon::io {

namespace {

/// Between two looks at whether anybody waits for a connection.
constexpr std::int64_t most_patience_ms = 50;

void set_patience(int socket, int name, std::int64_t milliseconds) noexcept {
    timeval patience{};
    patience.tv_sec = static_cast<std::time_t>(milliseconds / 1000);
    patience.tv_usec = static_cast<suseconds_t>(milliseconds % 1000 * 1000);
    ::setsockopt(socket, SOL_SOCKET, name, &patience, sizeof patience);
}

} // namespace

socket_stream::socket_stream(descriptor socket, std::string peer, bool local) noexcept
    : socket_(std::move(socket)), peer_(std::move(peer)), local_(local) {}

io_result socket_stream::receive(std::span<std::byte> into, int flags) noexcept {
    if (into.empty()) return {};
    for (;;) {
        if (closed_.load(std::memory_order_relaxed)) return {io_status::end, 0, 0};
        const ssize_t size = ::recv(socket_.get(), into.data(), into.size(), flags);
        if (size > 0) {
            // The kernel forgets the wish with the next packets.
            if (acknowledges_at_once_) set_option(socket_.get(), IPPROTO_TCP, TCP_QUICKACK, 1);
            return {io_status::ok, static_cast<std::size_t>(size), 0};
        }
        if (size == 0) return {io_status::end, 0, 0};
        if (errno != EINTR) return failed_with(errno);
    }
}

void socket_stream::acknowledge_at_once() noexcept {
    int domain = 0;
    socklen_t size = sizeof domain;
    ::getsockopt(socket_.get(), SOL_SOCKET, SO_DOMAIN, &domain, &size);
    acknowledges_at_once_ = domain == AF_INET || domain == AF_INET6;
    if (acknowledges_at_once_) set_option(socket_.get(), IPPROTO_TCP, TCP_QUICKACK, 1);
}

io_result socket_stream::read(std::span<std::byte> into) noexcept {
    return receive(into, MSG_DONTWAIT);
}

io_result socket_stream::read_waiting(std::span<std::byte> into, nanoseconds at_most) noexcept {
    const std::int64_t milliseconds =
        std::chrono::duration_cast<std::chrono::milliseconds>(at_most).count();
    // The kernel counts this limit in ticks of some milliseconds: too coarse for short waits.
    if (milliseconds < 32) return byte_stream::read_waiting(into, at_most);
    // Rounded down to a power of two, at most 17 minutes: so calls with like deadlines, which are
    // nearly all, find the limit set already. The caller comes back for the rest.
    const auto patience = static_cast<std::int64_t>(
        std::bit_floor(static_cast<std::uint64_t>(std::min<std::int64_t>(milliseconds, 1 << 20))));
    if (patience != patience_ms_) {
        set_patience(socket_.get(), SO_RCVTIMEO, patience);
        patience_ms_ = patience;
    }
    return receive(into, 0);
}

io_result socket_stream::write(std::span<const byte_view> gathered) noexcept {
    gather_list list(gathered);
    if (list.empty()) return {};
    if (list.size() == 1) { // the usual case, and the cheaper call
        const iovec& only = list.data()[0];
        for (;;) {
            if (closed_.load(std::memory_order_relaxed)) return {io_status::failed, 0, EPIPE};
            const ssize_t size =
                ::send(socket_.get(), only.iov_base, only.iov_len, MSG_DONTWAIT | MSG_NOSIGNAL);
            if (size >= 0) return {io_status::ok, static_cast<std::size_t>(size), 0};
            if (errno != EINTR) return failed_with(errno);
        }
    }
    msghdr message{};
    message.msg_iov = list.data();
    message.msg_iovlen = list.size();
    for (;;) {
        if (closed_.load(std::memory_order_relaxed)) return {io_status::failed, 0, EPIPE};
        const ssize_t size = ::sendmsg(socket_.get(), &message, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (size >= 0) return {io_status::ok, static_cast<std::size_t>(size), 0};
        if (errno != EINTR) return failed_with(errno);
    }
}

void socket_stream::shutdown_write() noexcept { ::shutdown(socket_.get(), SHUT_WR); }

void socket_stream::close() noexcept {
    if (!closed_.exchange(true)) ::shutdown(socket_.get(), SHUT_RDWR);
}

reader_state socket_stream::peer_reads() const noexcept { return reader_of(socket_.get()); }

result<descriptor> open_socket(int family) {
    descriptor socket(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!socket) return os_fail(errc::io_error, errno, "cannot open a socket");
    return socket;
}

error connecting_was_given_up(std::string_view whom) {
    return fail(errc::cancelled, "nobody waits any more for the connection to ", whom);
}

int connect_socket(int socket, const sockaddr* address, socklen_t size, time_point deadline,
                   const ready_flag* given_up) noexcept {
    const steady_clock_source clock;
    for (;;) {
        std::int64_t left = 0;
        if (deadline != never) {
            left = std::chrono::ceil<std::chrono::milliseconds>(deadline - clock.now()).count();
            if (left <= 0) return ETIMEDOUT;
        }
        if (given_up != nullptr) {
            if (wait_readable(given_up->descriptor(), clock.now()).ready) return ECANCELED;
            left = left == 0 ? most_patience_ms : std::min(left, most_patience_ms);
        }
        // A blocking connect obeys the limit for sending, also where the queue of a unix socket is
        // full, which a non-blocking one could not wait for.
        set_patience(socket, SO_SNDTIMEO, left);
        if (::connect(socket, address, size) == 0 || errno == EISCONN) return 0;
        const bool goes_on = errno == EINPROGRESS || errno == EAGAIN || errno == EALREADY;
        if (goes_on && given_up == nullptr && errno != EALREADY) return ETIMEDOUT;
        if (errno != EINTR && !goes_on) return errno;
    }
}

void set_option(int socket, int level, int name, int number) noexcept {
    ::setsockopt(socket, level, name, &number, sizeof number);
}

} // namespace beckon::io
