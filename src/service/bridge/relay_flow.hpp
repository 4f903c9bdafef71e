// One direction of a relay: what is read on one side, changed where need be, and not yet taken by the other.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "beckon/base/error.hpp"
#include "beckon/base/time.hpp"
#include "beckon/codec/buffer.hpp"
#include "beckon/io/byte_stream.hpp"
#include "session/passage.hpp"

namespace beckon {

/// Thread-safety: none.
class relay_flow {
public:
    explicit relay_flow(sender from) noexcept : from_(from) {}

    enum class outcome : std::uint8_t {
        nothing, ///< There was nothing to be done, or nothing can be.
        moved,
        dial_again,  ///< See passage::next.
        read_failed, ///< Of this and the next two `take_failure` says how.
        bad_message,
        write_failed,
    };

    /// Null: bytes pass as they are. `apart`: messages go into records of their own.
    void use(passage* converts, bool apart) noexcept {
        converts_ = converts;
        apart_ = apart;
    }
    /// Reads once and makes of it what is to be written.
    [[nodiscard]] outcome read(io::byte_stream& source);
    /// The same of what waits, since the other side has said something.
    [[nodiscard]] outcome look_again();
    /// Writes what is to be written, as far as the target takes it.
    [[nodiscard]] outcome write(io::byte_stream& target);

    [[nodiscard]] bool wants_input() const noexcept {
        return !ended_ && !waits_ && (out_.empty() || needs_more_);
    }
    [[nodiscard]] bool has_output() const noexcept { return !out_.empty(); }
    [[nodiscard]] bool is_blocked() const noexcept { return blocked_; }
    /// Bytes of a message whose end is awaited; 0: none is, or it is not the source that keeps it waiting.
    [[nodiscard]] std::size_t unfinished() const noexcept {
        if (!wants_input()) return 0;
        return in_.size() + (needs_more_ ? out_.size() - sent_ : 0);
    }
    /// How many messages have come to their end, or may have.
    [[nodiscard]] std::uint64_t finished_messages() const noexcept { return finished_messages_; }
    [[nodiscard]] bool source_has_ended() const noexcept { return source_ended_; }
    /// Nothing more comes and nothing is left.
    [[nodiscard]] bool is_through() const noexcept {
        return ended_ && out_.empty() && (in_.empty() || !waits_);
    }
    [[nodiscard]] error take_failure() { return *std::move(failure_); }

    bool may_read = true; ///< The descriptor told so, and no read has found otherwise.
    bool is_shut = false; ///< The target has been told of the end, or is lost.
    time_point blocked_since = never;

    void unblock() noexcept {
        blocked_ = false;
        blocked_since = never;
    }
    /// As if the source had ended; what has come still passes.
    void end_input() noexcept { ended_ = true; }
    /// The target is lost: nothing of this direction matters any more.
    void drop() noexcept;
    /// The target is another one, which gets this before anything else.
    void restart(buffer said);
    /// The source is another one.
    void forget() noexcept;

private:
    [[nodiscard]] outcome convert();
    [[nodiscard]] std::size_t cut(std::array<byte_view, io::max_gathered>& into) const;
    void sent(std::size_t size);
    void forget_output() noexcept;

    const sender from_;
    passage* converts_ = nullptr;
    bool apart_ = false;
    bool ended_ = false;
    bool source_ended_ = false; ///< By itself.
    bool waits_ = false;
    bool blocked_ = false;
    std::uint64_t finished_messages_ = 0;
    std::size_t unfinished_ = 0; ///< Bytes of the message that a write has cut.
    buffer in_;                  ///< What is no whole message yet.
    buffer out_;                 ///< From sent_ on it is to be written.
    std::size_t sent_ = 0;
    bool needs_more_ = false; ///< To cut what is to be written.
    std::optional<error> failure_;
};

} // namespace beckon
