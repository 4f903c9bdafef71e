// Listening: from an endpoint URL to something that accepts streams.
#pragma once

#include <memory>

#include "beckon/io/listener.hpp"
#include "beckon/service/context.hpp"

namespace beckon {

[[nodiscard]] result<std::unique_ptr<io::listener>> open_listener(context& inside,
                                                                  const io::endpoint& where);

/// Whether programs of other machines can connect there.
[[nodiscard]] bool is_open_to_others(const io::endpoint& where);

} // namespace beckon
