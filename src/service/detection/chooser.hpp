// Tells by its first bytes what a connection is for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "beckon/base/bytes.hpp"
#include "service/detection/candidate.hpp"
#include "service/detection/json_end.hpp"

namespace beckon::detection {

/// The longest pattern that holds decides. Where it is the same of two: WebSocket and HTTP are told apart by the request's
/// head, protocols of JSON by what follows the first value.
///
/// Thread-safety: none. REQUIRES: check_apart found nothing.
class chooser {
public:
    /// `among` outlives this.
    explicit chooser(std::span<const candidate> among) noexcept : among_(among) {}

    enum class state : std::uint8_t { more, chosen, nobody };
    state take(byte_view next);
    /// No more will come.
    state end();
    /// REQUIRES: chosen.
    [[nodiscard]] std::size_t which() const noexcept { return which_; }

    /// All that was taken.
    [[nodiscard]] const bytes& heard() const noexcept { return heard_; }
    [[nodiscard]] bytes take_heard() noexcept { return std::move(heard_); }

private:
    state look();
    state look_at_head();
    state choose(std::size_t which) noexcept;
    state read_values(byte_view next);

    std::span<const candidate> among_;
    bytes heard_;
    std::size_t which_ = 0;
    std::vector<std::size_t> left_; ///< Of those that begin alike, once it is known that they do.
    // Of JSON.
    std::vector<std::string_view> delimiters_;
    std::optional<json_end> value_;
};

} // namespace beckon::detection
