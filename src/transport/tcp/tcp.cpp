#include "beckon/transport/tcp/tcp.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "io/os_error.hpp"
#include "io/socket_address.hpp"
#include "io/socket_listener.hpp"
#include "io/socket_stream.hpp"

namespace beckon::transport::tcp {

namespace {

using io::endpoint;
using io::os_fail;

struct described {
    std::string name; ///< "tcp://127.0.0.1:7000"
    bool loopback = false;
    std::string host_port;
};

described describe(const io::socket_address& where) {
    const io::host_address text = where.host_and_port();
    std::string host_port = to_string(text);
    return {concat("tcp://", host_port), io::is_loopback_host(text.host), std::move(host_port)};
}

struct settings {
    int keepalive_seconds = 60;
};

result<settings> read_settings(const endpoint& where) {
    BECKON_ASSIGN(const std::uint64_t seconds, where.number_option("keepalive", 60, 0, 32'767));
    return settings{static_cast<int>(seconds)};
}

/// On a listening socket too: accepted ones inherit all of these.
void apply(int socket, const settings& wanted) noexcept {
    io::set_option(socket, IPPROTO_TCP, TCP_NODELAY, 1);
    if (wanted.keepalive_seconds == 0) return;
    io::set_option(socket, SOL_SOCKET, SO_KEEPALIVE, 1);
    io::set_option(socket, IPPROTO_TCP, TCP_KEEPIDLE, wanted.keepalive_seconds);
    io::set_option(socket, IPPROTO_TCP, TCP_KEEPINTVL, 10);
    io::set_option(socket, IPPROTO_TCP, TCP_KEEPCNT, 3);
}

class tcp_listener final : public io::socket_listener {
public:
    using socket_listener::socket_listener;

private:
    std::unique_ptr<io::byte_stream> adopt(io::descriptor connection,
                                           const sockaddr_storage& peer) override {
        described who = describe({peer});
        return std::make_unique<io::socket_stream>(std::move(connection), std::move(who.name),
                                                   who.loopback);
    }
};

error cannot_listen(const std::string& name, int number) {
    if (number == EADDRINUSE) {
        return fail(errc::address_in_use, name,
                    " is taken: another program listens there; stop it, "
                    "or choose another port, or port 0 for any free one");
    }
    if (number == EADDRNOTAVAIL) {
        return os_fail(errc::io_error, number, "cannot listen on ", name,
                       ", this machine has no such address");
    }
    return os_fail(errc::io_error, number, "cannot listen on ", name);
}

result<std::unique_ptr<io::listener>> listen_at(const io::socket_address& where,
                                                const settings& wanted,
                                                const io::listen_options& options) {
    BECKON_ASSIGN(io::descriptor socket, io::open_socket(where.family()));
    io::set_option(socket.get(), SOL_SOCKET, SO_REUSEADDR, 1);
    apply(socket.get(), wanted);
    if (::bind(socket.get(), where.get(), where.size) != 0 ||
        ::listen(socket.get(), options.backlog) != 0)
        return cannot_listen(describe(where).name, errno);
    io::socket_address bound;
    if (::getsockname(socket.get(), bound.get(), &bound.size) != 0)
        return cannot_listen(describe(where).name, errno);
    endpoint local;
    local.transport = "tcp";
    local.slashes = true;
    local.address = describe(bound).host_port;
    return std::unique_ptr<io::listener>(
        std::make_unique<tcp_listener>(std::move(socket), std::move(local), *options.log));
}

} // namespace

result<std::unique_ptr<io::byte_stream>> connect(const endpoint& where,
                                                 const io::connect_options& options) {
    BECKON_ASSIGN(const io::host_address target, io::parse_host_address(where));
    BECKON_ASSIGN(const settings wanted, read_settings(where));
    BECKON_ASSIGN(const std::vector<io::socket_address> addresses,
                  io::look_up(target, SOCK_STREAM, io::address_use::calling));
    const steady_clock_source clock;
    const time_point deadline = deadline_after(clock.now(), options.timeout);
    std::string refusals;
    bool only_timeouts = true;
    for (std::size_t i = 0; i < addresses.size(); ++i) {
        const time_point now = clock.now();
        time_point share = deadline;
        if (deadline != never)
            share = now + (deadline - now) / static_cast<std::int64_t>(addresses.size() - i);
        described who = describe(addresses[i]);
        BECKON_ASSIGN(io::descriptor socket, io::open_socket(addresses[i].family()));
        apply(socket.get(), wanted);
        const int number = io::connect_socket(socket.get(), addresses[i].get(), addresses[i].size,
                                              share, options.given_up.get());
        if (number == 0) {
            return std::unique_ptr<io::byte_stream>(std::make_unique<io::socket_stream>(
                std::move(socket), std::move(who.name), who.loopback));
        }
        if (number == ECANCELED) return io::connecting_was_given_up(who.name);
        only_timeouts = only_timeouts && number == ETIMEDOUT;
        if (!refusals.empty()) refusals += ", ";
        refusals += concat(who.name, ": ", io::os_error_text(number));
    }
    if (only_timeouts) {
        return fail(errc::timeout, "no answer within ",
                    std::chrono::duration_cast<std::chrono::milliseconds>(options.timeout).count(),
                    " ms from ", refusals);
    }
    return fail(errc::io_error, "cannot connect to ", refusals);
}

result<std::unique_ptr<io::listener>> listen(const endpoint& where,
                                             const io::listen_options& options) {
    BECKON_ASSIGN(const io::host_address target, io::parse_host_address(where));
    BECKON_ASSIGN(const settings wanted, read_settings(where));
    BECKON_ASSIGN(const std::vector<io::socket_address> addresses,
                  io::look_up(target, SOCK_STREAM, io::address_use::listening));
    for (std::size_t i = 0;; ++i) {
        auto listening = listen_at(addresses[i], wanted, options);
        // A taken port is no reason to listen on another address than the clients will try.
        if (listening || i + 1 == addresses.size() ||
            listening.error().code() == errc::address_in_use)
            return listening;
    }
}

} // namespace beckon::transport::tcp
