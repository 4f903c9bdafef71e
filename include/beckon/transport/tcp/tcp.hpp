// TCP: `tcp://host:port`, `tcp://[::1]:7000`, `tcp://:0`.
#pragma once

#include <memory>
#include <string_view>

#include "beckon/base/result.hpp"
#include "beckon/io/byte_stream.hpp"
#include "beckon/io/endpoint.hpp"
#include "beckon/io/listener.hpp"
#include "beckon/io/transport_options.hpp"

/// An empty host is 127.0.0.1. TCP_NODELAY is always on. Option, on both sides: `keepalive=SECONDS`,
/// the idle time before the system begins to probe whether the peer's machine is still there (three
/// probes, ten seconds apart); default 60, 0 turns it off.
namespace beckon::transport::tcp {

inline constexpr std::string_view option_names[] = {"keepalive"};

/// Connects. All addresses of a name are tried in the resolver's order; each gets an equal share of
/// the time that is left. Blocks the calling thread.
///
/// Errors: parse_error, invalid_argument for the endpoint; not_found when the name has no address;
/// timeout; io_error naming each address tried and the system's words.
[[nodiscard]] result<std::unique_ptr<io::byte_stream>>
connect(const io::endpoint& where, const io::connect_options& options = {});

/// Listens. Where a name has several addresses the first that works is taken, IPv4 before IPv6. Port 0
/// lets the system choose; `local_endpoint` tells. An IPv6 wildcard takes IPv4 connections too.
///
/// Errors: parse_error, invalid_argument for the endpoint; not_found; address_in_use naming the
/// address and what to do; io_error.
[[nodiscard]] result<std::unique_ptr<io::listener>> listen(const io::endpoint& where,
                                                           const io::listen_options& options = {});

} // namespace beckon::transport::tcp
