// The registry on its event loop.
#pragma once

#include <array>
#include <list>
#include <memory>
#include <mutex>
#include <string>

#include "beckon/naming/rpyc_registry/server.hpp"
#include "io/descriptor.hpp"
#include "io/socket_listener.hpp"
#include "naming/rpyc_registry/table.hpp"
#include "naming/rpyc_registry/visitor.hpp"

namespace beckon::naming::rpyc_registry {

/// Watches the socket that requests or connections come to. Lives until the loop has let go of it, which may be after
/// `close`.
class server_core final : public io::watcher {
public:
    server_core(io::event_loop& loop, const server_options& options);
    ~server_core() override;

    /// Takes an open UDP socket, or a TCP socket that listens.
    [[nodiscard]] result<void> open(io::descriptor socket);
    void close() noexcept;
    void on_ready(bool readable, bool writable) noexcept override;
    /// Reads what a TCP connection sent.
    void serve(visitor& from) noexcept;

private:
    // All of these with the mutex held.
    void answer_datagrams();
    void accept_connections();
    void welcome(std::unique_ptr<io::byte_stream> connection);
    void dismiss(visitor& who) noexcept;
    void pause_accepting();
    [[nodiscard]] result<buffer> answer_to(byte_view packet, const std::string& host);
    void tell(std::unique_lock<std::mutex> lock) noexcept; ///< Unlocks.
    void log_ignored(const std::string& host, const error& why) const;

    io::event_loop& loop_;
    const server_options options_;
    std::mutex mutex_;
    bool closed_ = false;
    table table_;
    io::watch_id watch_{};
    io::timer_id pause_{};
    io::descriptor socket_;                         // of UDP
    std::unique_ptr<io::socket_listener> listener_; // of TCP
    std::list<intrusive_ptr<visitor>> visitors_;    // the oldest first
    std::array<std::byte, max_packet_bytes + 1> packet_{};
};

} // namespace beckon::naming::rpyc_registry
