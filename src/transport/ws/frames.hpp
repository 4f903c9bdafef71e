// WebSocket's frames (RFC 6455, section 5) of one connection, without I/O: bytes of the peer in, contents out, and back.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "beckon/base/bytes.hpp"
#include "beckon/base/error.hpp"
#include "beckon/codec/buffer.hpp"

namespace beckon::transport::ws {

enum class role : bool { client, server };

/// Bytes of content in one frame that we send: so a ping never waits for more than one of them.
inline constexpr std::size_t most_frame_bytes = 64u << 10;
inline constexpr std::size_t most_control_bytes = 125;

/// Why a WebSocket ends (RFC 6455, section 7.4.1).
namespace close_code {
inline constexpr std::uint16_t none = 0; ///< Nothing was said.
inline constexpr std::uint16_t normal = 1000;
inline constexpr std::uint16_t going_away = 1001;
inline constexpr std::uint16_t protocol_error = 1002;
inline constexpr std::uint16_t unsupported_data = 1003;
inline constexpr std::uint16_t not_utf8 = 1007;
inline constexpr std::uint16_t against_policy = 1008;
inline constexpr std::uint16_t too_big = 1009;
inline constexpr std::uint16_t internal_error = 1011;
inline constexpr std::uint16_t try_again_later = 1013; ///< Registered with IANA.
} // namespace close_code

/// Thread-safety: none.
class frames {
public:
    explicit frames(role plays) noexcept : role_(plays) {}
    frames(const frames&) = delete;
    frames& operator=(const frames&) = delete;

    /// From now on text messages of at most so many bytes, in the form of io::byte_stream::keep_messages. Before that
    /// what is sent and taken are binary messages of any size, whose borders mean nothing.
    void keep_messages(std::size_t most_bytes);

    // --- Of the peer: frames_input.cpp ---
    /// Takes all of `came` and gives contents, as much as fits; the rest is held for the next call. Pings are answered.
    ///
    /// Limits: a message's size is checked when its frame begins. A fragmented one that is kept gathers with what comes;
    /// of others nothing is gathered.
    [[nodiscard]] std::size_t read(byte_view came, std::span<std::byte> into);
    [[nodiscard]] bool holds_content() const noexcept { return held_at_ != held_.size(); }
    /// Bytes that are here of a message that is gathered, and one more for its beginning; 0: none is.
    [[nodiscard]] std::size_t gathered() const noexcept {
        return gathers_ ? gathered_.size() + 1 : 0;
    }
    /// How many have been gathered to their end.
    [[nodiscard]] std::uint64_t gathered_whole() const noexcept { return gathered_whole_; }
    /// Which of the peer's frames has begun without anybody above knowing of it: its head is not whole, or it is a ping or
    /// a close that goes on, or bytes of which none has come. 0: none has.
    [[nodiscard]] std::uint64_t begun() const noexcept;
    /// What the peer has closed with.
    [[nodiscard]] const std::optional<std::uint16_t>& closed_by_peer() const noexcept {
        return closed_by_peer_;
    }
    /// What it has said to that, in words; mostly nothing.
    [[nodiscard]] std::string_view closing_words() const noexcept {
        constexpr std::size_t code_bytes = 2;
        return closed_by_peer_ && control_.size() > code_bytes
                   ? std::string_view(control_).substr(code_bytes)
                   : std::string_view();
    }
    /// Why nothing more of the peer is read: it broke a rule. What tells it so is in `out`.
    [[nodiscard]] const std::optional<error>& failure() const noexcept { return failure_; }

    // --- To the peer: frames_output.cpp ---
    /// What is to leave, whole frames.
    buffer out;
    /// Frames what stands behind the first `skip` bytes, at most `most_frame_bytes`; gives how many of these.
    [[nodiscard]] std::size_t put(std::span<const byte_view> views, std::size_t skip);
    void put_ping();
    /// Says that nothing more follows, once, and why. As the peer did, where it has closed before.
    void put_close(std::uint16_t code = close_code::normal, std::string_view reason = {});

private:
    /// The frame that is read.
    struct frame_head {
        std::byte bytes[14] = {}; ///< As it came.
        std::size_t here = 0;     ///< So many of them.
        std::uint8_t opcode = 0;
        bool is_last = false; ///< Of its message.
        bool is_open = false; ///< Its content is awaited.
        bool is_told = false; ///< Above it is known that there is such a frame.
        std::uint64_t left = 0;
        std::uint8_t key[4] = {};
        std::size_t key_at = 0;
    };

    void take_head(byte_view& came);
    [[nodiscard]] bool check_start();
    void begin_frame(std::uint64_t size);
    void take_content(byte_view& came);
    void take_text(byte_view part);
    void end_frame();
    void end_control();
    void give(byte_view content);
    void refuse(std::uint16_t code, error reason);

    void frame(bool last, std::uint8_t opcode, std::span<const byte_view> views, std::size_t skip,
               std::size_t size);
    void put_control(std::uint8_t opcode, byte_view content);
    void put_close_frame(std::uint16_t code, std::string_view reason);
    [[nodiscard]] std::size_t put_kept(std::span<const byte_view> views, std::size_t skip,
                                       std::size_t total);

    const role role_;
    bool keeps_ = false;
    std::uint64_t most_bytes_ = 0;

    // Reading.
    std::span<std::byte> into_;
    std::size_t got_ = 0;
    buffer held_; ///< Content from held_at_ on.
    std::size_t held_at_ = 0;
    frame_head head_;
    std::uint64_t number_ = 0;        ///< Of that frame.
    bool in_message_ = false;         ///< Its last frame is still to come.
    std::uint64_t message_bytes_ = 0; ///< Of the message so far, as its frames declare.
    buffer gathered_;                 ///< Of a fragmented message that is kept.
    bool gathers_ = false;
    std::uint64_t gathered_whole_ = 0;
    std::string control_; ///< Content of a control frame.
    std::string letter_;  ///< The beginning of a letter whose end has not come.
    std::optional<error> failure_;
    std::optional<std::uint16_t> closed_by_peer_;

    // Writing messages that are kept.
    std::byte size_[4] = {};
    std::size_t size_bytes_ = 0; ///< So many of them are there.
    std::uint32_t left_ = 0;     ///< Of the message.
    bool begun_ = false;         ///< A frame of it has been made.
    bool has_closed_ = false;
};

} // namespace beckon::transport::ws
