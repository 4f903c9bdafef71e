// The server's first lines: publish, listen, run.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "beckon/base/limits.hpp"
#include "beckon/object/ref.hpp"
#include "beckon/service/context.hpp"
#include "beckon/service/directory.hpp"
#include "beckon/session/greeting.hpp"

namespace beckon {

struct server_options {
    std::shared_ptr<beckon::context> context{}; ///< Null: the standard one.
    beckon::limits limits{};
    beckon::authenticator authenticator{}; ///< Null: everybody is "anonymous".
    bool send_traces = false;              ///< Whether errors carry stack traces to peers.
};

/// Publishes objects and serves them at any number of endpoints.
///
/// Thread-safety: all functions, from any thread.
class server {
public:
    explicit server(server_options options = {});
    ~server(); ///< stop()
    server(const server&) = delete;
    server& operator=(const server&) = delete;

    /// Any class with functions that fit the interface will do; it need not inherit from it.
    template <typename Interface, typename T>
    void publish(std::string name, std::shared_ptr<T> implementation,
                 policy execution = policy::session) {
        publish(std::move(name), make_ref<Interface>(std::move(implementation), execution));
    }
    template <typename Interface, typename T>
    void publish(std::string name, partial<T> implementation, policy execution = policy::session) {
        publish(std::move(name), make_ref<Interface>(std::move(implementation), execution));
    }
    /// An object that a reference is at hand for, here or elsewhere.
    void publish(std::string name, const object& reference);
    bool withdraw(const std::string& name);
    /// Says which published object peers of protocols with one root object begin with; otherwise the first one is.
    void set_root(std::string name);

    /// Accepts connections at an endpoint and gives it back with the real port. Throws address_in_use and the like.
    std::string listen(std::string_view endpoint);
    [[nodiscard]] result<std::string> try_listen(std::string_view endpoint);

    /// Waits until `stop` or `drain` ends it, or the process gets SIGINT or SIGTERM: then drains, and returns.
    void run();
    /// Takes no new connections or calls; returns when those in flight have ended, at the latest after `at_most`.
    void drain(nanoseconds at_most = std::chrono::seconds(10));
    /// Ends all conversations. Idempotent.
    void stop();

    [[nodiscard]] std::size_t connection_count() const;
    [[nodiscard]] const std::shared_ptr<publications>& published() const noexcept;

private:
    class state;
    std::shared_ptr<state> state_;
};

} // namespace beckon
