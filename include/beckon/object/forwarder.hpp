// Forwarders: servants that pass every call on to an object elsewhere, so that a reference from one peer can be lent to
// another. Typed, and without futures: a call that passes through costs its decoding and its encoding.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>

#include "beckon/object/descriptor_of.hpp"
#include "beckon/object/exception.hpp"
#include "beckon/object/peer.hpp"
#include "beckon/object/result_codec.hpp"
#include "beckon/object/servant.hpp"
#include "beckon/object/stub.hpp"
#include "beckon/object/typed_call.hpp"

namespace beckon::detail {

/// A call on its way through: the reply that is owed, and the record of the call that was made for it. Held by the
/// session that it was sent to until the reply comes, and by the cancellation of the call that came.
class forwarded_call : public pending_call, public ref_counted {
public:
    forwarded_call(intrusive_ptr<deferred_reply> reply, remote_object& target) noexcept;

    [[nodiscard]] const intrusive_ptr<deferred_reply>& reply() const noexcept { return reply_; }
    void on_failure(error failure) noexcept override { failure_.emplace(std::move(failure)); }
    void complete() noexcept override;
    /// Gives it up, unless its reply is there already.
    void abandon() noexcept;

protected:
    ~forwarded_call() override;
    /// REQUIRES: the reply is locked.
    virtual void send_result(reply_sink& reply) = 0;

private:
    intrusive_ptr<deferred_reply> reply_; // null once it is answered
    const intrusive_ptr<remote_object> target_;
    std::optional<error> failure_;
};

template <typename R>
class forwarded_call_of final : public forwarded_call {
public:
    using forwarded_call::forwarded_call;
    void on_reply(native::reader& in) noexcept override { keep(read_result<R>(in)); }
    void on_value(value result) noexcept override { keep(result_of_value<R>(std::move(result))); }
    [[nodiscard]] discard_function discarder() const noexcept override {
        return &discard_result<R>;
    }

private:
    void keep(result<R> came) noexcept {
        if (!came) return on_failure(std::move(came).error());
        if constexpr (!std::is_void_v<R>) result_.emplace(std::move(came).value());
    }
    void send_result(reply_sink& reply) override {
        if constexpr (std::is_void_v<R>) {
            detail::send_result(reply);
        } else {
            detail::send_result(reply, *result_);
        }
    }
    std::optional<std::conditional_t<std::is_void_v<R>, char, R>> result_;
};

/// The time in which a call is passed on: without the lock of the session that it came from, as its handler.
class passing {
public:
    /// REQUIRES: locked.
    passing(incoming_call& call, intrusive_ptr<forwarded_call> passed) noexcept;
    ~passing();
    passing(const passing&) = delete;
    passing& operator=(const passing&) = delete;

    [[nodiscard]] pending_call* pending() const noexcept { return passed_.get(); }
    /// Inside a catch block: encoding the arguments threw.
    void failed() noexcept;

private:
    incoming_call& call_;
    intrusive_ptr<deferred_reply> reply_;
    intrusive_ptr<forwarded_call> passed_;
    call_context* before_ = nullptr;
};

/// After a one-way call was passed on. REQUIRES: locked.
void finish_oneway(incoming_call& call, std::optional<error> failure);

template <typename Interface>
class forwarder final : public servant {
public:
    explicit forwarder(object_core& target) noexcept
        // Only sessions call it: in this process the reference that it stands for is called.
        : servant(&descriptor_of<Interface>(), nullptr, nullptr),
          target_(static_cast<remote_object*>(&target)) {}

    void dispatch(incoming_call& call) noexcept override {
        constexpr auto& passers = table<all_methods>::passers;
        if (call.method >= passers.size())
            return reject_method(call, reflection::of<Interface>::name, passers.size());
        passers[call.method](*target_, call);
    }

private:
    template <std::size_t I, typename R, typename Arguments>
    struct method;
    template <std::size_t I, typename R, typename... Arguments>
    struct method<I, R, std::tuple<Arguments...>> {
        static void pass(remote_object& target, incoming_call& call) {
            std::tuple<std::decay_t<Arguments>...> arguments;
            if (!read_arguments<reflection::method<Interface, I>>(call, arguments)) return;
            if constexpr (reflection::is_oneway<Interface, I>) {
                std::optional<error> failure;
                call.enter_handler();
                try {
                    send(target, nullptr, arguments);
                } catch (...) {
                    failure.emplace(beckon::error_of_current_exception());
                }
                call.leave_handler();
                finish_oneway(call, std::move(failure));
            } else {
                passing through(call, intrusive_ptr<forwarded_call>(
                                          new forwarded_call_of<R>(call.defer(), target)));
                try {
                    send(target, through.pending(), arguments);
                } catch (...) {
                    through.failed();
                }
            }
        }

    private:
        static void send(remote_object& target, pending_call* pending,
                         std::tuple<std::decay_t<Arguments>...>& arguments) {
            std::apply(
                [&](auto&... each) {
                    send_call<Interface, I>(target,
                                            request_for<Interface, I>(&target, nullptr, false),
                                            pending, each...);
                },
                arguments);
        }
    };

    using all_methods = std::make_index_sequence<reflection::method_count<Interface>>;
    using passer = void (*)(remote_object&, incoming_call&);
    template <typename Indices>
    struct table;
    template <std::size_t... Is>
    struct table<std::index_sequence<Is...>> {
        template <std::size_t I>
        using signature = typename reflection::method<Interface, I>::signature;
        static constexpr std::array<passer, sizeof...(Is)> passers{
            &method<Is, typename signature<Is>::result,
                    typename signature<Is>::arguments>::pass...};
    };

    const intrusive_ptr<remote_object> target_;
};

template <typename Interface>
intrusive_ptr<servant> make_forwarder(const interface_descriptor&, object_core& target) {
    return make_counted<forwarder<Interface>>(target);
}

} // namespace beckon::detail
