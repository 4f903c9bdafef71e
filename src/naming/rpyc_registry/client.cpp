#include "beckon/naming/rpyc_registry/client.hpp"

#include <algorithm>

#include <sys/socket.h>

#include "io/socket_address.hpp"
#include "naming/rpyc_registry/exchange.hpp"
#include "naming/rpyc_registry/packets.hpp"

namespace beckon::naming::rpyc_registry {

namespace {

// A reply is read once, where it is checked.
template <typename T>
result<T> ask(const client_options& options, const request& from, std::size_t most,
              result<T> (*read)(byte_view)) {
    BECKON_ASSIGN(const buffer packet, write_request(from));
    T answer{};
    BECKON_TRY(exchange(options, packet.view(), most, [&](byte_view reply) -> result<void> {
        BECKON_ASSIGN(answer, read(reply));
        return {};
    }));
    return answer;
}

result<void> check_port(const service_port& port) {
    if ((port.number == 0) != port.path.empty()) return {};
    return fail(errc::invalid_argument,
                "service needs a port number or the path of a socket, found ",
                port.number == 0 ? "neither" : "both");
}

} // namespace

result<void> client::register_service(std::span<const std::string> names,
                                      const service_port& port) const {
    BECKON_TRY(check_port(port));
    request from;
    from.command = command::add;
    from.names.assign(names.begin(), names.end());
    from.port = port;
    BECKON_ASSIGN(const buffer packet, write_request(from));
    return exchange(options_, packet.view(), max_packet_bytes, read_acknowledgement);
}

result<void> client::unregister_service(const service_port& port) const {
    BECKON_TRY(check_port(port));
    request from;
    from.command = command::remove;
    from.port = port;
    BECKON_ASSIGN(const buffer packet, write_request(from));
    // A registry that is gone must not hold up a program that ends.
    const bool waits = options_.transport == transport::tcp;
    return exchange(options_, packet.view(), max_packet_bytes,
                    waits ? reply_check(read_acknowledgement) : reply_check());
}

result<std::vector<service_address>> client::query(std::string_view name) const {
    request from;
    from.names.emplace_back(name);
    return ask(options_, from, max_packet_bytes, read_addresses);
}

result<std::vector<service_address>> client::discover(std::string_view name,
                                                      const std::string& host) const {
    BECKON_ASSIGN(std::vector<service_address> found, query(name));
    if (!host.empty()) {
        BECKON_ASSIGN(const auto addresses,
                      io::look_up({host, 0}, SOCK_STREAM, io::address_use::calling));
        std::erase_if(found, [&](const service_address& each) {
            return std::none_of(
                addresses.begin(), addresses.end(),
                [&](const io::socket_address& address) { return address.host() == each.host; });
        });
    }
    if (!found.empty()) return found;
    if (host.empty()) {
        return fail(errc::not_found, "registry knows no service of the name ", quoted(name));
    }
    return fail(errc::not_found, "registry knows no service of the name ", quoted(name),
                " on host ", quoted(host));
}

result<std::vector<std::string>> client::list(const std::optional<std::string>& host) const {
    request from;
    from.command = command::list;
    from.host = host;
    const std::size_t most =
        options_.transport == transport::udp ? max_list_reply_bytes : max_packet_bytes;
    BECKON_ASSIGN(auto names, ask(options_, from, most, read_names));
    if (names) return *std::move(names);
    return fail(errc::access_denied, "registry does not list its names");
}

result<void> announcement::renew(time_point now) {
    auto registered = registry_.register_service(names_, port_);
    due_ = deadline_after(now, registered ? renew_after : retry_after);
    return registered;
}

result<void> announcement::withdraw() {
    due_ = never;
    return registry_.unregister_service(port_);
}

} // namespace beckon::naming::rpyc_registry
