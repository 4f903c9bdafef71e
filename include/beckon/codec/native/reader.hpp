// Reads one message of the native protocol, checking everything that the peer claims.
#pragma once

#include <concepts>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "beckon/base/bytes.hpp"
#include "beckon/base/error.hpp"
#include "beckon/base/limits.hpp"
#include "beckon/codec/decode_budget.hpp"
#include "beckon/codec/reference.hpp"
#include "beckon/value/referent.hpp"

namespace beckon::native {

class stream_sink;

/// Takes values off a message. The first error is remembered, and from then on every read gives zeroes, so
/// decoders need not check after each value.
///
/// Limits: nodes and decoded memory are charged before they are spent (`limits::max_nodes`,
/// `min_decoded_bytes`, `decoded_bytes_factor`), nesting by `enter` (`max_depth`).
/// Thread-safety: none.
class reader {
public:
    reader(byte_view message, const limits& limits,
           reference_exchange* references = nullptr) noexcept
        : begin_(message.data()), at_(message.data()), end_(message.data() + message.size()),
          limits_(&limits), references_(references), budget_(message.size(), limits) {}

    /// Starts at `offset` bytes into the message; alignment and offsets in errors still count from its start.
    void skip_to(std::size_t offset) noexcept { at_ = begin_ + offset; }

    template <typename Number>
    requires(std::integral<Number> || std::floating_point<Number>) [[nodiscard]] Number
        get() noexcept {
        Number number{};
        if (left() < sizeof number) {
            fail_short(sizeof number);
            return number;
        }
        std::memcpy(&number, at_, sizeof number);
        at_ += sizeof number;
        return number;
    }
    /// `size` bytes in place, or an empty view after a failure.
    [[nodiscard]] byte_view get_raw(std::size_t size) noexcept {
        if (left() < size) {
            fail_short(size);
            return {};
        }
        return {std::exchange(at_, at_ + size), size};
    }
    /// A uint32 length and that many bytes, in place.
    [[nodiscard]] byte_view get_block() noexcept { return get_raw(get<std::uint32_t>()); }
    /// The same, checked to be UTF-8.
    [[nodiscard]] std::string_view get_text() noexcept;
    /// Skips to a multiple of `alignment` from the start of the message.
    void align(std::size_t alignment) noexcept {
        const std::size_t over = static_cast<std::size_t>(at_ - begin_) & (alignment - 1);
        if (over != 0) static_cast<void>(get_raw(alignment - over));
    }
    /// A uint32 count of elements that take at least `least` bytes each on the wire and `each` in memory.
    [[nodiscard]] std::size_t get_count(std::size_t least, std::size_t each) noexcept {
        return get_count(least, each, false);
    }
    /// The same for a list of numbers, which is one value: it is copied or viewed as a whole.
    [[nodiscard]] std::size_t get_packed_count(std::size_t size, std::size_t each) noexcept {
        return get_count(size, each, true);
    }

    /// Accounts for memory and values about to be made; false after a failure.
    bool charge(std::size_t memory, std::size_t nodes = 1) noexcept;
    /// One level deeper or less deep.
    bool enter() noexcept;
    void leave() noexcept { --depth_; }

    /// A view of a record's bytes: reads end at its end. Restored by `end_record`.
    struct record_scope {
        const std::byte* outer_end = nullptr;
    };
    [[nodiscard]] record_scope begin_record() noexcept;
    /// Skips what a newer peer appended.
    void end_record(record_scope scope) noexcept;
    /// Whether the record has bytes left for one more field.
    [[nodiscard]] bool more() const noexcept { return at_ != end_; }

    [[nodiscard]] intrusive_ptr<referent> get_reference(std::string_view interface_name);
    [[nodiscard]] intrusive_ptr<referent> get_stream();
    /// Binds `sink` to the stream; on an error the reader fails.
    void get_stream(stream_sink& sink);

    void fail(error failure) noexcept;
    [[nodiscard]] bool failed() const noexcept { return failure_.has_value(); }
    /// Adds what was being read to the failure, where there is one.
    void note(std::string what) {
        if (failure_) failure_->note(std::move(what));
    }
    [[nodiscard]] error take_failure() { return std::move(*failure_); }
    [[nodiscard]] std::size_t left() const noexcept { return static_cast<std::size_t>(end_ - at_); }
    /// Offset from the start of the message, for error texts.
    [[nodiscard]] std::size_t offset() const noexcept {
        return static_cast<std::size_t>(at_ - begin_);
    }
    [[nodiscard]] const beckon::limits& limits() const noexcept { return *limits_; }

private:
    [[nodiscard]] std::size_t get_count(std::size_t least, std::size_t each, bool packed) noexcept;
    void fail_short(std::size_t wanted) noexcept;

    const std::byte* begin_;
    const std::byte* at_;
    const std::byte* end_;
    const beckon::limits* limits_;
    [[nodiscard]] bool can_refer(std::string_view what) noexcept;
    void fail_at(std::size_t at, std::string_view what, error failure) noexcept;

    reference_exchange* references_;
    decode_budget budget_;
    std::size_t depth_ = 0;
    std::optional<error> failure_;
};

} // namespace beckon::native
