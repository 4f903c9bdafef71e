// Who the callers are where messages prove it one by one, and what they may call.
#include "beckon/session/session.hpp"
#include "session/access_question.hpp"

namespace beckon {

namespace {

/// So many users may speak in one conversation, where each message tells its own.
constexpr std::size_t most_callers = 64;

} // namespace

/// REQUIRES: locked.
const caller_identity* session::caller_named(std::string_view user) {
    for (const caller_identity& each : named_) {
        if (each.name == user) return &each;
    }
    if (named_.size() >= most_callers) return nullptr;
    named_.push_back(identity_);
    named_.back().name = user;
    if (named_.size() == 1) first_named_.store(&named_.front(), std::memory_order_release);
    return &named_.back();
}

/// REQUIRES: locked, and somebody is to be asked.
result<void> session::authorize(const call_head& head, const servant& target,
                                const arrival& came) const {
    return ask(*options_.authorize, {.caller = head.caller != nullptr ? *head.caller : unnamed(),
                                     .target = target,
                                     .request = came.request,
                                     .method = head.method,
                                     .shown_first = &target == directory_.get()});
}

} // namespace beckon
