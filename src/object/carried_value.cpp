#include "object/carried_value.hpp"

#include "beckon/object/answer_later.hpp"
#include "beckon/object/dynamic_call.hpp"
#include "beckon/object/dynamic_plan.hpp"
#include "beckon/object/reference_value.hpp"
#include "beckon/object/stream_value.hpp"
#include "beckon/object/task.hpp"
#include "object/dynamic_containers.hpp"
#include "object/iterable_source.hpp"
#include "object/nested_servant.hpp"

namespace beckon::detail {

namespace {

/// Containers inside containers, of both kinds together.
constexpr unsigned most_levels = 64;

[[nodiscard]] bool has_content_elsewhere(const value& given, unsigned levels_left) {
    switch (given.kind()) {
    case value_kind::reference: return container_kind_of(given).has_value() || is_iterator(given);
    case value_kind::list:
    case value_kind::tuple:
        if (!may_refer(given) || levels_left == 0) return false;
        for (const value& each : given) {
            if (has_content_elsewhere(each, levels_left - 1)) return true;
        }
        return false;
    case value_kind::map:
        if (!may_refer(given) || levels_left == 0) return false;
        for (const map_entry& each : given.entries()) {
            if (has_content_elsewhere(each.mapped, levels_left - 1)) return true;
        }
        return false;
    default: return false;
    }
}

[[nodiscard]] value stream_of(const value& iterator) {
    // Items as they come. Never freed: streams may outlive `main`.
    static const auto& nothing = *new schema::document;
    schema::type item;
    item.kind = schema::kind::any;
    return value::stream(intrusive_ptr<referent>(
        make_counted<value_stream>(make_iterable_source(object_of(iterator), nothing, item, {}))));
}

} // namespace

bool must_be_carried(const value& given, const peer* to) {
    if (to == nullptr || to->takes_lent_containers()) return false;
    return has_content_elsewhere(given, most_levels);
}

plan carry(const value& given) {
    if (is_iterator(given)) return stream_of(given);
    return ask_fetch(given, {.depth = most_levels});
}

namespace {

[[nodiscard]] plan follow(plan first, function<plan(result<value>)> next) {
    plan_step* const step = first.next();
    if (step == nullptr) return next(std::move(first.outcome()));
    step->then = [inner = std::move(step->then),
                  next = std::move(next)](result<value> outcome) mutable -> plan {
        if (!inner) return next(std::move(outcome));
        return follow(inner(std::move(outcome)), std::move(next));
    };
    return first;
}

/// Whoever is called is to get the items, as a caller gets those of a result, and not an object to be asked for them.
void stream_iterators_among(dynamic_request& request) {
    value arguments = value::list();
    for (const value& each : request.arguments)
        arguments.push_back(is_iterator(each) ? stream_of(each) : each);
    request.arguments = std::move(arguments);
    if (!request.named.is(value_kind::map)) return;
    value named = value::map();
    for (const map_entry& each : request.named.entries())
        named.insert_or_assign(each.key,
                               is_iterator(each.mapped) ? stream_of(each.mapped) : each.mapped);
    request.named = std::move(named);
}

[[nodiscard]] plan ask_carrying_result(object target, dynamic_request request,
                                       intrusive_ptr<peer> from) {
    if (!from || from->takes_lent_containers())
        return plan_step{std::move(target), std::move(request), nullptr};
    return plan_step{std::move(target), std::move(request),
                     [from = std::move(from)](result<value> outcome) -> plan {
                         if (!outcome || !must_be_carried(*outcome, from.get())) return outcome;
                         return carry(*outcome);
                     }};
}

} // namespace

plan ask_carrying(object target, dynamic_request request, intrusive_ptr<peer> from) {
    const peer* const to = session_of(target);
    if (!must_be_carried(value::tuple({request.arguments, request.named}), to))
        return ask_carrying_result(std::move(target), std::move(request), std::move(from));
    stream_iterators_among(request);
    const value given = value::tuple({request.arguments, request.named});
    return follow(carry(given),
                  [target = std::move(target), request = std::move(request),
                   from = std::move(from)](result<value> outcome) mutable -> plan {
                      if (!outcome) return outcome.error().note("fetching the arguments");
                      request.arguments = (*outcome)[0];
                      request.named = (*outcome)[1];
                      return ask_carrying_result(std::move(target), std::move(request),
                                                 std::move(from));
                  });
}

void answer_by(servant& target, incoming_call& call,
               function<plan(dynamic_request, intrusive_ptr<peer>)> ask) {
    answer_later(target, call,
                 [ask = std::move(ask), from = intrusive_ptr<peer>(call.context.session),
                  request = std::move(*call.request)](const call_options& options) mutable {
                     return carry_out_later(ask(std::move(request), std::move(from)), &options);
                 });
}

namespace {

task<value> carry_and_call(object target, std::string method, value arguments,
                           intrusive_ptr<peer> from, call_options options) {
    if (must_be_carried(arguments, session_of(target))) {
        future<value> fetched = carry_out_later(carry(arguments), &options);
        arguments = co_await fetched;
    }
    future<value> called = call_dynamic(target, method, std::move(arguments), options);
    value outcome = co_await called;
    if (from && must_be_carried(outcome, from.get())) {
        future<value> fetched = carry_out_later(carry(outcome), &options);
        outcome = co_await fetched;
    }
    co_return outcome;
}

} // namespace

future<value> call_carrying(object target, std::string method, value arguments,
                            intrusive_ptr<peer> from, const call_options& options) {
    return start(carry_and_call(std::move(target), std::move(method), std::move(arguments),
                                std::move(from), options));
}

} // namespace beckon::detail
