// Connecting: from an endpoint URL to a stream.
#pragma once

#include <memory>
#include <string_view>

#include "beckon/io/byte_stream.hpp"
#include "beckon/io/endpoint.hpp"
#include "beckon/io/transport_options.hpp"
#include "beckon/service/context.hpp"
#include "beckon/service/raw_connection.hpp"

namespace beckon {

struct dial_options {
    nanoseconds timeout = std::chrono::seconds(10);
    nanoseconds handshake_within = std::chrono::seconds(5);
    std::size_t max_message_bytes = io::connect_options().max_message_bytes;
    nanoseconds message_within = io::connect_options().message_within;
    std::size_t min_message_progress = io::connect_options().min_message_progress;
    connection_handshake handshake{};
    std::shared_ptr<const io::ready_flag> given_up{}; ///< See io::connect_options.
    bool is_bare = false; ///< Without what the protocol puts around it: see needs_stream.
};

/// A stream whose handshake, where there is one, is over. `text` is the endpoint for messages.
[[nodiscard]] result<std::unique_ptr<io::byte_stream>>
dial(context& inside, const io::endpoint& where, std::string_view text, const dial_options& with);

/// What can be said of an endpoint before anybody is called.
///
/// Errors: invalid_argument, for an option that nobody there knows; parse_error, for an address that cannot be one.
[[nodiscard]] result<void> check_dialled(const context& inside, const io::endpoint& where);

/// Whether that may wait for anybody; else it is done at once.
[[nodiscard]] bool dial_may_block(const io::endpoint& where) noexcept;

/// Whether there is a transport of that name, of ours or of the program.
[[nodiscard]] bool is_transport(const context& inside, std::string_view name);

} // namespace beckon
