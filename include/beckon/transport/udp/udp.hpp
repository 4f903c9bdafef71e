// Datagrams: `udp://host:port`, `udp://255.255.255.255:5000`, and quickrpc's `udp:5000`.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "beckon/base/result.hpp"
#include "beckon/io/byte_stream.hpp"
#include "beckon/io/endpoint.hpp"
#include "beckon/io/listener.hpp"
#include "beckon/io/transport_options.hpp"

/// One datagram holds one or more whole messages of a protocol, and may be lost, doubled or overtaken by another. So it is for
/// protocols that keep to the transport's messages (byte_stream::keep_messages), as quickrpc's; without that call the
/// contents follow each other, and a message that did not come whole is never completed. Nobody knows who sent a datagram: an
/// address is no proof.
///
/// Peers of one socket share it, and end with its listener. Each has a stream with a queue of its own, which holds at most `max_queued` datagrams; what
/// comes on top is dropped, as the network drops it. A datagram from a stranger makes a stream. Of those there are at most
/// `peers`; when another one comes, the one from which nothing came for longest is ended if that is `idle` seconds, else
/// the newcomer is dropped. A message that fits in no datagram is refused (byte_stream::max_message_bytes). What the
/// system refuses to send is logged as BKN-UDP-LOST and lost: only a client's peer that is not there ends its stream.
///
/// `udp:PORT`, without slashes, is quickrpc's. Everybody binds that port on all interfaces (IPv4, several programs may) and sends
/// to it. Its first stream is there at once and is for everybody (audience::everybody): what is written there goes to the
/// broadcast address, nothing comes from it. Peers are told apart by address alone: "udp://10.0.0.7". What this side
/// broadcasts comes back to it as from a peer. `reach` begins with a host that has sent nothing yet.
///
/// Options: `peers=N` (default 256, 1 to 65536), `idle=SECONDS` (default 60), of listeners; `broadcast=ADDRESS` (default
/// 255.255.255.255), of `udp:PORT`; `local_port=N`, to connect over IPv4: the port to send from, which others may share. quickrpc's own
/// programs answer to the port that they have themselves, whatever port they were asked from.
namespace beckon::transport::udp {

inline constexpr std::string_view option_names[] = {"peers", "idle", "broadcast"};
inline constexpr std::string_view connect_option_names[] = {"local_port"};

/// Most bytes in a datagram of IPv4.
inline constexpr std::size_t max_datagram_bytes = 65'507;
/// Datagrams and bytes that wait for one peer's reader.
inline constexpr std::size_t max_queued = 64;
inline constexpr std::size_t max_queued_bytes = 256u << 10;

/// A stream to one address, or to a broadcast address: then whoever answers is heard in it. Never waits for the peer.
///
/// Errors: parse_error, invalid_argument for the endpoint, also where it has no slashes; not_found; io_error.
[[nodiscard]] result<std::unique_ptr<io::byte_stream>>
connect(const io::endpoint& where, const io::connect_options& options = {});

/// Peers are told apart by address and port; of `udp:PORT` by address.
///
/// Errors: parse_error, invalid_argument for the endpoint; not_found; address_in_use; io_error.
[[nodiscard]] result<std::unique_ptr<io::listener>> listen(const io::endpoint& where,
                                                           const io::listen_options& options = {});

} // namespace beckon::transport::udp
