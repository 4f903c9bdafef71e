// A registry of services, as RPyC's programs know it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "beckon/base/log.hpp"
#include "beckon/base/ref_counted.hpp"
#include "beckon/base/result.hpp"
#include "beckon/base/time.hpp"
#include "beckon/io/event_loop.hpp"
#include "beckon/naming/rpyc_registry/types.hpp"

namespace beckon::naming::rpyc_registry {

struct server_options {
    rpyc_registry::transport transport = transport::udp;
    /// Where to listen. To be found by broadcast, listen on "0.0.0.0": but then anybody on the network can register.
    std::string host = "127.0.0.1";
    std::uint16_t port = default_port;                   ///< 0: any free one.
    bool allow_listing = false;                          ///< Whether peers may ask for all names.
    nanoseconds prune_after = std::chrono::seconds(240); ///< For services that are not renewed.
    nanoseconds read_within = std::chrono::seconds(2);   ///< For the request of a TCP connection.
    std::size_t max_connections = 64; ///< Over TCP; when one more comes, the oldest is dropped.
    std::size_t max_registrations_per_host = 256; ///< A service with two names is two.
    std::size_t max_registrations = 10'000;
    log_sink* log = &null_log(); ///< Outlives the server.
    /// Told of a service that registers a name (in upper case) which it has not registered yet.
    std::function<void(const std::string& name, const service_address& where)> on_service_added{};
    /// Told of one that leaves, or was not renewed: that is seen when somebody asks for it or room is needed. Both run on
    /// the loop's thread, in which the registry answers nobody else meanwhile, and may call anything of the server but its
    /// destructor. What they throw is logged.
    std::function<void(const std::string& name, const service_address& where)> on_service_removed{};
};

class server_core;

/// Answers requests on an event loop. It never waits: a client that says nothing costs one connection for
/// `read_within`, and blocks nobody. What makes no sense gets no answer, as from RPyC's own; over TCP the connection
/// is then closed.
///
/// Limits: those of the options; requests of `max_packet_bytes`. Replies hold as many entries as their readers take:
/// `max_packet_bytes`, lists over UDP `max_list_reply_bytes`.
/// Thread-safety: `close` and the destructor from any thread.
/// Lifetime: the loop outlives the server. Its clock decides what is out of date.
class server {
public:
    /// Errors: not_found for the host; address_in_use; io_error.
    [[nodiscard]] static result<std::unique_ptr<server>> start(io::event_loop& loop,
                                                               const server_options& options = {});
    ~server(); ///< close()
    server(const server&) = delete;
    server& operator=(const server&) = delete;

    /// The real port.
    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    /// Answers nobody any more. Idempotent. Never blocks.
    void close() noexcept;

private:
    server(intrusive_ptr<server_core> core, std::uint16_t port) noexcept;

    intrusive_ptr<server_core> core_;
    std::uint16_t port_;
};

} // namespace beckon::naming::rpyc_registry
