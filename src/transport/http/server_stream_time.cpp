// What a server's end does by time, and what its descriptor tells.
#include <sys/epoll.h>
#include <sys/timerfd.h>

#include <algorithm>
#include <utility>

#include "transport/http/server_stream.hpp"

namespace beckon::transport::http {

namespace {

/// Times `drains_for` in which the last answer has to leave, where it is this transport's own.
constexpr unsigned most_renewals = 30;
// Between looks at whether who waits for an answer is still there. Most answers take less than the first.
constexpr std::chrono::milliseconds first_look_after{500};
constexpr std::chrono::seconds looks_within{8};

} // namespace

void server_stream::enter(stage next) noexcept {
    stage_ = next;
    switch (next) {
    case stage::idle: set_timer(rules_->idle); break;
    case stage::head: set_timer(rules_->head_within); break;
    case stage::body:
        body_before_ = 0;
        set_timer(rules_->message_within);
        break;
    case stage::draining:
        renewals_ = 0;
        set_timer(rules_->drains_for);
        break;
    case stage::answering: set_timer(looks_after_ = first_look_after); break;
    case stage::over: set_timer(nanoseconds(0)); break;
    }
}

/// Whether who waits for an answer is still there: it may have given up, or be no more. The input, which is not read
/// meanwhile, may have ended all the same, as that of a client that has said all and reads on; over tcp only writing tells
/// the two apart. What is written then means nothing to clients of HTTP 1.1, which expect any number of such (RFC 9110,
/// section 15.2); 100 rather than 102, since some know no other.
void server_stream::look_at_client() {
    const io::reader_state reads = below_->peer_reads();
    if (reads == io::reader_state::gone) {
        ended_how_ = "it went before it was answered";
        return enter(stage::over);
    }
    if (reads == io::reader_state::shown_by_writing && !is_old_ && out_.empty() &&
        size_bytes_ == 0) {
        out_.append(as_bytes("HTTP/1.1 100 Continue\r\n\r\n"));
        flush_own();
        if (stage_ == stage::over) return;
    }
    looks_after_ = std::min<nanoseconds>(2 * looks_after_, looks_within);
    set_timer(looks_after_);
}

void server_stream::look_at_time() {
    if (due_ == never || steady_clock_source().now() < due_) return;
    if (stage_ == stage::answering) return look_at_client();
    if (stage_ == stage::body &&
        body_.content().size() >= body_before_ + rules_->min_message_progress) {
        body_before_ = body_.content().size();
        return set_timer(rules_->message_within);
    }
    if (stage_ == stage::head || stage_ == stage::body) {
        keeps_ = false;
        return respond(408, "", "peer did not go on with its request");
    }
    if (stage_ == stage::draining && sent_ != out_.size()) {
        // A slow reader of the protocol's last answer is for the session to lose patience with; of ours nobody else knows.
        if (!owes_own() || ++renewals_ < most_renewals) return set_timer(rules_->drains_for);
        ended_how_ = "it does not take its last answer";
    }
    enter(stage::over);
}

/// 0: never.
void server_stream::set_timer(nanoseconds from_now) noexcept {
    itimerspec wanted{};
    due_ = never;
    if (from_now.count() != 0) {
        due_ = deadline_after(steady_clock_source().now(), from_now);
        wanted.it_value.tv_sec = static_cast<std::time_t>(from_now / std::chrono::seconds(1));
        wanted.it_value.tv_nsec = static_cast<long>((from_now % std::chrono::seconds(1)).count());
    }
    ::timerfd_settime(timer_.get(), 0, &wanted, nullptr);
}

/// Lets the descriptor tell what is wanted now.
void server_stream::watch() noexcept {
    const bool over = closed_ || broken_ != 0 || stage_ == stage::over;
    const std::uint32_t input = !over && stage_ != stage::answering ? unsigned(EPOLLIN) : 0u;
    const std::uint32_t room = !over && owes_own() ? unsigned(EPOLLOUT) : 0u;
    const int in = below_->read_descriptor();
    const int out = below_->write_descriptor();
    int number = readiness_.watch(in, in == out ? input | room : input);
    if (number == 0 && in != out) number = readiness_.watch(out, room);
    if (number != 0 && broken_ == 0) broken_ = number;
    readiness_.show(over || broken_ != 0 || has_more_ || held_at_ != held_.size() ||
                    (stage_ == stage::idle && !raw_.empty()));
}

} // namespace beckon::transport::http
