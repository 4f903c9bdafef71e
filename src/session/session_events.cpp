// What a session's holders are told and ask besides calls: that the peer is known, that it answers, that it ends.
#include <algorithm>
#include <exception>

#include "beckon/session/queued_call.hpp"
#include "beckon/session/session.hpp"

namespace beckon {

// --- Before the first call ---

void session::started() {
    // Others may have been heard already, and are known by that.
    if (!traits_.greets && !options_.known_by_first_message) note_known();
}

/// REQUIRES: locked.
void session::note_known() {
    if (!options_.on_known || state_ == state::over) return;
    driver_.run_soon(
        [this] { options_.on_known(*this); }); // the driver holds this session meanwhile
}

intrusive_ptr<object_core> session::serving(std::string_view method) {
    if (directory_ == nullptr) return {};
    dynamic_request asked;
    asked.name = method;
    return directory_->acting(asked);
}

void session::let_in() {
    lock();
    holds_calls_ = false;
    auto early = std::exchange(early_, {});
    for (auto& call : early) {
        // What the peer began with may have become something else since.
        if (call->request) call->target = call->target->acting(*call->request);
        enqueue(std::move(call));
    }
    unlock();
    run_completions();
}

void session::run_soon(function<void()> work) {
    const std::lock_guard lock(*this);
    driver_.run_soon(std::move(work));
}

std::uint64_t session::served() noexcept {
    const std::lock_guard lock(*this);
    return served_;
}

// --- Pings ---

struct session::awaited_ping : waitable {
    std::uint64_t number = 0;
    std::optional<error> failure;
};

result<nanoseconds> session::ping(nanoseconds within) {
    if (!traits_.has_pings && !traits_.answers_pings)
        return fail(errc::unsupported, "protocol ", protocol_->name(), " has no pings");
    awaited_ping mine;
    mine.comes_by_input = true;
    lock();
    if (state_ == state::over) {
        error reason = *over_because_;
        unlock();
        return fail(errc::disconnected, "cannot ping ", options_.endpoint, ": ", reason.message());
    }
    const time_point begun = driver_.now();
    mine.number = ++last_ping_;
    pings_.push_back(&mine);
    protocol_->write_ping(out_, mine.number);
    driver_.output_ready();
    unlock();
    wait(mine, deadline_after(begun, within));
    lock();
    std::erase(pings_, &mine);
    const time_point ended = driver_.now();
    unlock();
    if (!mine.done()) {
        return fail(errc::timeout, "peer ", options_.endpoint, " answered no ping within ",
                    std::chrono::duration_cast<std::chrono::milliseconds>(within).count(), " ms");
    }
    if (mine.failure) return std::move(*mine.failure).note(concat("pinging ", options_.endpoint));
    return ended - begun;
}

/// Any input counts as a sign of life, see feed; this is for those who asked.
void session::on_pong(std::uint64_t number) { settle_ping(number, {}); }

void session::on_ping_failed(std::uint64_t number, error failure) {
    settle_ping(number, std::move(failure));
}

void session::settle_ping(std::uint64_t number, std::optional<error> failure) {
    for (awaited_ping* const each : pings_) {
        if (each->number != number || each->done()) continue;
        each->failure = std::move(failure);
        return each->finish();
    }
}

void session::fail_pings(const error& reason) {
    for (awaited_ping* const each : pings_) {
        if (each->done()) continue;
        each->failure.emplace(fail(errc::disconnected, reason.message()));
        each->finish();
    }
}

// --- Before the end, and after it ---

bool session::input_ended(const error& reason, io::reader_state reads) {
    using enum io::reader_state;
    const bool tells = reads == there || (reads == shown_by_writing && protocol_->has_filler());
    if (state_ == state::over || !traits_.answers_after_end || !tells) return false;
    if (serving_ == 0 && sources_.empty()) return false;
    input_end_.emplace(reason);
    fail_calls(reason);
    end_sinks(reason);
    grant_all();
    return true;
}

bool session::write_filler() {
    if (state_ == state::over) return true;
    if (!protocol_->has_filler()) return false;
    protocol_->write_filler(out_);
    driver_.output_ready();
    return true;
}

/// REQUIRES: locked; what is to leave stands in the output.
void session::end_if_answered() {
    if (!input_end_ || state_ == state::over || serving_ != 0 || !sources_.empty()) return;
    end(error(*input_end_), false);
}

void session::await_end(time_point deadline) {
    awaited_ping mine; // that is never sent: what ends the session ends it
    lock();
    if (state_ == state::over) return unlock();
    pings_.push_back(&mine);
    unlock();
    wait(mine, deadline);
    lock();
    std::erase(pings_, &mine);
    unlock();
}

result<void> session::await_greeting(time_point deadline) {
    awaited_ping mine;
    mine.comes_by_input = true;
    mine.number = greeting_number;
    lock();
    if (greeted_ || state_ == state::over) {
        result<void> known = greeted_ ? result<void>() : result<void>(*over_because_);
        unlock();
        return known;
    }
    pings_.push_back(&mine);
    unlock();
    wait(mine, deadline);
    lock();
    std::erase(pings_, &mine);
    result<void> outcome;
    if (!greeted_ && state_ == state::over) outcome = *over_because_;
    if (!greeted_ && state_ == state::open)
        outcome = fail(errc::timeout, "peer ", options_.endpoint, " did not greet in time");
    unlock();
    return outcome;
}

void session::before_close(std::function<void(session&)> told) {
    const std::lock_guard lock(*this);
    if (state_ == state::open) before_close_.push_back(std::move(told));
}

void session::close_by_user(error reason) {
    lock();
    const auto told = std::exchange(before_close_, {});
    unlock();
    for (const auto& each : told) {
        try {
            each(*this);
        } catch (const std::exception& thrown) {
            options_.log->write(log_level::warning, "BKN-BEFORE-CLOSE",
                                concat(options_.endpoint, ": ", thrown.what()));
        } catch (...) {
            options_.log->write(
                log_level::warning, "BKN-BEFORE-CLOSE",
                concat(options_.endpoint, ": something that is no exception was thrown"));
        }
    }
    close(std::move(reason));
}

} // namespace beckon
