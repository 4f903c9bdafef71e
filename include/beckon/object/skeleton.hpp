// Skeletons: the typed callee side. skeleton<I, T> lets any class T with functions that fit I be an object.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <tuple>
#include <type_traits>
#include <utility>

#include "beckon/object/forwarder.hpp"
#include "beckon/object/lasting_arguments.hpp"
#include "beckon/object/ref.hpp"
#include "beckon/object/task.hpp"
#include "beckon/object/typed_call.hpp"

namespace beckon {

/// Wraps an implementation that deliberately lacks some methods of its interface; calling one of those is
/// unknown_method. Without it a missing method does not compile.
template <typename T>
struct partial {
    explicit partial(std::shared_ptr<T> lacking) noexcept : implementation(std::move(lacking)) {}
    std::shared_ptr<T> implementation;
};

namespace detail {

[[noreturn]] void throw_missing_method(std::string_view interface, std::string_view method);
[[nodiscard]] error missing_method(std::string_view interface, std::string_view method);

template <typename T>
inline constexpr bool is_future = false;
template <typename T>
inline constexpr bool is_future<future<T>> = true;

/// Whether a handler may return View where the interface says Owner: they are one on the wire.
template <typename View, typename Owner>
inline constexpr bool
    is_view_of = (std::is_same_v<View, byte_view> && std::is_same_v<Owner, bytes>) ||
                 (std::is_same_v<View, std::string_view> && std::is_same_v<Owner, std::string>);

template <typename Interface, typename T, bool Partial>
class skeleton final : public servant {
public:
    explicit skeleton(std::shared_ptr<T> implementation) noexcept
        : servant(&descriptor_of<Interface>(), implementation.get(), &direct_functions),
          implementation_(std::move(implementation)) {}

    void dispatch(incoming_call& call) noexcept override {
        if (call.method >= handlers.size())
            return reject_method(call, reflection::of<Interface>::name, handlers.size());
        handlers[call.method](*this, call);
    }

private:
    template <std::size_t I>
    using method = reflection::method<Interface, I>;
    template <std::size_t I>
    using signature = typename method<I>::signature;

    template <std::size_t I, typename Arguments>
    struct shape;
    template <std::size_t I, typename... Arguments>
    struct shape<I, std::tuple<Arguments...>> {
        static constexpr bool present =
            requires(T & target, std::remove_reference_t<Arguments>&... arguments) {
            method<I>::call(target, static_cast<Arguments&&>(arguments)...);
        };
        static_assert(
            present || Partial,
            "beckon: the implementation lacks a method of the interface, or its parameters "
            "do not fit (use beckon::partial where that is meant)");

        /// For calls inside this process.
        static typename signature<I>::result direct(void* target, Arguments&&... arguments) {
            if constexpr (present) {
                (declare_exceptions<Interface>(arguments), ...);
                try {
                    if constexpr (std::is_void_v<typename signature<I>::result>) {
                        call_here(target, static_cast<Arguments&&>(arguments)...);
                    } else {
                        typename signature<I>::result outcome =
                            call_here(target, static_cast<Arguments&&>(arguments)...);
                        declare_exceptions<Interface>(outcome);
                        return outcome;
                    }
                } catch (const beckon::exception&) {
                    throw;
                } catch (...) {
                    // The holder of a reference cannot tell where the object lives: a foreign exception arrives
                    // as it would from afar.
                    rethrow<Interface>(detail::error_of_current_exception<Interface>());
                }
            } else {
                throw_missing_method(reflection::of<Interface>::name, method<I>::name);
            }
        }

        static void handle(skeleton& self, incoming_call& call) {
            if constexpr (!present) {
                call.reject(missing_method(reflection::of<Interface>::name, method<I>::name));
            } else {
                using returned =
                    decltype(method<I>::call(*self.implementation_, std::declval<Arguments>()...));
                if constexpr (is_task<returned> || is_future<returned>) {
                    lasting_arguments<own_arguments> arguments;
                    if (!read_arguments<method<I>>(call, *arguments)) return;
                    declare_all(*arguments);
                    run_deferred<returned>(self, call, std::move(arguments));
                } else {
                    own_arguments arguments;
                    if (!read_arguments<method<I>>(call, arguments)) return;
                    declare_all(arguments);
                    std::apply(
                        [&](auto&... each) { run(self, call, static_cast<Arguments&&>(each)...); },
                        arguments);
                }
            }
        }

    private:
        static typename signature<I>::result call_here(void* target, Arguments&&... arguments) {
            using returned = decltype(method<I>::call(*static_cast<T*>(target),
                                                      static_cast<Arguments&&>(arguments)...));
            if constexpr (is_task<returned>) {
                return sync_wait(method<I>::call(*static_cast<T*>(target),
                                                 static_cast<Arguments&&>(arguments)...));
            } else if constexpr (is_future<returned>) {
                return method<I>::call(*static_cast<T*>(target),
                                       static_cast<Arguments&&>(arguments)...)
                    .get();
            } else if constexpr (is_view_of<returned, typename signature<I>::result>) {
                const returned view = method<I>::call(*static_cast<T*>(target),
                                                      static_cast<Arguments&&>(arguments)...);
                return {view.begin(), view.end()};
            } else {
                return method<I>::call(*static_cast<T*>(target),
                                       static_cast<Arguments&&>(arguments)...);
            }
        }

        using own_arguments = std::tuple<std::decay_t<Arguments>...>;

        static void declare_all(own_arguments& arguments) noexcept {
            std::apply([](auto&... each) { (declare_exceptions<Interface>(each), ...); },
                       arguments);
        }

        template <typename... Passed>
        static void run(skeleton& self, incoming_call& call, Passed&&... arguments) {
            using returned = decltype(method<I>::call(*self.implementation_,
                                                      static_cast<Passed&&>(arguments)...));
            std::optional<error> failure;
            std::conditional_t<std::is_void_v<returned>, bool, std::optional<returned>> outcome{};
            call.enter_handler();
            try {
                if constexpr (std::is_void_v<returned>) {
                    method<I>::call(*self.implementation_, static_cast<Passed&&>(arguments)...);
                } else {
                    outcome.emplace(method<I>::call(*self.implementation_,
                                                    static_cast<Passed&&>(arguments)...));
                }
            } catch (...) {
                failure.emplace(detail::error_of_current_exception<Interface>());
            }
            call.leave_handler();
            if (failure) return call.reject(std::move(*failure));
            if constexpr (std::is_void_v<returned>) {
                detail::send_result(call);
            } else {
                if constexpr (is_view_of<returned, typename signature<I>::result>) {
                    // A view, of an argument perhaps: arguments live until here.
                    detail::send_result(call, *outcome);
                } else {
                    const typename signature<I>::result& converted = *outcome;
                    declare_exceptions<Interface>(converted);
                    detail::send_result(call, converted);
                }
            }
        }

        /// A coroutine, or a handler that gives a future: the reply is sent when it finishes, from whatever thread.
        template <typename Returned>
        static void run_deferred(skeleton& self, incoming_call& call,
                                 lasting_arguments<own_arguments> arguments) {
            intrusive_ptr<deferred_reply> reply = call.defer();
            call.enter_handler();
            {
                call_context* const before = exchange_current_call(&reply->context);
                try {
                    // The servant lives as long as its handler runs.
                    auto pending = start_with(std::apply(
                                                  [&](auto&... each) {
                                                      return method<I>::call(
                                                          *self.implementation_,
                                                          static_cast<Arguments&&>(each)...);
                                                  },
                                                  *arguments),
                                              &detail::error_of_current_exception<Interface>);
                    auto& state = *pending.shared();
                    if (is_future<Returned> && reply->context.cancellation != nullptr) {
                        // Who gives the call up gives up what its handler waits for. (A coroutine sees to that itself.)
                        static_cast<void>(reply->context.cancellation->on_request(
                            [awaited = pending.shared()] { awaited->abandon(); }));
                    }
                    state.then([&state, keep = std::move(pending), reply,
                                alive = intrusive_ptr<servant>(&self),
                                lasting = std::move(arguments)]() mutable {
                        reply->lock();
                        finish(*reply, state.outcome());
                        reply->unlock();
                    });
                } catch (...) {
                    error failure = detail::error_of_current_exception<Interface>();
                    reply->lock();
                    reply->reject(std::move(failure));
                    reply->unlock();
                }
                exchange_current_call(before);
            }
            reply = {}; // the last hold of it locks the session to let go: not under its lock
            call.leave_handler();
        }

        template <typename Outcome>
        static void finish(reply_sink& reply, result<Outcome>& outcome) {
            if (!outcome) {
                reply.reject(outcome.error());
            } else if constexpr (std::is_void_v<Outcome>) {
                detail::send_result(reply);
            } else {
                const typename signature<I>::result& converted = *outcome;
                declare_exceptions<Interface>(converted);
                detail::send_result(reply, converted);
            }
        }
    };

    using handler = void (*)(skeleton&, incoming_call&);
    template <typename Indices>
    struct tables;
    template <std::size_t... Is>
    struct tables<std::index_sequence<Is...>> {
        static constexpr std::array<handler, sizeof...(Is)> handlers{
            &shape<Is, typename signature<Is>::arguments>::handle...};
        static constexpr direct_table<Interface> direct{
            &shape<Is, typename signature<Is>::arguments>::direct...};
    };
    using all = tables<std::make_index_sequence<reflection::method_count<Interface>>>;
    static constexpr auto& handlers = all::handlers;
    static constexpr auto& direct_functions = all::direct;

    std::shared_ptr<T> implementation_;
};

/// How every method of an object fails that stands for the result of a failed call.
class failing_base {
public:
    explicit failing_base(error why) noexcept : why_(std::move(why)) {}

protected:
    template <typename R>
    using returns = future<R>;
    template <std::size_t I, typename R, typename... Arguments>
    future<R> beckon_call(Arguments&&...) const {
        return ready_future<R>(why_);
    }

private:
    error why_;
};

template <typename Interface>
intrusive_ptr<object_core> make_failed(error why) {
    using target =
        typename stub_chain<Interface, failing_base, reflection::method_count<Interface>>::type;
    return make_counted<skeleton<Interface, target, false>>(
        std::make_shared<target>(std::move(why)));
}

} // namespace detail

/// A reference to an object that lives here. Every call makes an object of its own: copy the reference to keep
/// its identity.
template <typename Interface, typename T>
[[nodiscard]] ref<Interface> make_ref(std::shared_ptr<T> implementation,
                                      policy execution = policy::session) {
    auto made = make_counted<detail::skeleton<Interface, T, false>>(std::move(implementation));
    made->set_execution(execution);
    return ref<Interface>(intrusive_ptr<object_core>(std::move(made)));
}
template <typename Interface, typename T>
[[nodiscard]] ref<Interface> make_ref(partial<T> implementation,
                                      policy execution = policy::session) {
    auto made = make_counted<detail::skeleton<Interface, T, true>>(
        std::move(implementation.implementation));
    made->set_execution(execution);
    return ref<Interface>(intrusive_ptr<object_core>(std::move(made)));
}

} // namespace beckon
