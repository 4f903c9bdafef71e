#include "beckon/object/kept_call.hpp"

namespace beckon::detail {

kept_call::kept_call() {
    context.cancellation = &given_up;
    const call_context* const serving = current_call();
    if (serving == nullptr) return;
    inherit();
    if (serving->caller != nullptr) {
        caller_ = *serving->caller;
        context.caller = &caller_;
    }
    if (serving->metadata != nullptr) {
        metadata_ = *serving->metadata;
        context.metadata = &metadata_;
    }
    session_ = intrusive_ptr<peer>(serving->session);
    context.session = session_.get();
    progress_ = intrusive_ptr<progress_sink>(serving->progress);
    context.progress = progress_.get();
    context.call_id = serving->call_id;
}

kept_call::~kept_call() {
    if (current_call() == &context) exchange_current_call(nullptr);
}

void kept_call::follow() {
    const call_context* const serving = current_call();
    if (serving != nullptr && serving->cancellation != nullptr)
        followed_ = serving->cancellation->watch([this] { given_up.request(); });
}

void kept_call::inherit() noexcept {
    const call_context* const serving = current_call();
    context.deadline = serving != nullptr ? serving->deadline : never;
    context.turn = serving != nullptr ? serving->turn : nullptr;
}

} // namespace beckon::detail
