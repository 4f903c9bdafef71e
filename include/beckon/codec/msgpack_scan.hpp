// Finding the end of a MessagePack value in bytes that still come: what cuts a stream without length prefixes into messages.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "beckon/base/bytes.hpp"
#include "beckon/base/result.hpp"

namespace beckon::msgpack {

/// Follows one value as its bytes come, looking at each of them once. It sees where items end and nothing else: depth,
/// text and keys are the reader's to check.
///
/// Limits: `most_bytes` of the whole value, refused as soon as what is announced cannot fit. Takes no memory.
/// Thread-safety: none.
class scanner {
public:
    /// Looks at the value that `input` begins with; of one that was looked at before, `input` holds at least as much as
    /// then. Gives whether it is all there.
    ///
    /// Errors: parse_error, where no value can go on so; limit_exceeded. Either is final until `reset`.
    [[nodiscard]] result<bool> look(byte_view input, std::size_t most_bytes);

    /// How many bytes the value has at least; when it is all there, how many it has.
    [[nodiscard]] std::size_t size() const noexcept {
        return static_cast<std::size_t>(at_ + items_left_);
    }
    /// On to the next value.
    void reset() noexcept { *this = {}; }

private:
    std::uint64_t at_ = 0;         ///< Where the next item begins, perhaps beyond what has come.
    std::uint64_t items_left_ = 1; ///< Each takes at least a byte.
    std::optional<error> failure_;
};

} // namespace beckon::msgpack
