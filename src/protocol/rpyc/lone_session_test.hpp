// A session without transport and without threads, for tests that say themselves what comes and look at what goes.
#pragma once

#include <deque>
#include <memory>
#include <utility>

#include "beckon/session/session.hpp"

namespace beckon::rpyc::testing {

/// Owns one session and does all that it asks for when `settle` is called.
class lone_session final : private session_driver {
public:
    lone_session(std::unique_ptr<protocol> speaks, intrusive_ptr<servant> directory,
                 session_options options = {})
        : session_(new session(std::move(speaks), *this, std::move(directory), std::move(options))),
          kept_(session_) {
        session_->start();
    }
    lone_session(const lone_session&) = delete;
    lone_session& operator=(const lone_session&) = delete;
    ~lone_session() {
        session_->transport_ended(fail(errc::disconnected, "the test is over"));
        settle();
        kept_ = {};
        delete session_;
    }

    [[nodiscard]] session& operator*() noexcept { return *session_; }
    [[nodiscard]] session* operator->() noexcept { return session_; }
    [[nodiscard]] bool is_over() const noexcept { return over_; }

    /// How many bytes were taken: whole messages.
    std::size_t feed(byte_view input) {
        session_->lock();
        const consumed used = session_->feed(input);
        session_->unlock();
        settle();
        return used.bytes;
    }
    /// Does what is due, until nothing is.
    void settle() {
        do {
            session_->run_completions();
            if (std::exchange(queued_, false)) session_->run_queued();
            while (!soon_.empty()) {
                function<void()> work = std::move(soon_.front());
                soon_.pop_front();
                work();
            }
            session_->lock();
            dropped_ = false;
            session_->write_releases();
            session_->unlock();
            session_->run_completions();
        } while (queued_ || dropped_ || !soon_.empty());
    }
    /// Lets time pass.
    void advance(nanoseconds length) {
        now_ += length;
        session_->on_timer(now_);
        settle();
    }
    /// What the session has written since.
    [[nodiscard]] bytes output() {
        session_->lock();
        const byte_view all = session_->output().view();
        bytes taken(all.begin(), all.end());
        session_->output().clear();
        session_->output_drained();
        session_->unlock();
        return taken;
    }

private:
    [[nodiscard]] time_point now() noexcept override { return now_; }
    void output_ready() noexcept override {}
    void released() noexcept override { dropped_ = true; }
    void calls_queued() noexcept override { queued_ = true; }
    void run_soon(function<void()> work) noexcept override { soon_.push_back(std::move(work)); }
    void arm_timer(time_point) noexcept override {}
    void handler_begins(activation& running) noexcept override {
        running.driver = this;
        running.reader = nullptr;
    }
    [[nodiscard]] bool handler_ends(activation&) noexcept override { return false; }
    void wait(waitable&, time_point) override {
        BECKON_ASSERT(false, "nobody waits in a session on its own");
    }
    void session_over(const error*) noexcept override { over_ = true; }
    void abandoned() noexcept override { session_->let_go(); }

    session* const session_;
    intrusive_ptr<session> kept_;
    std::deque<function<void()>> soon_;
    time_point now_{};
    bool queued_ = false;
    bool dropped_ = false;
    bool over_ = false;
};

} // namespace beckon::rpyc::testing
