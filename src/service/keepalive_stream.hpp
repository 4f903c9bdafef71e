// Keep-alive messages: what a stream sends by itself when nothing else went over it for a while.
#pragma once

#include <memory>
#include <string_view>

#include "beckon/io/byte_stream.hpp"
#include "beckon/io/endpoint.hpp"
#include "beckon/service/context.hpp"

namespace beckon {

/// Options of any endpoint that has a stream: `keepalive_message=TEXT` (with %XX for bytes that cannot be written) is sent as
/// it is whenever nothing was sent or received for `keepalive_interval=SECONDS`, 10 by itself, 1 to 86400. For protocols that
/// have a message without meaning: quickrpc's jrpc takes a lone delimiter, `keepalive_message=%00`.
inline constexpr std::string_view keepalive_option_names[] = {"keepalive_message",
                                                              "keepalive_interval"};

/// Errors: invalid_argument, for these options.
[[nodiscard]] result<void> check_keep_alive(const io::endpoint& where);

/// The stream itself where its endpoint has no such options. REQUIRES: check_keep_alive found nothing.
[[nodiscard]] std::unique_ptr<io::byte_stream> keep_alive(std::unique_ptr<io::byte_stream> stream,
                                                          const io::endpoint& where,
                                                          const std::shared_ptr<context>& inside);

} // namespace beckon
