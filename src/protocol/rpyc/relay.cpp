#include "protocol/rpyc/relay.hpp"

#include <utility>

#include "protocol/rpyc/frame.hpp"
#include "protocol/rpyc/message.hpp"

namespace beckon::rpyc {

namespace {

constexpr std::size_t most_kept_bytes = 64u << 10; ///< Of what follows a client's first message.

[[nodiscard]] dialect other(dialect spoken) noexcept {
    return spoken == dialect::v5 ? dialect::v6 : dialect::v5;
}
/// As the endpoint's option counts them: "6", "5".
[[nodiscard]] std::size_t way_of(dialect spoken) noexcept { return spoken == dialect::v6 ? 0 : 1; }

class relay_passage final : public passage {
public:
    relay_passage(const relay_options& chosen, const limits& allowed)
        : options_(chosen), limits_(allowed), client_(chosen.client),
          server_(chosen.server    ? chosen.server
                  : chosen.assumed ? chosen.assumed
                                   : chosen.client),
          reads_client_(limits_), reads_server_(limits_), is_certain_(chosen.server.has_value()) {
        look_whether_alike();
    }

    result<step> pass(sender from, byte_view input, bool is_last, buffer& out) override {
        frame_reader& reads = from == sender::client ? reads_client_ : reads_server_;
        for (std::size_t at = 0;;) {
            const byte_view left = input.subspan(at);
            if (is_alike_) {
                out.append(left);
                return step{input.size()};
            }
            if (from == sender::client && waits_for_server(left)) return step{at, next::waits};
            BECKON_ASSIGN(const frame found, reads.take(left));
            if (found.bytes == 0) {
                if (!is_last) return step{at};
                if (from == sender::server && may_call_again()) return call_again(at);
                out.append(left); // of a message that never ends
                return step{input.size()};
            }
            const byte_view whole = left.first(found.bytes);
            if (!found.message.empty()) {
                const bool understood = from == sender::client ? hear_client(whole, found.message)
                                                               : hear_server(found.message);
                if (!understood) return call_again(at);
            }
            if (!is_alike_)
                BECKON_TRY(put(from, whole, found.message, out));
            else
                out.append(whole);
            at += found.bytes;
        }
    }

    std::size_t size(sender, byte_view input) const noexcept override { return frame_size(input); }
    bool is_transparent(sender) const noexcept override { return is_alike_; }
    std::size_t record_size(byte_view output) const noexcept override { return frame_size(output); }
    buffer begin_again() override {
        has_spoken_ = false;
        return std::move(kept_);
    }
    std::optional<std::size_t> found_way() override { return std::exchange(found_, std::nullopt); }

private:
    void look_whether_alike() noexcept {
        is_alike_ = is_alike_ || (is_certain_ && client_ && client_ == server_);
    }

    bool hear_client(byte_view whole, byte_view message) {
        if (!client_) {
            client_ = dialect_of(message, options_.bind_threads);
            if (!client_) is_alike_ = true; // no RPyC: nothing is to be converted
            if (!server_) server_ = client_;
            look_whether_alike();
        }
        if (is_certain_ || is_alike_ || called_again_) return true;
        if (!has_spoken_) first_bytes_ = whole.size();
        has_spoken_ = true;
        has_closed_ = has_closed_ || is_goodbye(message);
        kept_.append(whole);
        return true;
    }

    /// False where it speaks otherwise than it was spoken to, and can be called again.
    bool hear_server(byte_view message) {
        if (is_certain_) return true;
        const auto spoken = dialect_of(message, options_.bind_threads);
        if (!spoken) {
            is_alike_ = true;
            return true;
        }
        if (spoken != server_ && may_call_again()) return false;
        server_ = spoken;
        is_certain_ = true;
        found_ = way_of(*spoken);
        kept_.free();
        look_whether_alike();
        return true;
    }

    /// So many may be waiting for a server that may have to be told all over again.
    [[nodiscard]] bool waits_for_server(byte_view left) const noexcept {
        if (kept_.empty()) return false;
        return kept_.size() - first_bytes_ + frame_size(left) > most_kept_bytes;
    }

    /// Not where it has nothing to say but goodbye, to which nobody answers.
    [[nodiscard]] bool may_call_again() const noexcept {
        return !is_certain_ && !called_again_ && has_spoken_ && !has_closed_;
    }
    [[nodiscard]] step call_again(std::size_t at) noexcept {
        called_again_ = true;
        server_ = other(*server_);
        return {at, next::dial_again};
    }

    [[nodiscard]] bool is_goodbye(byte_view message) const {
        auto came = read_envelope(message, {*client_, options_.bind_threads}, limits_);
        if (!came || came->kind != message_kind::request) return false;
        const auto asked = read_handler(came->body);
        return asked && *asked == static_cast<std::int64_t>(handler::close);
    }

    result<void> put(sender from, byte_view whole, byte_view message, buffer& out) const {
        // A server may speak before the client has: then both are taken to speak alike.
        const auto read = from == sender::client ? client_ : server_;
        const auto written = from == sender::client ? server_ : client_;
        if (message.empty() || !read || !written || read == written) {
            out.append(whole);
            return {};
        }
        BECKON_ASSIGN(const envelope came,
                      read_envelope(message, {*read, options_.bind_threads}, limits_));
        const std::size_t start = begin_frame(out);
        put_envelope(out, {*written, options_.bind_threads}, came.kind, came.sequence,
                     came.threads);
        const std::byte* const body = came.sequence.data() + came.sequence.size();
        out.append(message.subspan(static_cast<std::size_t>(body - message.data())));
        const bool was_compressed = whole[4] != std::byte{0};
        return finish_frame(out, start, was_compressed, limits_.max_message_bytes);
    }

    const relay_options options_;
    const limits limits_;
    std::optional<dialect> client_;
    std::optional<dialect> server_; ///< What is written to it.
    frame_reader reads_client_;
    frame_reader reads_server_;
    bool is_certain_; ///< The server has been understood, or its endpoint says what it speaks.
    bool is_alike_ = false;   ///< Both sides, so that nothing is cut any more.
    bool has_spoken_ = false; ///< The client, to this connection of the server.
    bool has_closed_ = false;
    bool called_again_ = false;
    buffer kept_;                 ///< Frames of the client, to be said again.
    std::size_t first_bytes_ = 0; ///< Of them the first one's.
    std::optional<std::size_t> found_;
};

} // namespace

std::unique_ptr<passage> make_relay_passage(const relay_options& chosen, const limits& allowed) {
    return std::make_unique<relay_passage>(chosen, allowed);
}

} // namespace beckon::rpyc
