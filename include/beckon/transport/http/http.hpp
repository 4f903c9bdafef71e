// HTTP/1.1 for protocols that ask and answer: each message of the client is the body of a POST, and the server's answer the
// body of its response. `http://host:port/path` runs over tcp, `https:` over TLS.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "beckon/base/function.hpp"
#include "beckon/base/result.hpp"
#include "beckon/io/byte_stream.hpp"
#include "beckon/io/endpoint.hpp"
#include "beckon/io/listener.hpp"
#include "beckon/io/transport_options.hpp"

/// Options of an endpoint, for a listener:
///   cors=ORIGIN,ORIGIN  whose pages may call besides those of the very host and port that they call: origins as browsers
///                       write them, `null` for pages from files, `*` for all. Programs other than browsers name none
///   idle=SECONDS        for which a connection without a request is kept; 60 where it is not given, 0: for ever
///
/// Bodies are `application/json`. A connection is kept for the next request; the answers to requests that come at once
/// leave in their order. The server cannot call the client. Of bodies that two programs could read differently (both
/// lengths, several, bad chunks) none is read.
namespace beckon::transport::http {

inline constexpr std::string_view listen_option_names[] = {"cors", "idle"};

/// Makes what HTTP is to run over. Called again, from another thread, when the server has ended a connection that it kept.
using dialer = std::function<result<std::unique_ptr<io::byte_stream>>(const io::connect_options&)>;
using opener = function<result<std::unique_ptr<io::listener>>(const io::listen_options&)>;

/// One request at a time; what is written meanwhile waits. The stream is for `keep_messages` alone, and is `answered`.
///
/// Errors: parse_error for the endpoint; what `below` gives. A status that brings no JSON is given as a text that says so.
/// Limits: heads of 8 KiB; bodies of `max_message_bytes`; 16 MiB that wait to be sent.
[[nodiscard]] result<std::unique_ptr<io::byte_stream>>
connect(const io::endpoint& where, const io::connect_options& options, dialer below);

/// Each connection is a stream for `keep_messages` alone, and is `answered`: it gives no message before the one before is
/// answered. What is no request for the protocol is answered here: 400, 403, 404, 405, 408, 411, 413, 415, 417, 431, 501, 505.
///
/// Errors: parse_error, invalid_argument for the endpoint; what `below` gives.
/// Limits: a head has `handshake_within` and 8 KiB; a body `max_message_bytes`, and must grow by 4 KiB in each such time.
[[nodiscard]] result<std::unique_ptr<io::listener>>
listen(const io::endpoint& where, const io::listen_options& options, opener below);

} // namespace beckon::transport::http
