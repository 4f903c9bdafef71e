#include "event_listener.hpp"

#include "beckon/codec/json.hpp"
#include "beckon/object/dynamic_servant.hpp"
#include "beckon/object/stream.hpp"
#include "command.hpp"
#include "dynamic_listener.hpp"
#include "handles.hpp"

namespace command {

namespace {

using beckon::value;
using beckon::schema::kind;

/// The least that a method can give back.
value empty_result(const beckon::schema::document& document, const beckon::schema::type& type) {
    switch (type.kind) {
    case kind::boolean: return value(false);
    case kind::float32:
    case kind::float64: return value(0.0);
    case kind::string: return value("");
    case kind::bytes: return value(beckon::bytes());
    case kind::date: return value(beckon::date{});
    case kind::time: return value(beckon::time_of_day{});
    case kind::datetime: return value(beckon::datetime{});
    case kind::duration: return value(beckon::duration{});
    case kind::list: return value::list();
    case kind::map: return value::map();
    case kind::tuple: {
        value made = value::list();
        for (const auto& each : type.arguments) made.push_back(empty_result(document, each));
        return made;
    }
    case kind::variant:
        return value::variant(type.case_names[0], empty_result(document, type.arguments[0]));
    case kind::enumeration: {
        const auto& first = document.find_enumeration(type.name)->enumerators.at(0);
        return value::enumeration(type.name, first.name, first.number);
    }
    case kind::record: {
        value made = value::map();
        for (const auto& field : document.find_record(type.name)->fields)
            made.insert_or_assign(field.name, empty_result(document, field.type));
        return made;
    }
    case kind::stream: return value(beckon::stream_of(std::vector<value>()));
    case kind::void_:
    case kind::any:
    case kind::optional:
    case kind::interface: return {};
    default: return value(0);
    }
}

} // namespace

event_listener::event_listener()
    : alive_(std::make_shared<alive>()), released_(alive_->gone.get_future()) {}

beckon::object event_listener::make(const beckon::dynamic_interface& interface) {
    made_ = true;
    beckon::dynamic_handlers handlers;
    for (const auto& method : interface.declaration().methods) {
        // What is captured lives in the schema, which the object keeps alive.
        handlers[method.name] = [held = alive_, &method, &document = interface.document()](
                                    const beckon::call_arguments& given) -> value {
            value named = value::map();
            for (std::size_t i = 0; i < given.size(); ++i)
                named.insert_or_assign(method.parameters[i].name, given[i]);
            print_line(
                to_json(value::map({{"method", method.name}, {"arguments", std::move(named)}})));
            return empty_result(document, method.result);
        };
    }
    return beckon::make_dynamic_object(interface, std::move(handlers)).value();
}

beckon::object event_listener::make(std::shared_ptr<const dynamic_peer> peer) {
    made_ = true;
    return make_dynamic_listener(std::move(peer), alive_);
}

void event_listener::wait_until_released(std::optional<std::chrono::nanoseconds> at_most,
                                         const std::function<bool()>& given_up) {
    if (!made_) return;
    alive_ = nullptr; // what is left of it is in the listeners themselves
    using clock = std::chrono::steady_clock;
    const auto until = at_most ? std::optional(clock::now() + *at_most) : std::nullopt;
    while (!given_up()) {
        auto step = clock::now() + std::chrono::milliseconds(50);
        if (until && *until < step) step = *until;
        if (released_.wait_until(step) == std::future_status::ready) return;
        if (until && clock::now() >= *until) return;
    }
}

} // namespace command
