#include "beckon/service/remote_api/remote_api.hpp"

#include "service/remote_api/api_state.hpp"
#include "service/session_factory.hpp"

namespace beckon::quickrpc {

remote_api::remote_api(api_options options)
    : state_(std::make_shared<detail::api_state>(std::move(options))) {
    const api_options& chosen = state_->options;
    state_->owner = this;
    state_->log = chosen.log;
    state_->in_context = chosen.context ? chosen.context : context::standard();
    state_->note_serving_thread(); // until another one is seen to serve
    state_->serves = detail::make_api_servant(state_, chosen.async_processing);
    if (const auto* const expression = std::get_if<std::string>(&chosen.codec)) {
        auto made = make_quickrpc_codec(*state_->in_context, *expression);
        if (!made) throw_error(std::move(made).error());
        state_->codec = *std::move(made);
    } else {
        state_->codec = std::get<1>(chosen.codec);
    }
    if (const auto* const expression = std::get_if<std::string>(&chosen.security)) {
        auto found = detail::find_api_security(state_->in_context, *expression, chosen.user);
        if (!found) throw_error(std::move(found).error());
        state_->security = *std::move(found);
    } else {
        state_->security = std::get<1>(chosen.security);
    }
    if (auto fits = state_->check_security(); !fits) throw_error(std::move(fits).error());
    if (const auto* const expression = std::get_if<std::string>(&chosen.transport)) {
        if (!expression->empty()) set_transport(*expression);
    } else {
        set_transport(std::get<1>(chosen.transport));
    }
}

remote_api::~remote_api() {
    state_->retire();
    state_->background.stop();
    state_->set_transport(nullptr);
}

void remote_api::set_transport(std::shared_ptr<quickrpc::transport> transport) {
    state_->set_transport(std::move(transport));
}
void remote_api::set_transport(std::string_view expression) {
    carrier_options with;
    with.serving.context = state_->in_context;
    set_transport(std::make_shared<quickrpc::transport>(expression, std::move(with)));
}
std::shared_ptr<quickrpc::transport> remote_api::transport() const {
    return state_->current_transport();
}
std::shared_ptr<const quickrpc::codec> remote_api::codec() const { return state_->codec; }

void remote_api::invert() { state_->invert(); }
std::vector<std::string> remote_api::unhandled_calls() const { return state_->unhandled_calls(); }

api_method remote_api::declare(direction way, std::string name, std::vector<parameter> parameters,
                               bool has_reply, bool takes_positional) {
    return api_method(*this, {.name = std::move(name),
                              .direction = way,
                              .parameters = std::move(parameters),
                              .has_reply = has_reply,
                              .allow_positional_args = takes_positional});
}

void remote_api::declare_local(std::string name) {
    const std::lock_guard lock(state_->mutex_);
    state_->local_.insert(std::move(name));
}

api_method remote_api::method(std::string_view name) const {
    auto found = state_->find(name);
    if (found == nullptr)
        throw_error(fail(errc::unknown_method, "api declares no method ", quoted(name)));
    return api_method(std::move(found));
}

void remote_api::message_error(const std::string& sender, const error& failure,
                               std::string_view method) {
    state_->log->write(log_level::warning, "BKN-API-MESSAGE",
                       concat(sender, method.empty() ? "" : " called ", detail::told_name(method),
                              ": ", failure.to_string()));
}

} // namespace beckon::quickrpc
