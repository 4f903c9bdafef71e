// Connecting for those who show a peer something else than what is published.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "beckon/io/byte_stream.hpp"
#include "beckon/service/connect.hpp"

namespace beckon {

class protocol;
class session;
class servant;

struct connect_extras {
    /// What the peer is shown first. Null: what the options publish.
    std::function<intrusive_ptr<servant>(const protocol& spoken)> shows{};
    /// Told of each conversation, before its peer need have said anything.
    std::function<void(const intrusive_ptr<session>& which)> begun{};
    /// Told when a conversation is over, on any thread, without locks: where there are several ways to speak, of those in which
    /// the peer did not understand too.
    std::function<void(const session& which)> over{};
    /// Puts something around the transport's stream.
    std::function<std::unique_ptr<io::byte_stream>(std::unique_ptr<io::byte_stream>)> around{};
    std::shared_ptr<const io::ready_flag> given_up{}; ///< See io::connect_options.
};

/// As try_connect. REQUIRES: `endpoint` is one, and no transport expression.
[[nodiscard]] result<connected> connect_with(std::string_view endpoint,
                                             const connect_options& options,
                                             const connect_extras& extras);

} // namespace beckon
