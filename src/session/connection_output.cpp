// How a connection sends: all that a turn produced in one system call, in order, and what happens when the peer is slow.
#include "beckon/session/connection.hpp"

namespace beckon {

void connection::output_ready() noexcept {
    // At the end of a turn on this connection its thread sends by itself.
    if (thread_record::mine().turn_of == this || blocked_) return;
    post_flush();
}

void connection::post_flush() noexcept {
    if (flush_posted_) return;
    flush_posted_ = true;
    post(&connection::do_flush);
}

void connection::do_flush() noexcept {
    session_->lock();
    flush_posted_ = false;
    flush();
    session_->unlock();
    session_->run_completions();
    finish_if_over();
}

/// Sends what there is, all in one system call where it fits. Drops the lock for the call.
void connection::flush() noexcept {
    session_->write_releases();
    while (!writing_ && !blocked_) {
        if (sent_ == sending_.size()) {
            sending_.clear();
            sent_ = 0;
            if (session_->output().empty()) break;
            sending_.swap(session_->output());
        }
        const byte_view rest = sending_.view().subspan(sent_);
        session_->set_unsent(rest.size());
        writing_ = true;
        session_->unlock();
        const io::io_result wrote = stream_->write({&rest, 1});
        session_->lock();
        writing_ = false;
        if (wrote.status == io::io_status::ok) {
            sent_ += wrote.size;
        } else if (wrote.status == io::io_status::would_block) {
            blocked_ = true;
            blocked_since_ = now();
            set_interest();
            const auto after = session_->stalled_after();
            if (after.count() != 0) {
                stall_timer_ = runtime_->loop().schedule_at(
                    blocked_since_ + after, [kept = self()] { kept->on_stalled(); });
            }
        } else {
            sending_.clear();
            sent_ = 0;
            session_->output().clear();
            // The reader sees the end too, and its story is the better one ("exited with status 3").
            break;
        }
    }
    session_->set_unsent(sending_.size() - sent_);
    // Large buffers are kept while they are used, not for ever.
    if (sending_.empty() && sending_.capacity() > (4u << 20)) sending_.free();
}

void connection::unblock() noexcept {
    blocked_ = false;
    blocked_since_ = never;
    if (const auto timer = std::exchange(stall_timer_, {})) runtime_->loop().cancel(timer);
}

void connection::on_stalled() noexcept {
    session_->lock();
    const auto after = session_->stalled_after();
    const bool stalled = blocked_ && blocked_since_ != never && now() - blocked_since_ >= after;
    session_->unlock();
    if (!stalled) return;
    session_->close(fail(errc::disconnected, "peer ", stream_->peer_name(), " took no byte for ",
                         after.count(), " ms (stalled_after)"));
    session_->lock();
    unblock();
    sending_.clear();
    sent_ = 0;
    session_->output().clear();
    session_->unlock();
    finish_if_over();
}

void connection::set_interest() noexcept {
    if (!watch_) return;
    const bool one = stream_->read_descriptor() == stream_->write_descriptor();
    io::interest wanted = disarmed_ || closed_ ? io::interest::none : io::interest::read;
    if (one && blocked_) wanted = wanted | io::interest::write;
    static_cast<void>(runtime_->loop().change(watch_, wanted));
    if (one) return;
    if (blocked_ && !write_watch_) {
        if (auto watch =
                runtime_->loop().watch(stream_->write_descriptor(), io::interest::write, self()))
            write_watch_ = *watch;
    } else if (write_watch_) {
        static_cast<void>(runtime_->loop().change(write_watch_, blocked_ ? io::interest::write
                                                                         : io::interest::none));
    }
}

} // namespace beckon
