// The sending half of an endpoint, its timers, and its end.
#include "testing/endpoint.hpp"
#include "testing/link_core.hpp"
#include "testing/node_core.hpp"

namespace beckon::testing {

// --- Writing ---

void endpoint::output_ready() noexcept {
    if (world_->thread().turn_of == this || blocked_) return;
    post_flush();
}

void endpoint::post_flush() noexcept {
    if (flush_posted_) return;
    flush_posted_ = true;
    post(&endpoint::do_flush);
}

void endpoint::do_flush() {
    session_->lock();
    flush_posted_ = false;
    flush();
    session_->unlock();
    settle_turn();
}

void endpoint::flush() noexcept {
    session_->write_releases();
    while (!blocked_) {
        if (sent_ == sending_.size()) {
            sending_.clear();
            sent_ = 0;
            if (session_->output().empty()) break;
            sending_.swap(session_->output());
        }
        if (dead_) {
            sent_ = sending_.size();
            continue;
        }
        byte_view rest = sending_.view().subspan(sent_);
        if (world_->chance.percent(10))
            rest = rest.first(static_cast<std::size_t>(world_->chance.between(1, rest.size())));
        const std::size_t took = link_->send(side_, rest);
        sent_ += took;
        if (took != 0) continue;
        blocked_ = true;
        blocked_since_ = now();
        if (const auto after = session_->stalled_after(); after.count() != 0)
            world_->schedule(after, [self = intrusive_ptr<endpoint>(this)] { self->on_stalled(); });
    }
    session_->set_unsent(sending_.size() - sent_);
    if (session_->wants_room() && !blocked_) {
        session_->output_drained();
        if (!session_->output().empty()) post_flush();
    }
}

void endpoint::room_made() { post(&endpoint::do_write); }

void endpoint::do_write() {
    session_->lock();
    if (blocked_) {
        blocked_ = false;
        blocked_since_ = never;
        flush();
        if (!blocked_) session_->output_drained();
    }
    session_->unlock();
    settle_turn();
}

void endpoint::on_stalled() {
    const auto after = session_->stalled_after();
    if (!blocked_ || blocked_since_ == never || now() - blocked_since_ < after) return;
    session_->close(fail(errc::disconnected, "peer ", session_->endpoint_name(),
                         " took no byte for ", after.count(), " ms (stalled_after)"));
    dead_ = true;
    blocked_ = false;
    do_flush();
}

// --- Timers, queues, releases ---

void endpoint::released() noexcept {
    if (world_->over) return free_what_is_left();
    if (std::exchange(release_posted_, true)) return;
    world_->schedule(std::chrono::milliseconds(1),
                     [self = intrusive_ptr<endpoint>(this)] { self->do_release(); });
}

void endpoint::do_release() {
    release_posted_ = false;
    do_flush();
}

void endpoint::free_what_is_left() {
    const intrusive_ptr<endpoint> keep(this); // what is freed may be the session's last holder
    session_->lock();
    session_->write_releases();
    session_->unlock();
    session_->run_completions();
    if (std::exchange(retire_posted_, false)) session_->let_go();
    free_if_unused();
}

void endpoint::calls_queued() noexcept {
    if (std::exchange(queued_posted_, true)) return;
    post(&endpoint::do_queued);
}

void endpoint::run_soon(function<void()> work) noexcept {
    world_->soon([self = intrusive_ptr<endpoint>(this), work = std::move(work)]() mutable {
        work();
        work.reset();
        self->settle_turn();
    });
}

void endpoint::arm_timer(time_point when) noexcept {
    const std::uint64_t number = ++timer_;
    world_->schedule_at(when,
                        [self = intrusive_ptr<endpoint>(this), number] { self->on_timer(number); });
}

void endpoint::on_timer(std::uint64_t number) {
    if (number != timer_ || ended_) return;
    session_->on_timer(now());
    do_flush();
}

// --- The end ---

void endpoint::settle_turn() {
    const intrusive_ptr<endpoint> keep(this);
    session_->run_completions();
    session_->lock();
    post_what_is_due();
    session_->unlock();
    finish_if_over();
    free_if_unused();
}

void endpoint::post_what_is_due() {
    wake_waiters();
    if (reader_ == nullptr && may_read() && !std::exchange(read_posted_, true))
        post(&endpoint::do_read);
    if (reader_ == nullptr && !closed_ && has_whole_message() &&
        !std::exchange(carry_posted_, true))
        post(&endpoint::do_carried);
}

void endpoint::session_over(const error*) noexcept {
    if (std::exchange(over_, true)) return;
    post(&endpoint::do_flush); // what is written already, a goodbye among it, still leaves
}

void endpoint::finish_if_over() {
    if (!over_ || ended_) return;
    if (!dead_ && blocked_) return; // until there is room, or the stall timer
    if (!dead_ && !session_->output().empty()) {
        session_->lock();
        flush();
        session_->unlock();
        if (blocked_) return;
    }
    ended_ = closed_ = true;
    link_->taken(side_, arrived_.size());
    arrived_.clear();
    link_->close(side_, "peer closed the connection");
    kept_ = {};
}

void endpoint::abandoned() noexcept {
    if (world_->over) {
        session_->let_go();
        return free_if_unused();
    }
    retire_posted_ = true;
    post(&endpoint::do_retire);
}

void endpoint::do_retire() {
    retire_posted_ = false;
    session_->let_go();
    if (session_->use_count() != 0) return; // somebody has taken a hold again
    session_->close(fail(errc::cancelled, "session was dropped by its holders"));
    do_flush();
}

void endpoint::free_if_unused() {
    if (freed_ || !ended_ || session_->use_count() != 0 || !session_->serves_nothing() ||
        reader_ != nullptr || !waiters_.empty())
        return;
    freed_ = true;
    release();
}

void endpoint::kill(const error& reason) {
    const intrusive_ptr<endpoint> keep(this);
    closed_ = dead_ = true;
    arrived_.clear();
    carry_.clear();
    sending_.clear();
    sent_ = 0;
    blocked_ = false;
    session_->transport_ended(reason);
    settle_turn();
}

} // namespace beckon::testing
