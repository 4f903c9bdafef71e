// Requests of the peer that wait for our answers, and the batches that they came in.
#pragma once

#include <cstdint>

#include "beckon/codec/buffer.hpp"
#include "beckon/value/value.hpp"

namespace beckon::jsonrpc {

/// What an answer needs of its request.
struct open_request {
    value id;                  ///< Echoed; peers may use one twice.
    std::uint32_t batch = 0;   ///< 0: none.
    bool asked_to_end = false; ///< The peer has cancelled it.
};

/// A batch's answers so far.
struct open_batch {
    std::uint32_t left = 0; ///< Elements not answered yet.
    buffer answers;         ///< With '[' before and commas between them.
};

} // namespace beckon::jsonrpc
