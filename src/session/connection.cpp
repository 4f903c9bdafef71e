#include "beckon/session/connection.hpp"

#include <algorithm>

#include "io/parting_words.hpp"

namespace beckon {

connection::connection(std::shared_ptr<runtime> runs, std::unique_ptr<io::byte_stream> stream,
                       const limits& allowed, over_callback on_over)
    : runtime_(std::move(runs)), stream_(std::move(stream)), on_over_(std::move(on_over)),
      pace_(allowed.message_within, allowed.min_message_progress) {}

connection::~connection() { delete session_; }

result<intrusive_ptr<session>>
connection::start(std::shared_ptr<runtime> runs, std::unique_ptr<io::byte_stream> stream,
                  std::unique_ptr<protocol> speaks, intrusive_ptr<servant> directory,
                  session_options options, bool keep, over_callback on_over) {
    auto made = intrusive_ptr<connection>(
        new connection(std::move(runs), std::move(stream), options.limits, std::move(on_over)));
    if (options.endpoint.empty()) options.endpoint = made->stream_->peer_name();
    if (speaks->traits().wants_acknowledgement) made->stream_->acknowledge_at_once();
    made->apart_ = speaks->traits().wants_own_records && made->stream_->separate_views();
    if (speaks->traits().keeps_messages) {
        const io::message_mode mode = made->stream_->keep_messages();
        if (mode != io::message_mode::none)
            speaks->use_messages(mode == io::message_mode::answered);
        if (const std::size_t most = made->stream_->max_message_bytes(); most != 0) {
            std::size_t& allowed = options.limits.max_message_bytes;
            allowed = allowed == 0 ? most : std::min(allowed, most);
        }
    }
    options.proven = made->stream_->identity();
    if (options.proven && options.caller.empty()) options.caller = options.proven->user;
    made->session_ =
        new session(std::move(speaks), *made, std::move(directory), std::move(options));
    auto held = intrusive_ptr<session>(made->session_);
    if (keep) made->kept_ = held;
    made->acquire(); // its own, until free_if_unused
    io::event_loop& loop = made->runtime_->loop();
    // The greeting before anything is read: another thread may answer what it reads at once.
    held->start();
    held->lock();
    result<io::watch_id> watch =
        loop.watch(made->stream_->read_descriptor(), io::interest::read, made);
    if (watch) made->watch_ = *watch;
    held->unlock();
    if (!watch) {
        error failure = watch.error();
        held->transport_ended(watch.error());
        return failure;
    }
    held->lock();
    held->started();
    made->flush();
    made->has_waiting_input_ = made->stream_->has_waiting_input();
    const bool reads_now = made->has_waiting_input_;
    held->unlock();
    if (reads_now) made->post(&connection::do_waiting_input);
    return held;
}

void connection::post(void (connection::*what)() noexcept) noexcept {
    // What is posted may free this connection, and then nobody else holds the loop that this thread is about to wake.
    const std::shared_ptr<runtime> held = runtime_;
    held->loop().post([kept = self(), what] { (kept.get()->*what)(); });
}

// --- What was read already ---

void connection::do_carried() noexcept {
    session_->lock();
    carry_posted_ = false;
    if (reader_ == nullptr && !carry_.empty() && takes_input()) {
        reader_token token{&thread_record::mine()};
        const void* const outer_turn = std::exchange(token.thread->turn_of, this);
        reader_ = &token;
        feed_carried(token, nullptr);
        if (reader_ == &token) reader_ = nullptr;
        flush();
        token.thread->turn_of = outer_turn;
    }
    session_->unlock();
    session_->run_completions();
    finish_if_over();
}

/// What the descriptor does not tell of is read in the loop's turns, like other input; a thread that waits reads it itself.
void connection::do_waiting_input() noexcept {
    on_ready(true, false);
    session_->lock();
    if (reader_ == nullptr) has_waiting_input_ = takes_input() && stream_->has_waiting_input();
    const bool again = has_waiting_input_ && reader_ == nullptr;
    session_->unlock();
    if (again) post(&connection::do_waiting_input);
}

void connection::do_queued() noexcept {
    session_->lock();
    queued_posted_ = false;
    session_->unlock();
    thread_record& record = thread_record::mine();
    const void* const outer_turn = std::exchange(record.turn_of, this);
    session_->run_queued();
    record.turn_of = outer_turn;
    session_->lock();
    flush();
    session_->unlock();
    session_->run_completions();
    finish_if_over();
}

// --- Waiting ---

void connection::wait(waitable& waiting, time_point deadline) {
    thread_record& record = thread_record::mine();
    parker& sleeper = parker::mine();
    reader_token token{&record};
    wait_frame frame(waiting);
    session_->lock();
    ++waits_;
    if (std::exchange(posted_by_, nullptr) == &record && flush_posted_) ++record.sends_itself;
    session_->enter_wait(frame);
    for (activation* below = record.top.load(std::memory_order_relaxed); below != nullptr;
         below = below->below) {
        if (below->driver == this && below->reader != nullptr && below->reader == reader_) {
            // This thread reads already, further down its stack: it goes on here with what it had not come to.
            if (!below->rest.empty()) carry_.append(below->rest);
            reader_ = &token;
        }
    }
    const void* const outer_turn = std::exchange(record.turn_of, this);
    if (outer_turn != nullptr && outer_turn != this) {
        // What the handler that waits here has written elsewhere would leave at the end of that turn only.
        session_->unlock();
        auto& outer = *const_cast<connection*>(static_cast<const connection*>(outer_turn));
        outer.session_->lock();
        outer.flush();
        outer.session_->unlock();
        session_->lock();
    }
    const cancellation* asked = frame.serving != nullptr ? frame.serving->cancellation : nullptr;
    if (asked != nullptr && asked->requested()) asked = nullptr; // known to the handler already
    while (!waiting.done()) {
        const time_point time = deadline != never || !waiting.comes_by_input ? now() : time_point{};
        if (deadline != never && time >= deadline) break;
        if (asked != nullptr && asked->requested()) break;
        if (session_->run_handed_over(frame)) {
            session_->unlock();
            session_->run_completions();
            session_->lock();
            continue;
        }
        if (reader_ == nullptr && waiting.comes_by_input && takes_input()) reader_ = &token;
        if (reader_ == &token && !takes_input()) reader_ = nullptr; // nothing to read any more
        if (reader_ == &token && !carry_.empty()) {
            const std::size_t whole = session_->message_size(carry_.view());
            if (whole != 0 && whole <= carry_.size()) {
                feed_carried(token, &frame);
                flush();
                complete();
                continue;
            }
        }
        flush();
        // While that wrote, without the lock, a call may have come back to this thread, or the reader may have left: whom they
        // nudged did not sleep yet.
        if (!frame.handed_over.empty() ||
            (reader_ == nullptr && waiting.comes_by_input && takes_input()))
            continue;
        if (reader_ == &token) {
            nanoseconds at_most = std::chrono::milliseconds(100);
            if (deadline != never && deadline - time < at_most) at_most = deadline - time;
            static_cast<void>(read_once(token, &frame, at_most));
            flush();
            complete();
        } else {
            const bool sleeps = waiting.announce(sleeper);
            session_->unlock();
            if (sleeps) sleeper.park(deadline);
            session_->lock();
            waiting.withdraw();
        }
    }
    flush(); // what other calls' continuations wrote when this one was done
    record.turn_of = outer_turn;
    session_->leave_wait(frame);
    if (reader_ == &token) {
        reader_ = nullptr;
        pass_on_reading();
    }
    session_->unlock();
    finish_if_over();
}

/// The reader leaves: another thread that waits takes its place, or the loop comes back after a while.
void connection::pass_on_reading() noexcept {
    if (!carry_.empty() && !carry_posted_) {
        const std::size_t whole = session_->message_size(carry_.view());
        if (whole != 0 && whole <= carry_.size()) {
            carry_posted_ = true;
            post(&connection::do_carried);
        }
    }
    if (has_waiting_input_) post(&connection::do_waiting_input);
    // A handler of the thread that stays here may wait, and then block for something else: the loop is to come back by itself.
    if (disarmed_ && takes_input()) linger();
    session_->nudge_waiting();
}

/// While threads wait in calls one after the other, the loop stays away; a millisecond without one, and it is back.
void connection::linger() noexcept {
    if (lingering_) return;
    lingering_ = true;
    waits_seen_ = waits_;
    static_cast<void>(runtime_->loop().schedule_at(now() + std::chrono::milliseconds(1),
                                                   [kept = self()] { kept->on_linger(); }));
}

void connection::on_linger() noexcept {
    session_->lock();
    lingering_ = false;
    if (takes_input() && (reader_ != nullptr || waits_ != waits_seen_)) {
        linger();
    } else if (disarmed_) {
        disarmed_ = false;
        set_interest();
    }
    session_->unlock();
}

// --- Handlers ---

void connection::handler_begins(activation& running) noexcept {
    thread_record& record = thread_record::mine();
    running.driver = this;
    running.reader = reader_ != nullptr && reader_->thread == &record ? reader_ : nullptr;
    running.below = record.top.load(std::memory_order_relaxed);
    record.steps.store(record.steps.load(std::memory_order_relaxed) + 1, std::memory_order_release);
    record.top_of.store(this, std::memory_order_relaxed);
    record.top.store(&running); // sequentially consistent: see runtime::handler_begins
    runtime_->handler_begins();
}

bool connection::handler_ends(activation& running) noexcept {
    thread_record& record = thread_record::mine();
    record.steps.store(record.steps.load(std::memory_order_relaxed) + 1, std::memory_order_release);
    record.top_of.store(running.below != nullptr ? static_cast<connection*>(running.below->driver)
                                                 : nullptr,
                        std::memory_order_relaxed);
    record.top.store(running.below, std::memory_order_release);
    return running.reader != nullptr && reader_ != running.reader;
}

void connection::take_over_from(runtime& looking, thread_record& blocked,
                                std::uint64_t steps) noexcept {
    // The thread's innermost handler ends under its session's lock. So while that lock is held here and the thread
    // has made no step, its handlers stay as they are; the same goes, downwards, for those below. Until then only the
    // thread's record may be read, and the connection that it names: none is freed while somebody looks.
    activation* const top = blocked.top.load();
    connection* of = blocked.top_of.load(std::memory_order_relaxed);
    if (top == nullptr || of == nullptr) return;
    std::vector<session*> locked{of->session_};
    of->session_->lock();
    for (activation* each = top; each != nullptr; each = each->below) {
        if (blocked.steps.load() != steps || blocked.top.load() != top)
            break; // it goes on after all
        of = static_cast<connection*>(each->driver);
        bool again = false;
        for (session* const other : locked) again = again || other == of->session_;
        if (!again) {
            of->session_->lock();
            locked.push_back(of->session_);
        }
        if (of->runtime_.get() != &looking) continue;
        if (each->reader != nullptr && of->reader_ == each->reader) {
            of->reader_ = nullptr;
            if (!each->rest.empty()) of->carry_.append(each->rest);
            if (!of->carry_.empty() && !of->carry_posted_) {
                of->carry_posted_ = true;
                of->post(&connection::do_carried);
            }
            if (of->disarmed_ && !of->lingering_) of->linger();
        }
        of->post_flush(); // what was to leave at the end of the blocked thread's turn
        of->session_->start_next();
    }
    for (session* const other : locked) other->unlock();
}

// --- Timers, queues, releases ---

void connection::released() noexcept {
    // Dropped references gather for a millisecond, or leave with what is sent next anyway.
    if (release_posted_.exchange(true)) return;
    static_cast<void>(runtime_->loop().schedule_at(now() + std::chrono::milliseconds(1),
                                                   [kept = self()] { kept->do_release(); }));
}

void connection::calls_queued() noexcept {
    if (queued_posted_) return;
    queued_posted_ = true;
    post(&connection::do_queued);
}

void connection::run_soon(function<void()> work) noexcept {
    runtime_->loop().post([kept = self(), work = std::move(work)]() mutable {
        thread_record& record = thread_record::mine();
        const void* const outer_turn = std::exchange(record.turn_of, kept.get());
        activation running; // so that a blocked producer is noticed as a blocked handler is
        kept->session_->lock();
        kept->handler_begins(running);
        kept->session_->unlock();
        work();
        work.reset();
        kept->session_->lock();
        static_cast<void>(kept->handler_ends(running));
        record.turn_of = outer_turn;
        kept->flush();
        kept->session_->unlock();
        kept->session_->run_completions();
        kept->finish_if_over();
    });
}

void connection::arm_timer(time_point when) noexcept {
    if (timer_) runtime_->loop().cancel(timer_);
    timer_ = runtime_->loop().schedule_at(when, [kept = self()] { kept->on_timer(); });
}

void connection::on_timer() noexcept {
    session_->on_timer(now());
    do_flush();
}

// --- The end ---

void connection::session_over(const error* why) noexcept {
    if (over_) return;
    over_ = true;
    over_because_ = why;
    // What is written already, a goodbye among it, still leaves; then the stream is closed: see finish_if_over.
    post(&connection::do_over);
}

void connection::do_over() noexcept { do_flush(); }

void connection::finish_if_over() noexcept {
    session_->lock();
    if (ended_) {
        free_soon();
        return session_->unlock();
    }
    if (!over_ || writing_) return session_->unlock();
    if (!closed_ && !session_->output().empty() && !blocked_) {
        flush();
        if (writing_) return session_->unlock();
    }
    if (blocked_ && !closed_) {
        // The peer takes nothing more: give it until the stall timer, which clears this.
        return session_->unlock();
    }
    ended_ = true;
    closed_ = true;
    unblock();
    const auto watch = std::exchange(watch_, {});
    const auto write_watch = std::exchange(write_watch_, {});
    const auto timer = std::exchange(timer_, {});
    const auto pace_timer = std::exchange(pace_timer_, {});
    const auto reader_timer = std::exchange(reader_timer_, {});
    auto callback = std::move(on_over_);
    auto kept = std::move(kept_);
    session_->unlock();
    io::event_loop& loop = runtime_->loop();
    if (watch) loop.unwatch(watch);
    if (write_watch) loop.unwatch(write_watch);
    if (timer) loop.cancel(timer);
    if (pace_timer) loop.cancel(pace_timer);
    if (reader_timer) loop.cancel(reader_timer);
    tell_why();
    stream_->close();
    session_->lock();
    session_->nudge_waiting();
    session_->unlock();
    session_->run_completions();
    if (callback) callback(*this);
    kept = {};
    post(&connection::free_if_unused);
}

/// Where the transport has words for it, a peer that is not just left is told why.
void connection::tell_why() noexcept {
    if (over_because_ == nullptr || over_because_->code() == errc::cancelled) return;
    io::end_because(*stream_, was_too_slow_ ? errc::timeout : over_because_->code(),
                    over_because_->message());
}

void connection::abandoned() noexcept { post(&connection::do_retire); }

void connection::do_retire() noexcept {
    session_->let_go();
    if (session_->use_count() != 0) return; // somebody has taken a hold again
    session_->close(fail(errc::cancelled, "session was dropped by its holders"));
    do_flush();
    free_if_unused();
}

/// A thread that used the connection leaves it: it may have been the last.
void connection::free_soon() noexcept {
    if (!freed_ && session_->use_count() == 0) post(&connection::free_if_unused);
}

/// Runs on the loop's thread. The session may go when it is over and nobody holds it.
void connection::free_if_unused() noexcept {
    session_->lock();
    const bool unused = ended_ && !freed_ && session_->use_count() == 0 &&
                        session_->serves_nothing() && reader_ == nullptr && !writing_;
    if (unused) freed_ = true;
    session_->unlock();
    if (!unused) return;
    // The look at blocked threads goes through connections: none may go meanwhile.
    { const std::lock_guard wait_for_look(runtime::look_mutex()); }
    release();
}

} // namespace beckon
