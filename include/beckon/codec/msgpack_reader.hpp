// Taking a MessagePack message apart piece by piece, without a tree of values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "beckon/base/bytes.hpp"
#include "beckon/base/error.hpp"
#include "beckon/codec/msgpack.hpp"

namespace beckon::msgpack {

/// What comes next in a message, as its first byte tells.
enum class item : std::uint8_t {
    end, ///< Nothing.
    nil,
    boolean,
    integer,
    floating,
    text,
    byte_string,
    array,
    map,
    extension,
    unknown, ///< 0xc1, which never begins a value: every read refuses it.
};

struct extension_view {
    std::int8_t type = 0;
    byte_view content{};
};

/// Takes items off a message. The first error is kept, and from then on every read gives zeroes and empty views, so
/// that callers need not check after each item, only before they act on what they read.
///
/// Errors and limits: as `read`. A caller that follows nested containers by recursion counts them with `enter` and
/// `leave`.
/// Thread-safety: none.
/// Lifetime: borrows the message and the options; views lie in the message.
class reader {
public:
    reader(byte_view message, const read_options& options) noexcept;

    [[nodiscard]] item peek() const noexcept;

    void get_nil() noexcept;
    [[nodiscard]] bool get_boolean() noexcept;
    /// An integer of any form that fits; others are an error.
    [[nodiscard]] std::int64_t get_integer() noexcept;
    [[nodiscard]] std::uint64_t get_unsigned() noexcept;
    /// Takes the next item, whatever it is, and says whether it is an integer that is not negative: then `into` is that.
    bool take_unsigned(std::uint64_t& into) noexcept;
    /// A float of either size, or an integer.
    [[nodiscard]] double get_float() noexcept;
    /// Text, or bytes, that are UTF-8.
    [[nodiscard]] std::string_view get_text() noexcept;
    /// Bytes, or text.
    [[nodiscard]] byte_view get_bytes() noexcept;
    /// The number of items that follow. Never more than bytes are left, since each takes at least one.
    [[nodiscard]] std::size_t get_array() noexcept;
    /// The number of pairs that follow. Never more than half as many as bytes are left.
    [[nodiscard]] std::size_t get_map() noexcept;
    [[nodiscard]] extension_view get_extension() noexcept;
    /// One whole value of any kind.
    [[nodiscard]] value get_value();
    /// Reads over one whole value, checking no more than where it ends.
    void skip() noexcept;

    /// One level deeper or less deep; false, and a failure, where that is too deep.
    bool enter() noexcept;
    void leave() noexcept { --depth_; }

    /// Fails where bytes are left.
    void finish() noexcept;
    void fail(error failure) noexcept;
    [[nodiscard]] bool failed() const noexcept { return failure_.has_value(); }
    /// Whether it failed because the message ended too early: more bytes might mend that.
    [[nodiscard]] bool ran_out() const noexcept { return ran_out_; }
    /// REQUIRES: failed().
    [[nodiscard]] error take_failure() { return *std::move(failure_); }
    /// How many bytes have been read; after a failure, all of them.
    [[nodiscard]] std::size_t offset() const noexcept {
        return static_cast<std::size_t>(at_ - begin_);
    }
    [[nodiscard]] std::size_t left() const noexcept { return static_cast<std::size_t>(end_ - at_); }

private:
    class tree;
    struct head;

    /// The first bytes of the next item, counted as one value and taken; of kind `end` after a failure.
    [[nodiscard]] head begin_item(std::string_view expected) noexcept;
    /// Takes the head of the next item where it is a byte within that range, as most are.
    [[nodiscard]] bool take_short(std::uint8_t least, std::uint8_t most,
                                  std::uint8_t& first) noexcept {
        if (at_ == end_ || nodes_left_ == 0) return false;
        first = std::to_integer<std::uint8_t>(*at_);
        if (first < least || first > most) return false;
        ++at_;
        --nodes_left_;
        return true;
    }
    /// An integer's sign and magnitude.
    struct number {
        bool negative = false;
        std::uint64_t magnitude = 0; ///< Of negative ones in two's complement.
    };
    [[nodiscard]] number integer_of(const head& begun) const noexcept;
    [[nodiscard]] byte_view take(std::uint64_t size, std::string_view what) noexcept;
    bool charge(std::size_t memory, std::size_t nodes) noexcept;
    void cut_short(std::uint64_t missing, std::string_view what) noexcept;
    void unexpected(const head& found, std::string_view expected) noexcept;

    const std::byte* begin_;
    const std::byte* at_;
    const std::byte* end_;
    const read_options* options_;
    std::size_t nodes_left_;
    std::size_t memory_limit_;
    std::size_t memory_left_;
    std::size_t depth_ = 0;
    bool ran_out_ = false;
    std::optional<error> failure_;
};

} // namespace beckon::msgpack
