// What a handle of a conversation can do besides calls: ask whether the peer lives, serve it by hand, wait for its end.
#include "beckon/object/call.hpp"
#include "beckon/object/exception.hpp"
#include "beckon/service/connect.hpp"
#include "beckon/session/session.hpp"
#include "service/renewal.hpp"

namespace beckon {

void connected::before_close(std::function<void(const connected&)> told) const {
    core()->before_close([told = std::move(told)](session& closing) {
        told(connected(intrusive_ptr<session>(&closing)));
    });
}

bool connected::is_over() const noexcept {
    return renewal_ ? renewal_->is_over() : session_->is_over();
}

bool connected::await_end(nanoseconds at_most) const {
    if (renewal_) return renewal_->await_end(at_most);
    core()->await_end(deadline_after(core()->now(), at_most));
    return core()->is_over();
}

result<nanoseconds> connected::try_ping(nanoseconds within) const { return core()->ping(within); }

nanoseconds connected::ping(nanoseconds within) const {
    auto took = try_ping(within);
    if (!took) throw_error(std::move(took).error());
    return *took;
}

std::string connected::user() const { return core()->identity().name; }

namespace {

/// Runs turns until `enough` says so, or the time is over.
template <typename Enough>
void serve_until(session& conversation, nanoseconds at_most, const Enough& enough) {
    const time_point until = deadline_after(conversation.now(), at_most);
    do {
        const nanoseconds left = std::max(nanoseconds(0), until - conversation.now());
        auto ran = conversation.run_turn(left);
        if (!ran) throw_error(std::move(ran).error());
        if (enough() || conversation.is_over()) return;
    } while (conversation.now() < until);
}

} // namespace

bool connected::serve(nanoseconds at_most) const {
    const std::uint64_t before = core()->served();
    serve_until(*core(), at_most, [&] { return core()->served() != before; });
    return core()->served() != before;
}

bool connected::poll_all(nanoseconds length) const {
    const std::uint64_t before = core()->served();
    serve_until(*core(), length, [] { return false; });
    return core()->served() != before;
}

void connected::serve_all() const {
    for (;;) {
        if (is_over()) return;
        auto ran = core()->run_turn(std::chrono::seconds(1));
        if (ran) continue;
        if (ran.error().code() != errc::unsupported) throw_error(std::move(ran).error());
        await_end();
    }
}

connected this_call::conversation() {
    const call_context* const serving = current_call();
    if (serving == nullptr || serving->session == nullptr) return {};
    return connected(intrusive_ptr<session>(static_cast<session*>(serving->session)));
}

} // namespace beckon
