// Listening: from an endpoint URL to something that accepts streams.
#pragma once

#include <memory>

#include "beckon/base/limits.hpp"
#include "beckon/io/listener.hpp"
#include "beckon/service/announce.hpp"
#include "beckon/service/context.hpp"
#include "beckon/session/protocol.hpp"

namespace beckon {

/// `spoken` is what those who connect speak; its limits hold where `allowed` leaves them to it.
[[nodiscard]] result<std::unique_ptr<io::listener>> open_listener(context& inside,
                                                                  const io::endpoint& where,
                                                                  const limits& allowed,
                                                                  const protocol& spoken);

/// Errors: unsupported, where this build has no announcer; those of the announcer.
[[nodiscard]] result<std::shared_ptr<announcement>>
open_announcement(const context& inside, const value& description, const announce_options& options);

/// Whether programs of other machines can connect there without a proof of who they are.
[[nodiscard]] bool is_open_to_others(const io::endpoint& where);

} // namespace beckon
