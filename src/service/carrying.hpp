// Where expressions enter: servers and clients come here with what is no plain endpoint. Not in beckon::core.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "beckon/service/connect.hpp"
#include "service/server_state.hpp"

namespace beckon {

/// Whether a text is more than an endpoint: an expression, or one of the program's own shorthands.
[[nodiscard]] bool is_carried(const context& inside, std::string_view text);

/// As `server::try_listen`.
[[nodiscard]] result<std::string> listen_carried(const std::shared_ptr<server::state>& host,
                                                 std::string_view text);

/// As `try_connect`.
[[nodiscard]] result<connected> connect_carried(std::string_view text,
                                                const connect_options& options);

} // namespace beckon
