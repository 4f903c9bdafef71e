// A pattern of the bytes that a conversation begins with: see openings.
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "beckon/base/bytes.hpp"
#include "beckon/base/result.hpp"

namespace beckon::detection {

/// Thread-safety: none needed; it never changes.
class first_bytes {
public:
    /// Errors: parse_error naming the piece that is no byte.
    [[nodiscard]] static result<first_bytes> parse(std::string_view pattern);

    enum class verdict : std::uint8_t { no, so_far, whole };
    /// `so_far`: what came holds to it, and is shorter.
    [[nodiscard]] verdict match(byte_view came) const noexcept;
    [[nodiscard]] std::size_t size() const noexcept { return places_.size(); }

    /// Whether some bytes hold to both.
    [[nodiscard]] bool meets(const first_bytes& other) const noexcept;
    /// Whether it says more than the other does and all that holds to it holds to that. Then it is what is meant.
    [[nodiscard]] bool refines(const first_bytes& other) const noexcept;

private:
    std::vector<std::bitset<256>> places_;
};

} // namespace beckon::detection
