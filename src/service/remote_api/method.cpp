#include "beckon/service/remote_api/method.hpp"

#include <algorithm>

#include "service/remote_api/api_state.hpp"

namespace beckon::quickrpc {

api_method::api_method(remote_api& owner, detail::declaration declared)
    : state_(owner.state_->add(std::move(declared))) {}

const std::string& api_method::name() const noexcept { return state_->declared.name; }
bool api_method::is_incoming() const { return state_->is_incoming(); }
bool api_method::has_reply() const noexcept { return state_->declared.has_reply; }
bool api_method::allows_positional_args() const noexcept {
    return state_->declared.allow_positional_args;
}
void api_method::invert() const { state_->invert(); }
log_sink& api_method::log() const noexcept { return *state_->log; }

const parameter& api_method::parameter_at(std::size_t index) const noexcept {
    static const auto& none = *new const parameter;
    const auto& all = state_->declared.parameters;
    return index < all.size() ? all[index] : none;
}

handler_id api_method::connect_values(value_handler handler) const {
    const std::lock_guard lock(state_->mutex);
    if (state_->way != direction::incoming) {
        throw_error(fail(errc::invalid_argument, "method ", state_->declared.name,
                         " is outgoing; only incoming ones have handlers"));
    }
    state_->handlers.emplace_back(++state_->last_handler,
                                  std::make_shared<value_handler>(std::move(handler)));
    return state_->last_handler;
}

void api_method::disconnect(handler_id handler) const {
    std::shared_ptr<value_handler> dropped; // outlives the lock
    const std::lock_guard lock(state_->mutex);
    const auto found = std::find_if(state_->handlers.begin(), state_->handlers.end(),
                                    [&](const auto& each) { return each.first == handler; });
    if (found == state_->handlers.end()) {
        throw_error(fail(errc::invalid_argument, "handler ", handler, " is not connected to ",
                         state_->declared.name));
    }
    dropped = std::move(found->second);
    state_->handlers.erase(found);
}

void api_method::pass_secinfo(bool passes) const {
    const std::lock_guard lock(state_->mutex);
    state_->passes_secinfo = passes;
}

std::optional<promise<value>> api_method::call_values(const receivers& whom, value by_position,
                                                      value named) const {
    const auto owner = state_->owner.lock();
    if (owner == nullptr) throw_error(fail(errc::cancelled, "the api of ", name(), " has ended"));
    return owner->call(state_, whom, by_position, std::move(named));
}

void api_method::retire() const noexcept {
    if (const auto owner = state_->owner.lock()) owner->retire();
}

detail::promise_core::test api_method::setter() const {
    const auto owner = state_->owner.lock();
    return owner != nullptr ? owner->setter() : detail::promise_core::test();
}

void detail::throw_wrong_type(const std::string& parameter, const error& why) {
    throw_error(fail(errc::invalid_argument, "argument ", parameter, ": ", why.message()));
}

} // namespace beckon::quickrpc
