// How long the two sides of a relay may keep it waiting: for room, and for the end of a message.
#include <algorithm>
#include <utility>

#include "service/bridge/relay.hpp"

namespace beckon {

// --- Who takes nothing ---

void relay::watch_for_stalls() {
    const auto after = limits_.stalled_after;
    if (after.count() == 0) return;
    time_point due = never;
    for (relay_flow* const flow : {&to_server_, &to_client_}) {
        if (!flow->is_blocked()) continue;
        if (flow->blocked_since == never) flow->blocked_since = runtime_->clock().now();
        due = std::min(due, deadline_after(flow->blocked_since, after));
    }
    if (due == never || stall_timer_) return;
    stall_timer_ = call_at(due, [this] { look_for_stalls(); });
}

void relay::look_for_stalls() {
    stall_timer_ = {};
    const auto after = limits_.stalled_after;
    for (const sender which : {sender::client, sender::server}) {
        relay_flow& flow = from(which);
        if (!flow.is_blocked() || flow.blocked_since == never) continue;
        if (runtime_->clock().now() - flow.blocked_since < after) continue;
        if (!why_) {
            why_ = fail(errc::disconnected, name_of(other(which)), " ",
                        side_of(other(which)).stream->peer_name(), " took no byte for ",
                        after.count(), " ms (stalled_after)");
        }
        return finish();
    }
    watch_for_stalls();
}

// --- Who does not go on ---

/// What the other side keeps waiting, or the passage, says nothing of who speaks: then its time begins anew.
void relay::watch_pace(sender which) {
    side& of = side_of(which);
    const relay_flow& flow = from(which);
    const std::size_t unfinished = flow.unfinished();
    const std::uint64_t finished = flow.finished_messages();
    if (std::exchange(of.finished_messages, finished) != finished || unfinished == 0)
        of.pace.ended();
    if (unfinished != 0 && of.pace.left_over(unfinished, runtime_->clock().now())) time_pace(which);
}

void relay::time_pace(sender which) {
    side& of = side_of(which);
    of.pace_timer = call_at(of.pace.due(), [this, which] { look_at_pace(which); });
}

void relay::look_at_pace(sender which) {
    side& of = side_of(which);
    of.pace_timer = {};
    if (is_dialling_) of.pace.ended(); // nobody is read from
    const auto found = of.pace.look(runtime_->clock().now());
    if (found == message_pace::verdict::goes_on) return time_pace(which);
    if (found != message_pace::verdict::too_slow) return;
    end(of.pace.too_slow(of.stream->peer_name())
            .note(concat("relaying what the ", name_of(which), " says")));
    turn();
}

void relay::forget_times() noexcept {
    io::event_loop& loop = runtime_->loop();
    if (const auto timer = std::exchange(stall_timer_, {})) loop.cancel(timer);
    for (side* const each : {&client_, &server_}) {
        if (const auto timer = std::exchange(each->pace_timer, {})) loop.cancel(timer);
    }
}

} // namespace beckon
