// Which options an endpoint may have: those of its protocol and of its transport, and no others. A mistyped one must not
// pass for one that was left out.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "beckon/base/result.hpp"
#include "beckon/io/endpoint.hpp"

namespace beckon {

/// Whose they are, and their names.
struct known_options {
    std::string_view whose; ///< empty for those that every endpoint has
    std::span<const std::string_view> names{};
};

/// All that an endpoint may say: what its protocol, its security provider, its transport, those that the transport runs over,
/// and all transports know. `transports` has a row for each.
[[nodiscard]] std::vector<known_options> options_of(const io::endpoint& where,
                                                    std::span<const known_options> transports);

/// Errors: invalid_argument naming the option, the nearest one that there is, and all that there are.
[[nodiscard]] result<void> check_options(const io::endpoint& where,
                                         std::span<const known_options> known);

/// What is left of an endpoint without options that are not of `known`.
[[nodiscard]] io::endpoint with_options_of(io::endpoint where,
                                           std::span<const known_options> known);

} // namespace beckon
