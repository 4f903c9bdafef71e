// How a connection reads: on the loop's thread, on a waiting thread, or on a thread that stays with a busy connection.
#include "beckon/session/connection.hpp"

#include <cstring>

#include "session/input_buffer.hpp"

namespace beckon {

namespace {
// A connection is busy where it alone was ready in so many turns of the loop, at this pace or faster.
constexpr std::uint32_t busy_turns = 32;
constexpr std::uint32_t most_busy_turns = 4096;
constexpr std::uint64_t others_turns = 4;
constexpr std::chrono::milliseconds busy_within{32};
// How long a thread stays without input.
constexpr std::chrono::milliseconds stays_for{64};
// A buffer that a large message has grown stays for the next one, at most that large, and for so many other reads.
constexpr std::size_t most_kept = 4u << 20;
constexpr std::uint32_t keeps_large_for = 64;
// Between looks at whether a peer that says no more still reads: at first, and at most. Most answers take less.
constexpr std::chrono::milliseconds first_look_after{100};
constexpr std::chrono::seconds looks_within{5};
} // namespace

void connection::on_ready(bool readable, bool writable) noexcept {
    session_->lock();
    if (writable && blocked_) {
        unblock();
        flush();
        if (!blocked_) {
            set_interest();
            session_->output_drained();
        }
    }
    if (readable && takes_input()) {
        if (reader_ != nullptr) {
            // A waiting thread reads by itself: the loop stays away until it has gone.
            if (!disarmed_) {
                disarmed_ = true;
                set_interest();
                linger();
            }
        } else {
            reader_token token{&thread_record::mine()};
            const void* const outer_turn = std::exchange(token.thread->turn_of, this);
            reader_ = &token;
            static_cast<void>(read_once(token, nullptr, nanoseconds(0)));
            flush();
            if (reader_ == &token && is_busy() && runtime_->leave_loop()) {
                stay(token);
                runtime_->back_from_connection();
            }
            if (reader_ == &token) reader_ = nullptr;
            token.thread->turn_of = outer_turn;
        }
    }
    complete();
    const bool over = over_;
    session_->unlock();
    if (over) finish_if_over();
}

/// Whether the loop has lately done little but tell of this connection's input, one message at a time. Where many come at
/// once the loop is better: while it goes round, more gather for its next read.
bool connection::is_busy() noexcept {
    if (++busy_.turns < busy_.wanted) return false;
    const std::uint64_t told = runtime_->loop().watchers_told();
    const time_point time = now();
    const bool alone = told - busy_.told_before <= busy_.turns + others_turns;
    const bool often = time - busy_.since <= busy_within * (busy_.wanted / busy_turns);
    const bool single = busy_.batches < busy_.turns / 4;
    busy_.turns = 0;
    busy_.batches = 0;
    busy_.told_before = told;
    busy_.since = time;
    return alone && often && single && takes_input() && !blocked_ && !session_->anybody_waits();
}

/// Reads for this connection alone while input keeps coming: one blocking call for each message where the loop needs two.
/// Another worker runs the loop meanwhile. Ends as soon as a thread waits for a call, since that one reads by itself.
void connection::stay(reader_token& token) noexcept {
    disarmed_ = true;
    set_interest();
    std::uint32_t reads = 0;
    busy_.turns = busy_.batches = 0;
    while (takes_input() && !blocked_) {
        const bool came = read_once(token, nullptr, stays_for);
        flush(); // also where the reading was lost meanwhile: a handler's reply
        complete();
        flush(); // what the completed have called
        if (!came) break;
        if (reads < most_busy_turns) ++reads;
        if (reader_ != &token || session_->anybody_waits()) break;
        if (++busy_.turns == busy_turns) {
            if (busy_.batches >= busy_.turns / 4) break;
            busy_.turns = 0;
            busy_.batches = 0;
        }
    }
    // To come and go costs more than it saves where the stay is short.
    busy_.wanted = reads >= busy_.wanted ? busy_turns : std::min(2 * busy_.wanted, most_busy_turns);
    busy_.turns = 0;
    busy_.batches = 0;
    if (!takes_input() || !disarmed_) return;
    if (reader_ == &token || reader_ == nullptr) {
        disarmed_ = false;
        set_interest();
        if (reader_ == &token) {
            reader_ = nullptr;
            pass_on_reading();
        }
    } else {
        linger();
    }
}

/// Runs what has to run without the lock, where there is anything. REQUIRES: locked; drops the lock meanwhile.
void connection::complete() noexcept {
    if (!session_->has_completions()) return;
    session_->unlock();
    session_->run_completions();
    session_->lock();
}

/// Waits for input, awake for a moment where that is likely to save the sleep. REQUIRES: not locked.
io::io_result connection::read_waiting(std::span<std::byte> into, nanoseconds at_most) noexcept {
    const nanoseconds spin = std::min<nanoseconds>(runtime_->options().spin, at_most);
    if (spin.count() == 0 || !spinning_.may_spin()) return stream_->read_waiting(into, at_most);
    const time_point until = deadline_after(now(), spin);
    do {
        const io::io_result got = stream_->read(into);
        if (got.status != io::io_status::would_block) {
            spinning_.succeeded();
            return got;
        }
    } while (now() < until);
    spinning_.failed();
    return stream_->read_waiting(into, at_most);
}

/// Reads once and runs what came. Drops the lock for the system call and in handlers. Says whether anything came.
bool connection::read_once(reader_token& token, wait_frame* frame, nanoseconds at_most) {
    input_buffer input;
    // A message larger than the buffer gathers in the carry, which grows with what has come, never at once to what is
    // declared.
    const std::size_t whole = carry_.empty() ? 0 : session_->message_size(carry_.view());
    const bool large = whole > input_buffer::size / 2 || carry_.size() > input_buffer::size / 2;
    std::span<std::byte> into;
    std::size_t kept = 0;
    if (large) {
        kept = carry_.size();
        std::size_t room = kept < input_buffer::size ? input_buffer::size : kept;
        room = std::max(room, carry_.capacity() - kept); // there already, of a message before
        if (whole > kept && room > whole - kept) room = whole - kept;
        into = {carry_.grow(room), room};
    } else {
        kept = carry_.size();
        if (kept != 0) std::memcpy(input.all().data(), carry_.data(), kept);
        carry_.clear();
        into = input.all().subspan(kept);
    }
    session_->unlock();
    const io::io_result got =
        at_most.count() == 0 ? stream_->read(into) : read_waiting(into, at_most);
    session_->lock();
    const std::size_t size = got.status == io::io_status::ok ? got.size : 0;
    if (large) carry_.truncate(kept + size);
    if (size == 0) {
        if (!large && kept != 0) carry_.append(input.all().first(kept));
        if (got.status == io::io_status::would_block || got.status == io::io_status::ok)
            return false;
        if (!takes_input()) return false; // by ourselves, meanwhile
        if (got.status == io::io_status::end && !carry_.empty()) {
            if (!feed_last(token, frame)) return false;
        }
        std::string how = got.status == io::io_status::end
                              ? "peer closed the connection"
                              : io::to_error(got, "reading", stream_->peer_name()).message();
        if (const std::string exit = stream_->exit_description(); !exit.empty())
            how += concat(" (", exit, ')');
        if (!carry_.empty()) how += concat(", ", carry_.size(), " bytes into a message");
        const errc code = stream_->was_refused() ? errc::access_denied : errc::disconnected;
        error reason = fail(code, how).note(concat("reading from ", stream_->peer_name()));
        if (got.status == io::io_status::end && still_answers(reason)) return false;
        closed_ = true;
        session_->unlock();
        session_->transport_ended(std::move(reason));
        session_->lock();
        return false;
    }
    if (large) {
        session_->note_input();
        // Where nothing tells the size beforehand, more of the message may show that it goes on.
        const std::size_t needed = session_->message_size(carry_.view());
        if (needed == 0 || carry_.size() >= needed) {
            feed_carried(token, frame);
        } else {
            note_left_over(carry_.size());
        }
        return true;
    }
    if (carry_.capacity() > input_buffer::size && ++reads_since_large_ >= keeps_large_for)
        carry_.free();
    static_cast<void>(feed_input(token, frame, input.all().first(kept + size)));
    return true;
}

/// Runs what is in `input`; keeps what is left over. REQUIRES: carry_ is empty.
bool connection::feed_input(reader_token& token, wait_frame* frame, byte_view input) {
    const std::size_t first = session_->message_size(input);
    if (first != 0 && first < input.size()) ++busy_.batches;
    // Before its handler runs, which may take longer than a message may.
    if (first != 0 && first <= input.size()) pace_.ended();
    const consumed used = session_->feed(input, frame);
    if (used.next == verdict::taken_over) return false;
    if (used.next == verdict::stop) {
        carry_.clear();
        return false;
    }
    if (used.bytes < input.size()) {
        carry_.append(input.subspan(used.bytes));
        note_left_over(carry_.size());
    }
    return reader_ == &token;
}

bool connection::feed_carried(reader_token& token, wait_frame* frame) {
    buffer taken;
    taken.swap(carry_);
    const bool mine = feed_input(token, frame, taken.view());
    if (mine && carry_.empty() && taken.capacity() <= most_kept) {
        // Large messages seldom come alone: to grow the buffer anew for each would copy it once more.
        taken.clear();
        carry_.swap(taken);
        reads_since_large_ = 0;
    }
    return mine;
}

/// The peer says no more. What it left may be a message; its answer still leaves. False where the reading is lost.
bool connection::feed_last(reader_token& token, wait_frame* frame) {
    buffer left;
    left.swap(carry_);
    const consumed used = session_->feed(left.view(), frame, true);
    if (used.next == verdict::taken_over) return false;
    if (used.next == verdict::go_on) carry_.append(left.view().subspan(used.bytes));
    flush();
    return reader_ == &token && takes_input();
}

/// The peer has said all, and waits for answers: the loop leaves its input alone, and looks now and then whether it is
/// still there.
bool connection::still_answers(const error& reason) {
    if (!session_->input_ended(reason, stream_->peer_reads())) return false;
    carry_.free();
    set_interest();
    looks_after_ = first_look_after;
    watch_reader();
    return true;
}

void connection::watch_reader() noexcept {
    reader_timer_ = runtime_->loop().schedule_at(deadline_after(now(), looks_after_),
                                                 [kept = self()] { kept->on_reader(); });
    looks_after_ = std::min<nanoseconds>(2 * looks_after_, looks_within);
}

void connection::on_reader() noexcept {
    session_->lock();
    if (const auto timer = std::exchange(reader_timer_, {})) runtime_->loop().cancel(timer);
    const bool over = over_ || closed_;
    const io::reader_state reads = over ? io::reader_state::unknown : stream_->peer_reads();
    const bool gone = reads == io::reader_state::gone || (output_lost_ && !over) ||
                      (reads == io::reader_state::shown_by_writing && !session_->write_filler());
    if (gone) closed_ = true;
    if (!over && !gone) watch_reader();
    session_->unlock();
    if (gone) session_->transport_ended(*session_->input_end());
    do_flush();
}

/// A message has begun whose end is not here.
void connection::note_left_over(std::size_t size) noexcept {
    if (pace_.left_over(size, now())) watch_pace();
}

void connection::watch_pace() noexcept {
    pace_timer_ = runtime_->loop().schedule_at(pace_.due(), [kept = self()] { kept->on_pace(); });
}

void connection::on_pace() noexcept {
    session_->lock();
    pace_timer_ = {};
    const auto found = over_ || closed_ ? message_pace::verdict::at_rest : pace_.look(now());
    if (found == message_pace::verdict::goes_on) watch_pace();
    was_too_slow_ = found == message_pace::verdict::too_slow;
    session_->unlock();
    if (!was_too_slow_) return;
    session_->close(pace_.too_slow(stream_->peer_name()));
    do_flush();
}

} // namespace beckon
