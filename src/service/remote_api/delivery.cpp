// Where calls for an API come in: the servants that its conversations show, and the scope in which it is called.
#include <utility>

#include "beckon/session/runtime.hpp"
#include "beckon/session/session.hpp"
#include "object/guarded.hpp"
#include "service/remote_api/api_state.hpp"
#include "service/session_factory.hpp"

namespace beckon::quickrpc::detail {

namespace {

thread_local delivery* innermost = nullptr;

[[nodiscard]] value as_map(const metadata& texts) {
    value made = value::map();
    for (const auto& [key, text] : texts) made.insert_or_assign(key, text);
    return made;
}

/// Takes all calls for an API, one after another.
class api_servant final : public servant {
public:
    api_servant(std::weak_ptr<api_state> api, bool apart)
        : servant(nullptr, nullptr, nullptr), api_(std::move(api)), apart_(apart) {
        // Apart, the background queue keeps the order, and nothing here blocks.
        set_execution(apart ? policy::inline_ : policy::serial);
    }

    void dispatch(incoming_call& call) noexcept override {
        call.reject(fail(errc::unsupported, "an api has no interface"));
    }

    void perform(incoming_call& call) noexcept override {
        const auto api = api_.lock();
        if (api == nullptr) return call.reject(fail(errc::overloaded, "the api has ended"));
        if (call.request->what != operation::call_method) {
            return call.reject(fail(errc::unsupported, "an api has methods only; it cannot ",
                                    to_string(call.request->what)));
        }
        arrival came;
        came.request = std::move(*call.request);
        if (auto* const conversation = dynamic_cast<session*>(call.context.session))
            came.sender = conversation->name();
        if (call.context.metadata != nullptr) came.secinfo = as_map(*call.context.metadata);
        if (apart_) return perform_apart(call, api, std::move(came));
        call.enter_handler();
        result<value> outcome = api->deliver(std::move(came));
        call.leave_handler();
        answer(call, std::move(outcome));
    }

    [[nodiscard]] std::string_view interface_name() const noexcept override { return "RemoteAPI"; }

private:
    static void answer(reply_sink& to, result<value> outcome) {
        if (outcome) {
            to.reply_value(*std::move(outcome));
        } else {
            to.reject(std::move(outcome).error());
        }
    }

    static void perform_apart(incoming_call& call, const std::shared_ptr<api_state>& api,
                              arrival came) noexcept {
        intrusive_ptr<deferred_reply> later = call.defer();
        try {
            api->background.put([api, later, came = std::move(came)]() mutable {
                const current_call_scope serving(later->context);
                result<value> outcome = api->deliver(std::move(came));
                later->lock();
                answer(*later, std::move(outcome));
                later->unlock();
            });
        } catch (...) {
            later->reject(error_of_current_exception());
        }
        // Where the queue has not taken the action, or has dropped it by now, this ends the call, which takes the session's lock.
        call.enter_handler();
        later = {};
        call.leave_handler();
    }

    const std::weak_ptr<api_state> api_;
    const bool apart_;
};

/// Stands for whichever API the transport has now.
class port_servant final : public servant {
public:
    explicit port_servant(std::shared_ptr<api_port> port)
        : servant(nullptr, nullptr, nullptr), port_(std::move(port)) {
        set_execution(policy::inline_);
    }
    intrusive_ptr<servant> acting(dynamic_request&) noexcept override {
        const auto api = port_->api();
        return api != nullptr ? api->serves : intrusive_ptr<servant>(this);
    }
    void dispatch(incoming_call& call) noexcept override { perform(call); }
    void perform(incoming_call& call) noexcept override {
        call.reject(fail(errc::overloaded, "no api listens to this transport"));
    }
    [[nodiscard]] std::string_view interface_name() const noexcept override { return "RemoteAPI"; }

private:
    const std::shared_ptr<api_port> port_;
};

} // namespace

intrusive_ptr<servant> make_api_servant(std::weak_ptr<api_state> api, bool apart) {
    return make_counted<api_servant>(std::move(api), apart);
}

intrusive_ptr<servant> api_port::make_servant(std::shared_ptr<api_port> port) {
    return make_counted<port_servant>(std::move(port));
}

result<std::unique_ptr<protocol>> api_port::make_protocol(std::optional<security_side> side) const {
    const auto held = api();
    // Nobody listens yet: who calls is told so, in jrpc.
    if (held == nullptr) return make_quickrpc_conversation({});
    std::unique_ptr<message_security> by;
    if (side && held->security) {
        BECKON_ASSIGN(by, guarded([&] { return held->security(*side); }));
    }
    return make_quickrpc_conversation({.codec = held->codec,
                                       .security = std::move(by),
                                       .standard_codes = held->options.standard_codes,
                                       .max_bad_messages = held->options.max_bad_messages,
                                       .rules = held});
}

delivery::delivery(api_state& to, bool runs_handlers_apart)
    : to_(to), reads_(!runs_handlers_apart), below_(innermost) {
    if (reads_) to_.note_serving_thread();
    const std::lock_guard lock(to_.mutex_);
    open_ = !to_.retired_;
    if (!open_) return;
    ++to_.delivering_;
    innermost = this;
}

delivery::~delivery() {
    if (!open_) return;
    innermost = below_;
    const std::lock_guard lock(to_.mutex_);
    --to_.delivering_;
    to_.changed_.notify_all();
}

bool delivery::reads_for(const api_state& api) noexcept {
    for (const delivery* each = innermost; each != nullptr; each = each->below_) {
        if (&each->to_ == &api && each->reads_) return true;
    }
    return false;
}

std::size_t delivery::depth_of(const api_state& api) noexcept {
    std::size_t depth = 0;
    for (const delivery* each = innermost; each != nullptr; each = each->below_)
        depth += &each->to_ == &api ? 1 : 0;
    return depth;
}

void api_state::note_serving_thread() noexcept {
    if (in_context->runtime()->options().embedded)
        serving_thread_.store(std::this_thread::get_id(), std::memory_order_relaxed);
}

void api_state::retire() noexcept {
    std::unique_lock lock(mutex_);
    retired_ = true;
    const std::size_t own = delivery::depth_of(*this);
    changed_.wait(lock, [&] { return delivering_ <= own; });
}

} // namespace beckon::quickrpc::detail
