// The protocol pyrpc, both roles: docs/wire/pyrpc.md. It has a connection for each call, so that each role needs a stream of its
// own besides the protocol: the caller's stands for as many connections as there are calls, the callee's for one.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "beckon/base/result.hpp"
#include "beckon/io/byte_stream.hpp"
#include "beckon/io/endpoint.hpp"
#include "beckon/protocol/pyrpc/options.hpp"
#include "beckon/session/protocol.hpp"

namespace beckon {

/// Calls at a peer of pyrpc; over a stream that `connect_for_each_call` made.
[[nodiscard]] std::unique_ptr<protocol> make_pyrpc_caller(pyrpc::caller_options options = {});
/// The one call of a peer of pyrpc; over a stream that `serve_one_call` made.
[[nodiscard]] std::unique_ptr<protocol> make_pyrpc_callee(pyrpc::callee_options options = {});

namespace pyrpc {

inline constexpr std::string_view option_names[] = {
    "call_timeout",     "socket_connect_timeout", "socket_send_timeout", "socket_recv_timeout",
    "read_header_tick", "nb_fetch_tick",          "nb_fetch_timeout",    "retype_exceptions",
    "nonblocking",      "request_clean_interval"};

/// How a caller begins, with a pickle of no more than 80 MiB: of protocol 2 or later, or a tuple, a dictionary or a list of
/// the two before. See openings.
inline constexpr std::string_view first_bytes[] = {"00-04 .. .. .. 80|28|5d|7d"};

/// What an endpoint says of them, in seconds: "call_timeout=2.5". `socket_recv_timeout` and `read_header_tick` are how often
/// pyrpc looks for an answer; here it is awaited, so that they say nothing.
///
/// Errors: invalid_argument, naming the option; unsupported, for transports that have one connection alone.
[[nodiscard]] result<caller_options> read_caller_options(const io::endpoint& where);
/// The time as the clocks of callers tell it.
[[nodiscard]] job_time wall_now() noexcept;

/// `retype_exceptions`. `request_clean_interval` is how often pyrpc looks for outcomes whose time is over; here each goes
/// when its time has come, so that it says nothing.
[[nodiscard]] result<callee_options> read_callee_options(const io::endpoint& where);
/// Whether it says `nonblocking`: `nb_` calls are jobs there.
[[nodiscard]] bool takes_jobs(const io::endpoint& where);

/// Makes a connection within that time. Called from any thread, of several at once.
struct dialer {
    std::function<result<std::unique_ptr<io::byte_stream>>(nanoseconds within)> dial;
    /// It lasts until the peer has done something, shaken hands for example: it is done on a thread of its own then.
    bool waits_for_peer = false;
};

/// The stream of a caller. `first` is a connection to the peer, which shows that it is there and says who it is; it is closed,
/// since pyrpc's synchronous servers serve nobody else while it is open.
///
/// Errors: io_error without descriptors.
/// Limits: a reply of `max_message_bytes`; 64 connections in the making, where that may take long.
[[nodiscard]] result<std::unique_ptr<io::byte_stream>>
connect_for_each_call(std::unique_ptr<io::byte_stream> first, dialer dials,
                      std::size_t max_message_bytes);

/// The stream of a callee over one connection: one request in, one reply out, and the end. A caller that hangs up meanwhile is
/// not noticed, and one that has only ended its side gets the reply.
///
/// Errors: io_error without descriptors.
[[nodiscard]] result<std::unique_ptr<io::byte_stream>>
serve_one_call(std::unique_ptr<io::byte_stream> connection);

} // namespace pyrpc
} // namespace beckon
