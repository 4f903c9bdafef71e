// This process's standard input and output as one stream: `stdio:`.
#pragma once

#include <memory>

#include "beckon/base/result.hpp"
#include "beckon/io/byte_stream.hpp"
#include "beckon/io/endpoint.hpp"
#include "beckon/io/listener.hpp"
#include "beckon/io/transport_options.hpp"

/// For programs that another one starts, as `exec:` does. There is one such stream in a process, once.
///
/// The stream takes the two descriptors over: it moves them to other numbers, puts /dev/null in place
/// of descriptor 0 and a copy of standard error in place of descriptor 1. So what the program prints
/// goes to standard error and cannot corrupt the stream, and nobody else reads from it. Call it
/// before the program prints or reads anything.
///
/// Where the descriptors are no sockets they are made non-blocking. That mode belongs to the open
/// file and is shared with others that hold it, such as the shell on a terminal; the destructor
/// sets it back, so let it run.
namespace beckon::transport::stdio {

/// Errors: invalid_argument for an address behind the colon; address_in_use when the stream was
/// taken before; io_error when descriptor 0 or 1 is closed or none is left.
[[nodiscard]] result<std::unique_ptr<io::byte_stream>>
connect(const io::endpoint& where, const io::connect_options& options = {});

/// A listener that accepts exactly one connection: the stream. Taken over at once, not by `accept`.
///
/// Errors: as `connect`.
[[nodiscard]] result<std::unique_ptr<io::listener>> listen(const io::endpoint& where,
                                                           const io::listen_options& options = {});

} // namespace beckon::transport::stdio
