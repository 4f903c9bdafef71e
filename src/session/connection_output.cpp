// How a connection sends: all that a turn produced in one system call, in order, and what happens when the peer is slow.
#include "beckon/session/connection.hpp"

#include <algorithm>
#include <array>

namespace beckon {

void connection::output_ready() noexcept {
    // At the end of a turn on this connection its thread sends by itself.
    if (thread_record::mine().turn_of == this || blocked_) return;
    post_flush();
}

// A call made outside a turn leaves with the loop's next turn, so that calls made in a row leave together. But waking the
// loop costs more than the call where the thread waits for the result at once and sends by itself. So a thread that has
// done so several times in a row does not wake it; a timer sends what it leaves behind after all, and then the thread has
// to earn that trust again, slowly.
namespace {
constexpr int trusted_after = 8; // waits in a row
constexpr int after_a_mistake = -64;
} // namespace

void connection::output_may_wait() noexcept {
    thread_record& mine = thread_record::mine();
    if (mine.turn_of == this || blocked_ || flush_posted_) return;
    if (mine.sends_itself.load(std::memory_order_relaxed) < trusted_after) {
        posted_by_ = &mine;
        return post_flush();
    }
    deferred_by_.store(&mine, std::memory_order_relaxed);
    released(); // the timer
}

void connection::send_deferred() noexcept {
    if (deferred_by_.load(std::memory_order_relaxed) == nullptr) return;
    session_->lock();
    if (deferred_by_.load(std::memory_order_relaxed) != nullptr) {
        deferred_by_.store(nullptr, std::memory_order_relaxed);
        output_ready();
    }
    session_->unlock();
}

void connection::do_release() noexcept {
    release_posted_.store(false);
    session_->lock();
    if (thread_record* const by = deferred_by_.load(std::memory_order_relaxed); by != nullptr)
        by->sends_itself.store(after_a_mistake, std::memory_order_relaxed);
    session_->write_releases();
    session_->unlock();
    do_flush();
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
    // Releases alone are not worth a system call yet: they go with other output, or when their timer is due.
    if (!session_->output().empty() || sent_ != sending_.size()) session_->write_releases();
    if (deferred_by_.load(std::memory_order_relaxed) != nullptr)
        deferred_by_.store(nullptr, std::memory_order_relaxed);
    while (!writing_ && !blocked_) {
        if (sent_ == sending_.size()) {
            sending_.clear();
            sent_ = 0;
            if (session_->output().empty()) break;
            sending_.swap(session_->output());
        }
        const byte_view rest = sending_.view().subspan(sent_);
        session_->set_unsent(rest.size());
        const io::io_result wrote = apart_ ? send_apart(rest) : send(rest);
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
            output_lost_ = true;
            if (session_->input_end())
                post(&connection::on_reader); // nobody else is going to notice
            break;
        }
    }
    session_->set_unsent(sending_.size() - sent_);
    // Large buffers are kept while they are used, not for ever.
    if (sending_.empty() && sending_.capacity() > (8u << 20)) sending_.free();
    // All has left without a pause, so no event tells those who waited for room.
    if (session_->wants_room() && !writing_ && !blocked_) {
        session_->output_drained();
        if (!session_->output().empty()) post_flush();
    }
}

io::io_result connection::send(byte_view rest) noexcept {
    writing_ = true;
    session_->unlock();
    const io::io_result wrote = stream_->write({&rest, 1});
    session_->lock();
    writing_ = false;
    return wrote;
}

/// The same with a view for each message, so that the transport keeps them apart.
io::io_result connection::send_apart(byte_view rest) noexcept {
    std::array<byte_view, io::max_gathered> messages;
    std::size_t count = 0;
    for (std::size_t next = unfinished_; count < messages.size() && !rest.empty(); next = 0) {
        std::size_t size = next != 0 ? next : session_->message_size(rest);
        if (size == 0 || size > rest.size()) size = rest.size();
        messages[count++] = rest.first(size);
        rest = rest.subspan(size);
    }
    writing_ = true;
    session_->unlock();
    const io::io_result wrote = stream_->write(std::span(messages).first(count));
    session_->lock();
    writing_ = false;
    if (wrote.status != io::io_status::ok) return wrote;
    std::size_t left = wrote.size;
    unfinished_ = 0;
    for (std::size_t i = 0; i < count && left != 0; ++i) {
        if (left < messages[i].size()) unfinished_ = messages[i].size() - left;
        left -= std::min(left, messages[i].size());
    }
    return wrote;
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
    io::interest wanted = disarmed_ || !takes_input() ? io::interest::none : io::interest::read;
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
