#include "object/fetched_call.hpp"

#include <memory>

#include "beckon/object/exception.hpp"
#include "beckon/object/turn.hpp"
#include "object/item_iterator.hpp"

namespace beckon::detail {

namespace {

/// A call that goes on after its turn: its reply is the deferred one, and so is its context.
class resumed_call final : public incoming_call {
public:
    explicit resumed_call(deferred_reply& reply) noexcept : reply_(&reply) {
        context = reply.context;
    }
    void lock() noexcept override { reply_->lock(); }
    void unlock() noexcept override { reply_->unlock(); }
    native::writer* begin_reply() override { return reply_->begin_reply(); }
    void end_reply() override { reply_->end_reply(); }
    void reply_value(value outcome) override { reply_->reply_value(std::move(outcome)); }
    void reject(error failure) override { reply_->reject(std::move(failure)); }
    void enter_handler() noexcept override {
        before_ = exchange_current_call(&reply_->context);
        reply_->context.outer = before_;
        reply_->unlock();
    }
    void leave_handler() noexcept override {
        reply_->lock();
        exchange_current_call(before_);
        reply_->context.outer = nullptr; // which may be gone when it goes on
    }
    intrusive_ptr<deferred_reply> defer() override { return reply_; }

private:
    const intrusive_ptr<deferred_reply> reply_;
    call_context* before_ = nullptr;
};

/// A call whose arguments are on their way.
struct waiting_call final : ref_counted {
    intrusive_ptr<servant> target;
    intrusive_ptr<deferred_reply> reply;
    schema::type wanted; ///< Of all arguments: a tuple of the parameters' types.
    std::vector<value> names;
    std::uint16_t method = 0;
    dynamic_request request;
    schema::document nothing; ///< Where no schema is needed.
};

/// Fetches as the call's handler. `finish` runs with the outcome, then or later, without locks.
template <typename Finish>
void fetch_then(incoming_call& call, intrusive_ptr<waiting_call> waiting, value arguments,
                const schema::document& document, Finish finish) {
    waiting->reply = call.defer();
    call.enter_handler();
    {
        call_context* const before = exchange_current_call(&waiting->reply->context);
        materialize_options options;
        options.owner = waiting;
        future<value> fetched =
            materialize(std::move(arguments), document, waiting->wanted, options);
        auto& state = *fetched.shared();
        state.then([&state, kept = std::move(fetched), waiting,
                    finish = std::move(finish)]() mutable { finish(*waiting, state.outcome()); });
        exchange_current_call(before);
    }
    waiting = {}; // the last hold of a reply locks the session to let go: not under its lock
    call.leave_handler();
}

[[nodiscard]] intrusive_ptr<waiting_call> waiting_for(servant& target, incoming_call& call) {
    auto waiting = make_counted<waiting_call>();
    waiting->target = intrusive_ptr<servant>(&target);
    waiting->method = call.method;
    waiting->wanted.kind = schema::kind::tuple;
    return waiting;
}

/// Runs a function in the target's turn, where it has turns: then, or when the turn has come. A call of a session still
/// holds it; one inside this process gave it back when it went to fetch.
void in_turn(waiting_call& waiting, function<void()> run) {
    object_turn* const turn = waiting.target->turn();
    call_context& context = waiting.reply->context;
    if (turn == nullptr || holds_turn(&context, *turn)) return run();
    auto granted = [turn, &context, run = std::move(run),
                    keep = intrusive_ptr<waiting_call>(&waiting)]() mutable {
        context.turn = turn;
        run();
        context.turn = nullptr;
        if (function<void()> next = turn->leave()) next();
    };
    auto shared = std::make_shared<decltype(granted)>(std::move(granted));
    if (turn->enter([shared] { (*shared)(); }) == 0) (*shared)();
}

void refuse(waiting_call& waiting, error failure, std::string note) {
    deferred_reply& reply = *waiting.reply;
    failure.note(std::move(note));
    reply.lock();
    reply.reject(std::move(failure));
    reply.unlock();
}

/// Runs the rest of the call, locked, where handlers run and in the target's turn.
void go_on(waiting_call& waiting, function<void(incoming_call&)> rest) {
    // Not here: the thread that brought the last answer may be the one that reads.
    waiting.reply->resume(
        [kept = intrusive_ptr<waiting_call>(&waiting), rest = std::move(rest)]() mutable {
            waiting_call& resumes = *kept;
            in_turn(resumes, [&resumes, rest = std::move(rest)]() mutable {
                resumed_call resumed(*resumes.reply);
                resumed.lock();
                rest(resumed);
                resumed.unlock();
            });
        });
}

/// Whether what iterates over it has to wait: not over the containers of this process.
[[nodiscard]] bool is_elsewhere(const value& given) noexcept {
    return given.is(value_kind::reference) && local_as<container>(given) == nullptr &&
           local_as<iterator_base>(given) == nullptr;
}

} // namespace

bool may_refer_somewhere(const value& arguments) noexcept {
    if (arguments.is(value_kind::map)) {
        for (const map_entry& each : arguments.entries()) {
            if (may_refer(each.mapped)) return true;
        }
    } else if (arguments.is_sequence()) {
        for (const value& each : arguments.items()) {
            if (may_refer(each)) return true;
        }
    }
    return false;
}

bool needs_fetching(const value& arguments, const schema::document& document,
                    const schema::method& method) {
    for (std::size_t i = 0; i < method.parameters.size(); ++i) {
        const schema::field& parameter = method.parameters[i];
        const value* const given = arguments.is(value_kind::map) ? arguments.find(parameter.name)
                                   : i < arguments.size()        ? &arguments.items()[i]
                                                                 : nullptr;
        if (given != nullptr && needs_materializing(*given, document, parameter.type)) return true;
    }
    return false;
}

void fetch_and_dispatch(servant& target, incoming_call& call, value arguments,
                        const schema::document& document, const schema::method& method) {
    intrusive_ptr<waiting_call> waiting = waiting_for(target, call);
    std::vector<value> parts;
    const auto add = [&](const value& given, const schema::field* parameter) {
        parts.push_back(given);
        // What the method does not have is refused when it is called.
        waiting->wanted.arguments.push_back(parameter != nullptr ? parameter->type
                                                                 : schema::type{});
    };
    if (arguments.is(value_kind::map)) {
        for (const auto& [name, given] : arguments.entries()) {
            const schema::field* found = nullptr;
            for (const schema::field& each : method.parameters) {
                if (name == value(each.name)) found = &each;
            }
            waiting->names.push_back(name);
            add(given, found);
        }
    } else {
        for (std::size_t i = 0; i < arguments.size(); ++i)
            add(arguments[i], i < method.parameters.size() ? &method.parameters[i] : nullptr);
    }
    fetch_then(call, std::move(waiting), value::tuple(std::move(parts)), document,
               [&method](waiting_call& ready, result<value>& fetched) {
                   if (!fetched)
                       return refuse(ready, fetched.error(),
                                     concat("fetching the arguments of ", method.name));
                   value given = value::list();
                   if (!ready.names.empty()) given = value::map();
                   for (std::size_t i = 0; i < fetched->size(); ++i) {
                       if (ready.names.empty()) {
                           given.push_back((*fetched)[i]);
                       } else {
                           given.insert_or_assign(ready.names[i], (*fetched)[i]);
                       }
                   }
                   go_on(ready, [&ready, given = std::move(given)](incoming_call& resumed) mutable {
                       resumed.method = ready.method;
                       resumed.values = &given;
                       ready.target->dispatch(resumed);
                   });
               });
}

void fetch_and_go_on(servant& target, incoming_call& call, value arguments,
                     const described_type& wanted, function<void(incoming_call&, value)> run) {
    intrusive_ptr<waiting_call> waiting = waiting_for(target, call);
    waiting->wanted = wanted.type;
    fetch_then(call, std::move(waiting), value::tuple({arguments.begin(), arguments.end()}),
               wanted.document,
               [run = std::move(run)](waiting_call& ready, result<value>& fetched) mutable {
                   if (!fetched) return refuse(ready, fetched.error(), "fetching the arguments");
                   value given = value::list(std::vector<value>(fetched->begin(), fetched->end()));
                   go_on(ready,
                         [run = std::move(run), given = std::move(given)](
                             incoming_call& resumed) mutable { run(resumed, std::move(given)); });
               });
}

bool must_wait_for_items(const dynamic_request& request, std::size_t first) noexcept {
    for (std::size_t i = first; i < request.arguments.size(); ++i) {
        if (is_elsewhere(request.arguments[i])) return true;
    }
    return false;
}

void fetch_and_answer(servant& target, incoming_call& call, std::size_t first, bool maps,
                      function<result<value>(dynamic_request&)> run) {
    intrusive_ptr<waiting_call> waiting = waiting_for(target, call);
    schema::type any;
    any.kind = schema::kind::any;
    schema::type iterable;
    iterable.kind = maps ? schema::kind::map : schema::kind::list;
    iterable.arguments.assign(maps ? 2 : 1, any);
    waiting->request = std::move(*call.request);
    const value& given = waiting->request.arguments;
    for (std::size_t i = 0; i < given.size(); ++i)
        waiting->wanted.arguments.push_back(i >= first && is_elsewhere(given[i]) ? iterable : any);
    value arguments = value::tuple(std::vector<value>(given.begin(), given.end()));
    const schema::document& document = waiting->nothing;
    fetch_then(call, std::move(waiting), std::move(arguments), document,
               [run = std::move(run)](waiting_call& ready, result<value>& fetched) mutable {
                   result<value> outcome = value();
                   if (fetched) {
                       ready.request.arguments =
                           value::list(std::vector<value>(fetched->begin(), fetched->end()));
                       const current_call_scope serving(ready.reply->context);
                       outcome = run(ready.request);
                   } else {
                       outcome = fetched.error();
                   }
                   deferred_reply& reply = *ready.reply;
                   reply.lock();
                   if (outcome) {
                       reply.reply_value(*std::move(outcome));
                   } else {
                       reply.reject(std::move(outcome).error());
                   }
                   reply.unlock();
               });
}

} // namespace beckon::detail
