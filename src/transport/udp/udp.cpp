#include "beckon/transport/udp/udp.hpp"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>
#include <utility>

#include "io/datagram_socket.hpp"
#include "io/os_error.hpp"
#include "transport/udp/datagram_stream.hpp"

namespace beckon::transport::udp {

namespace {

using io::endpoint;
using io::os_fail;
using io::socket_address;

/// Whether one datagram to an IPv4 address goes to many.
bool is_for_many(const socket_address& address) {
    if (address.family() != AF_INET) return false;
    const in_addr host = reinterpret_cast<const sockaddr_in*>(&address.storage)->sin_addr;
    const std::uint32_t number = ntohl(host.s_addr);
    if (number == INADDR_BROADCAST || number == 0x7fff'ffff || IN_MULTICAST(number)) return true;
    ifaddrs* all = nullptr;
    if (::getifaddrs(&all) != 0) return false;
    bool found = false;
    for (const ifaddrs* each = all; each != nullptr; each = each->ifa_next) {
        const sockaddr* const broadcast = each->ifa_broadaddr;
        if (each->ifa_addr == nullptr || each->ifa_addr->sa_family != AF_INET ||
            (each->ifa_flags & 0x2 /* IFF_BROADCAST */) == 0 || broadcast == nullptr)
            continue;
        found |= reinterpret_cast<const sockaddr_in*>(broadcast)->sin_addr.s_addr == host.s_addr;
    }
    ::freeifaddrs(all);
    return found;
}

class hub_listener final : public io::listener {
public:
    hub_listener(std::shared_ptr<socket_hub> hub, endpoint local, std::optional<std::uint16_t> port)
        : hub_(std::move(hub)), local_(std::move(local)), everybodys_port_(port) {}
    ~hub_listener() override { hub_listener::close(); }

    result<std::unique_ptr<io::byte_stream>> accept() override {
        if (closed_) return fail(errc::disconnected, "listener ", to_string(local_), " was closed");
        BECKON_ASSIGN(auto next, hub_->take_new());
        if (!next) return std::unique_ptr<io::byte_stream>();
        return stream_to(std::move(next));
    }
    [[nodiscard]] int descriptor() const noexcept override { return hub_->descriptor(); }
    [[nodiscard]] const endpoint& local_endpoint() const noexcept override { return local_; }
    result<std::unique_ptr<io::byte_stream>> reach(std::string_view name) override {
        io::host_address where{std::string(name), everybodys_port_.value_or(0)};
        if (!everybodys_port_) {
            endpoint other;
            other.transport = "udp";
            other.slashes = true;
            other.address = name;
            BECKON_ASSIGN(where, io::parse_host_address(other));
        }
        BECKON_ASSIGN(const auto found, io::look_up(where, SOCK_DGRAM,
                                                    everybodys_port_ ? io::address_use::listening
                                                                     : io::address_use::calling));
        const socket_address mine = bound();
        for (const socket_address& each : found) {
            if (each.family() != mine.family()) continue;
            BECKON_ASSIGN(auto made, hub_->add(each));
            return stream_to(std::move(made));
        }
        return fail(errc::not_found, "host ", quoted(name), " has no address of the kind that ",
                    to_string(local_), " has");
    }
    [[nodiscard]] bool feeds_streams() const noexcept override { return true; }
    void refuse_newcomers() noexcept override { hub_->close_to_strangers(); }
    void close() noexcept override {
        if (!closed_.exchange(true)) hub_->close();
    }

private:
    [[nodiscard]] std::unique_ptr<io::byte_stream> stream_to(std::shared_ptr<peer> with) const {
        return std::make_unique<datagram_stream>(hub_, std::move(with));
    }
    [[nodiscard]] socket_address bound() const {
        socket_address out;
        ::getsockname(hub_->socket(), out.get(), &out.size);
        return out;
    }

    const std::shared_ptr<socket_hub> hub_;
    const endpoint local_;
    const std::optional<std::uint16_t> everybodys_port_;
    std::atomic<bool> closed_{false};
};

result<hub_options> read_options(const endpoint& where, log_sink& log) {
    hub_options out;
    BECKON_ASSIGN(const std::uint64_t peers, where.number_option("peers", 256, 1, 65'536));
    BECKON_ASSIGN(const std::uint64_t idle, where.number_option("idle", 60, 0, 86'400));
    out.max_peers = peers;
    out.idle = std::chrono::seconds(idle);
    out.log = &log;
    return out;
}

/// `udp:PORT`
result<std::unique_ptr<io::listener>> listen_as_everybody(const endpoint& where,
                                                          hub_options options) {
    std::uint16_t port = 0;
    const char* const end = where.address.data() + where.address.size();
    const auto read = std::from_chars(where.address.data(), end, port);
    if (where.address.empty() || read.ec != std::errc() || read.ptr != end) {
        return fail(errc::parse_error, "endpoint ", quoted(to_string(where)),
                    " has a bad port: found ", quoted(where.address),
                    ", expected udp:PORT with a number from 0 to 65535, or udp://HOST:PORT");
    }
    const std::string* const chosen = where.option("broadcast");
    BECKON_ASSIGN(io::descriptor socket, io::open_shared_port(port, to_string(where)));
    const std::uint16_t real = io::bound_address(socket).port();
    BECKON_ASSIGN(
        const socket_address broadcast,
        io::numeric_address(chosen != nullptr ? *chosen : "255.255.255.255", real,
                            concat("option broadcast of endpoint ", quoted(to_string(where)))));
    options.by_address = true;
    endpoint local;
    local.transport = "udp";
    local.address = concat(real);
    BECKON_ASSIGN(auto hub, socket_hub::create(std::move(socket), options));
    BECKON_TRY(hub->add_everybody(broadcast));
    return std::unique_ptr<io::listener>(
        std::make_unique<hub_listener>(std::move(hub), std::move(local), real));
}

} // namespace

namespace {

/// Of a client: at the port that it is to send from, which others may share, or at any.
result<io::descriptor> open_calling_socket(const endpoint& where, const socket_address& to) {
    BECKON_ASSIGN(const std::uint64_t port, where.number_option("local_port", 0, 0, 65'535));
    if (port == 0) return io::open_datagram_socket(to.family());
    if (to.family() != AF_INET) {
        return fail(errc::unsupported, "option local_port of endpoint ", quoted(to_string(where)),
                    " is for IPv4 addresses");
    }
    return io::open_shared_port(static_cast<std::uint16_t>(port), to_string(where));
}

} // namespace

result<std::unique_ptr<io::byte_stream>> connect(const endpoint& where,
                                                 const io::connect_options& options) {
    if (!where.slashes) {
        return fail(errc::invalid_argument, "endpoint ", quoted(to_string(where)),
                    " is everybody's port, which is listened at; expected udp://HOST:PORT");
    }
    BECKON_ASSIGN(const io::host_address address, io::parse_host_address(where));
    BECKON_ASSIGN(const auto found, io::look_up(address, SOCK_DGRAM, io::address_use::calling));
    const socket_address& to = found.front();
    BECKON_ASSIGN(io::descriptor socket, open_calling_socket(where, to));
    const bool many = is_for_many(to);
    if (!many && ::connect(socket.get(), to.get(), to.size) != 0)
        return os_fail(errc::io_error, errno, "cannot send to ", to_string(where));
    // Else the socket has no port to hear answers at before it has sent something.
    if (many && io::bound_address(socket).port() == 0) {
        BECKON_ASSIGN(const socket_address any, io::numeric_address("0.0.0.0", 0, "address"));
        BECKON_TRY(io::bind_datagram_socket(socket, any, "a port"));
    }
    hub_options settings;
    settings.log = options.log;
    BECKON_ASSIGN(auto hub, socket_hub::create(std::move(socket), settings));
    BECKON_ASSIGN(auto only,
                  hub->set_only(to, many ? io::audience::everybody : io::audience::peer, !many));
    return std::unique_ptr<io::byte_stream>(
        std::make_unique<datagram_stream>(std::move(hub), std::move(only)));
}

result<std::unique_ptr<io::listener>> listen(const endpoint& where,
                                             const io::listen_options& options) {
    BECKON_ASSIGN(const hub_options settings, read_options(where, *options.log));
    if (!where.slashes) return listen_as_everybody(where, settings);
    BECKON_ASSIGN(const io::host_address address, io::parse_host_address(where));
    BECKON_ASSIGN(const auto found, io::look_up(address, SOCK_DGRAM, io::address_use::listening));
    BECKON_ASSIGN(io::descriptor socket, io::open_datagram_socket(found.front().family()));
    BECKON_TRY(io::bind_datagram_socket(socket, found.front(), to_string(where)));
    endpoint local;
    local.transport = "udp";
    local.slashes = true;
    local.address = io::to_string(io::bound_address(socket).host_and_port());
    BECKON_ASSIGN(auto hub, socket_hub::create(std::move(socket), settings));
    return std::unique_ptr<io::listener>(
        std::make_unique<hub_listener>(std::move(hub), std::move(local), std::nullopt));
}

} // namespace beckon::transport::udp
