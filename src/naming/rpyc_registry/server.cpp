#include "beckon/naming/rpyc_registry/server.hpp"

#include <sys/socket.h>

#include <cerrno>
#include <utility>

#include "io/os_error.hpp"
#include "io/socket_address.hpp"
#include "io/socket_stream.hpp"
#include "naming/rpyc_registry/exchange.hpp"
#include "naming/rpyc_registry/server_core.hpp"

namespace beckon::naming::rpyc_registry {

namespace {

error cannot_listen(const std::string& name, int number) {
    if (number == EADDRINUSE) {
        return fail(errc::address_in_use, name,
                    " is taken: another registry listens there; stop it, or choose another port, "
                    "or port 0 for any free one");
    }
    return io::os_fail(errc::io_error, number, "cannot listen on ", name);
}

} // namespace

server::server(intrusive_ptr<server_core> core, std::uint16_t port) noexcept
    : core_(std::move(core)), port_(port) {}
server::~server() { close(); }
void server::close() noexcept { core_->close(); }

result<std::unique_ptr<server>> server::start(io::event_loop& loop, const server_options& options) {
    const int type = options.transport == transport::udp ? SOCK_DGRAM : SOCK_STREAM;
    BECKON_ASSIGN(const auto addresses,
                  io::look_up({options.host, options.port}, type, io::address_use::listening));
    const io::socket_address& where = addresses.front();
    const std::string name = endpoint_text(options.transport, {where.host(), options.port});
    io::descriptor socket(::socket(where.family(), type | SOCK_CLOEXEC, 0));
    if (!socket) return io::os_fail(errc::io_error, errno, "cannot open a socket");
    // Over UDP that would let another program take our requests.
    if (type == SOCK_STREAM) io::set_option(socket.get(), SOL_SOCKET, SO_REUSEADDR, 1);
    if (::bind(socket.get(), where.get(), where.size) != 0) return cannot_listen(name, errno);
    if (type == SOCK_STREAM && ::listen(socket.get(), 64) != 0) return cannot_listen(name, errno);
    io::socket_address bound;
    if (::getsockname(socket.get(), bound.get(), &bound.size) != 0) {
        return cannot_listen(name, errno);
    }
    auto core = make_counted<server_core>(loop, options);
    BECKON_TRY(core->open(std::move(socket)));
    return std::unique_ptr<server>(new server(std::move(core), bound.port()));
}

} // namespace beckon::naming::rpyc_registry
