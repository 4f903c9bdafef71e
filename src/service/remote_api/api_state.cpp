// The methods of an API, and what a protocol asks about them.
#include "service/remote_api/api_state.hpp"

#include <algorithm>

namespace beckon::quickrpc::detail {

namespace {

/// What quickrpc's own class has, which peers may not call.
constexpr std::string_view attributes[] = {
    "async_processing", "codec",     "invert",          "message_error",
    "security",         "transport", "unhandled_calls",
};

} // namespace

std::string told_name(std::string_view name) {
    constexpr std::size_t longest = 200;
    const bool is_plain =
        name.size() <= longest && std::all_of(name.begin(), name.end(), [](char letter) {
            const auto byte = static_cast<unsigned char>(letter);
            return byte >= 0x20 && byte != 0x7f;
        });
    return is_plain ? std::string(name) : quoted(name, longest);
}

result<value> method_state::named_arguments(const value& by_position, value named) const {
    const auto misfit = [] {
        return fail(errc::invalid_argument, "incoming call with wrong signature");
    };
    const auto& parameters = declared.parameters;
    if (by_position.size() > parameters.size()) return misfit();
    for (std::size_t i = 0; i < by_position.size(); ++i) {
        if (named.find(parameters[i].name) != nullptr) return misfit();
        named.insert_or_assign(value(parameters[i].name), by_position[i]);
    }
    std::size_t known = 0;
    for (const parameter& each : parameters) {
        if (named.find(each.name) != nullptr) {
            ++known;
        } else if (!each.otherwise) {
            return misfit();
        }
    }
    if (known != named.size()) return misfit();
    return named;
}

value method_state::with_defaults(const value& given) const {
    value all = value::map();
    for (const parameter& each : declared.parameters) {
        const value* const found = given.find(each.name);
        all.insert_or_assign(value(each.name), found != nullptr ? *found : *each.otherwise);
    }
    return all;
}

api_state::api_state(api_options chosen)
    : options(std::move(chosen)), background(100'000, *options.log), inverted_(options.invert) {}

std::shared_ptr<method_state> api_state::add(declaration declared) {
    auto made = std::make_shared<method_state>(std::move(declared));
    made->owner = weak_from_this();
    made->log = log;
    const std::string& name = made->declared.name;
    const std::lock_guard lock(mutex_);
    if (inverted_) made->invert();
    if (!methods_.emplace(name, made).second) {
        throw_error(
            fail(errc::invalid_argument, "method ", quoted(name), " is declared a second time"));
    }
    return made;
}

std::shared_ptr<method_state> api_state::find(std::string_view name) const {
    const std::lock_guard lock(mutex_);
    const auto found = methods_.find(name);
    return found != methods_.end() ? found->second : nullptr;
}

void api_state::invert() {
    const std::lock_guard lock(mutex_);
    for (const auto& [name, method] : methods_) {
        const std::lock_guard inside(method->mutex);
        if (method->handlers.empty()) continue;
        throw_error(fail(errc::invalid_argument, "method ", quoted(name),
                         " has handlers already; an api is inverted before they are connected"));
    }
    inverted_ = !inverted_;
    for (const auto& each : methods_) each.second->invert();
}

std::vector<std::string> api_state::unhandled_calls() const {
    std::vector<std::string> names;
    const std::lock_guard lock(mutex_);
    for (const auto& [name, method] : methods_) {
        const std::lock_guard inside(method->mutex);
        if (method->way == direction::incoming && method->handlers.empty()) names.push_back(name);
    }
    return names;
}

message_rules::answered api_state::answers(std::string_view name) const {
    const auto method = find(name);
    if (method == nullptr) return answered::when_asked;
    if (!method->is_incoming())
        return is_own_echo(*method) ? answered::not_at_all : answered::when_asked;
    return method->declared.has_reply ? answered::always : answered::not_at_all;
}

/// What was sent to everybody comes back to who sent it, as from a peer; and others who call the same hear it too.
bool api_state::is_own_echo(const method_state& method) const {
    if (method.is_incoming()) return false;
    const auto through = current_transport();
    return through != nullptr && through->hears_itself();
}

namespace {
/// The id that all conversations use for the call that this thread is sending.
thread_local std::uint64_t id_of_call = 0;
} // namespace

std::uint64_t api_state::next_id() {
    if (id_of_call != 0) return id_of_call;
    const std::lock_guard lock(mutex_);
    return ++last_id_;
}

call_id_scope::call_id_scope(std::uint64_t id) noexcept : before_(std::exchange(id_of_call, id)) {}
call_id_scope::~call_id_scope() { id_of_call = before_; }

result<value> api_state::run(const method_state& method, const arrival& came) {
    const dynamic_request& request = came.request;
    if (!request.arguments.empty() && !method.declared.allow_positional_args)
        return fail(errc::invalid_argument, "Please call with named parameters only!");
    BECKON_ASSIGN(const value given, method.named_arguments(request.arguments, request.named));
    value arguments = method.with_defaults(given);
    std::vector<value> outcomes;
    const auto run_one = [&](const value_handler& handler, const value& all) {
        value outcome = handler({came.sender, all, given, came.secinfo});
        if (!outcome.is_null()) outcomes.push_back(std::move(outcome));
    };
    std::vector<std::pair<handler_id, std::shared_ptr<value_handler>>> handlers;
    bool passes_secinfo = false;
    {
        const std::lock_guard lock(method.mutex);
        handlers = method.handlers;
        passes_secinfo = method.passes_secinfo;
    }
    try {
        if (method.declared.incoming_body) run_one(method.declared.incoming_body, arguments);
        if (passes_secinfo) arguments.insert_or_assign("secinfo", came.secinfo);
        for (const auto& each : handlers) run_one(*each.second, arguments);
    } catch (...) {
        return error_of_current_exception();
    }
    if (outcomes.size() > 1 && method.declared.has_reply) {
        error failure = fail(errc::remote_error, "Incoming call produced more than one reply!");
        failure.set_type_name("ValueError");
        return failure;
    }
    return outcomes.empty() ? value() : std::move(outcomes.front());
}

result<value> api_state::deliver(arrival came) {
    const delivery open(*this, options.async_processing);
    if (!open.is_open()) return fail(errc::overloaded, "the api has ended");
    const std::string name = came.request.name;
    if (name == message_rules::bad_message) {
        const value& told = came.request.arguments;
        tell_error(came.sender,
                   error(static_cast<errc>(told[0].int64()), std::string(told[1].string())), {});
        return value();
    }
    if (name == message_rules::stray_answer) {
        take_stray(came);
        return value();
    }
    const auto method = find(name);
    result<value> outcome = value();
    if (method != nullptr && is_own_echo(*method)) return value();
    if (method != nullptr && method->is_incoming()) {
        outcome = run(*method, came);
    } else {
        bool is_known = method != nullptr || std::find(std::begin(attributes), std::end(attributes),
                                                       name) != std::end(attributes);
        {
            const std::lock_guard lock(mutex_);
            is_known = is_known || local_.contains(name);
        }
        error failure = fail(errc::unknown_method, "Incoming call of ", told_name(name),
                             is_known ? " not marked as @incoming" : " not defined", " on the api");
        failure.set_type_name("AttributeError");
        outcome = std::move(failure);
    }
    if (!outcome) tell_error(came.sender, outcome.error(), name);
    return outcome;
}

void api_state::tell_error(const std::string& sender, const error& failure,
                           std::string_view method) {
    try {
        owner->message_error(sender, failure, method);
    } catch (...) {
        log->write(log_level::error, "BKN-API-ERROR-HOOK",
                   concat("message_error failed: ", error_of_current_exception().to_string()));
    }
}

} // namespace beckon::quickrpc::detail
