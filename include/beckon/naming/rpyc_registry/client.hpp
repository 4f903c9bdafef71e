// Asking RPyC's registry: where a service is, and telling where one of ours is.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "beckon/base/result.hpp"
#include "beckon/base/time.hpp"
#include "beckon/naming/rpyc_registry/types.hpp"

namespace beckon::naming::rpyc_registry {

struct client_options {
    rpyc_registry::transport transport = transport::udp;
    /// Of the registry. `broadcast_host` asks all of the local network, by UDP alone.
    std::string host = "127.0.0.1";
    std::uint16_t port = default_port;
    /// Whether `host` is a network's own broadcast address; `broadcast_host` needs no telling.
    bool broadcast = false;
    /// The local address to speak from; empty: the system's choice. Registries register this address.
    std::string local_host{};
    nanoseconds timeout = std::chrono::seconds(2); ///< Of each request, the look-up of names aside.
};

/// Speaks to one registry, or by broadcast to any that answers first. Each function blocks its thread for one
/// request; no connection is kept.
///
/// Nothing here is authenticated: whoever can reach the registry can register, and by broadcast anybody can answer.
///
/// Errors of all: timeout, when nobody answered; not_found, when the registry's host has no address; io_error;
/// protocol_error, for an answer that is none (by broadcast such answers are passed over);
/// limit_exceeded, for requests beyond `max_packet_bytes`; invalid_argument, for names that are not UTF-8, and for
/// options that contradict each other.
/// Thread-safety: all functions, from any thread.
class client {
public:
    explicit client(client_options options = {}) : options_(std::move(options)) {}

    /// Registers a service under each name, or renews it: a registry forgets what was not renewed for 240 s.
    /// Over UDP a registry that refuses says nothing, which ends in timeout.
    result<void> register_service(std::span<const std::string> names,
                                  const service_port& port) const;
    /// Takes the service at that port of this host away from all its names. Over UDP it does not wait for an answer.
    result<void> unregister_service(const service_port& port) const;

    /// Where the services of a name are, the one renewed longest ago first; none where there is no such name.
    /// Names have no case.
    [[nodiscard]] result<std::vector<service_address>> query(std::string_view name) const;
    /// As `query`, only those on the addresses of `host`, unless that is empty.
    ///
    /// Errors: not_found, also where no service is left.
    [[nodiscard]] result<std::vector<service_address>> discover(std::string_view name,
                                                                const std::string& host = {}) const;
    /// All names, or those with a service on a numeric host.
    ///
    /// Errors: access_denied, when the registry does not list names, as is the rule.
    [[nodiscard]] result<std::vector<std::string>>
    list(const std::optional<std::string>& host = {}) const;

    [[nodiscard]] const client_options& options() const noexcept { return options_; }

private:
    client_options options_;
};

inline constexpr std::chrono::seconds renew_after{60};
inline constexpr std::chrono::seconds retry_after{1};

/// One registration and when it has to be renewed. It has no thread: its owner calls `renew` when `due` has come.
///
/// Thread-safety: none.
class announcement {
public:
    announcement(client registry, std::vector<std::string> names, service_port port)
        : registry_(std::move(registry)), names_(std::move(names)), port_(std::move(port)) {}

    /// Registers; the next time is a minute later, or a second after a failure.
    result<void> renew(time_point now);
    /// `time_point::min()` before the first time.
    [[nodiscard]] time_point due() const noexcept { return due_; }
    /// Unregisters; `due` is then `never`.
    result<void> withdraw();

private:
    client registry_;
    std::vector<std::string> names_;
    service_port port_;
    time_point due_ = time_point::min();
};

} // namespace beckon::naming::rpyc_registry
