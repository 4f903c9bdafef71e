// So many users at a time, the others in the order in which they came: for instruments, test benches and the like that
// several programs share. docs/guide/admission.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "beckon/base/time.hpp"
#include "beckon/object/call.hpp"
#include "beckon/object/stream.hpp"
#include "beckon/service/admission_gate.hpp"
#include "beckon/value/reflect.hpp"

namespace beckon {

struct admission_options {
    std::size_t places = 1;          ///< Users at a time, 1 at least.
    std::size_t max_waiting = 1'000; ///< Users in the queue; who comes then is refused.
    /// How long a place is held, unless it is renewed; 0: until its holder leaves or vanishes.
    nanoseconds lease{0};
    /// Who is in the queue and waits in no call loses the place there after so long without asking again.
    nanoseconds patience = std::chrono::seconds(10);
    /// Who has no conversation that could end (pyrpc, HTTP, udp) loses its place after so long without a call. One that runs
    /// is none: the time begins when the connection that it came by is over.
    nanoseconds absence = std::chrono::seconds(60);
    /// Who may send others away; null: nobody. Asked where the call is served, by several threads at once.
    std::function<bool(const caller_identity&)> administrator{};
    /// Published objects that everybody may call.
    std::vector<std::string> open{"jobs"};
    std::string name = "admission"; ///< What the desk is published as.
};

/// What a user is told.
struct admission_state {
    bool inside = false;
    std::int64_t place = 0;   ///< In the queue, from 1; 0 inside; -1 neither here nor there.
    std::int64_t users = 0;   ///< Inside.
    std::int64_t waiting = 0; ///< In the queue.
    std::optional<double> lease_left; ///< Seconds; null without a lease.
};
BECKON_RECORD(admission_state, inside, place, users, waiting, lease_left)

struct admission_user {
    std::string id; ///< For `kick`.
    std::string name;
    std::string endpoint;
    std::int64_t place = 0; ///< 0: inside.
    double seconds = 0;     ///< Since it came in, or into the queue.
};
BECKON_RECORD(admission_user, id, name, endpoint, place, seconds)

/// The desk. A user is a conversation; where the protocol has none that lasts, it is who has proven to be that user, and
/// otherwise whoever calls from that host. Who vanishes gives up the place.
///
/// remcall cannot carry it: there each call of who has no place asks for one, as enter(0) does.
///
///   auto desk = session.get<beckon::admission>("admission");
///   desk->enter({}); // waits as long as the call may take
///   ... calls ...
///   desk->leave();
struct admission {
    /// Asks for a place, and waits for it so many milliseconds: 0 not at all, null as long as the call may take. Who is
    /// inside is told so at once.
    ///
    /// Errors: overloaded, when the time has passed: the place in the queue is kept for admission_options::patience;
    /// limit_exceeded, where too many wait; access_denied, for who was sent away meanwhile.
    admission_state enter(std::optional<std::int64_t> wait_ms);
    /// Asks for a place, and tells each place in the queue until it is 0: inside. Who stops reading before leaves the
    /// queue.
    stream<std::int64_t> places();
    admission_state state();
    /// The lease begins again. Errors: access_denied, for who is not inside.
    admission_state renew();
    /// Gives up the place, inside or in the queue; whether there was one.
    bool leave();
    /// Those inside, then the queue in its order.
    std::vector<admission_user> users();
    /// Sends a user away, who may come again, to the end of the queue. Whether there was one.
    ///
    /// Errors: access_denied, for who is no administrator.
    bool kick(std::string id, std::string reason);
};
BECKON_INTERFACE(admission, (enter, wait_ms), (places), (state), (renew), (leave), (users),
                 (kick, id, reason))

/// For server_options::admission: calls of what the server publishes then need a place, but for looking at what there is.
/// Servers that are given the same one share its places.
///
/// Errors, thrown: invalid_argument, for 0 places and times below 0.
[[nodiscard]] std::shared_ptr<admission_gate> admit(admission_options options = {});

} // namespace beckon
