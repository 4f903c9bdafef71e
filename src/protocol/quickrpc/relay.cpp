#include "protocol/quickrpc/relay.hpp"

#include <utility>

#include "object/guarded.hpp"

namespace beckon::quickrpc {

namespace {

constexpr std::size_t head_bytes =
    4; ///< Before each of a transport's messages: its size, little-endian.

[[nodiscard]] std::size_t size_in(byte_view head) noexcept {
    std::size_t size = 0;
    for (std::size_t i = head_bytes; i-- > 0;)
        size = size << 8 | std::to_integer<std::size_t>(head[i]);
    return size;
}

class relay_passage final : public passage {
public:
    relay_passage(std::shared_ptr<const codec> client, std::shared_ptr<const codec> server,
                  const passage_parts& parts)
        : most_bytes_(parts.limits.max_message_bytes),
          client_(std::move(client), parts.client_has_messages),
          server_(std::move(server), parts.server_has_messages) {}

    result<step> pass(sender from, byte_view input, bool is_last, buffer& out) override {
        // Codecs may be the program's own, and throw.
        return guarded([&]() -> result<step> {
            side& reads = from == sender::client ? client_ : server_;
            const side& writes = from == sender::client ? server_ : client_;
            if (!reads.has_messages) {
                BECKON_ASSIGN(const std::size_t used, pass_all(reads, writes, input, is_last, out));
                return step{is_last ? input.size() : used};
            }
            std::size_t at = 0;
            while (input.size() - at >= head_bytes) {
                const std::size_t size = size_in(input.subspan(at));
                if (size > most_bytes_) return too_long(size);
                if (input.size() - at - head_bytes < size) break;
                const byte_view content = input.subspan(at + head_bytes, size);
                BECKON_TRY(pass_all(reads, writes, content, true, out));
                at += head_bytes + size;
            }
            return step{at};
        });
    }

    std::size_t size(sender from, byte_view input) const noexcept override {
        const side& reads = from == sender::client ? client_ : server_;
        if (!reads.has_messages) return reads.splits->size(input);
        return input.size() < head_bytes ? 0 : head_bytes + size_in(input);
    }

private:
    struct side {
        side(std::shared_ptr<const codec> with, bool messages)
            : speaks(std::move(with)), splits(speaks->make_splitter()), has_messages(messages) {}
        const std::shared_ptr<const codec> speaks;
        const std::unique_ptr<splitter> splits;
        const bool has_messages;
    };

    [[nodiscard]] error too_long(std::size_t size) const {
        return fail(errc::limit_exceeded, "peer sent a message of ", size, " bytes; limit is ",
                    most_bytes_, " bytes (max_message_bytes)");
    }

    result<std::size_t> pass_all(side& reads, const side& writes, byte_view input, bool is_last,
                                 buffer& out) const {
        std::size_t at = 0;
        while (at < input.size()) {
            BECKON_ASSIGN(const splitter::piece found,
                          reads.splits->take(input.subspan(at), most_bytes_, is_last));
            if (found.bytes == 0) break;
            at += found.bytes;
            if (found.telegram.empty()) continue;
            const std::size_t start = out.size();
            if (writes.has_messages) static_cast<void>(out.grow(head_bytes));
            if (auto framed = writes.speaks->frame(out, found.telegram); !framed) {
                out.truncate(start);
                return std::move(framed).error();
            }
            if (!writes.has_messages) continue;
            const std::size_t size = out.size() - start - head_bytes;
            for (std::size_t i = 0; i < head_bytes; ++i)
                out.data()[start + i] = static_cast<std::byte>(size >> (8 * i));
        }
        return at;
    }

    const std::size_t most_bytes_;
    side client_;
    side server_;
};

} // namespace

std::unique_ptr<passage> make_relay_passage(std::shared_ptr<const codec> client,
                                            std::shared_ptr<const codec> server,
                                            const passage_parts& parts) {
    return std::make_unique<relay_passage>(std::move(client), std::move(server), parts);
}

} // namespace beckon::quickrpc
