#include "beckon/object/answer_later.hpp"

namespace beckon {

void answer_later(servant& target, incoming_call& call,
                  function<future<value>(const call_options&)> ask,
                  function<void(reply_sink&, result<value>&)> answer) {
    intrusive_ptr<deferred_reply> reply = call.defer();
    call.enter_handler();
    {
        const current_call_scope serving(reply->context);
        call_options options;
        if (reply->context.metadata != nullptr) options.metadata = *reply->context.metadata;
        future<value> pending = ask(options);
        auto& state = *pending.shared();
        if (cancellation* const asked = reply->context.cancellation) {
            static_cast<void>(
                asked->on_request([awaited = pending.shared()] { awaited->abandon(); }));
        }
        state.then([&state, reply, answer = std::move(answer), kept = std::move(pending),
                    alive = intrusive_ptr<servant>(&target)]() mutable {
            reply->lock();
            answer(*reply, state.outcome());
            reply->unlock();
        });
    }
    reply = {}; // the last hold of it locks the session to let go: not under its lock
    call.leave_handler();
}

void answer_later(servant& target, incoming_call& call,
                  function<future<value>(const call_options&)> ask) {
    answer_later(target, call, std::move(ask), [](reply_sink& reply, result<value>& outcome) {
        if (!outcome) return reply.reject(std::move(outcome).error());
        reply.reply_value(std::move(outcome).value());
    });
}

} // namespace beckon
