// A stream whose messages are noted as they pass.
#include <array>
#include <exception>
#include <mutex>
#include <utility>

#include "io/forwarding_stream.hpp"
#include "service/bridge/recorded_lines.hpp"
#include "service/bridge/recording.hpp"
#include "service/named_protocol.hpp"

namespace beckon {

namespace {

/// A message may have so many; what is larger is recorded in pieces.
constexpr std::size_t most_pending_bytes = std::size_t{72} << 20;
constexpr std::size_t piece_bytes = 64u << 10;
constexpr std::size_t size_bytes = 4;

/// What both directions of one conversation have said.
///
/// Thread-safety: all functions, from any thread.
class noted_conversation {
public:
    noted_conversation(std::shared_ptr<recorder> into, const io::endpoint& where,
                       std::uint64_t number)
        : into_(std::move(into)), endpoint_(io::to_string(where)), number_(number),
          began_at_(into_->seconds()) {
        const named_protocol* const spoken = named(where.protocol);
        const bool is_protected = !where.security.empty() && where.security != "null";
        if (spoken == nullptr || spoken->tells == nullptr || is_protected) return;
        auto made = spoken->tells({*into_->options().context, where, into_->options().schema});
        if (made) tells_ = std::move(*made);
    }

    void use_messages() noexcept {
        const std::lock_guard lock(mutex_);
        keeps_messages_ = true;
        if (tells_) tells_->use_messages();
    }

    /// Writes with the answer held back: it may be there before this thread has noted what it answers.
    io::io_result write(io::byte_stream& to, std::span<const byte_view> gathered) noexcept {
        const std::lock_guard lock(mutex_);
        const io::io_result wrote = to.write(gathered);
        if (wrote.status != io::io_status::ok) {
            if (wrote.status == io::io_status::failed)
                ended_by(io::to_error(wrote, "writing to", to.peer_name()).message());
            return wrote;
        }
        std::size_t left = wrote.size;
        for (const byte_view each : gathered) {
            const byte_view sent = each.first(std::min(left, each.size()));
            left -= sent.size();
            note(speaker::client, sent);
        }
        return wrote;
    }
    io::io_result noted(const io::byte_stream& from, byte_view buffer,
                        io::io_result read) noexcept {
        if (read.status == io::io_status::would_block) return read;
        const std::lock_guard lock(mutex_);
        if (read.status == io::io_status::ok) {
            note(speaker::server, buffer.first(read.size));
        } else if (read.status == io::io_status::end) {
            ended_by("server");
        } else {
            ended_by(io::to_error(read, "reading from", from.peer_name()).message());
        }
        return read;
    }
    void client_ends() noexcept {
        const std::lock_guard lock(mutex_);
        ended_by("client");
    }
    /// Nothing follows.
    void end() noexcept {
        const std::lock_guard lock(mutex_);
        ended_by("client");
        guarded([&] {
            for (const speaker who : {speaker::client, speaker::server}) {
                take(who, true);
                give_rest(who);
            }
            if (!std::exchange(told_end_, true)) {
                begin();
                into_->add(end_line(now(), by_));
            }
        });
    }

private:
    struct direction {
        buffer pending;
        bool is_raw = false;
    };

    [[nodiscard]] recorded_place now() const noexcept { return {number_, into_->seconds()}; }

    template <typename Do>
    void guarded(const Do& what) noexcept {
        try {
            if (!is_lost_) what();
        } catch (const std::exception&) { // there is no memory, above all
            is_lost_ = true;              // what cannot be kept is not recorded
        }
    }

    void begin() {
        if (std::exchange(has_begun_, true)) return;
        into_->add(begin_line({number_, began_at_}, endpoint_, keeps_messages_));
    }

    void ended_by(std::string_view who) noexcept {
        guarded([&] {
            if (by_.empty()) by_ = who;
        });
    }

    void note(speaker who, byte_view content) noexcept {
        if (content.empty()) return;
        guarded([&] {
            begin();
            direction& of = directions_[static_cast<std::size_t>(who)];
            of.pending.append(content);
            take(who, false);
            if (of.is_raw || !tells_ || of.pending.size() > most_pending_bytes) give_rest(who);
        });
    }

    /// Records the messages that are whole.
    void take(speaker who, bool is_last) {
        direction& of = directions_[static_cast<std::size_t>(who)];
        if (!tells_ || of.is_raw) return;
        std::size_t done = 0;
        while (done < of.pending.size() && !of.is_raw) {
            const std::size_t taken =
                keeps_messages_ ? take_transports(of, who, done)
                                : take_one(of, who, of.pending.view().subspan(done), is_last);
            if (taken == 0) break;
            done += taken;
        }
        of.pending.consume(done);
        if (of.pending.empty() && of.pending.capacity() > piece_bytes) of.pending.free();
    }

    [[nodiscard]] std::size_t take_one(direction& of, speaker who, byte_view input, bool is_last) {
        const auto said = tells_->take(who, input, is_last);
        if (!said) {
            of.is_raw = true;
            return 0;
        }
        if (said->bytes != 0 && !said->message.empty())
            into_->add(message_line(now(), who, *said, *tells_));
        return said->bytes;
    }

    /// A message of the transport's, which may hold several of the protocol's.
    [[nodiscard]] std::size_t take_transports(direction& of, speaker who, std::size_t at) {
        const byte_view input = of.pending.view().subspan(at);
        if (input.size() < size_bytes) return 0;
        std::size_t size = 0;
        for (std::size_t i = size_bytes; i-- > 0;)
            size = size << 8 | std::to_integer<std::size_t>(input[i]);
        if (input.size() - size_bytes < size) return 0;
        byte_view content = input.subspan(size_bytes, size);
        while (!content.empty() && !of.is_raw) {
            const std::size_t taken = take_one(of, who, content, true);
            if (taken == 0) break;
            content = content.subspan(taken);
        }
        return size_bytes + size;
    }

    /// As it is, in pieces.
    void give_rest(speaker who) {
        direction& of = directions_[static_cast<std::size_t>(who)];
        if (of.pending.empty()) return;
        begin();
        of.is_raw = true;
        for (byte_view left = of.pending.view(); !left.empty();) {
            const byte_view piece = left.first(std::min(left.size(), piece_bytes));
            into_->add(raw_line(now(), who, piece));
            left = left.subspan(piece.size());
        }
        of.pending.clear();
    }

    const std::shared_ptr<recorder> into_;
    const std::string endpoint_;
    const std::uint64_t number_;
    const double began_at_;
    std::mutex mutex_;
    std::unique_ptr<teller> tells_;
    std::array<direction, 2> directions_;
    std::string by_;
    bool keeps_messages_ = false;
    bool has_begun_ = false;
    bool told_end_ = false;
    bool is_lost_ = false;
};

class recorded_stream final : public io::forwarding_stream {
public:
    recorded_stream(std::unique_ptr<io::byte_stream> below, std::shared_ptr<recorder> into,
                    const io::endpoint& where, std::uint64_t number)
        : forwarding_stream(*below), below_(std::move(below)),
          noted_(std::move(into), where, number) {}
    ~recorded_stream() override { noted_.end(); }

    io::io_result read(std::span<std::byte> into) noexcept override {
        return noted_.noted(*below_, into, below_->read(into));
    }
    io::io_result read_waiting(std::span<std::byte> into, nanoseconds at_most) noexcept override {
        return noted_.noted(*below_, into, below_->read_waiting(into, at_most));
    }
    io::io_result write(std::span<const byte_view> gathered) noexcept override {
        return noted_.write(*below_, gathered);
    }
    io::message_mode keep_messages() noexcept override {
        const io::message_mode mode = below_->keep_messages();
        if (mode != io::message_mode::none) noted_.use_messages();
        return mode;
    }
    void shutdown_write() noexcept override {
        noted_.client_ends();
        below_->shutdown_write();
    }
    void close() noexcept override {
        noted_.client_ends();
        below_->close();
    }

private:
    std::unique_ptr<io::byte_stream> below_;
    noted_conversation noted_;
};

} // namespace

std::unique_ptr<io::byte_stream> record(std::unique_ptr<io::byte_stream> inner,
                                        std::shared_ptr<recorder> into, const io::endpoint& where,
                                        std::uint64_t conversation) {
    return std::make_unique<recorded_stream>(std::move(inner), std::move(into), where,
                                             conversation);
}

} // namespace beckon
