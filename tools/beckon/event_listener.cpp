#include "event_listener.hpp"

#include "beckon/codec/json.hpp"
#include "beckon/object/dynamic_servant.hpp"
#include "command.hpp"
#include "handles.hpp"

namespace command {

event_listener::event_listener()
    : alive_(std::make_shared<alive>()), released_(alive_->gone.get_future()) {}

beckon::object event_listener::make(const beckon::dynamic_interface& interface) {
    made_ = true;
    beckon::dynamic_handlers handlers;
    for (const auto& method : interface.declaration().methods) {
        handlers[method.name] = [held = alive_,
                                 &method](const beckon::call_arguments& given) -> beckon::value {
            beckon::value named = beckon::value::map();
            for (std::size_t i = 0; i < given.size(); ++i)
                named.insert_or_assign(method.parameters[i].name, given[i]);
            print_line(to_json(
                beckon::value::map({{"method", method.name}, {"arguments", std::move(named)}})));
            return {};
        };
    }
    return beckon::make_dynamic_object(interface, std::move(handlers)).value();
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
