// Buses inside a program: `internal:BUS:NAME`, where everybody talks with everybody.
#pragma once

#include <cstddef>
#include <memory>

#include "beckon/base/result.hpp"
#include "beckon/io/endpoint.hpp"
#include "beckon/io/listener.hpp"
#include "beckon/io/transport_options.hpp"
#include "beckon/transport/memory/memory.hpp"

/// Buses are found by name in a network, made by who comes first, and gone with the last member. A member has one connection,
/// as `memory:` has them, with each other member: with those who are there when it joins, and with those who join later. So
/// whoever is slow holds up nobody but who sends to it, and that one by backpressure, as in any stream.
///
/// `internal[:BUS[:NAME]]`: the bus is called "internal" without a name; a member without one gets "BUS.0", "BUS.1", ... as they
/// come. What stands behind a further colon says nothing. Several members may have one name: they do not hear what the others
/// of that name say to everybody (audience::aside). `listener::reach` gives a further connection with a member, also with itself.
namespace beckon::transport::memory {

/// Members of a bus, each of which has connections with all others.
inline constexpr std::size_t max_bus_members = 256;

/// Joins a bus. What `accept` gives are the connections with the others; closing leaves the bus and keeps those.
///
/// Errors: overloaded, where a bus is full; io_error without descriptors.
[[nodiscard]] result<std::unique_ptr<io::listener>> join(network& inside, const io::endpoint& where,
                                                         const io::listen_options& options = {});

} // namespace beckon::transport::memory
