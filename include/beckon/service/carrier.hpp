// What carries conversations beyond one connection: a transport expression that is started and stopped, and meanwhile
// gives sessions.
//
//   beckon::carrier carrier("mux:(tcpserv:127.0.0.1:8000)(stdio:)");
//   carrier.on_connect([](const beckon::connected& peer) { std::cout << peer.name() << " is there\n"; });
//   carrier.start();
//
// A carrier is what `server.listen("mux:...")` and `connect("restart:...")` have inside. By itself it is for programs that
// want to know who is there, by name, whoever connected to whom: the same code then runs over a socket that it dials, one
// that others dial, a child process, a bus or datagrams.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "beckon/io/transport_expression.hpp"
#include "beckon/object/future.hpp"
#include "beckon/service/connect.hpp"
#include "beckon/service/server.hpp"

namespace beckon {

class protocol; // session/protocol.hpp
class servant;  // object/servant.hpp

/// One part of a carrier that could not begin.
struct carrier_failure {
    std::string name; ///< The part's expression.
    error reason;
};

struct carrier_options {
    /// Who may connect, limits, context; as of a server. Authenticators judge those who connect to us, not whom we dial.
    server_options serving{};
    std::string protocol{}; ///< Of expressions that name none; empty: native.
    io::leaf_use endpoints =
        io::leaf_use::connect; ///< What is done at an endpoint that does not say.
    nanoseconds timeout = std::chrono::seconds(10); ///< To reach a peer, each time.
    // Where we dial; see connect_options.
    std::string user{};
    bytes secret{};
    connection_handshake handshake{};
    /// What peers get from us by name. Null: a new list of the carrier's own.
    std::shared_ptr<publications> published{};
    /// For APIs with a conversation of their own, such as quickrpc's. Makes the protocol of each connection; `where` is its
    /// leaf's endpoint, `side` who came to whom: nothing, where only what it is like is asked. Null: as its name says.
    std::function<result<std::unique_ptr<beckon::protocol>>(const io::endpoint& where,
                                                            std::optional<security_side> side)>
        speaks{};
    /// What is shown to a peer first, by the peer's name. Null: what is published.
    std::function<intrusive_ptr<servant>(const std::string& peer)> shows{};
};

/// A transport expression at work. Copies share it; it stops when the last one goes.
///
/// Its peers have names: `HOST:PORT` as written for `tcp:`, `stdio`, the address and port from which a peer connected, its
/// name on a bus, its IP address alone for `udp:PORT`, and else the endpoint's text. Where a name is taken already, as by a second
/// client on one unix socket, "#2" and so on is added. connected::name() tells it.
///
/// Thread-safety: all functions, from any thread. `start` and `stop` wait, and are not for functions that it runs.
class carrier {
public:
    /// Reads the expression, or an endpoint. Nothing is opened before `start`. Throws parse_error, unsupported.
    explicit carrier(std::string_view expression, carrier_options options = {});
    [[nodiscard]] static result<carrier> make(std::string_view expression,
                                              carrier_options options = {});

    /// Returns when it is running: its listeners listen, and whom it dials has been reached. `restart:` is running at once,
    /// whether its transport could begin or not. The parts of `mux:` begin in parallel; when one fails or takes longer
    /// than `at_most`, all are stopped, and the error lists what each of those said (`failures()` has them apart). A
    /// carrier that has ended or was stopped may be started again; one that runs is left as it is.
    void start(nanoseconds at_most = std::chrono::seconds(10));
    [[nodiscard]] result<void> try_start(nanoseconds at_most = std::chrono::seconds(10));
    /// The same without waiting. The future comes on any thread, and may be dropped.
    future<void> start_soon(nanoseconds at_most = std::chrono::seconds(10));
    /// What the last start that failed has told.
    [[nodiscard]] std::vector<carrier_failure> failures() const;
    /// Ends all conversations, and waits until whoever is to be told has been. Idempotent.
    void stop();
    /// From the end of a start that succeeded until it is stopped, or its last part has ended by itself: whom it dialled has
    /// gone, or standard input is over.
    [[nodiscard]] bool is_running() const;

    /// Who is there now.
    [[nodiscard]] std::vector<connected> peers() const;
    /// Those to whom something for everybody is to be sent: each peer once. Where a transport can tell everybody at once
    /// (udp's broadcast address), that is one conversation that stands for them all: nobody answers in it, answers come in the
    /// conversations of the peers that send them. Without this side itself, on a bus.
    [[nodiscard]] std::vector<connected> everybody() const;
    /// The peer of that name; nothing where there is none.
    [[nodiscard]] std::optional<connected> find(std::string_view name) const;
    /// The same, and where nobody of that name is there, begins with him if a transport can: udp with an address or a host's
    /// name, a bus with one of its members. Errors: not_found.
    [[nodiscard]] result<connected> reach(std::string_view name);
    /// Ends one conversation; whether it was there.
    bool close(std::string_view name);

    /// Told of each conversation that begins from now on, before the first of its calls is served, and of its end: see
    /// conversation_events.
    void on_connect(std::function<void(const connected&)> told);
    void on_disconnect(std::function<void(const connected&)> told);
    [[nodiscard]] const std::shared_ptr<publications>& published() const noexcept;

    /// Adds a transport to one that is a `mux:`, and starts it if that runs. Throws what its start gives, and then it is not
    /// added; unsupported, where this is no mux.
    void add(std::string_view expression, nanoseconds at_most = std::chrono::seconds(10));
    [[nodiscard]] result<void> try_add(std::string_view expression,
                                       nanoseconds at_most = std::chrono::seconds(10));
    /// Takes the first one with that text out, and stops it; whether there was one.
    bool remove(std::string_view expression);

    /// As server::announce; until `stop`.
    std::shared_ptr<announcement> announce(const value& description,
                                           const announce_options& options = {});

    /// Its expression; while it runs with the real ports of its listeners.
    [[nodiscard]] std::string name() const;

private:
    class state;
    explicit carrier(std::shared_ptr<state> inside) noexcept : state_(std::move(inside)) {}
    std::shared_ptr<state> state_;
};

} // namespace beckon
