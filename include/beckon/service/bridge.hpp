// A bridge: what one program listens for in one protocol, another serves in another.
//
//   beckon::bridge bridge("rpyc+tcp://127.0.0.1:18861");
//   bridge.listen("jsonrpc+http://127.0.0.1:8080");
//   bridge.run();
//
// Each client has a connection of its own to the other side, so that objects, callbacks, places and identities are not mixed
// up. Where both speak the same protocol, messages pass as they are, and the programs say to each other whatever they could say
// directly; RPyC's two dialects and JSON-RPC's framings are turned into each other. Else each side is shown the objects of the
// other: calls, callbacks, exceptions, references, streams, deadlines and cancellation pass, as far as both protocols have them
// (docs/guide/bridge.md).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "beckon/schema/schema.hpp"
#include "beckon/service/connect.hpp"
#include "beckon/service/server.hpp"

namespace beckon {

struct bridge_options {
    /// Of those who connect to the bridge: who may, how many, which context. Where it asks who they are or what they may do,
    /// messages are not passed as they are, since nobody could ask then.
    server_options serving{};
    /// Of the other side: who the bridge is there, and how long it may take to reach it.
    connect_options reaching{};
    /// What the objects of both sides are, where their protocols do not tell: peers of the native protocol need to know, and
    /// remcall and basic-socket-rpc cannot do without. What a side tells itself goes before it.
    std::optional<schema::document> schema{};
    /// Which of the schema's interfaces the object of a name has. Without it each interface that no other one mentions is taken
    /// to be published under its name in lower_snake_case, and the root to have that of the first of them, or `Main`. With it
    /// the object of the empty name is the root, else the first of these objects.
    std::vector<std::pair<std::string, std::string>> objects{};
    /// Whether messages pass as they are where both sides speak the same protocol. Else objects do, there too.
    bool passes_messages = true;
    /// File that what is said with the other side is recorded in, to be read, or replayed (recording.hpp). Empty: none.
    std::string record{};
};

/// Listens on one side, and connects to the other for each who comes.
///
/// Thread-safety: all functions, from any thread.
class bridge {
public:
    /// Nobody is connected to yet. Throws parse_error, unsupported and the like for an endpoint that cannot be one to connect to,
    /// and for a schema that is not sound.
    explicit bridge(std::string_view to, bridge_options options = {});
    [[nodiscard]] static result<bridge> make(std::string_view to, bridge_options options = {});
    ~bridge(); ///< stop()
    bridge(bridge&&) noexcept;
    bridge& operator=(bridge&&) noexcept;

    /// As server::listen; any number of times, `any+tcp:` too. Throws unsupported besides where that protocol's peers need types
    /// and nobody tells them.
    std::string listen(std::string_view endpoint);
    [[nodiscard]] result<std::string> try_listen(std::string_view endpoint);
    /// As server::endpoints.
    [[nodiscard]] std::vector<std::string> endpoints() const;

    /// As server::run.
    void run();
    /// Ends all conversations, on both sides. Idempotent.
    void stop();
    /// Clients that are connected now.
    [[nodiscard]] std::size_t connection_count() const;

private:
    class state;
    explicit bridge(std::shared_ptr<state> inside) noexcept : state_(std::move(inside)) {}
    std::shared_ptr<state> state_;
};

} // namespace beckon
