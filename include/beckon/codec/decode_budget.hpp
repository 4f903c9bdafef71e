// What one message may cost to decode.
#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <optional>

#include "beckon/base/error.hpp"
#include "beckon/base/limits.hpp"

namespace beckon {

/// Counts the values of a message and the memory that they take. Asked before either is spent.
///
/// Limits: `max_nodes`; memory of `decoded_bytes_factor` times the wire's bytes, and of `min_decoded_bytes` at least.
class decode_budget {
public:
    decode_budget(std::size_t wire_bytes, const limits& limits) noexcept
        : nodes_left_(limits.max_nodes), memory_limit_(limits.min_decoded_bytes), limits_(&limits) {
        std::size_t scaled = 0;
        if (__builtin_mul_overflow(wire_bytes, limits.decoded_bytes_factor, &scaled))
            scaled = std::numeric_limits<std::size_t>::max();
        memory_limit_ = std::max(memory_limit_, scaled);
        memory_left_ = memory_limit_;
    }

    /// Takes so much off what is left; an error, limit_exceeded, where that is too little.
    [[nodiscard]] std::optional<error> charge(std::size_t memory, std::size_t nodes) noexcept {
        if (nodes > nodes_left_ || memory > memory_left_) return refusal(nodes > nodes_left_);
        nodes_left_ -= nodes;
        memory_left_ -= memory;
        return {};
    }

private:
    [[nodiscard]] error refusal(bool by_nodes) const noexcept;

    std::size_t nodes_left_;
    std::size_t memory_limit_;
    std::size_t memory_left_ = 0;
    const limits* limits_;
};

} // namespace beckon
