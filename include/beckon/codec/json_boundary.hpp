// Where one JSON text ends in a stream of bytes, for framings without lengths or delimiters.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace beckon::json {

/// Follows a text through brackets and quotes, chunk by chunk, each byte once, and says where it ends. It checks
/// nothing else: whether the text is JSON is the reader's business.
///
/// An array, object or string ends with its closing bracket or quote; anything else at the first white space,
/// comma, bracket or quote, or with the stream (`finish`). White space before the text is part of it.
///
/// Limits: none of its own, and no memory but this: the caller bounds what it keeps of an unfinished text.
/// Thread-safety: none.
///
///   while (!boundary.complete() && !input.empty()) { ... boundary.feed(chunk) ... }
class boundary {
public:
    /// Takes bytes up to the end of the text and returns how many. REQUIRES: !complete().
    [[nodiscard]] std::size_t feed(std::string_view chunk) noexcept;
    /// Says that no more will come; a number or word is complete then.
    void finish() noexcept;
    [[nodiscard]] bool complete() const noexcept { return state_ == state::complete; }
    /// Whether anything but white space came since the last `reset`.
    [[nodiscard]] bool begun() const noexcept { return state_ != state::before; }
    /// On to the next text.
    void reset() noexcept { *this = {}; }

private:
    enum class state : std::uint8_t { before, word, inside, string, escape, complete };

    state state_ = state::before;
    std::size_t depth_ = 0; // open brackets
};

} // namespace beckon::json
