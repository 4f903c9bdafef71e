// Stubs: the typed caller side. A stub class is a chain of one base per method, made by BECKON_INTERFACE, over one of
// the two bases here, which say how a call is made.
#pragma once

#include <concepts>
#include <cstddef>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>

#include "beckon/object/descriptor_of.hpp"
#include "beckon/object/direct.hpp"
#include "beckon/object/exception_codec.hpp"
#include "beckon/object/future.hpp"
#include "beckon/object/peer.hpp"
#include "beckon/object/result_codec.hpp"
#include "beckon/object/servant.hpp"

namespace beckon {

template <typename Interface>
class ref;

namespace detail {

template <typename T>
inline constexpr bool is_ref = false;
template <typename I>
inline constexpr bool is_ref<ref<I>> = true;

/// A synchronous call's record, on the caller's stack.
template <typename R>
class sync_call final : public pending_call {
public:
    void on_reply(native::reader& in) noexcept override { outcome.emplace(read_result<R>(in)); }
    void on_value(value from) noexcept override {
        outcome.emplace(result_of_value<R>(std::move(from)));
    }
    void on_failure(error failure) noexcept override { outcome.emplace(std::move(failure)); }
    [[nodiscard]] discard_function discarder() const noexcept override {
        return &discard_result<R>;
    }
    std::optional<result<R>> outcome;
};

[[noreturn]] void throw_null_reference(std::string_view interface, std::string_view method);

void fail_encoding(native::writer& out);

/// Ends a begun call also where encoding an argument throws.
class call_guard {
public:
    explicit call_guard(peer& session, native::writer& out) noexcept
        : session_(session), out_(out) {}
    ~call_guard() {
        if (!complete_) [[unlikely]]
            fail_encoding(out_);
        session_.end_call();
    }
    call_guard(const call_guard&) = delete;
    call_guard& operator=(const call_guard&) = delete;
    void complete() noexcept { complete_ = true; }

private:
    peer& session_;
    native::writer& out_;
    bool complete_ = false;
};

template <typename... Arguments>
[[nodiscard]] value values_of(Arguments&... arguments) {
    value list = value::list();
    list.reserve(sizeof...(Arguments));
    (list.push_back(value(arguments)), ...);
    return list;
}

/// An argument had no form: says which, to the call's record, or by throwing where there is none.
void refuse_argument(std::string_view interface, std::string_view method,
                     std::string_view parameter, pending_call* pending, const error& why);

/// The values of a call's arguments for a dynamic protocol; false where one had no form, which ended the call.
template <typename Interface, std::size_t I, typename... Arguments>
[[nodiscard]] bool values_to_send(value& into, pending_call* pending, Arguments&... arguments) {
    using method = reflection::method<Interface, I>;
    into = value::list();
    into.reserve(sizeof...(Arguments));
    if constexpr (sizeof...(Arguments) != 0) {
        try {
            (into.push_back(value(arguments)), ...);
        } catch (const value_error& unfit) {
            refuse_argument(reflection::of<Interface>::name, method::name,
                            method::parameter_names[into.size()], pending, unfit.failure());
            return false;
        }
    }
    return true;
}

void note_argument(native::writer& out, std::string_view parameter);

/// What a call of a method is to a dynamic protocol.
[[nodiscard]] dynamic_request method_request(const method_descriptor& method, value arguments);

/// Sends one call to a peer of a dynamic protocol. A result that it lends where the interface says a list, a map, a record
/// or the like is fetched by value, which takes further requests.
void send_values(const call_request& request, value arguments, pending_call* pending);

/// Sends one call. Where it returns, `pending` is in the session's hands or completed already.
template <typename Interface, std::size_t I, typename... Arguments>
void send_call(remote_object& target, const call_request& request, pending_call* pending,
               Arguments&... arguments) {
    peer& session = target.session();
    if (native::writer* const out = session.begin_call(request, pending)) {
        call_guard guard(session, *out);
        if constexpr (sizeof...(Arguments) != 0) {
            std::size_t written = 0;
            if (!((native::write_part(*out, arguments) && ++written != 0) && ...)) [[unlikely]]
                note_argument(*out, reflection::method<Interface, I>::parameter_names[written]);
        }
        guard.complete();
    } else if (session.is_dynamic()) {
        value values;
        if (values_to_send<Interface, I>(values, pending, arguments...))
            send_values(request, std::move(values), pending);
    }
}

template <typename Interface, std::size_t I>
[[nodiscard]] call_request request_for(object_core* target, const call_options* options,
                                       bool synchronous) noexcept {
    return {static_cast<remote_object*>(target), &descriptor_of<Interface>().methods[I],
            static_cast<std::uint16_t>(I), options, synchronous};
}

/// Calls a method of an object in this process through values; see local_call.
[[nodiscard]] result<value> call_by_values(servant& target, std::string_view method,
                                           value arguments);

/// Calls an implementation that has no table of the interface's C++ functions: one without generated code, or of
/// another C++ type that stands for the same interface.
template <typename Interface, std::size_t I, typename R, typename... Arguments>
[[gnu::noinline, gnu::cold]] R call_indirectly(servant& target, Arguments&... arguments) {
    result<value> outcome =
        call_by_values(target, reflection::method<Interface, I>::name, values_of(arguments...));
    if (!outcome) rethrow<Interface>(std::move(outcome).error());
    result<R> converted = result_of_value<R>(std::move(outcome).value());
    if (!converted) throw_error(std::move(converted).error());
    if constexpr (!std::is_void_v<R>) return std::move(converted).value();
}

/// The turn of an object that serves one call at a time, for a call inside this process.
class local_turn {
public:
    /// Waits for it. Throws deadlock_error at once where this thread's handler, or one below it, has it; timeout_error
    /// and cancelled_error as that handler's call ends.
    explicit local_turn(servant& target);
    ~local_turn();
    local_turn(const local_turn&) = delete;
    local_turn& operator=(const local_turn&) = delete;

private:
    void await(waitable& came, std::uint64_t number, const servant& target);

    object_turn& turn_;
    call_context context_;
    call_context* const before_;
};

/// Calls the implementation in this process.
template <typename Interface, std::size_t I, typename R, typename... Arguments>
R call_directly(servant& target, Arguments&&... arguments) {
    if (target.interface() != &descriptor_of<Interface>()) [[unlikely]]
        return call_indirectly<Interface, I, R>(target, arguments...);
    const auto& table = *static_cast<const direct_table<Interface>*>(target.direct());
    if (target.execution() == policy::serial) [[unlikely]] {
        const local_turn turn(target);
        return std::get<I>(table)(target.target(), static_cast<Arguments&&>(arguments)...);
    }
    return std::get<I>(table)(target.target(), static_cast<Arguments&&>(arguments)...);
}

template <typename Interface>
class stub_base {
public:
    stub_base(object_core* core, const call_options* options) noexcept
        : core_(core), options_(options) {}

protected:
    template <std::size_t I>
    [[nodiscard]] object_core* checked() const {
        if (core_ == nullptr) {
            throw_null_reference(reflection::of<Interface>::name,
                                 reflection::method<Interface, I>::name);
        }
        return core_;
    }
    object_core* core_;
    const call_options* options_;
};

/// How `reference->method(...)` is made.
template <typename Interface>
class sync_base : public stub_base<Interface> {
public:
    using stub_base<Interface>::stub_base;
    template <typename R>
    using returns = R;

    template <std::size_t I, typename R, typename... Arguments>
    R beckon_call(Arguments&&... arguments) const {
        object_core* const core = this->template checked<I>();
        if (core->is_local()) {
            return call_directly<Interface, I, R, Arguments...>(
                static_cast<servant&>(*core), static_cast<Arguments&&>(arguments)...);
        }
        auto& target = static_cast<remote_object&>(*core);
        const call_request request =
            request_for<Interface, I>(core, this->options_, !reflection::is_oneway<Interface, I>);
        if constexpr (reflection::is_oneway<Interface, I>) {
            send_call<Interface, I>(target, request, nullptr, arguments...);
        } else {
            sync_call<R> pending;
            (declare_exceptions<Interface>(arguments), ...);
            send_call<Interface, I>(target, request, &pending, arguments...);
            target.session().wait(pending, never);
            if (!*pending.outcome) rethrow<Interface>(std::move(*pending.outcome).error());
            if constexpr (!std::is_void_v<R>) {
                declare_exceptions<Interface>(**pending.outcome);
                return std::move(*pending.outcome).value();
            }
        }
    }
};

/// How `reference.async()->method(...)` is made.
template <typename Interface>
class async_base : public stub_base<Interface> {
public:
    using stub_base<Interface>::stub_base;
    template <typename R>
    using returns = future<R>;

    template <std::size_t I, typename R, typename... Arguments>
    future<R> beckon_call(Arguments&&... arguments) const {
        object_core* const core = this->template checked<I>();
        if (core->is_local())
            return call_here<I, R, Arguments...>(static_cast<servant&>(*core),
                                                 static_cast<Arguments&&>(arguments)...);
        auto& target = static_cast<remote_object&>(*core);
        const call_request request = request_for<Interface, I>(core, this->options_, false);
        if constexpr (reflection::is_oneway<Interface, I>) {
            send_call<Interface, I>(target, request, nullptr, arguments...);
            return ready_future<R>({});
        } else {
            auto state = make_counted<future_state<R>>(&rethrow_const<Interface>);
            state->source = intrusive_ptr<peer>(&target.session());
            state->wants_promise = is_ref<R>;
            state->acquire(); // the session's, until complete()
            (declare_exceptions<Interface>(arguments), ...);
            send_call<Interface, I>(target, request, state.get(), arguments...);
            return future<R>(std::move(state));
        }
    }

private:
    /// A call in this process runs at once, before the future is given out.
    template <std::size_t I, typename R, typename... Arguments>
    static future<R> call_here(servant& target, Arguments&&... arguments) {
        try {
            if constexpr (std::is_void_v<R>) {
                call_directly<Interface, I, R, Arguments...>(
                    target, static_cast<Arguments&&>(arguments)...);
                return ready_future<R>({});
            } else {
                return ready_future<R>(call_directly<Interface, I, R, Arguments...>(
                    target, static_cast<Arguments&&>(arguments)...));
            }
        } catch (...) {
            auto state = make_counted<future_state<R>>(&rethrow_const<Interface>);
            state->set(error_of_current_exception<Interface>());
            return future<R>(std::move(state));
        }
    }
};

template <typename Interface, typename Base, std::size_t N>
struct stub_chain {
    using method = reflection::method<Interface, N - 1>;
    using type =
        typename method::template stub<N - 1, typename stub_chain<Interface, Base, N - 1>::type,
                                       typename method::signature::type>;
};
template <typename Interface, typename Base>
struct stub_chain<Interface, Base, 0> {
    using type = Base;
};

template <typename Interface>
using sync_stub =
    typename stub_chain<Interface, sync_base<Interface>, reflection::method_count<Interface>>::type;
template <typename Interface>
using async_stub = typename stub_chain<Interface, async_base<Interface>,
                                       reflection::method_count<Interface>>::type;

/// What `operator->` gives: a stub for the time of one expression.
template <typename Stub>
class arrow {
public:
    arrow(object_core* core, const call_options* options) noexcept : stub_(core, options) {}
    const Stub* operator->() const noexcept { return &stub_; }

private:
    Stub stub_;
};

/// The same, holding on to the object.
template <typename Stub>
class held_arrow {
public:
    explicit held_arrow(intrusive_ptr<object_core> core) noexcept
        : core_(std::move(core)), stub_(core_.get(), nullptr) {}
    const Stub* operator->() const noexcept { return &stub_; }

private:
    intrusive_ptr<object_core> core_;
    Stub stub_;
};

/// A reference with options for its calls.
template <typename Interface>
class optioned {
public:
    optioned(intrusive_ptr<object_core> core, call_options options) noexcept
        : core_(std::move(core)), options_(std::move(options)) {}
    auto operator->() const { return arrow<sync_stub<Interface>>(core_.get(), &options_); }
    [[nodiscard]] auto async() const {
        return arrow<async_stub<Interface>>(core_.get(), &options_);
    }

private:
    intrusive_ptr<object_core> core_;
    call_options options_;
};

} // namespace detail
} // namespace beckon
