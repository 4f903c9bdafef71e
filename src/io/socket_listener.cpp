#include "io/socket_listener.hpp"

#include <fcntl.h>

#include <cerrno>
#include <utility>

#include "io/os_error.hpp"

namespace beckon::io {

namespace {

/// Connections that one `accept` passes over before it lets the loop do something else.
constexpr unsigned most_skipped = 64;

int open_spare() noexcept { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); }

/// The connection failed, not the listener; accept(2) hands on what the network reported for it.
bool is_peers_failure(int number) noexcept {
    switch (number) {
    case EINTR:
    case ECONNABORTED:
    case EPROTO:
    case EPERM:
    case ENETDOWN:
    case ENETUNREACH:
    case EHOSTDOWN:
    case EHOSTUNREACH:
    case ENONET:
    case ENOPROTOOPT:
    case EOPNOTSUPP:
    case ETIMEDOUT: return true;
    default: return false;
    }
}

} // namespace

socket_listener::socket_listener(io::descriptor socket, endpoint local, log_sink& log)
    : socket_(std::move(socket)), local_(std::move(local)), log_(log), spare_(open_spare()) {
    const int flags = ::fcntl(socket_.get(), F_GETFL);
    ::fcntl(socket_.get(), F_SETFL, flags | O_NONBLOCK);
}

socket_listener::drop_outcome socket_listener::drop_one() noexcept {
    if (!spare_) spare_.reset(open_spare());
    if (!spare_) return drop_outcome::impossible;
    spare_.reset();
    io::descriptor dropped(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    const int number = errno;
    const bool done = static_cast<bool>(dropped);
    dropped.reset();
    // Another thread may be quicker in taking the number; then the next call tries to get it back.
    spare_.reset(open_spare());
    if (done) return drop_outcome::dropped;
    // The system looks for a free number before it looks whether anybody waits at all.
    return number == EAGAIN ? drop_outcome::nobody_waits : drop_outcome::impossible;
}

void socket_listener::report_dropped(unsigned dropped, int number) const {
    if (dropped == 0 || !log_.wants(log_level::error)) return;
    log_.write(log_level::error, "BKN-ACCEPT-FULL",
               concat(to_string(local_), " dropped ", dropped,
                      " connections without a word, because no descriptor was left: ",
                      os_error_text(number),
                      "; raise the limit (ulimit -n) or lower max_connections"));
}

error socket_listener::beyond_repair(int number) const {
    if (closed_) return fail(errc::disconnected, "listener ", to_string(local_), " was closed");
    return os_fail(errc::io_error, number, "listener ", to_string(local_),
                   " cannot accept connections any more");
}

result<std::unique_ptr<byte_stream>> socket_listener::accept() {
    unsigned dropped = 0;
    int dropped_for = 0;
    for (unsigned skipped = 0; skipped < most_skipped; ++skipped) {
        sockaddr_storage peer{};
        socklen_t size = sizeof peer;
        io::descriptor connection(
            ::accept4(socket_.get(), reinterpret_cast<sockaddr*>(&peer), &size, SOCK_CLOEXEC));
        const int number = errno;
        if (connection) {
            report_dropped(dropped, dropped_for);
            return adopt(std::move(connection), peer);
        }
        if (number == EAGAIN || number == EWOULDBLOCK) break;
        if (is_peers_failure(number)) continue;
        const bool no_memory = number == ENOBUFS || number == ENOMEM;
        if (!no_memory && number != EMFILE && number != ENFILE) return beyond_repair(number);
        const drop_outcome outcome = no_memory ? drop_outcome::impossible : drop_one();
        if (outcome == drop_outcome::nobody_waits) break;
        if (outcome == drop_outcome::impossible) {
            report_dropped(dropped, number);
            return os_fail(errc::overloaded, number, "listener ", to_string(local_),
                           " has nothing left to take a connection with; it waits in the queue");
        }
        ++dropped;
        dropped_for = number;
    }
    report_dropped(dropped, dropped_for);
    return std::unique_ptr<byte_stream>();
}

void socket_listener::close() noexcept {
    if (closed_.exchange(true)) return;
    ::shutdown(socket_.get(), SHUT_RDWR);
    on_close();
}

} // namespace beckon::io
