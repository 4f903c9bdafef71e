// Calls that an API makes: whom they go to, and who settles their promises.
#include <algorithm>
#include <mutex>
#include <utility>
#include <vector>

#include "beckon/object/operate.hpp"
#include "beckon/session/session.hpp"
#include "service/remote_api/api_state.hpp"
#include "service/session_factory.hpp"

namespace beckon::quickrpc::detail {

/// One call to several: the first answer counts.
struct api_state::broadcast {
    explicit broadcast(promise<value> promised, std::size_t count)
        : answer(std::move(promised)), left(count) {}

    /// Whether it was the first. What still goes on of a call to everybody is given up then: in the conversation that is
    /// for everybody it would be answered by nobody.
    bool settle(result<value>& outcome) {
        std::vector<future<void>> ending; // which gives a call up
        {
            const std::lock_guard lock(mutex_);
            if (std::exchange(settled_, true)) return false;
            ending.swap(calls_);
        }
        if (outcome) {
            answer.set_result(*std::move(outcome));
            return true;
        }
        try {
            throw_error(std::move(outcome).error());
        } catch (...) {
            answer.set_exception(std::current_exception());
        }
        return true;
    }

    /// One of the calls that it is made of, for as long as none was answered.
    void keep(future<void> call) {
        if (call.shared() && call.shared()->source) call.shared()->source->send_now();
        const std::lock_guard lock(mutex_);
        if (!settled_) calls_.push_back(std::move(call));
    }

    const promise<value> answer;
    std::atomic<std::size_t> left; ///< Conversations that may still answer.

private:
    std::mutex mutex_;
    bool settled_ = false;
    std::vector<future<void>> calls_;
};

namespace {

[[noreturn]] void refuse(std::string_view text) {
    throw_error(error(errc::invalid_argument, std::string(text)));
}

/// What came of a call in one conversation, rather than an answer of its peer.
[[nodiscard]] bool is_of_conversation(const error& failure) noexcept {
    return failure.code() == errc::disconnected || failure.code() == errc::timeout ||
           failure.code() == errc::cancelled;
}

} // namespace

promise_core::test api_state::setter() {
    return [weak = weak_from_this()] {
        const auto api = weak.lock();
        return api != nullptr &&
               (delivery::reads_for(*api) || std::this_thread::get_id() == api->serving_thread());
    };
}

void api_state::set_transport(std::shared_ptr<quickrpc::transport> chosen) {
    if (chosen != nullptr && chosen->hears_itself() && security_between_two) {
        throw_error(
            fail(errc::unsupported, "messages at ", chosen->name(),
                 " go to everybody, and the api's security proves something between two; use "
                 "udp://HOST:PORT, or no such provider"));
    }
    std::shared_ptr<quickrpc::transport> before;
    {
        const std::lock_guard lock(mutex_);
        before = std::exchange(transport_, chosen);
    }
    if (before != nullptr && before != chosen) before->port()->take_from(*this);
    if (chosen != nullptr) chosen->port()->give_to(shared_from_this());
}

std::shared_ptr<quickrpc::transport> api_state::current_transport() const {
    const std::lock_guard lock(mutex_);
    return transport_;
}

std::optional<promise<value>> api_state::call(const std::shared_ptr<method_state>& method,
                                              const receivers& whom, const value& by_position,
                                              value named) {
    const declaration& declared = method->declared;
    if (method->is_incoming())
        refuse(concat("method ", declared.name, " is incoming; peers call it"));
    if (!by_position.empty() && !declared.allow_positional_args)
        refuse("Please call with named parameters only!");
    const auto& parameters = declared.parameters;
    value given = value::map();
    // Surplus ones are dropped, as the original does.
    for (std::size_t i = 0; i < std::min(by_position.size(), parameters.size()); ++i) {
        if (named.find(parameters[i].name) != nullptr)
            refuse(concat("argument ", parameters[i].name, " given twice!"));
        given.insert_or_assign(value(parameters[i].name), by_position[i]);
    }
    for (const map_entry& each : named.entries()) given.insert_or_assign(each.key, each.mapped);
    for (const map_entry& each : given.entries()) {
        const bool known =
            std::any_of(parameters.begin(), parameters.end(),
                        [&](const parameter& one) { return value(one.name) == each.key; });
        if (!known)
            refuse(concat(declared.name, " got an unexpected argument ", each.key.to_text(64)));
    }
    for (const parameter& each : parameters) {
        if (given.find(each.name) == nullptr && !each.otherwise)
            refuse(concat(declared.name, " misses its argument ", quoted(each.name)));
    }
    if (declared.outgoing_body) declared.outgoing_body(whom, method->with_defaults(given));

    const auto through = current_transport();
    if (through == nullptr)
        throw_error(fail(errc::disconnected, "api has no transport to send ", declared.name));
    if (!through->is_running()) {
        throw_error(fail(errc::disconnected, "transport ", through->name(), " is not running; ",
                         declared.name, " was not sent"));
    }
    // All that one conversation would refuse is refused before any of them has sent it.
    if (auto fits = check_quickrpc_call(*codec, declared.name, given); !fits) {
        error failure = std::move(fits).error();
        throw_error(failure.note(concat("encoding ", declared.name)));
    }
    std::vector<connected> targets;
    if (whom.is_everybody()) {
        targets = through->carrier().everybody();
    } else {
        auto found = through->find(whom.names());
        if (!found) throw_error(std::move(found).error());
        targets = *std::move(found);
    }
    dynamic_request request{.name = declared.name, .named = std::move(given)};
    if (declared.has_reply) return begin(method, targets, std::move(request), whom.is_everybody());
    for (const connected& each : targets) {
        session& conversation = *each.core();
        const intrusive_ptr<remote_object> root = conversation.published_object({});
        method_descriptor called;
        called.name = declared.name;
        called.oneway = true;
        conversation.call_dynamic({root.get(), &called, 0, nullptr, false}, request, nullptr);
        conversation.send_now();
    }
    return {};
}

promise<value> api_state::begin(const std::shared_ptr<method_state>& method,
                                const std::vector<connected>& targets, dynamic_request request,
                                bool is_for_all) {
    std::uint64_t id = 0;
    const auto awaited =
        std::make_shared<broadcast>(promise<value>(setter(), *log), targets.size());
    if (targets.empty()) {
        result<value> unanswered = fail(errc::disconnected, "nobody is there to answer ",
                                        method->declared.name, "; it was not sent");
        awaited->settle(unanswered);
        return awaited->answer;
    }
    {
        const std::lock_guard lock(mutex_);
        id = ++last_id_;
        if (is_for_all) broadcasts_.emplace(id, awaited);
    }
    const auto take_answer = [weak = weak_from_this(), awaited, id, is_for_all,
                              name = method->declared.name](result<value> outcome) {
        const auto api = weak.lock();
        std::optional<delivery> open;
        if (api != nullptr) open.emplace(*api, false);
        const bool is_last = --awaited->left == 0;
        const bool is_lost = !outcome && is_of_conversation(outcome.error());
        if (api != nullptr && (is_last || (!is_lost && !is_for_all))) {
            const std::lock_guard lock(api->mutex_);
            api->broadcasts_.erase(id);
        }
        // Another one may still answer.
        if (is_lost && !is_last) return;
        if (awaited->settle(outcome) || is_lost) return;
        if (api != nullptr) {
            api->log->write(log_level::warning, "BKN-API-STRAY",
                            concat("another answer to ", name, " came; the first one counts"));
        }
    };
    const call_id_scope scope(id);
    const call_options chosen{.timeout = options.forget_after, .metadata = {}};
    for (const connected& each : targets) {
        session& conversation = *each.core();
        future<value> answer = operate(
            object(intrusive_ptr<object_core>(conversation.published_object({}))), request, chosen);
        future<void> call = std::move(answer).then(take_answer);
        if (is_for_all) {
            awaited->keep(std::move(call));
        } else {
            call.detach();
        }
    }
    return awaited->answer;
}

/// An answer that came in a conversation other than those that the call left by: of a call to everybody.
void api_state::take_stray(const arrival& came) {
    const value& told = came.request.arguments;
    std::shared_ptr<broadcast> awaited;
    if (told[0].is_uint64()) {
        const std::lock_guard lock(mutex_);
        const auto found = broadcasts_.find(told[0].uint64());
        if (found != broadcasts_.end()) awaited = found->second;
    }
    if (awaited != nullptr) {
        const delivery reads(*this,
                             false); // so that a callback finds itself where answers are read
        result<value> outcome = told[1];
        if (told.size() > 2) outcome = error(errc::remote_error, std::string(told[2].string()));
        if (awaited->settle(outcome)) return;
    }
    log->write(log_level::warning, "BKN-API-STRAY",
               concat(came.sender, " answered call ", told[0].to_text(40),
                      ", which does not wait for an answer"));
}

} // namespace beckon::quickrpc::detail
