#include "protocol/jsonrpc/relay.hpp"

#include <algorithm>

#include "protocol/jsonrpc/framing.hpp"

namespace beckon::jsonrpc {

namespace {

[[nodiscard]] std::unique_ptr<framing> make(told_framing kind) {
    return kind ? make_framing(*kind) : make_message_framing();
}

class relay_passage final : public passage {
public:
    relay_passage(told_framing client, told_framing server, const limits& allowed)
        : most_bytes_(allowed.max_message_bytes), client_(client), server_(server) {}

    result<step> pass(sender from, byte_view input, bool is_last, buffer& out) override {
        framing& reads = *reading(from).reads;
        const side& to = reading(from == sender::client ? sender::server : sender::client);
        std::size_t at = 0;
        while (at < input.size()) {
            const byte_view left = input.subspan(at);
            BECKON_ASSIGN(const framed found, is_last ? reads.take_last(left, most_bytes_)
                                                      : reads.take(left, most_bytes_));
            if (found.bytes == 0) break;
            at += found.bytes;
            if (found.text) BECKON_TRY(put(to, *found.text, out));
        }
        return step{is_last ? input.size() : at};
    }

    std::size_t size(sender from, byte_view input) const noexcept override {
        return (from == sender::client ? client_ : server_).reads->size(input);
    }

private:
    struct side {
        explicit side(told_framing kind) : framed_as(kind), reads(make(kind)), writes(make(kind)) {}
        const told_framing framed_as;
        const std::unique_ptr<framing> reads;
        const std::unique_ptr<framing> writes;
    };
    [[nodiscard]] side& reading(sender from) noexcept {
        return from == sender::client ? client_ : server_;
    }

    result<void> put(const side& to, std::string_view text, buffer& out) const {
        if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) return {};
        if (to.framed_as == framing_kind::nul && text.find('\0') != std::string_view::npos) {
            return fail(errc::protocol_error,
                        "peer sent a message with a byte 00 in it, which ends messages on the "
                        "other side (framing=nul)");
        }
        const std::size_t start = to.writes->begin(out);
        const std::size_t begin = out.size();
        out.append(as_bytes(text));
        if (to.framed_as == framing_kind::newline) {
            // Inside of texts JSON has none: there they are escaped.
            std::replace_if(
                out.data() + begin, out.data() + out.size(),
                [](std::byte each) { return each == std::byte{'\n'} || each == std::byte{'\r'}; },
                std::byte{' '});
        }
        return to.writes->finish(out, start);
    }

    const std::size_t most_bytes_;
    side client_;
    side server_;
};

} // namespace

std::unique_ptr<passage> make_relay_passage(told_framing client, told_framing server,
                                            const limits& allowed) {
    return std::make_unique<relay_passage>(client, server, allowed);
}

} // namespace beckon::jsonrpc
