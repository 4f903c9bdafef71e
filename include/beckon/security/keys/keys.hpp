// Messages that are signed or sealed with users' keys (docs/guide/security.md, docs/wire/security.md).
#pragma once

#include <array>
#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "beckon/io/endpoint.hpp"
#include "beckon/security/keys/key_ring.hpp"
#include "beckon/session/message_security.hpp"
#include "beckon/session/replay_memory.hpp"

namespace beckon::security::keys {

enum class provider : std::uint8_t {
    signed_, ///< Everybody on the way can read; nobody can change.
    sealed,  ///< Nobody on the way can read or change.
};

/// What endpoints may say of them: `keys=FILE`, `user=NAME`, `peer=NAME`, `window=SECONDS`, `order=strict` or `any`.
inline constexpr std::array<std::string_view, 5> option_names{"keys", "user", "peer", "window",
                                                              "order"};

/// In which order messages of a conversation count.
enum class message_order : std::uint8_t {
    strict, ///< Each later than the one before: for streams.
    any,    ///< Each once, and none more than 63 behind the latest: for datagrams.
};

struct options {
    provider how = provider::signed_;
    std::shared_ptr<const key_ring> ring{};
    /// Who this side is. Empty: the one user of the ring that has a key of its own; of an accepting side without
    /// such a key "server".
    std::string user{};
    /// Who is to be at the other end of a connecting side. Empty: the one other user whose public key the ring has, or
    /// "server". Of an accepting side, who alone may connect; empty: everybody whose key the ring has.
    std::string peer{};
    /// How far the clocks of the two sides may be apart, and how late a message may come.
    std::chrono::seconds window{30};
    message_order order = message_order::strict;
    /// Shared by all that one server makes; null: this maker's own.
    std::shared_ptr<replay_memory> memory{};
    /// Milliseconds since 1970; null: the machine's clock.
    std::function<replay_memory::time()> clock{};
    /// Null: the system's random numbers.
    std::function<void(std::span<std::byte>)> random{};
};

/// Errors: invalid_argument where keys are missing for what it is to do, naming them. For an accepting side too those of
/// its own; those of its peers are looked up as they come.
[[nodiscard]] result<message_security_maker> make(options chosen, security_side side);

/// What an endpoint says of them. `user` is who this side is where it does not say.
///
/// Errors: invalid_argument, naming the option; what reading the file gives.
[[nodiscard]] result<options> read_options(const io::endpoint& where, provider how,
                                           const std::string& user);

} // namespace beckon::security::keys
