// How frames of the peer are read.
#include <algorithm>
#include <array>
#include <limits>

#include "beckon/base/utf8.hpp"
#include "transport/ws/frames.hpp"
#include "transport/ws/opcode.hpp"

namespace beckon::transport::ws {

namespace {

/// Codes that may stand in a close frame (RFC 6455, section 7.4; 1012 to 1014 were registered later).
[[nodiscard]] bool may_close_with(unsigned code) noexcept {
    return (code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006) ||
           (code >= 3000 && code <= 4999);
}

/// Bytes of the letter that begins with this one.
[[nodiscard]] std::size_t letter_bytes(char first) noexcept {
    const auto byte = static_cast<unsigned char>(first);
    return byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
}

template <typename... Parts>
[[nodiscard]] error broken(const Parts&... parts) {
    return fail(errc::protocol_error, "peer sent ", parts...);
}

} // namespace

void frames::keep_messages(std::size_t most_bytes) {
    keeps_ = true;
    most_bytes_ = std::min<std::uint64_t>(most_bytes, std::numeric_limits<std::uint32_t>::max());
}

std::size_t frames::read(byte_view came, std::span<std::byte> into) {
    into_ = into;
    got_ = std::min(into.size(), held_.size() - held_at_);
    if (got_ != 0) std::memcpy(into.data(), held_.data() + held_at_, got_);
    held_at_ += got_;
    if (held_at_ == held_.size()) {
        held_at_ = 0;
        if (held_.capacity() > most_frame_bytes) held_.free();
        held_.clear();
    }
    while (!came.empty() && !failure_ && !closed_by_peer_) {
        if (!head_.is_open) take_head(came);
        if (head_.is_open && !failure_) take_content(came);
    }
    return got_;
}

void frames::give(byte_view content) {
    const std::size_t now = holds_content() ? 0 : std::min(content.size(), into_.size() - got_);
    if (now != 0) std::memcpy(into_.data() + got_, content.data(), now);
    got_ += now;
    held_.append(content.subspan(now));
}

// --- Heads ---

void frames::take_head(byte_view& came) {
    while (!came.empty()) {
        if (head_.here == 0) {
            ++number_;
            head_.is_told = false;
        }
        head_.bytes[head_.here++] = came.front();
        came = came.subspan(1);
        if (head_.here < 2) continue;
        if (head_.here == 2 && !check_start()) return;
        const auto second = std::to_integer<unsigned>(head_.bytes[1]);
        const unsigned short_size = second & 0x7f;
        const std::size_t size_bytes = short_size == 127 ? 8 : short_size == 126 ? 2 : 0;
        const std::size_t key_bytes = (second & 0x80) != 0 ? 4 : 0;
        if (head_.here < 2 + size_bytes + key_bytes) continue;
        std::uint64_t size = size_bytes == 0 ? short_size : 0;
        for (std::size_t i = 0; i < size_bytes; ++i)
            size = size << 8 | std::to_integer<std::uint64_t>(head_.bytes[2 + i]);
        if ((size_bytes == 2 && size < 126) || (size_bytes == 8 && size <= 0xffff) ||
            size >> 63 != 0) {
            return refuse(close_code::protocol_error,
                          broken("a frame whose length ", size, " has ", size_bytes,
                                 " bytes; expected the shortest form"));
        }
        for (std::size_t i = 0; i < key_bytes; ++i)
            head_.key[i] = std::to_integer<std::uint8_t>(head_.bytes[2 + size_bytes + i]);
        return begin_frame(size);
    }
}

std::uint64_t frames::begun() const noexcept {
    const bool is_over = failure_ || closed_by_peer_;
    return head_.here == 0 || head_.is_told || is_over ? 0 : number_;
}

/// Of the first two bytes.
bool frames::check_start() {
    const auto first = std::to_integer<unsigned>(head_.bytes[0]);
    const auto second = std::to_integer<unsigned>(head_.bytes[1]);
    head_.opcode = static_cast<std::uint8_t>(first & 15);
    head_.is_last = (first & 0x80) != 0;
    const bool control = is_control(head_.opcode);
    const bool masked = (second & 0x80) != 0;
    std::optional<error> wrong;
    if ((first & 0x70) != 0) {
        wrong = broken("a frame with reserved bits; no extension was agreed on");
    } else if ((head_.opcode > opcode::binary && !control) || head_.opcode > opcode::pong) {
        wrong = broken("a frame of the unknown kind ", unsigned(head_.opcode));
    } else if (masked != (role_ == role::server)) {
        wrong = broken(masked ? "a masked frame; servers mask none"
                              : "a frame without a mask; clients mask all");
    } else if (control && !head_.is_last) {
        wrong = broken("a fragmented control frame");
    } else if (control && (second & 0x7f) > most_control_bytes) {
        wrong = broken("a control frame of more than ", most_control_bytes, " bytes");
    } else if (head_.opcode == opcode::continuation && !in_message_) {
        wrong = broken("a continuation of no message");
    } else if (!control && head_.opcode != opcode::continuation && in_message_) {
        wrong = broken("a new message inside a fragmented one");
    }
    if (wrong) refuse(close_code::protocol_error, std::move(*wrong));
    return !failure_;
}

void frames::begin_frame(std::uint64_t size) {
    head_.left = size;
    head_.key_at = 0;
    head_.is_open = true;
    if (is_control(head_.opcode)) return control_.clear();
    if (head_.opcode != opcode::continuation) {
        const bool is_text = head_.opcode == opcode::text;
        if (is_text != keeps_) {
            return refuse(close_code::unsupported_data,
                          broken("a ", is_text ? "text" : "binary", " message; expected ",
                                 keeps_ ? "text" : "binary",
                                 " ones for the protocol of this conversation"));
        }
        message_bytes_ = 0;
        gathers_ = keeps_ && !head_.is_last;
    }
    in_message_ = !head_.is_last;
    if (!keeps_) return;
    if (size > most_bytes_ - message_bytes_) {
        return refuse(close_code::too_big,
                      fail(errc::limit_exceeded, "peer sent a message of ",
                           head_.is_last ? "" : "more than ", message_bytes_ + size,
                           " bytes; limit is ", most_bytes_, " bytes (max_message_bytes)"));
    }
    message_bytes_ += size;
    head_.is_told = true; // or watched as what is gathered
    if (gathers_) return;
    std::byte prefix[4];
    write_size(static_cast<std::size_t>(size), prefix);
    give(prefix);
}

// --- Contents ---

void frames::take_content(byte_view& came) {
    std::array<std::byte, 4096> plain;
    for (;;) {
        const std::size_t part =
            std::min({std::size_t(std::min<std::uint64_t>(head_.left, came.size())), plain.size()});
        if (part != 0) std::memcpy(plain.data(), came.data(), part);
        came = came.subspan(part);
        if (role_ == role::server)
            apply_mask(std::span(plain).first(part), head_.key, head_.key_at);
        head_.key_at = (head_.key_at + part) % 4;
        head_.left -= part;
        const byte_view content = byte_view(plain).first(part);
        if (is_control(head_.opcode)) {
            control_.append(as_text(content));
        } else if (keeps_) {
            take_text(content);
        } else {
            give(content);
            head_.is_told = head_.is_told || part != 0;
        }
        if (failure_) return;
        if (head_.left == 0) return end_frame();
        if (came.empty()) return;
    }
}

/// Letters may be cut by frames, and by whatever carries them.
void frames::take_text(byte_view part) {
    std::string_view text = as_text(part);
    bool fits = true;
    while (!letter_.empty() && !text.empty()) {
        letter_ += text.front();
        text.remove_prefix(1);
        if (letter_.size() < letter_bytes(letter_.front())) continue;
        fits = is_utf8(letter_);
        letter_.clear();
        break;
    }
    const std::size_t end = fits ? utf8_error_offset(text) : 0;
    if (fits && end != text.size()) {
        const std::string_view rest = text.substr(end);
        fits = rest.size() < letter_bytes(rest.front());
        letter_ = rest;
    }
    if (!fits) {
        return refuse(close_code::not_utf8, broken("a text message that is not UTF-8"));
    }
    if (gathers_) {
        gathered_.append(part);
    } else {
        give(part);
    }
}

void frames::end_frame() {
    head_.is_open = false;
    head_.here = 0;
    if (is_control(head_.opcode)) return end_control();
    if (in_message_ || !keeps_) return;
    if (!letter_.empty()) {
        return refuse(close_code::not_utf8,
                      broken("a text message that ends within a letter of UTF-8"));
    }
    if (!gathers_) return;
    std::byte prefix[4];
    write_size(gathered_.size(), prefix);
    give(prefix);
    give(gathered_.view());
    gathered_.free();
    gathers_ = false;
    ++gathered_whole_;
}

void frames::end_control() {
    if (head_.opcode == opcode::ping) {
        if (!has_closed_) put_control(opcode::pong, as_bytes(control_));
        return;
    }
    if (head_.opcode != opcode::close) return;
    if (control_.empty()) {
        closed_by_peer_ = close_code::none;
        return;
    }
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(control_[at]); };
    const unsigned code = control_.size() == 1 ? 0u : unsigned(byte(0)) << 8 | byte(1);
    if (!may_close_with(code)) {
        return refuse(close_code::protocol_error, broken("a close frame with the code ", code,
                                                         "; expected one that may stand there"));
    }
    if (!is_utf8(std::string_view(control_).substr(2)))
        return refuse(close_code::not_utf8, broken("a close frame whose reason is not UTF-8"));
    closed_by_peer_ = static_cast<std::uint16_t>(code);
}

void frames::refuse(std::uint16_t code, error reason) {
    failure_ = std::move(reason);
    if (!std::exchange(has_closed_, true)) put_close_frame(code, failure_->message());
}

} // namespace beckon::transport::ws
