#include "service/bridge/replay_conversation.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "beckon/io/wait.hpp"

namespace beckon {

namespace {

constexpr std::size_t size_bytes = 4;
constexpr std::size_t everything = std::numeric_limits<std::size_t>::max();
constexpr auto slice = std::chrono::milliseconds(100);

[[nodiscard]] time_point now() noexcept { return steady_clock_source().now(); }

class player {
public:
    player(const recorded_conversation& from, const told_recording& told, replay_stream with,
           const std::vector<std::regex>& ignored, nanoseconds timeout, replay_report& into)
        : from_(from), told_(told), with_(std::move(with)), timeout_(timeout), report_(into),
          by_(ignored), expects_(by_, from.number, into) {}

    void play() {
        for (const auto& each : told_.entries) {
            if (each.recorded->who == speaker::client) {
                by_.add_spoken_of(each.said.speaks_of);
            } else if (told_.is_raw) {
                raw_expected_.insert(raw_expected_.end(), each.content.begin(), each.content.end());
                ++report_.compared;
            } else if (!each.content.empty()) {
                expects_.expect(each.recorded->line, each.said);
            }
        }
        std::size_t due = 0; // bytes of raw_expected_
        for (const auto& each : told_.entries) {
            if (has_given_up_) break;
            if (each.recorded->who == speaker::server) {
                due += each.content.size();
                continue;
            }
            await(each.recorded->line, due);
            if (!has_given_up_) send(each);
        }
        finish();
    }

private:
    [[nodiscard]] bool is_due(std::size_t line, std::size_t raw_bytes) {
        if (told_.is_raw) return raw_.size() >= raw_bytes;
        return expects_.has_come(line);
    }

    /// Waits for what was recorded before the line.
    void await(std::size_t line, std::size_t raw_bytes) {
        time_point until = deadline_after(now(), timeout_);
        while (!is_due(line, raw_bytes)) {
            const std::size_t before = heard_;
            if (is_over_ || now() >= until) {
                give_up(line, raw_bytes);
                return;
            }
            receive(std::min<nanoseconds>(slice, until - now()));
            if (heard_ != before) until = deadline_after(now(), timeout_);
        }
    }

    void give_up(std::size_t line, std::size_t raw_bytes) {
        const std::string why = is_over_ ? over_because_ : "nothing in time";
        if (told_.is_raw) {
            report(replay_difference::kind::missing, line_of_raw(raw_.size()),
                   concat(raw_bytes - raw_.size(), " more bytes"), why);
            has_given_up_ = true;
            return;
        }
        expects_.give_up(line, why);
        // A server that says nothing at all any more is not waited for again and again.
        has_given_up_ = is_over_ || std::exchange(heard_at_last_, heard_) == heard_;
        if (has_given_up_) expects_.give_up(everything, why);
    }

    void send(const told_recording::entry& what) {
        bytes content = what.content;
        if (!told_.is_raw && !content.empty()) {
            // Nobody has asked what this answers.
            if (what.said.part == told_part::answer &&
                expects_.names().find_call(what.said.number) == nullptr)
                return;
            auto other = with_.tells->renamed(content, expects_.names());
            if (other) content = std::move(*other);
        }
        buffer out;
        if (with_.keeps_messages) {
            for (std::size_t i = 0; i < size_bytes; ++i)
                *out.grow(1) = static_cast<std::byte>(content.size() >> (8 * i) & 0xff);
            out.append(content);
        } else if (with_.tells) {
            with_.tells->put(out, content, what.said.exchange.value_or(0));
        } else {
            out.append(content);
        }
        write(out.view());
        ++report_.sent;
        // It understands the answers by what they answer.
        if (!told_.is_raw && !content.empty())
            static_cast<void>(with_.tells->take(speaker::client, content, true));
    }

    void write(byte_view left) {
        time_point until = deadline_after(now(), timeout_);
        while (!left.empty() && !is_over_) {
            const std::array<byte_view, 1> pieces{left};
            const io::io_result wrote = with_.stream->write(pieces);
            if (wrote.status == io::io_status::failed || wrote.status == io::io_status::end) {
                // What it said before may still be there to read.
                while (!is_over_ && receive(nanoseconds(0))) {
                }
                return over(io::to_error(wrote, "writing to", with_.stream->peer_name()).message());
            }
            left = left.subspan(wrote.size);
            if (wrote.size != 0) {
                until = deadline_after(now(), timeout_);
                continue;
            }
            if (now() >= until) return over("it does not read in time");
            receive(nanoseconds(0));
            static_cast<void>(io::wait_writable(with_.stream->write_descriptor(),
                                                deadline_after(now(), slice),
                                                with_.stream->read_descriptor()));
        }
    }

    /// Whether anything came.
    bool receive(nanoseconds at_most) {
        std::array<std::byte, 64u << 10> into;
        const io::io_result read = at_most == nanoseconds(0)
                                       ? with_.stream->read(into)
                                       : with_.stream->read_waiting(into, at_most);
        switch (read.status) {
        case io::io_status::would_block: return false;
        case io::io_status::end: over("the server has ended the conversation"); return false;
        case io::io_status::failed:
            over(io::to_error(read, "reading from", with_.stream->peer_name()).message());
            return false;
        case io::io_status::ok: break;
        }
        heard_ += read.size;
        input_.append(byte_view(into).first(read.size));
        take(false);
        return read.size != 0;
    }

    void over(std::string why) {
        if (std::exchange(is_over_, true)) return;
        over_because_ = std::move(why);
        take(true);
    }

    void take(bool is_last) {
        std::size_t done = 0;
        while (done < input_.size()) {
            const byte_view left = input_.view().subspan(done);
            const std::size_t taken =
                with_.keeps_messages ? take_transports(left) : take_one(left, is_last);
            if (taken == 0) break;
            done += taken;
        }
        input_.consume(done);
    }

    [[nodiscard]] std::size_t take_one(byte_view input, bool is_last) {
        if (told_.is_raw) {
            raw_.insert(raw_.end(), input.begin(), input.end());
            return input.size();
        }
        auto said = with_.tells->take(speaker::server, input, is_last);
        if (!said) {
            report(replay_difference::kind::differs, 0, "what the protocol can say",
                   said.error().message());
            is_over_ = true;
            over_because_ = "it says what the protocol does not know";
            return 0;
        }
        const std::size_t taken = said->bytes;
        if (taken != 0 && !said->message.empty()) expects_.take(std::move(*said));
        return taken;
    }

    [[nodiscard]] std::size_t take_transports(byte_view input) {
        if (input.size() < size_bytes) return 0;
        std::size_t size = 0;
        for (std::size_t i = size_bytes; i-- > 0;)
            size = size << 8 | std::to_integer<std::size_t>(input[i]);
        if (input.size() - size_bytes < size) return 0;
        byte_view content = input.subspan(size_bytes, size);
        while (!content.empty()) {
            const std::size_t taken = take_one(content, true);
            if (taken == 0) break;
            content = content.subspan(taken);
        }
        return size_bytes + size;
    }

    void finish() {
        if (from_.ended_by != "server") expects_.close_behind_all();
        if (!has_given_up_) await(everything, raw_expected_.size());
        const bool server_ended = from_.ended_by == "server" && with_.shows_end;
        if (!has_given_up_ && server_ended) {
            const time_point until = deadline_after(now(), timeout_);
            while (!is_over_ && now() < until) receive(std::min<nanoseconds>(slice, until - now()));
            if (!is_over_) {
                report(replay_difference::kind::ended, from_.end_line,
                       "the server ends the conversation", "it goes on");
            }
        }
        if (told_.is_raw) {
            compare_raw();
        } else {
            expects_.end();
        }
        with_.stream->close();
    }

    void compare_raw() {
        const std::size_t common = std::min(raw_.size(), raw_expected_.size());
        const auto apart =
            std::mismatch(raw_.begin(), raw_.begin() + static_cast<std::ptrdiff_t>(common),
                          raw_expected_.begin());
        const auto at = static_cast<std::size_t>(apart.first - raw_.begin());
        const auto piece = [&](const bytes& of) {
            constexpr std::size_t most = 32;
            return to_hex(byte_view(of).subspan(at, std::min(most, of.size() - at)));
        };
        if (at < common) {
            report(replay_difference::kind::differs, line_of_raw(at), piece(raw_expected_),
                   piece(raw_));
        } else if (raw_.size() > raw_expected_.size() && from_.ended_by == "server") {
            report(replay_difference::kind::surplus, 0, "", piece(raw_));
        }
    }

    [[nodiscard]] std::size_t line_of_raw(std::size_t offset) const {
        std::size_t end = 0;
        for (const auto& each : told_.entries) {
            if (each.recorded->who != speaker::server) continue;
            end += each.content.size();
            if (offset < end) return each.recorded->line;
        }
        return 0;
    }

    void report(replay_difference::kind what, std::size_t line, std::string recorded,
                std::string actual) {
        report_.differences.push_back(
            {what, from_.number, line, {}, std::move(recorded), std::move(actual)});
    }

    const recorded_conversation& from_;
    const told_recording& told_;
    replay_stream with_;
    const nanoseconds timeout_;
    replay_report& report_;
    replay_comparison by_;
    replay_expectations expects_;
    buffer input_;
    bytes raw_expected_;
    bytes raw_;
    std::size_t heard_ = 0;                  ///< Bytes of the server's in all.
    std::size_t heard_at_last_ = everything; ///< When it was given up before.
    bool is_over_ = false;
    bool has_given_up_ = false;
    std::string over_because_;
};

} // namespace

void play(const recorded_conversation& from, const told_recording& told, replay_stream with,
          const std::vector<std::regex>& ignored, nanoseconds timeout, replay_report& into) {
    player(from, told, std::move(with), ignored, timeout, into).play();
}

} // namespace beckon
