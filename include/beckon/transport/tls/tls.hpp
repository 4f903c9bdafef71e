// TLS 1.2 and 1.3 around any other transport: `tls://host:port` is TLS over tcp.
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
///   cert=FILE key=FILE   certificate chain and private key in PEM form; one file may hold both (`key` left out)
///   min=1.2|1.3          lowest version; 1.2 where it is not given
///   ciphers=LIST         what TLS 1.2 may use, as OpenSSL writes it
///   alpn=NAME,NAME       protocols to agree on, the preferred one first
/// For a client:
///   ca=FILE|DIR          whom to trust, in place of the system's authorities
///   name=NAME            name or address that the certificate must be for, in place of the endpoint's host
///   pin=sha256:HEX       the only certificate to accept, by its SHA-256; without `ca` that is all that is checked
///   verify=no            accept everybody; warns (BKN-TLS-UNVERIFIED)
/// For a listener, where `cert` is required:
///   client_ca=FILE|DIR   who may sign the certificates of clients; then each client must show one
///   client_cert=optional clients without a certificate are anonymous; one that is shown must still be good
///
/// A peer's certificate that was checked names it: see `io::byte_stream::identity`. Sessions are not resumed, and
/// there is no renegotiation.
namespace beckon::transport::tls {

inline constexpr std::string_view connect_option_names[] = {
    "cert", "key", "min", "ciphers", "alpn", "ca", "name", "pin", "verify"};
inline constexpr std::string_view listen_option_names[] = {
    "cert", "key", "min", "ciphers", "alpn", "client_ca", "client_cert"};

/// Makes the stream that TLS is to run over.
using dialer = function<result<std::unique_ptr<io::byte_stream>>(const io::connect_options&)>;
using opener = function<result<std::unique_ptr<io::listener>>(const io::listen_options&)>;

/// Connects with `below` and does the handshake. Options are checked before `below` is called. Blocks the calling thread.
/// `alpn` holds where the endpoint has no such option; `io::byte_stream::agreed_protocol` tells the outcome.
///
/// Errors: invalid_argument, not_found, parse_error for options and files; what `below` gives; access_denied where the
/// peer's certificate will not do, saying why; protocol_error for a peer that does not speak TLS, no version that both
/// know, or a peer that refuses; timeout.
/// Limits: the handshake ends within `handshake_within` and 64 KiB.
[[nodiscard]] result<std::unique_ptr<io::byte_stream>> connect(const io::endpoint& where,
                                                               const io::connect_options& options,
                                                               dialer below,
                                                               std::vector<std::string> alpn = {});

/// Opens `below` and does the handshakes of those who connect, all at once and without waiting: `accept` gives connections
/// whose handshake is done. One that fails is a log line (BKN-TLS-HANDSHAKE) and nothing more.
///
/// Errors: invalid_argument, not_found, parse_error for options and files; what `below` gives.
/// Limits: a handshake ends within `handshake_within` and 64 KiB; `max_handshakes` run at once, and of these 64 for each
/// address but this machine's own; the oldest makes room.
[[nodiscard]] result<std::unique_ptr<io::listener>> listen(const io::endpoint& where,
                                                           const io::listen_options& options,
                                                           opener below,
                                                           std::vector<std::string> alpn = {});

} // namespace beckon::transport::tls
