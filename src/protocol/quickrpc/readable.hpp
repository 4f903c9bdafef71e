// What quickrpc's messages say, in recordings, by whatever codec.
#pragma once

#include <memory>

#include "beckon/protocol/quickrpc/codec.hpp"
#include "session/teller.hpp"

namespace beckon::quickrpc {

/// `by` is the conversation's codec; null: jrpc.
[[nodiscard]] std::unique_ptr<teller> make_teller(std::shared_ptr<const codec> by);

} // namespace beckon::quickrpc
