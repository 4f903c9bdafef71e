// Listening: from an endpoint URL to something that accepts streams.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "beckon/base/limits.hpp"
#include "beckon/io/listener.hpp"
#include "beckon/service/announce.hpp"
#include "beckon/service/context.hpp"
#include "beckon/session/protocol.hpp"
#include "service/endpoint_options.hpp"
#include "service/transport_facts.hpp"

namespace beckon {

/// `spoken` is what those who connect speak; its limits hold where `allowed` leaves them to it.
[[nodiscard]] result<std::unique_ptr<io::listener>> open_listener(context& inside,
                                                                  const io::endpoint& where,
                                                                  const limits& allowed,
                                                                  const protocol& spoken);

/// All that the options of an endpoint may be called.
[[nodiscard]] std::vector<known_options> options_at(const io::endpoint& where);
/// Errors: invalid_argument, for an option that nobody there knows.
[[nodiscard]] result<void> check_options_at(const context& inside, const io::endpoint& where);

// Of an address that several share. `base` is of tcp or unix, and may have options of what runs over it.
[[nodiscard]] result<std::unique_ptr<io::listener>>
open_base(context& inside, const io::endpoint& base, const limits& allowed);
/// Puts a transport over connections that come by `below`. REQUIRES: it is not `none`.
[[nodiscard]] result<std::unique_ptr<io::listener>>
open_over(context& inside, const io::endpoint& where, transport_facts::opening over,
          const limits& allowed, const protocol& spoken, std::unique_ptr<io::listener> below);
/// An option of a transport that two endpoints have differently; empty where they have all the same, or the other one has none.
[[nodiscard]] std::string differing_option(const io::endpoint& one, const io::endpoint& other,
                                           std::string_view transport);

/// Errors: unsupported, where this build has no announcer; those of the announcer.
[[nodiscard]] result<std::shared_ptr<announcement>>
open_announcement(const context& inside, const value& description, const announce_options& options);

/// Whether programs of other machines can connect there without a proof of who they are.
[[nodiscard]] bool is_open_to_others(const io::endpoint& where);

} // namespace beckon
