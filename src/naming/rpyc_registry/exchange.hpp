// One request to a registry and its reply, over UDP or TCP.
#pragma once

#include <cstddef>

#include "beckon/base/bytes.hpp"
#include "beckon/base/function.hpp"
#include "beckon/base/result.hpp"
#include "beckon/io/endpoint.hpp"
#include "beckon/naming/rpyc_registry/client.hpp"

namespace beckon::naming::rpyc_registry {

/// Says what is wrong with a reply. By broadcast wrong ones are passed over.
using reply_check = function<result<void>(byte_view)>;

/// Blocks until a reply of at most `most` bytes has come that passes the check, or only until the request has gone
/// where there is no check.
[[nodiscard]] result<void> exchange(const client_options& options, byte_view request,
                                    std::size_t most, reply_check check);

/// "udp://127.0.0.1:18811", for messages.
[[nodiscard]] std::string endpoint_text(rpyc_registry::transport over,
                                        const io::host_address& where);

} // namespace beckon::naming::rpyc_registry
