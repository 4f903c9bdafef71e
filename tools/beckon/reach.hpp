// How the subcommands come to a peer.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "beckon/service/connect.hpp"
#include "command.hpp"

namespace command {

/// A duration as people write it: "50ms", "2s", "1.5m", "1h"; without a unit seconds. For CLI11's options.
///
/// Throws a failure of status::wrong_usage.
[[nodiscard]] beckon::nanoseconds parse_duration(const std::string& text, std::string_view option);

/// basic-socket-rpc's servers have one object: what is meant for another, as for `jobs`, would be a command of that one.
[[nodiscard]] bool has_one_object(const std::string& endpoint);
/// remcall has no form for values of any type, nor for such as may be nothing: neither `jobs` nor `admission` can be called.
[[nodiscard]] bool has_plain_types_alone(const std::string& endpoint);
/// Connects to a server of basic-socket-rpc, and waits so long until it lets this side in.
[[nodiscard]] beckon::connected reach_and_enter(const std::string& endpoint,
                                                beckon::nanoseconds at_most);

/// Connects. Whether the peer has schemas or not, its session says: `core()->is_dynamic()`.
///
/// Throws a failure: status::wrong_usage for an endpoint that is misspelt, status::no_connection where nobody answers.
[[nodiscard]] beckon::connected reach(const std::string& endpoint,
                                      std::optional<beckon::nanoseconds> timeout = {});
/// The same for what is asked of a peer rather than called: an answer is awaited for ten seconds where the protocol would wait
/// for a day, as pyrpc's does for calls.
[[nodiscard]] beckon::connected reach_to_ask(const std::string& endpoint,
                                             std::optional<beckon::nanoseconds> timeout = {});

/// Waits, for half a second at most, until the conversations that `reach` gave and that nobody holds any more have said
/// farewell: the end of the process would cut them off, and a WebSocket's peer would take that for a broken connection.
void await_farewells();

/// What it means that the first request of a conversation failed: status::no_connection where that tells of a peer which
/// never was there, or does not speak the protocol; else status::failed.
[[nodiscard]] failure first_failure(beckon::error what);

/// Throws a failure: the peer's protocol has no way to ask it what it has.
[[noreturn]] void refuse_to_ask(const beckon::connected& session);
/// The same where a schema's file would do, with what came of asking.
[[noreturn]] void refuse_without_schema(const beckon::connected& session,
                                        const beckon::error& outcome);

} // namespace command
