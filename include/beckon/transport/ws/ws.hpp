// WebSocket (RFC 6455) around any other transport: `ws://host:port/path` is WebSocket over tcp, `wss:` over TLS.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "beckon/base/function.hpp"
#include "beckon/base/result.hpp"
#include "beckon/io/byte_stream.hpp"
#include "beckon/io/endpoint.hpp"
#include "beckon/io/listener.hpp"
#include "beckon/io/transport_options.hpp"

/// Options of an endpoint, for both sides:
///   subprotocol=NAME,NAME  a client offers them, and the server must choose one; a listener takes the first that it has
///                          in common with a client, and refuses those who offer only others
///   ping=SECONDS           of silence before a ping; 15 where it is not given, 0 turns pings off. A peer that answers
///                          none of three is taken for dead
/// For a listener:
///   origins=ORIGIN,ORIGIN  whose pages may come in besides those of the very host and port that they call: origins as
///                          browsers write them (`http://127.0.0.1:8000`), `null` for pages from files, `*` for all.
///                          Programs other than browsers name no origin and are let in
///
/// The path must be the same on both sides; none is `/`. A client's may have a query behind `%3F`. Protocols with messages
/// of their own (JSON-RPC) send each as a text message, others their bytes in binary messages. Without extensions.
namespace beckon::transport::ws {

inline constexpr std::string_view connect_option_names[] = {"subprotocol", "ping"};
inline constexpr std::string_view listen_option_names[] = {"subprotocol", "ping", "origins"};

/// Makes what WebSocket is to run over.
using dialer = function<result<std::unique_ptr<io::byte_stream>>(const io::connect_options&)>;
using opener = function<result<std::unique_ptr<io::listener>>(const io::listen_options&)>;

/// Connects with `below` and does the handshake. Options are checked before `below` is called. Blocks the calling thread.
/// `subprotocols` are offered where the endpoint has no such option; `io::byte_stream::agreed_protocol` tells the outcome.
///
/// Errors: parse_error, invalid_argument for the endpoint; what `below` gives; access_denied, not_found, protocol_error
/// where the server opens no WebSocket, with its status; timeout.
/// Limits: the handshake ends within `handshake_within` and 8 KiB; a message that is kept has `max_message_bytes`.
[[nodiscard]] result<std::unique_ptr<io::byte_stream>>
connect(const io::endpoint& where, const io::connect_options& options, dialer below,
        std::vector<std::string> subprotocols = {});

/// Opens `below` and does the handshakes of those who connect, all at once and without waiting. One that fails is answered
/// as HTTP has it, and a log line (BKN-WS-HANDSHAKE).
///
/// Errors: parse_error, invalid_argument for the endpoint; what `below` gives.
/// Limits: as above; `max_handshakes` run at once, and of these 64 for each address but this machine's own.
[[nodiscard]] result<std::unique_ptr<io::listener>>
listen(const io::endpoint& where, const io::listen_options& options, opener below,
       std::vector<std::string> subprotocols = {});

} // namespace beckon::transport::ws
