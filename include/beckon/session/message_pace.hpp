// Whether a message once begun keeps coming.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "beckon/base/error.hpp"
#include "beckon/base/time.hpp"

namespace beckon {

/// Tells a peer that trickles a message for ever from one behind a slow link, whatever the message's size: in each stretch
/// of time the message must end or grow by a least number of bytes.
///
/// Thread-safety: none. It reads no clock and sets no timer; who holds it does.
class message_pace {
public:
    /// `within`: length of a stretch, 0 to watch nothing. `least`: bytes in each.
    message_pace(nanoseconds within, std::size_t least) noexcept : within_(within), least_(least) {}

    /// A message is here to its end.
    void ended() noexcept {
        ++messages_;
        held_ = 0;
    }
    /// So many bytes of a message are here, and its end is not. Says whether the watch begins now: `look` is wanted at
    /// `due()`.
    [[nodiscard]] bool left_over(std::size_t size, time_point now) noexcept {
        held_ = size;
        if (watching_ || size == 0 || within_.count() == 0) return false;
        watching_ = true;
        restart(now);
        return true;
    }
    [[nodiscard]] time_point due() const noexcept { return deadline_after(since_, within_); }
    /// What to say of a peer that is too slow. REQUIRES: `look` found so.
    [[nodiscard]] error too_slow(std::string_view peer) const;

    enum class verdict : std::uint8_t {
        at_rest,  ///< No message is begun: left_over says when to look again.
        goes_on,  ///< Look again at `due()`.
        too_slow, ///< The peer keeps a message unfinished.
    };
    /// REQUIRES: `due()` has come.
    [[nodiscard]] verdict look(time_point now) noexcept {
        if (held_ == 0) {
            watching_ = false;
            return verdict::at_rest;
        }
        if (messages_ == messages_before_ && held_ - held_before_ < least_)
            return verdict::too_slow;
        restart(now);
        return verdict::goes_on;
    }

private:
    void restart(time_point now) noexcept {
        since_ = now;
        messages_before_ = messages_;
        held_before_ = held_;
    }

    const nanoseconds within_;
    const std::size_t least_;
    bool watching_ = false;
    time_point since_{};
    std::uint64_t messages_ = 0;
    std::uint64_t messages_before_ = 0; ///< When the stretch began, as is
    std::size_t held_ = 0;
    std::size_t held_before_ = 0; ///< this one's.
};

} // namespace beckon
