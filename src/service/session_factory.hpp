// What connecting and listening have in common: the protocols by name, and what is shown to those who speak them.
#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "beckon/io/byte_stream.hpp"
#include "beckon/io/endpoint.hpp"
#include "beckon/service/context.hpp"
#include "beckon/service/directory.hpp"
#include "beckon/session/authorization.hpp"
#include "beckon/session/jobs/job_board.hpp"
#include "beckon/session/message_rules.hpp"
#include "beckon/session/message_security.hpp"
#include "beckon/session/openings.hpp"
#include "beckon/session/protocol.hpp"
#include "beckon/session/replay_memory.hpp"
#include "service/endpoint_options.hpp"

namespace beckon {

/// What finding a security provider needs besides the endpoint.
struct security_choice {
    security_side side = security_side::connecting;
    message_security_maker given{}; ///< What the program gave, for endpoints that name none.
    std::string user{};             ///< Who this side is, where the endpoint does not say.
    std::shared_ptr<replay_memory> memory{};
};

/// Of what is said to this program from now on.
[[nodiscard]] std::shared_ptr<replay_memory> make_replay_memory();

/// What protects the messages of the conversations at an endpoint; null: nothing is to. Reads key files.
///
/// Errors: unsupported, for one that is not known, and for protocols that cannot have any; what the provider says.
[[nodiscard]] result<message_security_maker>
find_security(const context& inside, const io::endpoint& where, const security_choice& chosen);

/// Whether there is such a provider, and messages of the endpoint's protocol can have one. Errors: unsupported.
[[nodiscard]] result<void> check_security(const context& inside, const io::endpoint& where);

/// The protocol that an endpoint names, with what protects its messages. Errors: unsupported, with the names there are;
/// invalid_argument, for its options; what making the provider gives. `shared`: what `shared_at` gave for the listener.
[[nodiscard]] result<std::unique_ptr<protocol>>
make_protocol(const context& inside, const io::endpoint& where,
              const message_security_maker& security = {},
              security_side side = security_side::connecting, std::shared_ptr<void> shared = {});
/// The same where the program has nothing of its own.
[[nodiscard]] result<std::unique_ptr<protocol>> make_protocol(const io::endpoint& where);

/// Errors: unsupported, where the transport has no stream for a protocol that needs one, or only answers one that is to be
/// heard at any time.
[[nodiscard]] result<void> check_carries(const io::endpoint& where, const protocol& spoken);

/// What WebSocket's handshake calls the protocol that an endpoint names; empty: nothing.
[[nodiscard]] std::string_view web_socket_name(const io::endpoint& where) noexcept;

/// What the protocols of all who connect to one listener have in common; null where that is nothing.
/// `jobs` gives those of the server.
[[nodiscard]] std::shared_ptr<void>
shared_at(const io::endpoint& where, const std::function<std::shared_ptr<job_board>()>& jobs);

/// A database for jobs. Errors: unsupported, where this build has none; io_error.
[[nodiscard]] result<std::unique_ptr<job_store>> open_job_store(const std::string& file);

/// What a protocol's own stream is made from.
struct stream_parts {
    std::unique_ptr<io::byte_stream> below;
    security_side side = security_side::connecting;
    /// Of who connects: makes another connection like `below`. Called from any thread.
    std::function<result<std::unique_ptr<io::byte_stream>>(nanoseconds within)> dial_again{};
    bool dialling_waits = false; ///< For the peer to do something.
    std::size_t max_message_bytes = 0;
};
/// Whether a protocol needs something between itself and the transport: pyrpc has a connection for each call.
[[nodiscard]] bool needs_stream(const io::endpoint& where) noexcept;
/// That; the transport's own stream where it needs nothing.
[[nodiscard]] result<std::unique_ptr<io::byte_stream>> make_stream(const io::endpoint& where,
                                                                   stream_parts from);

/// In an endpoint: every protocol that can be told from the others by its first bytes.
inline constexpr std::string_view any_protocol = "any";
/// What that stands for: an endpoint for each protocol, in each of its framings, with what of its options is for it; over HTTP
/// and WebSocket too, where the transport is tcp or tls. `protocols=native,rpyc` chooses some.
///
/// Errors: unsupported, for other transports than tcp, tls and unix; invalid_argument, naming an option or a protocol.
[[nodiscard]] result<std::vector<io::endpoint>> protocols_at(const io::endpoint& any);
/// How conversations begin at an endpoint where others are served too. Errors: unsupported, where that cannot be; those of
/// its options.
[[nodiscard]] result<openings> openings_at(const context& inside, const io::endpoint& where);

/// What that protocol's options are called. REQUIRES: there is such a protocol.
[[nodiscard]] known_options options_of_protocol(const io::endpoint& where);
/// The same of the security provider, where one is named.
[[nodiscard]] known_options options_of_security(const io::endpoint& where);
/// What stands behind a provider's name in the expressions of a RemoteAPI.
struct security_words {
    bool are_ignored = false;
    bool between_two =
        false; ///< One has begun the conversation and the other has not, and each proves its part.
    std::string_view option{}; ///< The one that they give; empty: the provider sees them itself.
};
[[nodiscard]] security_words words_of_security(std::string_view name) noexcept;
/// Leaves out what is none of the business of peers that connect: the transport's options, such as the listener's key.
[[nodiscard]] io::endpoint as_peers_connect(const io::endpoint& where);

/// How many ways there are to speak the protocol that an endpoint names to a server that cannot be asked first.
[[nodiscard]] std::size_t ways_to_speak(const io::endpoint& where);
/// How an endpoint says that one of those ways is to be spoken.
[[nodiscard]] std::string option_of_way(const io::endpoint& where, std::size_t way);
/// The protocol in one of those ways. REQUIRES: way < ways_to_speak(where).
[[nodiscard]] result<std::unique_ptr<protocol>>
make_protocol(const context& inside, const io::endpoint& where, std::size_t way,
              const message_security_maker& security);

/// What a session asks, which has the names that objects are published under filled in. Null where nobody is to be asked.
[[nodiscard]] shared_authorizer make_authorizer(const authorizer& asked,
                                                std::shared_ptr<publications> published);

/// Of a message, where the limits may leave it to the protocol.
[[nodiscard]] inline std::size_t max_message_bytes(const limits& allowed, const protocol& spoken) {
    return allowed.max_message_bytes != 0 ? allowed.max_message_bytes
                                          : spoken.traits().max_message_bytes;
}

namespace basic {
/// As endpoints have it, for the clients and servers of its API, which know no leaf.
extern const std::string_view protocol_name;
} // namespace basic

namespace quickrpc {

class codec;

/// As endpoints have it.
extern const std::string_view protocol_name;

/// For RemoteAPI, which knows no leaf. Of `options` its like.
struct conversation_options {
    std::shared_ptr<const quickrpc::codec> codec{};
    std::shared_ptr<message_security> security{};
    bool standard_codes = false;
    std::size_t max_bad_messages = 0;
    std::shared_ptr<message_rules> rules{};
};
[[nodiscard]] result<std::unique_ptr<protocol>>
make_quickrpc_conversation(conversation_options options);
/// Of the program's own where its name is none of ours.
[[nodiscard]] result<std::shared_ptr<const codec>> make_quickrpc_codec(const context& inside,
                                                                       std::string_view expression);
/// Whether the codec can tell a call.
[[nodiscard]] result<void> check_quickrpc_call(const codec& with, const std::string& method,
                                               const value& named);

} // namespace quickrpc

/// What this side shows to a peer first: in the native protocol the directory, in others the root object.
class shown_object {
public:
    /// Null: nothing is shown.
    explicit shown_object(const std::shared_ptr<publications>& published);
    [[nodiscard]] const intrusive_ptr<servant>& to(const protocol& spoken) const noexcept {
        return spoken.traits().dynamic ? root_ : directory_;
    }

    /// In beckon::core null.
    [[nodiscard]] const intrusive_ptr<servant>& root() const noexcept { return root_; }

private:
    intrusive_ptr<servant> directory_;
    intrusive_ptr<servant> root_;
};

} // namespace beckon
