// The bytes of a pickle as its machine takes them.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include "beckon/base/bytes.hpp"
#include "beckon/base/error.hpp"

namespace beckon::pickle {

/// A cursor. The first failure is kept; from then on there is nothing left to take.
class input {
public:
    explicit input(byte_view from) noexcept
        : begin_(from.data()), at_(from.data()), end_(from.data() + from.size()) {}

    [[nodiscard]] std::size_t offset() const noexcept {
        return static_cast<std::size_t>(at_ - begin_);
    }
    [[nodiscard]] std::size_t left() const noexcept { return static_cast<std::size_t>(end_ - at_); }
    [[nodiscard]] std::size_t size() const noexcept {
        return static_cast<std::size_t>(end_ - begin_);
    }

    [[nodiscard]] bool failed() const noexcept { return failure_.has_value(); }
    /// REQUIRES: failed().
    [[nodiscard]] error take_failure() { return *std::move(failure_); }
    bool fail(error failure) {
        if (!failed()) failure_ = std::move(failure);
        at_ = end_;
        return false;
    }
    /// "peer sent a pickle that ..., at byte N".
    template <typename... Parts>
    bool refuse(std::size_t at, const Parts&... parts) {
        return fail(beckon::fail(errc::protocol_error, "peer sent a pickle that ", parts...,
                                 " at byte ", at));
    }
    template <typename... Parts>
    bool limit(std::size_t at, const Parts&... parts) {
        return fail(beckon::fail(errc::limit_exceeded, "peer sent a pickle that ", parts...,
                                 " at byte ", at));
    }

    /// The next opcode; false, and a failure, at the end.
    bool opcode(std::uint8_t& code) {
        if (at_ == end_) return ended("an opcode", 1);
        code = std::to_integer<std::uint8_t>(*at_++);
        return true;
    }
    bool take(std::size_t size, std::string_view what, byte_view& taken) {
        if (size > left()) return ended(what, size);
        taken = {at_, size};
        at_ += size;
        return true;
    }
    /// As `take`, of content whose length the pickle declared.
    bool take_declared(std::uint64_t size, std::string_view what, byte_view& taken) {
        if (size > left()) {
            return refuse(offset(), "declares ", size, " bytes of ", what, " where ", left(),
                          " are left,");
        }
        taken = {at_, static_cast<std::size_t>(size)};
        at_ += size;
        return true;
    }
    /// An unsigned number, least significant byte first.
    template <unsigned Bytes>
    bool number(std::uint64_t& made) {
        if (left() < Bytes) return ended("a number", Bytes);
        made = 0;
        for (unsigned i = 0; i < Bytes; ++i)
            made |= std::to_integer<std::uint64_t>(at_[i]) << (8 * i);
        at_ += Bytes;
        return true;
    }
    /// Up to the next line feed, which is taken, too.
    bool line(std::string_view& made) {
        const void* const found = left() == 0 ? nullptr : std::memchr(at_, '\n', left());
        if (found == nullptr) return ended("the end of a line", 1);
        const auto* const feed = static_cast<const std::byte*>(found);
        made = as_text({at_, static_cast<std::size_t>(feed - at_)});
        at_ = feed + 1;
        return true;
    }

private:
    bool ended(std::string_view what, std::size_t size) {
        if (failed()) return false;
        return fail(beckon::fail(errc::protocol_error, "peer sent a pickle that ends at byte ",
                                 this->size(), "; expected ", size,
                                 size == 1 ? " byte of " : " bytes of ", what, " at byte ",
                                 offset()));
    }

    const std::byte* begin_;
    const std::byte* at_;
    const std::byte* end_;
    std::optional<error> failure_;
};

} // namespace beckon::pickle
