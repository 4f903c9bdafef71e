// Where a binary schema of remcall ends that comes in pieces.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "beckon/base/bytes.hpp"
#include "beckon/base/result.hpp"
#include "beckon/schema/remcall/binary.hpp"

namespace beckon::schema::remcall {

/// Finds the end of one schema in a stream, in time proportional to its bytes however small the pieces are. Only what the
/// end depends on is looked at; read() judges the rest.
///
/// Thread-safety: none.
///
/// Example:
/// ```
/// remcall::extent extent;
/// while (true) {
///     auto size = extent.find(buffered); // result<std::optional<std::size_t>>
///     if (!size) return size.error();
///     if (*size) return remcall::read(buffered.first(**size));
///     buffered = more();
/// }
/// ```
class extent {
public:
    explicit extent(std::size_t max_bytes = read_options().max_bytes) noexcept
        : max_bytes_(max_bytes) {}

    /// `input` is all that there is from the schema's first byte on, what was there before among it. The schema's size,
    /// its digest included; nullopt, where more has to come.
    ///
    /// Errors: parse_error, or limit_exceeded, with a schema_error.
    [[nodiscard]] result<std::optional<std::size_t>> find(byte_view input);

private:
    enum class stage : std::uint8_t {
        start,
        head,
        declaration,
        member_count,
        member,
        argument_count,
        argument,
        digest,
        end
    };

    [[nodiscard]] std::size_t needed() const noexcept;
    result<void> step(byte_view input);
    [[nodiscard]] std::uint32_t number(byte_view input, std::size_t offset) const noexcept;

    std::size_t max_bytes_;
    std::size_t at_ = 0;
    stage stage_ = stage::start;
    std::uint8_t tag_ = 0;
    std::uint32_t width_ = 0; ///< Of the number that stands before each method.
    std::uint64_t declarations_ = 0;
    std::uint32_t members_ = 0;
    std::uint32_t arguments_ = 0;
};

} // namespace beckon::schema::remcall
