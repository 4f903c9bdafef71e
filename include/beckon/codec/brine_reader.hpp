// Taking a brine message apart piece by piece, without a tree of values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "beckon/base/bytes.hpp"
#include "beckon/base/error.hpp"
#include "beckon/base/limits.hpp"
#include "beckon/codec/brine.hpp"
#include "beckon/codec/decode_budget.hpp"

namespace beckon::brine {

/// What comes next in a message, as its tag tells.
enum class item : std::uint8_t {
    end, ///< Nothing.
    none,
    boolean,
    integer,
    floating,
    complex,
    text,
    byte_string,
    tuple,
    slice,
    frozen_set,
    not_implemented,
    ellipsis,
    unknown, ///< A tag without meaning: every read refuses it.
};

/// Takes items off a message. The first error is kept, and from then on every read gives zeroes and empty views, so
/// that callers need not check after each item, only before they act on what they read.
///
/// Errors: protocol_error that names the byte, what was found and what was expected; limit_exceeded.
/// Limits: as `read`. A caller that follows nested tuples by recursion counts them with `enter` and `leave`.
/// Thread-safety: none.
/// Lifetime: borrows the message and the limits; views lie in the message.
class reader {
public:
    reader(byte_view message, const limits& limits) noexcept;

    [[nodiscard]] item peek() const noexcept;

    void get_none() noexcept;
    [[nodiscard]] bool get_boolean() noexcept;
    /// An integer that fits 64 bits; others are an error here, though not for `get_value`.
    [[nodiscard]] std::int64_t get_integer() noexcept;
    [[nodiscard]] double get_float() noexcept;
    [[nodiscard]] std::string_view get_text() noexcept;
    [[nodiscard]] byte_view get_bytes() noexcept;
    /// The number of items that follow. Never more than bytes are left, since each takes at least one.
    [[nodiscard]] std::size_t get_tuple() noexcept;
    /// The head of a tuple of so many items, or an error.
    void get_tuple_of(std::size_t expected) noexcept;
    /// One whole value of any kind.
    [[nodiscard]] value get_value();
    /// Reads over one whole value, checking its structure and text, but not the size of integers.
    void skip();

    /// One level deeper or less deep; false, and a failure, where that is too deep.
    bool enter() noexcept;
    void leave() noexcept { --depth_; }

    /// Fails where bytes are left.
    void finish() noexcept;
    void fail(error failure) noexcept;
    [[nodiscard]] bool failed() const noexcept { return failure_.has_value(); }
    /// REQUIRES: failed().
    [[nodiscard]] error take_failure() { return *std::move(failure_); }
    /// How many bytes have been read; after a failure, all of them.
    [[nodiscard]] std::size_t offset() const noexcept {
        return static_cast<std::size_t>(at_ - begin_);
    }
    [[nodiscard]] std::size_t left() const noexcept { return static_cast<std::size_t>(end_ - at_); }

private:
    class tree;

    /// The next tag, counted as one value. 0x07, which has no meaning, after a failure.
    [[nodiscard]] std::uint8_t begin_item(std::string_view expected) noexcept {
        if (at_ == end_ || !charge(0, 1)) return no_item(expected);
        return std::to_integer<std::uint8_t>(*at_++);
    }
    [[nodiscard]] byte_view take(std::size_t size, std::string_view what) noexcept {
        if (size > left() || failed()) return nothing_taken(size, what);
        return {std::exchange(at_, at_ + size), size};
    }
    // What these do where there is none.
    std::uint8_t no_item(std::string_view expected) noexcept;
    byte_view nothing_taken(std::size_t size, std::string_view what) noexcept;
    /// A number of so many bytes, most significant first.
    [[nodiscard]] std::uint64_t take_number(std::size_t size, std::string_view what) noexcept;
    [[nodiscard]] double take_float() noexcept;
    [[nodiscard]] byte_view byte_string(std::uint8_t tag) noexcept;
    [[nodiscard]] std::string_view text() noexcept;
    [[nodiscard]] std::size_t tuple(std::uint8_t tag) noexcept;
    [[nodiscard]] std::string_view digits(std::uint8_t tag) noexcept;
    bool charge(std::size_t memory, std::size_t nodes) noexcept {
        if (failed()) return false;
        std::optional<error> refused = budget_.charge(memory, nodes);
        if (refused) fail(*std::move(refused));
        return !failed();
    }
    void found_tag(std::size_t at, std::uint8_t tag, std::string_view expected) noexcept;
    [[nodiscard]] std::uint8_t tag_at(std::size_t at) const noexcept {
        return std::to_integer<std::uint8_t>(begin_[at]);
    }

    const std::byte* begin_;
    const std::byte* at_;
    const std::byte* end_;
    const limits* limits_;
    decode_budget budget_;
    std::size_t depth_limit_;
    std::size_t depth_ = 0;
    std::optional<error> failure_;
};

} // namespace beckon::brine
