// How a WebSocket opens.
#include <sys/random.h>

#include <array>

#include "beckon/value/base64.hpp"
#include "io/looks_like_tls.hpp"
#include "io/memory_shortage.hpp"
#include "transport/ws/stream.hpp"

namespace beckon::transport::ws {

using io::greeting;
using io::io_result;
using io::io_status;

/// The client's request. Its key only shows that the answer is to this request, so any bytes will do.
void stream::ask() {
    std::array<std::byte, 16> random{};
    static_cast<void>(::getrandom(random.data(), random.size(), 0));
    key_ = base64_encode(random);
    frames_.out.append(as_bytes(request_text(side_->asks, key_)));
}

greeting stream::advance() noexcept {
    const std::lock_guard lock(mutex_);
    return io::unless_short_of_memory([&] { return go_on(); },
                                      [&] {
                                          if (!failure_) failure_ = io::no_memory_left();
                                          return greeting::failed;
                                      });
}

greeting stream::go_on() {
    std::array<std::byte, 4096> came;
    while (!failure_ && !closed_.load(std::memory_order_relaxed)) {
        const flushed sent = flush();
        if (sent == flushed::blocked) return greeting::wants_room;
        if (sent == flushed::failed) {
            fail_with(io::to_error({io_status::failed, 0, lost_}, "greeting", peer_));
            break;
        }
        if (established_) {
            heard_at_ = steady_clock_source().now();
            if (side_->ping_after.count() != 0) silence_due_ = heard_at_ + side_->ping_after;
            set_timer();
            readiness_.show(!head_.empty());
            return greeting::done;
        }
        const io_result got = below_->read(came);
        if (got.status == io_status::would_block) return greeting::wants_input;
        if (got.status != io_status::ok) {
            fail_with(got.status == io_status::failed
                          ? io::to_error(got, "greeting", peer_)
                          : fail(errc::disconnected,
                                 "peer ended the connection during the WebSocket handshake",
                                 heard_ ? "" : "; it may not speak it"));
            break;
        }
        heard_ = true;
        head_.insert(head_.end(), came.begin(),
                     came.begin() + static_cast<std::ptrdiff_t>(got.size));
        if (const auto step = read_head()) return *step;
    }
    if (!failure_) fail_with(fail(errc::cancelled, "stream was closed during its handshake"));
    return greeting::failed;
}

/// Looks at what has come of the peer's head. Nothing: go on.
std::optional<greeting> stream::read_head() {
    const bool serves = side_->plays == role::server;
    if (io::looks_like_tls(head_)) {
        fail_with(fail(errc::protocol_error, "peer speaks TLS; expected WebSocket without it (",
                       serves ? "a listener for TLS is wss:" : "a client for TLS is wss:", ")"));
        return greeting::failed;
    }
    auto read = serves ? http::read_request_head(head_) : http::read_response_head(head_);
    if (read && !*read) return std::nullopt;
    if (serves) {
        answer ours = read ? answer_to(**read, side_->takes) : answer_to(read.error());
        frames_.out.append(as_bytes(ours.text));
        if (ours.refusal) {
            static_cast<void>(flush());
            below_->shutdown_write();
            fail_with(std::move(*ours.refusal));
            return greeting::failed;
        }
        subprotocol_ = std::move(ours.subprotocol);
    } else {
        auto agreed = read ? check_response(**read, side_->asks, key_)
                           : result<std::string>(std::move(read).error());
        if (!agreed) {
            fail_with(std::move(agreed).error());
            return greeting::failed;
        }
        subprotocol_ = std::move(agreed).value();
    }
    established_ = true;
    head_.erase(head_.begin(), head_.begin() + static_cast<std::ptrdiff_t>((*read)->bytes));
    return std::nullopt;
}

} // namespace beckon::transport::ws
