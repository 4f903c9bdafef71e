// The server's first lines: publish, listen, run.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "beckon/base/limits.hpp"
#include "beckon/object/ref.hpp"
#include "beckon/service/admission_gate.hpp"
#include "beckon/service/announce.hpp"
#include "beckon/service/connect.hpp"
#include "beckon/service/context.hpp"
#include "beckon/service/conversation_events.hpp"
#include "beckon/service/directory.hpp"
#include "beckon/service/raw_connection.hpp"
#include "beckon/session/authorization.hpp"
#include "beckon/session/greeting.hpp"
#include "beckon/session/jobs/job_options.hpp"
#include "beckon/session/message_security.hpp"

namespace beckon {

enum class when_full : std::uint8_t {
    refuse, ///< They are closed at once.
    wait,   ///< They wait in the system's queue until another one ends: a pool with so many places.
};

struct server_options {
    std::shared_ptr<beckon::context> context{}; ///< Null: the standard one.
    beckon::limits limits{};
    beckon::authenticator authenticator{}; ///< Null: everybody is "anonymous".
    bool send_traces = false;              ///< Whether errors carry stack traces to peers.
    /// Asked before each call of a peer; null: who is connected may call everything.
    authorizer authorize{};
    /// Lets only so many users in at a time: beckon::admit (service/admission/admission.hpp). Null: all.
    std::shared_ptr<admission_gate> admission{};
    /// Protects each message, at endpoints that name no provider; those of protocols that carry none are refused then.
    message_security_maker security{};
    /// Sees each connection before its protocol begins: for protocols without a greeting, and for handshakes of one's
    /// own. Null: everybody may connect.
    beckon::connection_authenticator connection_authenticator{};
    /// What becomes of connections beyond `limits::max_connections`.
    beckon::when_full when_full = when_full::refuse;
    /// Serve so many connections, then end: `run` returns when the last of them is over. 1 serves one peer; 0: no end.
    /// Those that an authenticator of connections refuses do not count.
    std::size_t connections_in_all = 0;
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

    /// Any class with functions that fit the interface will do; it need not inherit from it. Where it has functions
    /// `on_connect(const connected&)` and `on_disconnect(const connected&)`, they are told of each conversation: see
    /// conversation_events.
    template <typename Interface, typename T>
    void publish(std::string name, std::shared_ptr<T> implementation,
                 policy execution = policy::session) {
        conversation_events told = events_of(implementation);
        published()->publish(std::move(name),
                             make_ref<Interface>(std::move(implementation), execution).core(),
                             std::move(told));
    }
    template <typename Interface, typename T>
    void publish(std::string name, partial<T> implementation, policy execution = policy::session) {
        publish(std::move(name), make_ref<Interface>(std::move(implementation), execution));
    }
    /// Each conversation that begins from now on has an object of its own under that name, which `make(const
    /// connected&)` gives as a shared_ptr. It lives until the conversation is over and nobody calls it any more. To call
    /// the peer, wait for on_connect: only then all the names are there that it may ask for.
    ///
    ///   server.publish_each<Account>("account", [](const connected& peer) {
    ///       return std::make_shared<account>(peer.user());
    ///   });
    template <typename Interface, typename Make>
    void publish_each(std::string name, Make make, policy execution = policy::session) {
        published()->publish_each(std::move(name), [make = std::move(make),
                                                    execution](const connected& peer) {
            auto implementation = make(peer);
            conversation_events told = events_of(implementation);
            return made_service{make_ref<Interface>(std::move(implementation), execution).core(),
                                std::move(told)};
        });
    }
    /// The object published as `name` is found as `further` too.
    void publish_also(std::string further, std::string name);
    /// An object that a reference is at hand for, here or elsewhere.
    void publish(std::string name, const object& reference);
    bool withdraw(const std::string& name);
    /// Says which published object peers of protocols with one root object begin with; otherwise the first one is.
    void set_root(std::string name);
    /// Publishes an object that runs calls as jobs: they go on when their callers have gone, who come back for the results
    /// (service/jobs/jobs.hpp; docs/guide/jobs.md). A job calls what is published here, as its caller could call it. Throws
    /// unsupported, io_error and the like where `options.file` cannot be used.
    ///
    ///   server.publish_jobs({.file = "jobs.sqlite"});
    void publish_jobs(job_options options = {}, std::string name = "jobs");
    /// What the service is called, the first before all others; RPyC's ALIASES. See publications::service_names.
    void set_service_names(std::vector<std::string> names);
    [[nodiscard]] std::vector<std::string> service_names() const;
    /// Told of each conversation that begins from now on: see conversation_events.
    void on_connect(std::function<void(const connected&)> told);
    void on_disconnect(std::function<void(const connected&)> told);

    /// Accepts connections at an endpoint and gives it back with the real port. Throws address_in_use and the like.
    ///
    /// Also a transport expression (io/transport_expression.hpp): "mux:(tcpserv:127.0.0.1:8000)(stdio:)", or
    /// "restart:10:tcp:host:port", which dials out and serves whom it finds there. Endpoints in a `mux:` are listened at.
    std::string listen(std::string_view endpoint);
    [[nodiscard]] result<std::string> try_listen(std::string_view endpoint);
    /// Where it listens, as those who connect write it: for each transport of an expression one.
    [[nodiscard]] std::vector<std::string> endpoints() const;
    /// Serves a connection that was made elsewhere, by the protocol and the options that the endpoint names.
    void adopt(std::unique_ptr<io::byte_stream> stream, std::string_view endpoint);

    /// Answers whoever seeks services on the network, until `stop` or `drain`: see announce.hpp. Throws io_error; unsupported
    /// and limit_exceeded for the description, which is any value that a terse line can carry.
    std::shared_ptr<announcement> announce(const value& description,
                                           const announce_options& options = {});

    /// Waits until `stop` or `drain` ends it, or the process gets SIGINT or SIGTERM: then drains, and returns. Also when
    /// all of `connections_in_all` are over. A program that blocks the two before it listens (pthread_sigmask) loses none
    /// that comes earlier: here they are let in.
    void run();
    /// Takes no new connections or calls; returns when those in flight have ended, at the latest after `at_most`.
    void drain(nanoseconds at_most = std::chrono::seconds(10));
    /// Ends all conversations, and waits until whoever is to be told of it has been; not where it is called in one of
    /// those functions. Idempotent.
    void stop();
    /// Whether all of `connections_in_all` have come and gone.
    [[nodiscard]] bool is_finished() const;

    /// Conversations that are held now: each from the moment on in which its peer can be answered.
    [[nodiscard]] std::size_t connection_count() const;
    /// Who is there now. connected::name() tells how each is called here: the address and port that it connected from, or
    /// what `carrier` says.
    [[nodiscard]] std::vector<connected> peers() const;
    /// The peer of that name; nothing where there is none.
    [[nodiscard]] std::optional<connected> find(std::string_view name) const;
    /// Ends the conversation with that peer; whether there was one.
    bool close(std::string_view name);
    [[nodiscard]] const std::shared_ptr<publications>& published() const noexcept;

    class state; ///< Of the library's own use.

private:
    friend class bridge;
    std::shared_ptr<state> state_;
};

} // namespace beckon
