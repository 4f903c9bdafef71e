// Messages that say whose they are, and are believed. No security at all: quickrpc's blindly_believe_everything.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "beckon/io/endpoint.hpp"
#include "beckon/session/message_security.hpp"

namespace beckon::security::unproven {

/// What endpoints may say of it: `user=NAME`.
inline constexpr std::array<std::string_view, 1> option_names{"user"};

/// Each message goes with the header {"user": USER}, and of each that comes the user is believed. Anybody can claim to be
/// anybody; it is for peers that expect it, and for tests. Messages without a header are nobody's.
[[nodiscard]] message_security_maker make(std::string user);

/// The same by an endpoint's words; `otherwise` is the user where it names none.
[[nodiscard]] message_security_maker make(const io::endpoint& where, const std::string& otherwise);

} // namespace beckon::security::unproven
