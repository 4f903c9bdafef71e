// Reading a payload: what is expected, where, and what was found in its place.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "beckon/base/bytes.hpp"
#include "beckon/base/result.hpp"

namespace beckon::basic {

/// A place in a payload.
///
/// Errors: schema_mismatch, where the bytes do not have the form that is expected: it tells at which byte, what was expected
/// and what was found.
/// Lifetime: borrows the payload.
/// Thread-safety: none.
class cursor {
public:
    explicit cursor(byte_view payload) noexcept : left_(payload) {}

    /// From the begin of the payload.
    [[nodiscard]] std::size_t offset() const noexcept { return offset_; }
    [[nodiscard]] std::size_t left() const noexcept { return left_.size(); }

    /// A little-endian number of `width` bytes; `what` is its name in errors.
    [[nodiscard]] result<std::uint64_t> take_number(unsigned width, std::string_view what);
    /// u32 byte count and the bytes.
    [[nodiscard]] result<byte_view> take_bytes(std::string_view what = "bytes");
    /// The same, of UTF-8.
    [[nodiscard]] result<std::string_view> take_text();
    /// An array's head: what comes back stands at the first element and ends with the last one.
    [[nodiscard]] result<cursor> take_array(std::uint32_t& count);
    /// Nothing may be left of it; `what` is what should have ended here.
    [[nodiscard]] result<void> expect_end(std::string_view what) const;

private:
    cursor(byte_view payload, std::size_t offset) noexcept : left_(payload), offset_(offset) {}
    [[nodiscard]] byte_view advance(std::size_t count) noexcept;
    [[nodiscard]] error missing(std::string_view what, std::size_t expected) const;

    byte_view left_;
    std::size_t offset_ = 0;
};

} // namespace beckon::basic
