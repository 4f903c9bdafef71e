// Unix domain sockets: `unix:/tmp/x.sock` for a path, `unix:@name` for an abstract address.
#pragma once

#include <memory>
#include <string_view>

#include "beckon/base/result.hpp"
#include "beckon/io/byte_stream.hpp"
#include "beckon/io/endpoint.hpp"
#include "beckon/io/listener.hpp"
#include "beckon/io/transport_options.hpp"

/// The namespace ends in an underscore because some compilers predefine the plain word.
namespace beckon::transport::unix_ {

inline constexpr std::string_view listen_option_names[] = {"mode"};

/// Connects. Blocks while the queue of the listener is full, until the timeout.
///
/// Errors: invalid_argument for a bad address (a path has at most 107 bytes); not_found when there
/// is no such file; timeout; io_error, also for a file where nobody listens.
[[nodiscard]] result<std::unique_ptr<io::byte_stream>>
connect(const io::endpoint& where, const io::connect_options& options = {});

/// Listens. A socket file where nobody listens any more is replaced; a file that is no socket never
/// is. The file is removed when the listener is closed, unless somebody has put another there.
/// Option: `mode=0600`, who may connect, as an octal number (paths only; default 0600).
///
/// Errors: invalid_argument; address_in_use naming the path and what to do; io_error.
[[nodiscard]] result<std::unique_ptr<io::listener>> listen(const io::endpoint& where,
                                                           const io::listen_options& options = {});

} // namespace beckon::transport::unix_
