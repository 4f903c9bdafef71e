// Makes what listens at an address, or adds to what does: nothing of it counts before all of it could be made.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "service/detection/offers.hpp"
#include "service/server_state.hpp"
#include "service/transport_facts.hpp"

namespace beckon::detection {

/// REQUIRES: one at a time for each server.
class port_builder {
public:
    /// `where` has been asked for, and is told to those who ask where the server listens.
    port_builder(server::state& of, const io::endpoint& where) : server_(of), asked_(where) {}
    ~port_builder();
    port_builder(const port_builder&) = delete;
    port_builder& operator=(const port_builder&) = delete;

    /// Finds what listens there, or begins to. Errors: those of listening.
    [[nodiscard]] result<void> open();
    /// Errors: address_in_use, where it cannot be told from what is served there; what making its listener gives.
    /// REQUIRES: its protocol and its options have been looked at.
    [[nodiscard]] result<void> add(const io::endpoint& where);
    /// From now on all of it is served. Gives the endpoint with its real port.
    [[nodiscard]] result<std::string> commit();

private:
    using entry = server::state::open_listener_entry;
    /// What is told apart at one place: at the address, or inside TLS there.
    struct level {
        std::shared_ptr<entry> at;
        offers now;
        bool is_new = false;
        std::map<std::string, level> inside_web{}; ///< By its path.
    };

    [[nodiscard]] level level_of(std::shared_ptr<entry> at) const;
    [[nodiscard]] result<void> find_or_open(const io::endpoint& base);
    [[nodiscard]] result<level*> inside_tls(const io::endpoint& where);
    [[nodiscard]] result<level*> inside_web(level& at, const io::endpoint& where);
    [[nodiscard]] result<void> add_http(level& at, const io::endpoint& where,
                                        message_security_maker security);
    [[nodiscard]] result<void> add_protocol(level& at, const io::endpoint& where,
                                            message_security_maker security);
    [[nodiscard]] result<std::shared_ptr<entry>> listen_over(const io::endpoint& where,
                                                             const transport_facts& over,
                                                             std::shared_ptr<branch>& from);
    void warn_if_open(const message_security_maker& security);
    /// As peers find it: with the port that the system has chosen, and its path.
    [[nodiscard]] io::endpoint at_real_port(const io::endpoint& where) const;
    [[nodiscard]] result<void> check() const;
    static void publish(level& from);
    [[nodiscard]] result<void> start(const std::shared_ptr<entry>& each);

    server::state& server_;
    const io::endpoint asked_;
    level outer_;
    std::optional<level> inner_;                ///< Inside TLS.
    std::vector<std::shared_ptr<entry>> fresh_; ///< Listen from now on.
    std::vector<std::shared_ptr<entry>> started_;
};

} // namespace beckon::detection
