#include "naming/rpyc_registry/exchange.hpp"

#include <cerrno>
#include <vector>

#include "beckon/io/wait.hpp"
#include "io/os_error.hpp"
#include "io/socket_address.hpp"
#include "io/socket_stream.hpp"
#include "naming/rpyc_registry/packets.hpp"

namespace beckon::naming::rpyc_registry {

namespace {

using io::os_fail;
using io::socket_address;

class asking {
public:
    asking(const client_options& options, byte_view request, std::size_t most, reply_check check)
        : options_(options), request_(request), check_(std::move(check)), reply_(most),
          type_(options.transport == transport::udp ? SOCK_DGRAM : SOCK_STREAM),
          broadcast_(options.broadcast || options.host == broadcast_host),
          registry_(endpoint_text(options.transport, {options.host, options.port})),
          deadline_(deadline_after(clock_.now(), options.timeout)) {}

    result<void> run() {
        if (broadcast_ && type_ == SOCK_STREAM) {
            return fail(errc::invalid_argument, "registry ", registry_,
                        " is a broadcast address, which needs udp");
        }
        BECKON_ASSIGN(const auto addresses,
                      look_up({options_.host, options_.port}, type_, io::address_use::calling));
        // Each address gets its share of the time.
        result<void> last;
        for (std::size_t i = 0; i < addresses.size(); ++i) {
            const time_point now = clock_.now();
            attempt_ends_ =
                deadline_ == never
                    ? never
                    : now + (deadline_ - now) / static_cast<std::int64_t>(addresses.size() - i);
            last = ask(addresses[i]);
            if (last || last.error().code() == errc::protocol_error) return last;
        }
        return last;
    }

private:
    result<void> ask(const socket_address& to) {
        io::descriptor opened(::socket(to.family(), type_ | SOCK_CLOEXEC, 0));
        if (!opened) return os_fail(errc::io_error, errno, "cannot open a socket");
        socket_ = std::move(opened);
        BECKON_TRY(bind(to.family()));
        return type_ == SOCK_STREAM ? ask_by_stream(to) : ask_by_datagram(to);
    }

    result<void> bind(int family) {
        if (options_.local_host.empty()) return {};
        BECKON_ASSIGN(const auto addresses,
                      look_up({options_.local_host, 0}, type_, io::address_use::listening));
        for (const socket_address& each : addresses) {
            if (each.family() != family) continue;
            if (::bind(socket_.get(), each.get(), each.size) == 0) return {};
            return os_fail(errc::io_error, errno, "cannot speak from ",
                           quoted(options_.local_host));
        }
        return fail(errc::invalid_argument, "local host ", quoted(options_.local_host),
                    " has no address of the kind of registry ", registry_);
    }

    result<void> ask_by_datagram(const socket_address& to) {
        if (broadcast_) {
            io::set_option(socket_.get(), SOL_SOCKET, SO_BROADCAST, 1);
        } else if (::connect(socket_.get(), to.get(), to.size) != 0) {
            // Connected: so nobody else can answer, and the system tells where nobody listens.
            return os_fail(errc::io_error, errno, "cannot reach registry ", registry_);
        }
        const ssize_t sent = ::sendto(socket_.get(), request_.data(), request_.size(), MSG_NOSIGNAL,
                                      broadcast_ ? to.get() : nullptr, broadcast_ ? to.size : 0);
        if (sent < 0) {
            return os_fail(errc::io_error, errno, "cannot ask registry ", registry_);
        }
        if (!check_) return {};
        for (;;) {
            BECKON_TRY(wait());
            socket_address from;
            const ssize_t size = ::recvfrom(socket_.get(), reply_.data(), reply_.size(),
                                            MSG_DONTWAIT, from.get(), &from.size);
            if (size < 0) {
                if (is_for_later(errno)) continue;
                return os_fail(errc::io_error, errno, "registry ", registry_, " does not answer");
            }
            // Others may send to this port, too; a registry answers from its own.
            if (broadcast_ && from.port() != to.port()) continue;
            auto checked = check_(byte_view(reply_).first(static_cast<std::size_t>(size)));
            if (checked || !broadcast_) return checked;
        }
    }

    result<void> ask_by_stream(const socket_address& to) {
        const int number = io::connect_socket(socket_.get(), to.get(), to.size, attempt_ends_);
        if (number == ETIMEDOUT) return nobody_answered();
        if (number != 0) {
            return os_fail(errc::io_error, number, "cannot reach registry ", registry_);
        }
        // In one piece, as RPyC's registry reads but once. An empty buffer takes that much.
        const ssize_t sent =
            ::send(socket_.get(), request_.data(), request_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent != static_cast<ssize_t>(request_.size())) {
            return os_fail(errc::io_error, sent < 0 ? errno : EMSGSIZE, "cannot ask registry ",
                           registry_);
        }
        if (!check_) return {};
        std::size_t size = 0;
        for (;;) {
            BECKON_TRY(wait());
            const ssize_t more =
                ::recv(socket_.get(), reply_.data() + size, reply_.size() - size, MSG_DONTWAIT);
            if (more < 0 && is_for_later(errno)) continue;
            if (more < 0) {
                return os_fail(errc::io_error, errno, "registry ", registry_, " does not answer");
            }
            if (more == 0 && size == 0) {
                return fail(errc::disconnected, "registry ", registry_,
                            " hung up without an answer");
            }
            size += static_cast<std::size_t>(more);
            const byte_view reply = byte_view(reply_).first(size);
            if (more == 0 || size == reply_.size() || is_whole(reply)) return check_(reply);
        }
    }

    static bool is_for_later(int number) noexcept {
        return number == EAGAIN || number == EWOULDBLOCK || number == EINTR;
    }

    result<void> wait() {
        for (;;) {
            if (io::wait_readable(socket_.get(), attempt_ends_).ready) return {};
            if (clock_.now() >= attempt_ends_) return nobody_answered();
        }
    }

    [[nodiscard]] error nobody_answered() const {
        return fail(errc::timeout, "no registry answered at ", registry_, " within ",
                    std::chrono::duration_cast<std::chrono::milliseconds>(options_.timeout).count(),
                    " ms");
    }

    const client_options& options_;
    const byte_view request_;
    reply_check check_;
    bytes reply_;
    const int type_;
    const bool broadcast_;
    const std::string registry_;
    const steady_clock_source clock_;
    const time_point deadline_;
    time_point attempt_ends_{};
    io::descriptor socket_;
};

} // namespace

std::string endpoint_text(rpyc_registry::transport over, const io::host_address& where) {
    return concat(over == transport::tcp ? "tcp://" : "udp://", to_string(where));
}

result<void> exchange(const client_options& options, byte_view request, std::size_t most,
                      reply_check check) {
    return asking(options, request, most, std::move(check)).run();
}

} // namespace beckon::naming::rpyc_registry
