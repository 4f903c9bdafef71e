#include "object/local_call.hpp"

#include "beckon/object/dynamic_interface.hpp"
#include "beckon/object/stub.hpp"
#include "beckon/object/thread_time.hpp"

namespace beckon::detail {

namespace {

using outcome_state = future_state<value>;

/// Outlives the call that it belongs to, since whoever holds the future may cancel late.
struct shared_cancellation final : ref_counted {
    cancellation asked;
};

/// Nobody else takes part in a local call, so there is nothing to lock.
template <typename Base>
class local_reply : public Base {
public:
    void lock() noexcept override {}
    void unlock() noexcept override {}
    native::writer* begin_reply() override { return nullptr; }
    void end_reply() override {}
    void reply_value(value outcome) override { answer(std::move(outcome)); }
    void reject(error failure) override { answer(std::move(failure)); }

protected:
    explicit local_reply(intrusive_ptr<outcome_state> state) noexcept : state_(std::move(state)) {}
    ~local_reply() = default;
    [[nodiscard]] const intrusive_ptr<outcome_state>& state() const noexcept { return state_; }
    void answer(result<value> outcome) {
        // Once: the continuation of the future may be all that keeps this alive.
        if (const auto state = std::move(state_)) state->set(std::move(outcome));
    }

private:
    intrusive_ptr<outcome_state> state_;
};

class deferred_local_call final : public local_reply<deferred_reply> {
public:
    deferred_local_call(intrusive_ptr<outcome_state> state, const call_context& made,
                        const beckon::metadata* texts)
        : local_reply(std::move(state)), cancellation_(make_counted<shared_cancellation>()) {
        if (texts != nullptr) metadata_ = *texts;
        context.deadline = made.deadline;
        context.metadata = &metadata_;
        context.cancellation = &cancellation_->asked;
        this->state()->canceller = [asked = cancellation_] { asked->asked.request(); };
    }
    ~deferred_local_call() override {
        answer(fail(errc::internal, "handler ended without a result"));
    }

private:
    const intrusive_ptr<shared_cancellation> cancellation_;
    beckon::metadata metadata_;
};

class local_call final : public local_reply<incoming_call> {
public:
    local_call(intrusive_ptr<outcome_state> state, std::uint16_t number, value& given,
               const call_options& options)
        : local_reply(std::move(state)) {
        method = number;
        values = &given;
        if (!options.metadata.empty()) context.metadata = &options.metadata;
        if (options.timeout.count() != 0)
            context.deadline = deadline_after(thread_time::mine().now(), options.timeout);
        const call_context* const serving = current_call();
        if (serving != nullptr && serving->deadline < context.deadline)
            context.deadline = serving->deadline;
    }
    void enter_handler() noexcept override {
        before_ = exchange_current_call(&context);
        context.outer = before_;
    }
    void leave_handler() noexcept override { exchange_current_call(before_); }
    intrusive_ptr<deferred_reply> defer() override {
        return make_counted<deferred_local_call>(state(), context, context.metadata);
    }

private:
    call_context* before_ = nullptr;
};

/// `run` makes the call, in the object's turn where it has turns.
template <typename Run>
future<value> run_locally(servant& target, future<value> outcome, const Run& run) {
    if (target.turn() == nullptr) {
        run();
        return outcome;
    }
    try {
        const local_turn turn(target);
        run();
    } catch (const exception& waited_in_vain) {
        return ready_future<value>(waited_in_vain.failure());
    }
    return outcome;
}

} // namespace

future<value> call_locally(servant& target, std::uint16_t method, value arguments,
                           const call_options& options) {
    auto state = make_counted<outcome_state>();
    future<value> outcome(state);
    const intrusive_ptr<servant> alive(&target);
    local_call call(std::move(state), method, arguments, options);
    return run_locally(target, std::move(outcome), [&] { target.dispatch(call); });
}

future<value> operate_locally(servant& target, dynamic_request request,
                              const call_options& options) {
    auto state = make_counted<outcome_state>();
    future<value> outcome(state);
    const intrusive_ptr<servant> acting = target.acting(request);
    local_call call(std::move(state), 0, request.arguments, options);
    call.request = &request;
    return run_locally(*acting, std::move(outcome), [&] { acting->perform(call); });
}

result<value> call_by_values(servant& target, std::string_view method, value arguments) {
    BECKON_ASSIGN(const dynamic_interface interface,
                  dynamic_interface::of(object(intrusive_ptr<object_core>(&target))));
    BECKON_ASSIGN(const std::uint16_t number, interface.find_method(method));
    return call_locally(target, number, std::move(arguments), {}).result();
}

} // namespace beckon::detail
