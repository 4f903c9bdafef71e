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

/// Connects. Whether the peer has schemas or not, its session says: `core()->is_dynamic()`.
///
/// Throws a failure: status::wrong_usage for an endpoint that is misspelt, status::no_connection where nobody answers.
[[nodiscard]] beckon::connected reach(const std::string& endpoint,
                                      std::optional<beckon::nanoseconds> timeout = {});

/// Waits, for half a second at most, until the conversations that `reach` gave and that nobody holds any more have said
/// farewell: the end of the process would cut them off, and a WebSocket's peer would take that for a broken connection.
void await_farewells();

/// What it means that the first request of a conversation failed: status::no_connection where that tells of a peer which
/// never was there, or does not speak the protocol; else status::failed.
[[nodiscard]] failure first_failure(beckon::error what);

/// Throws a failure: the peer's protocol has no way to ask it what it has.
[[noreturn]] void refuse_to_ask(const beckon::connected& session);

} // namespace command
