// Finds what follows the first JSON value of a stream, without reading it: what tells JSON-RPC's framings apart.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "beckon/base/bytes.hpp"

namespace beckon::detection {

/// Which of some delimiters stands behind the first value, an object or a list. It looks for the value's end alone: whether
/// it is JSON is for the protocol to say.
///
/// Thread-safety: none.
class json_end {
public:
    enum class state : std::uint8_t {
        goes_on, ///< More is needed.
        found,   ///< See `which`.
        lost,    ///< Something else follows than one of the delimiters, or it is no object or list.
    };
    /// `delimiters` outlive this; none is empty, and none is the beginning of another.
    explicit json_end(std::span<const std::string_view> delimiters) noexcept
        : delimiters_(delimiters) {}

    /// Takes what came next.
    state take(byte_view next);
    /// REQUIRES: found.
    [[nodiscard]] std::size_t which() const noexcept { return which_; }

private:
    [[nodiscard]] state take(char letter);
    [[nodiscard]] state take_behind(char letter);

    std::span<const std::string_view> delimiters_;
    state state_ = state::goes_on;
    std::size_t which_ = 0;
    std::size_t depth_ = 0;
    bool begun_ = false;
    bool in_text_ = false;
    bool escaped_ = false;
    std::string behind_; ///< What came behind the value: at most as much as the longest delimiter.
};

} // namespace beckon::detection
