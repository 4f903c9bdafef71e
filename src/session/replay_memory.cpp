#include "beckon/session/replay_memory.hpp"

#include <algorithm>

namespace beckon {

/// REQUIRES: locked.
void replay_memory::forget(time now) {
    while (!until_.empty() && until_.begin()->first < now) {
        forgotten_ = std::max(forgotten_, until_.begin()->first);
        known_.erase(until_.begin()->second);
        until_.erase(until_.begin());
    }
}

result<void> replay_memory::keep(const std::string& conversation, const std::string& taker,
                                 time now, time until) {
    const std::lock_guard lock(mutex_);
    forget(now);
    if (const auto found = known_.find(conversation); found != known_.end()) {
        known& before = found->second;
        if (before.taker != taker) {
            return fail(errc::access_denied,
                        "message was replayed: its conversation has begun before, on another "
                        "connection");
        }
        if (until <= before.until) return {};
        until_.erase({before.until, conversation});
        before.until = until;
    } else {
        if (until <= forgotten_) {
            return fail(errc::access_denied,
                        "message may have been replayed: by this side's clock, which was set back, "
                        "it had expired before");
        }
        if (known_.size() >= most_) {
            return fail(errc::overloaded, known_.size(),
                        " conversations have begun lately; no more can be told from replayed ones");
        }
        known_.emplace(conversation, known{taker, until});
    }
    until_.emplace(until, conversation);
    return {};
}

} // namespace beckon
