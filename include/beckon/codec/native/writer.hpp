// Writes one message of the native protocol, straight into the session's output.
#pragma once

#include <bit>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "beckon/base/error.hpp"
#include "beckon/codec/buffer.hpp"
#include "beckon/codec/reference.hpp"
#include "beckon/value/referent.hpp"

namespace beckon::native {

static_assert(std::endian::native == std::endian::little,
              "the native codec copies numbers as they lie in memory; a big-endian port needs byte "
              "swaps here");

/// Appends values to a buffer. A failure is remembered and makes the whole message void: the session cuts it off
/// again, so nothing of it reaches the peer.
///
/// Thread-safety: none; used under the session's lock.
class writer {
public:
    explicit writer(buffer& out, reference_exchange* references = nullptr) noexcept
        : out_(&out), start_(out.size()), references_(references) {}

    template <typename Number>
    requires(std::integral<Number> || std::floating_point<Number>) void put(Number number) {
        std::memcpy(out_->grow(sizeof number), &number, sizeof number);
    }
    void put_raw(const void* from, std::size_t size) {
        if (size != 0) std::memcpy(out_->grow(size), from, size);
    }
    /// Fills with zeroes up to a multiple of `alignment` from the start of the message.
    void align(std::size_t alignment) {
        const std::size_t over = (out_->size() - start_) & (alignment - 1);
        if (over != 0) std::memset(out_->grow(alignment - over), 0, alignment - over);
    }
    /// uint32 length, then the bytes.
    void put_block(const void* from, std::size_t size) {
        if (size > UINT32_MAX)
            return fail(beckon::fail(errc::limit_exceeded, "block of ", size,
                                     " bytes; the native protocol carries at most ", UINT32_MAX));
        std::byte* at = out_->grow(4 + size);
        const auto length = static_cast<std::uint32_t>(size);
        std::memcpy(at, &length, 4);
        if (size != 0) std::memcpy(at + 4, from, size);
    }
    void put_text(std::string_view text);

    /// Leaves room for a uint32 that counts the bytes from here on; close_block fills it in.
    [[nodiscard]] std::size_t open_block() {
        put<std::uint32_t>(0);
        return out_->size();
    }
    void close_block(std::size_t opened) {
        const auto length = static_cast<std::uint32_t>(out_->size() - opened);
        std::memcpy(out_->data() + opened - 4, &length, 4);
    }

    void put_reference(referent* object);
    /// REQUIRES: `producer` is a stream_producer.
    void put_stream(referent* producer);

    void fail(error failure) {
        if (!failure_) failure_ = std::move(failure);
    }
    [[nodiscard]] bool failed() const noexcept { return failure_.has_value(); }
    /// Adds what was being written to the failure, where there is one.
    void note(std::string what) {
        if (failure_) failure_->note(std::move(what));
    }
    /// The same, in the words that all composed values share: which part of one it is.
    void note_field(std::string_view record, std::span<const std::string_view> names,
                    std::size_t at);
    void note_item(std::size_t at);
    [[nodiscard]] error take_failure() { return std::move(*failure_); }

    [[nodiscard]] buffer& out() noexcept { return *out_; }
    /// Where the message begins in the buffer.
    [[nodiscard]] std::size_t start() const noexcept { return start_; }
    [[nodiscard]] std::size_t size() const noexcept { return out_->size() - start_; }

private:
    buffer* out_;
    std::size_t start_;
    reference_exchange* references_;
    std::optional<error> failure_;
};

} // namespace beckon::native
