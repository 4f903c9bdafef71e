#include "beckon/object/stub.hpp"

#include "beckon/object/skeleton.hpp"
#include "beckon/object/thread_time.hpp"
#include "beckon/object/turn.hpp"

namespace beckon::detail {

void throw_null_reference(std::string_view interface, std::string_view method) {
    throw_error(fail(errc::invalid_argument, "call of ", interface, ".", method,
                     " through a null reference"));
}

void fail_encoding(native::writer& out) {
    out.fail(fail(errc::invalid_argument, "encoding an argument threw an exception"));
}

void note_argument(native::writer& out, std::string_view parameter) {
    out.note(concat("writing argument ", parameter));
}

void refuse_argument(std::string_view interface, std::string_view method,
                     std::string_view parameter, pending_call* pending, const error& why) {
    error failure = why;
    failure.note(concat("writing argument ", parameter, " of ", interface, ".", method));
    if (pending == nullptr) throw_error(std::move(failure));
    pending->on_failure(std::move(failure));
    pending->complete();
}

dynamic_request method_request(const method_descriptor& method, value arguments) {
    // Not filled in later, nor with empty containers, which cost memory.
    const bool by_name = arguments.is(value_kind::map);
    return {.name = std::string(method.name),
            .arguments = by_name ? value::list() : std::move(arguments),
            .named = by_name ? std::move(arguments) : value()};
}

error missing_method(std::string_view interface, std::string_view method) {
    return fail(errc::unknown_method, "implementation of ", interface, " has no method ", method);
}

void throw_missing_method(std::string_view interface, std::string_view method) {
    throw_error(missing_method(interface, method));
}

local_turn::local_turn(servant& target) : turn_(*target.turn()), before_(current_call()) {
    if (holds_turn(before_, turn_)) {
        throw_error(fail(errc::would_deadlock, "object of ", target.interface_name(),
                         " serves one call at a time, and the one it serves waits for this one"));
    }
    if (before_ != nullptr) context_ = *before_;
    context_.outer = before_;
    context_.turn = &turn_;
    waitable came;
    const std::uint64_t number = turn_.enter([&came] { came.finish(); });
    if (number != 0) await(came, number, target);
    exchange_current_call(&context_);
}

void local_turn::await(waitable& came, std::uint64_t number, const servant& target) {
    thread_time& time = thread_time::mine();
    while (!came.done()) {
        if (this_call::cancelled() && turn_.withdraw(number)) {
            const bool asked =
                context_.cancellation != nullptr && context_.cancellation->requested();
            throw_error(fail(asked ? errc::cancelled : errc::timeout,
                             asked ? "call was cancelled" : "deadline of the call passed",
                             " while its handler waited for the turn of an object of ",
                             target.interface_name()));
        }
        try {
            // A cancellation wakes nobody here: look now and then.
            time.wait(came, before_ == nullptr
                                ? never
                                : deadline_after(time.now(), std::chrono::milliseconds(20)));
        } catch (...) { // nothing is left that could give the turn on
            if (!turn_.withdraw(number)) {
                if (auto next = turn_.leave()) next();
            }
            throw;
        }
    }
}

local_turn::~local_turn() {
    exchange_current_call(before_);
    if (auto next = turn_.leave()) next();
}

intrusive_ptr<object_core> as_interface(native::reader& in, intrusive_ptr<referent> found,
                                        const interface_descriptor& interface) {
    if (!found) return {};
    auto core = intrusive_ptr<object_core>(static_cast<object_core*>(found.get()));
    const bool is_unknown = core->interface() == nullptr;
    if (is_unknown && !core->is_local()) {
        static_cast<remote_object&>(*core).set_interface(&interface);
    } else if (is_unknown || // a list of ours, or another object that has methods by name alone
               (core->interface() != &interface && core->interface_name() != interface.name)) {
        in.fail(fail(errc::type_mismatch, "peer sent a reference to a ", core->interface_name(),
                     "; expected a ", interface.name));
        return {};
    }
    return core;
}

void wait_for_result(peer* source, waitable& waiting, time_point deadline) {
    if (waiting.done()) return;
    if (source != nullptr) return source->wait(waiting, deadline);
    thread_time::mine().wait(waiting, deadline);
}

} // namespace beckon::detail
