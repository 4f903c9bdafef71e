// The server of basic-socket-rpc: it serves for as long as it lives.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "beckon/service/basic_socket/service.hpp"
#include "beckon/service/server.hpp"

namespace beckon::basic {

/// Listens from its construction to its end, on threads of the context.
///
///   basic::server served(greetings, "127.0.0.1", 0);
///   basic::client peer(served.endpoint());
///
/// Errors: the constructor throws address_in_use and what else listening fails with.
/// Thread-safety: all functions, from any thread.
class server {
public:
    template <typename Shared, typename Local>
    server(const service<Shared, Local>& what, const std::string& host, std::uint16_t port,
           server_options options = {})
        : server(what.parts(), endpoint_of(host, port), std::move(options)) {}
    /// "basic+tcp://127.0.0.1:11599", "basic+unix:/run/greet", "basic+tls://..."
    template <typename Shared, typename Local>
    explicit server(const service<Shared, Local>& what, const std::string& endpoint,
                    server_options options = {})
        : server(what.parts(), endpoint, std::move(options)) {}
    server(const server&) = delete;
    server& operator=(const server&) = delete;
    /// As `shutdown`.
    ~server();

    /// With the real port; for clients.
    [[nodiscard]] const std::string& endpoint() const noexcept;
    [[nodiscard]] std::size_t connection_count() const;
    /// Who has been let in, and who waits for that. While on_client_connect decides, who asks is among the first.
    [[nodiscard]] std::size_t session_count() const;
    [[nodiscard]] std::size_t waiting_count() const;

    /// Handlers that run end, and are answered; everybody is told, and on_server_close runs. Waits, for handlers at most
    /// `at_most`. Idempotent.
    void shutdown(nanoseconds at_most = std::chrono::seconds(10));
    /// Serves until the process gets SIGINT or SIGTERM, then shuts down.
    void run();

private:
    class state;
    server(detail::service_parts parts, const std::string& endpoint, server_options options);
    [[nodiscard]] static std::string endpoint_of(const std::string& host, std::uint16_t port);

    std::unique_ptr<state> state_;
};

} // namespace beckon::basic
