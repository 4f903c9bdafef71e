// remcall's messages: what each begins with, and where it ends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "beckon/base/bytes.hpp"
#include "beckon/base/result.hpp"
#include "beckon/schema/remcall/extent.hpp"
#include "codec/remcall/scan.hpp"

namespace beckon::remcall {

enum class command : std::uint8_t {
    request_schema = 0x00,
    send_schema = 0x01,
    call_method = 0x05,
    return_from_method = 0x06,
    noop = 0x07,
    disconnect = 0x08,
    acknowledge_disconnect = 0x09,
    // Of Beckon alone (docs/wire/remcall.md, section 15).
    hello = 0x10,
    fail_method = 0x11,
    release_objects = 0x12,
    cancel = 0x13,
    call_with_deadline = 0x14,
};

/// What both sides must have announced before it is used: bits of HELLO.
namespace feature {
inline constexpr std::uint32_t values = 1u << 0;
inline constexpr std::uint32_t failures = 1u << 1;
inline constexpr std::uint32_t releases = 1u << 2;
inline constexpr std::uint32_t cancelling = 1u << 3;
inline constexpr std::uint32_t deadlines = 1u << 4;
inline constexpr std::uint32_t schemas = 1u << 5;
inline constexpr std::uint32_t all = (1u << 6) - 1;
} // namespace feature

inline constexpr std::uint16_t hello_version = 1;
/// How many NOOPs at the very beginning say that a Beckon sends them.
inline constexpr std::size_t knock_size = 8;

// Where the parts of messages stand.
inline constexpr std::size_t request_at =
    1; ///< Of all that have a request's number, but call_with_deadline.
inline constexpr std::size_t request_bytes = 4;
inline constexpr std::size_t answer_head = request_at + request_bytes;
inline constexpr std::size_t hello_size = 1 + 2 + 4 + 32;
inline constexpr std::size_t deadline_bytes = 4;

/// Type, message and details of a failed call.
[[nodiscard]] std::span<const schema::field> failure_fields() noexcept;
/// For values whose types are the protocol's own, and no schema's.
[[nodiscard]] const forms& own_forms();

/// What the end of a message depends on.
class message_ends {
public:
    /// The parameters of a method, or null where no method has that number.
    ///
    /// Errors: protocol_error, where no schema is known yet, or the peer may not send values of theirs.
    [[nodiscard]] virtual result<std::span<const schema::field>>
    parameters_of(std::uint64_t method) const = 0;
    /// The result of a call of ours. Errors: protocol_error, where none has that number.
    [[nodiscard]] virtual result<const schema::type*> result_of(std::uint32_t request) const = 0;
    /// Whether the command is one that the peer may send now. Errors: protocol_error.
    [[nodiscard]] virtual result<void> may_send(command what) const = 0;
    /// Null where no schema is known yet.
    [[nodiscard]] virtual const forms* known_forms() const noexcept = 0;
    [[nodiscard]] virtual std::size_t method_bytes() const noexcept = 0;

protected:
    ~message_ends() = default;
};

/// Finds the end of the message that the input begins with, and goes on where it stopped when more has come.
///
/// Errors: protocol_error, where the end cannot be known; limit_exceeded.
/// Thread-safety: none.
class message_scanner {
public:
    void set_limits(const scan_limits& allowed, std::size_t max_schema_bytes) noexcept {
        allowed_ = allowed;
        max_schema_bytes_ = max_schema_bytes;
    }
    /// The next input begins with another message.
    void reset() noexcept { began_ = phase::nothing; }
    /// Whether the message is there, whole. REQUIRES: `input` is not empty.
    [[nodiscard]] result<bool> look(byte_view input, const message_ends& ends);
    /// Its size; while it is not whole: how many bytes it has at least.
    [[nodiscard]] std::size_t size() const noexcept;

private:
    enum class phase : std::uint8_t { nothing, head, values, schema };
    [[nodiscard]] result<bool> begin(byte_view input, const message_ends& ends);
    [[nodiscard]] result<bool> look_at_schema(byte_view input);
    [[nodiscard]] result<bool> begin_call(byte_view input, std::size_t head,
                                          const message_ends& ends);

    phase began_ = phase::nothing;
    std::size_t head_size_ = 1; ///< Of what has no more than a head: all.
    scan_limits allowed_;
    std::size_t max_schema_bytes_ = 0;
    value_scanner values_;
    schema::remcall::extent schema_;
    std::size_t schema_size_ = 0; ///< Known when it is there.
};

} // namespace beckon::remcall
