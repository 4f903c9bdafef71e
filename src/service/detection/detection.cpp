#include "service/detection/detection.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "beckon/base/text.hpp"
#include "io/parting_words.hpp"
#include "object/guarded.hpp"
#include "service/detection/begun_stream.hpp"

namespace beckon::detection {

namespace {

/// Of what is read at once. Few are decided by more, and a connection costs no more than what it has sent.
constexpr std::size_t piece = 4096;
/// Others get their turn of the loop after so many pieces.
constexpr unsigned most_pieces = 64;
/// Of what came that a message shows.
constexpr std::size_t shown_bytes = 32;

} // namespace

detection::detection(std::unique_ptr<io::byte_stream> stream, std::shared_ptr<const offers> among,
                     detection_limits allowed, io::event_loop& loop, outcome then)
    : among_(std::move(among)), allowed_(allowed), loop_(loop), stream_(std::move(stream)),
      then_(std::move(then)), chooser_(among_->candidates) {
    const auto& all = among_->candidates;
    const auto found =
        std::ranges::find_if(all, [](const auto& each) { return each.what == layer::messages; });
    keeps_messages_ = static_cast<std::size_t>(found - all.begin());
}

void detection::start() { go_on(); }

void detection::on_ready(bool, bool) noexcept { go_on(); }

void detection::go_on() noexcept {
    std::optional<result<detected>> how;
    {
        const std::lock_guard lock(mutex_);
        if (stream_ == nullptr) return;
        auto found = guarded([&]() -> result<void> {
            how = look();
            return {};
        });
        if (!found) how.emplace(std::move(found).error());
    }
    if (how) finish(std::move(*how));
}

std::optional<bool> detection::has_messages() {
    if (has_bytes_ || keeps_messages_ == among_->candidates.size()) return false;
    const io::first_content found = stream_->begins_with();
    has_begun_ = found != io::first_content::nothing;
    has_bytes_ = found == io::first_content::bytes;
    if (has_bytes_) return false;
    if (found == io::first_content::messages) return true;
    return {};
}

std::optional<result<detected>> detection::look() {
    const auto messages = has_messages();
    if (!messages) return watch();
    if (*messages) return conclude_messages();
    for (unsigned pieces = 0; pieces < most_pieces; ++pieces) {
        std::array<std::byte, piece> came;
        const io::io_result got = stream_->read(came);
        if (got.status == io::io_status::would_block) return watch();
        if (got.status == io::io_status::failed)
            return result<detected>(io::to_error(got, "reading from", stream_->peer_name()));
        if (got.status == io::io_status::end) {
            if (chooser_.heard().empty())
                return result<detected>(
                    detected{}); // as somebody does who looks whether anybody listens
            return conclude(chooser_.end());
        }
        has_begun_ = true;
        const chooser::state found = chooser_.take(byte_view(came).first(got.size));
        if (found != chooser::state::more) return conclude(found);
        if (chooser_.heard().size() >= allowed_.max_bytes) {
            return result<detected>(refused(
                fail(errc::limit_exceeded, "its first message has more than ", allowed_.max_bytes,
                     " bytes, and what follows it tells the protocol (max_message_bytes)"),
                errc::limit_exceeded, "the first message is too large"));
        }
    }
    return watch();
}

/// Waits for more, until the time that it has from its first byte on.
std::optional<result<detected>> detection::watch() {
    if (!watch_) {
        auto made = loop_.watch(stream_->read_descriptor(), io::interest::read,
                                intrusive_ptr<detection>(this));
        if (!made) return result<detected>(std::move(made).error());
        watch_ = *made;
    }
    if (!timer_ && has_begun_ && allowed_.begun_within.count() != 0) {
        timer_ = loop_.schedule_at(deadline_after(loop_.clock().now(), allowed_.begun_within),
                                   [kept = intrusive_ptr<detection>(this)] { kept->on_time(); });
    }
    return {};
}

result<detected> detection::conclude(chooser::state found) {
    if (found == chooser::state::nobody)
        return refused(unknown("begins with "), errc::unsupported,
                       "this tells no protocol that is served here");
    detected made{nullptr, chooser_.which()};
    // Ours while it is decided what becomes of it: `finish` ends the watch before anybody else can begin one.
    made.stream = make_begun_stream(std::move(stream_), chooser_.take_heard());
    return made;
}

result<detected> detection::conclude_messages() {
    return detected{std::move(stream_), keeps_messages_};
}

void detection::on_time() noexcept {
    std::optional<result<detected>> how;
    {
        const std::lock_guard lock(mutex_);
        timer_ = {};
        if (stream_ == nullptr) return;
        const auto within =
            std::chrono::duration_cast<std::chrono::milliseconds>(allowed_.begun_within);
        how.emplace(refused(unknown(concat("did not go on within ", within.count(),
                                           " ms (handshake_within) after ")),
                            errc::timeout, "what began did not go on"));
    }
    finish(std::move(*how));
}

void detection::finish(result<detected> how) noexcept {
    outcome then;
    std::unique_ptr<io::byte_stream> dropped;
    errc told_as{};
    std::string_view told;
    {
        const std::lock_guard lock(mutex_);
        told_as = told_as_;
        told = told_;
        if (watch_) loop_.unwatch(std::exchange(watch_, {}));
        if (timer_) loop_.cancel(std::exchange(timer_, {}));
        dropped = std::move(stream_);
        then = std::exchange(then_, nullptr);
    }
    if (then) then(std::move(how)); // before its peer can see the end: what is logged is there then
    if (dropped != nullptr && !told.empty()) io::end_because(*dropped, told_as, told);
}

void detection::stop() noexcept {
    {
        const std::lock_guard lock(mutex_);
        then_ = nullptr;
    }
    finish(fail(errc::cancelled, "nobody is told of this"));
}

/// For the log all of it; for the peer, who knows what it said, why it ends.
error detection::refused(error why, errc told_as, std::string_view told) noexcept {
    told_as_ = told_as;
    told_ = told;
    return why;
}

error detection::unknown(std::string_view how) const {
    const bytes& heard = chooser_.heard();
    const std::string_view text(reinterpret_cast<const char*>(heard.data()), heard.size());
    std::string known;
    for (const candidate& each : among_->candidates)
        known += concat(known.empty() ? "" : ", ", each.name);
    return fail(errc::protocol_error, "peer ", how, quoted(text, shown_bytes),
                ", which tells none of these: ", known);
}

} // namespace beckon::detection
