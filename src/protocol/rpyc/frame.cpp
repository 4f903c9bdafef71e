#include "protocol/rpyc/frame.hpp"

#include <algorithm>
#include <limits>

#include <zlib.h>

namespace beckon::rpyc {

namespace {

constexpr std::size_t most_frame_bytes = std::numeric_limits<std::uint32_t>::max();
constexpr std::size_t kept_bytes = 64u << 10; // more is given back after each message
constexpr std::byte flush_byte{0x0a};

std::size_t body_size(byte_view header) noexcept {
    std::size_t size = 0;
    for (std::size_t i = 0; i < 4; ++i) size = size << 8 | std::to_integer<std::size_t>(header[i]);
    return size;
}

/// One zlib stream; `End` frees it.
template <int (*End)(z_stream*)>
struct stream : z_stream {
    stream() noexcept : z_stream{} {}
    stream(const stream&) = delete;
    stream& operator=(const stream&) = delete;
    ~stream() { End(this); }

    void reads(byte_view from) noexcept {
        next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(from.data()));
        avail_in = static_cast<uInt>(from.size());
    }
    void writes(std::byte* to, std::size_t room) noexcept {
        next_out = reinterpret_cast<Bytef*>(to);
        avail_out = static_cast<uInt>(room);
    }
};

error no_memory(std::string_view what) {
    return fail(errc::overloaded, "zlib found no memory to ", what, " a message");
}

/// Room for what comes next: twice what has come, at first somewhat more than the body.
std::size_t next_room(std::size_t so_far, std::size_t body, std::size_t most) noexcept {
    const std::size_t wanted = so_far == 0 ? body * 2 + 256 : so_far;
    return std::min({wanted, most - so_far, most_frame_bytes});
}

/// Appends the compressed form of the message from `begin` on. False where that is not worth it.
bool append_compressed(buffer& out, std::size_t begin) {
    const std::size_t size = out.size() - begin;
    stream<::deflateEnd> state;
    if (::deflateInit(&state, Z_BEST_SPEED) != Z_OK) return false;
    // What needs all of this room has not become shorter.
    const std::size_t room = size - 1;
    std::byte* const to = out.grow(room);
    state.reads({out.data() + begin, size});
    state.writes(to, room);
    const bool shorter = ::deflate(&state, Z_FINISH) == Z_STREAM_END;
    out.truncate(begin + size + (shorter ? room - state.avail_out : 0));
    return shorter;
}

} // namespace

std::size_t frame_size(byte_view input) noexcept {
    return input.size() < frame_header_bytes ? 0 : body_size(input) + frame_overhead_bytes;
}

result<frame> frame_reader::take(byte_view input) {
    if (inflated_.capacity() > kept_bytes) inflated_.free();
    if (input.size() < frame_header_bytes) return frame{};
    const std::size_t size = body_size(input);
    if (size > limits_->max_message_bytes) {
        return fail(errc::limit_exceeded, "peer declared a message of ", size, " bytes; limit is ",
                    limits_->max_message_bytes, " bytes (max_message_bytes)");
    }
    if (input.size() < size + frame_overhead_bytes) return frame{};
    const byte_view body = input.subspan(frame_header_bytes, size);
    const std::size_t whole = size + frame_overhead_bytes;
    if (input[4] == std::byte{0}) return frame{whole, body};
    BECKON_TRY(inflate(body));
    return frame{whole, inflated_.view()};
}

result<void> frame_reader::inflate(byte_view body) {
    inflated_.clear();
    stream<::inflateEnd> state;
    state.reads(body);
    if (::inflateInit(&state) != Z_OK) return no_memory("inflate");
    const std::size_t most = limits_->max_message_bytes;
    for (;;) {
        // At the limit one more byte shows whether the stream ends there.
        std::byte beyond{};
        const std::size_t before = inflated_.size();
        const std::size_t room = next_room(before, body.size(), most);
        if (room == 0) {
            state.writes(&beyond, 1);
        } else {
            state.writes(inflated_.grow(room), room);
        }
        const int state_after = ::inflate(&state, Z_NO_FLUSH);
        if (room != 0) inflated_.truncate(before + room - state.avail_out);
        if (room == 0 && state.avail_out == 0) {
            return fail(errc::limit_exceeded, "peer sent a message of ", body.size(),
                        " bytes that inflates to more than ", most, " bytes (max_message_bytes)");
        }
        switch (state_after) {
        // What follows the stream is ignored, as RPyC does.
        case Z_STREAM_END: return {};
        case Z_OK: break;
        case Z_BUF_ERROR:
            return fail(errc::protocol_error, "peer sent a compressed message that ends at byte ",
                        body.size(), ", inside its zlib stream");
        case Z_MEM_ERROR: return no_memory("inflate");
        default:
            return fail(errc::protocol_error, "peer sent a compressed message of ", body.size(),
                        " bytes that is no zlib stream, seen at byte ",
                        body.size() - state.avail_in, ": ",
                        state.msg != nullptr ? state.msg : "it needs a dictionary");
        }
    }
}

std::size_t begin_frame(buffer& out) {
    static_cast<void>(out.grow(frame_header_bytes));
    return out.size() - frame_header_bytes;
}

result<void> finish_frame(buffer& out, std::size_t start, bool compress, std::size_t most_bytes) {
    const std::size_t begin = start + frame_header_bytes;
    const std::size_t size = out.size() - begin;
    const std::size_t most = std::min(most_bytes, most_frame_bytes);
    if (size > most) {
        out.truncate(start);
        return fail(errc::limit_exceeded, "message of ", size, " bytes; limit is ", most,
                    " bytes (max_message_bytes)");
    }
    std::size_t sent = size;
    const bool compressed =
        compress && size > compress_above_bytes && append_compressed(out, begin);
    if (compressed) {
        sent = out.size() - begin - size;
        std::memmove(out.data() + begin, out.data() + begin + size, sent);
        out.truncate(begin + sent);
    }
    *out.grow(1) = flush_byte;
    std::byte* const header = out.data() + start;
    for (unsigned i = 0; i < 4; ++i) header[i] = static_cast<std::byte>(sent >> (24 - 8 * i));
    header[4] = static_cast<std::byte>(compressed);
    return {};
}

} // namespace beckon::rpyc
