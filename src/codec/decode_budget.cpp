#include "beckon/codec/decode_budget.hpp"

namespace beckon {

error decode_budget::refusal(bool by_nodes) const noexcept {
    if (by_nodes) {
        return fail(errc::limit_exceeded, "peer sent a message of more than ", limits_->max_nodes,
                    " values (max_nodes)");
    }
    return fail(errc::limit_exceeded, "peer sent a message that decodes to more than ",
                memory_limit_, " bytes (min_decoded_bytes, decoded_bytes_factor)");
}

} // namespace beckon
