#include "beckon/session/replay_memory.hpp"

namespace beckon {

result<void> replay_memory::note(const std::string& conversation, time now, time until) {
    const std::lock_guard lock(mutex_);
    while (!until_.empty() && until_.begin()->first < now) {
        known_.erase(until_.begin()->second);
        until_.erase(until_.begin());
    }
    if (known_.contains(conversation)) {
        return fail(errc::access_denied,
                    "message was replayed: its conversation has begun before, on another "
                    "connection");
    }
    if (known_.size() >= most_) {
        return fail(errc::overloaded, known_.size(),
                    " conversations have begun lately; no more can be told from replayed ones");
    }
    known_.insert(conversation);
    until_.emplace(until, conversation);
    return {};
}

} // namespace beckon
