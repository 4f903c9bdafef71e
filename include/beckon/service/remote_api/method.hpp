// Methods of a RemoteAPI: declared once, with a direction that the other side's inverted API has the other way round.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "beckon/object/named_argument.hpp"
#include "beckon/service/remote_api/promise.hpp"
#include "beckon/value/convert.hpp"
#include "beckon/value/value.hpp"

namespace beckon::quickrpc {

class remote_api;

/// Whom a call is for: everybody, or the peers with some names.
class receivers {
public:
    receivers() = default; ///< Everybody.
    explicit receivers(std::vector<std::string> names) : names_(std::move(names)) {}
    [[nodiscard]] bool is_everybody() const noexcept { return !names_; }
    /// REQUIRES: not everybody.
    [[nodiscard]] const std::vector<std::string>& names() const noexcept { return *names_; }

private:
    std::optional<std::vector<std::string>> names_;
};
inline const receivers& everybody = *new const receivers; // threads may outlive statics
/// `api.echo(to(sender), text)`.
template <std::convertible_to<std::string>... Names>
[[nodiscard]] receivers to(Names&&... names) {
    return receivers({std::string(std::forward<Names>(names))...});
}

/// A parameter of a declaration. One with a default may be left out by callers.
struct parameter {
    std::string name;
    std::optional<value> otherwise{};
};
[[nodiscard]] inline parameter param(std::string name) { return {std::move(name), {}}; }
template <typename T>
[[nodiscard]] parameter param(std::string name, const T& otherwise) {
    return {std::move(name), value(otherwise)};
}

/// Of a declaration: calls without the arguments' names are accepted, both ways.
struct allow_positional_args_t {};
inline constexpr allow_positional_args_t allow_positional_args{};

/// Of a declaration: what runs before the handlers of an incoming call, or before an outgoing one is sent, which it may
/// refuse by throwing. Of an incoming one its result counts as a handler's.
template <typename F>
struct body_t {
    F run;
};
template <typename F>
[[nodiscard]] body_t<F> body(F run) {
    return {std::move(run)};
}

/// As a result type: there is a reply, and nothing in it but that the call is over.
template <typename T = void>
struct reply {};

enum class direction : std::uint8_t { incoming, outgoing };

/// An incoming call, as handlers see it that take what comes.
struct delivered {
    const std::string& sender; ///< The peer's name.
    const value& arguments;    ///< By name, with the declared defaults of those that were left out.
    const value& given;        ///< Those that were sent.
    const value& secinfo;      ///< What its security header said; an empty map without one.
};
using value_handler = std::function<value(const delivered&)>;

/// A connected handler, for `disconnect`.
using handler_id = std::uint64_t;

namespace detail {
struct method_state;
struct api_state;

/// What a declaration says.
struct declaration {
    std::string name;
    quickrpc::direction direction = direction::incoming;
    std::vector<parameter> parameters{};
    bool has_reply = false;
    bool allow_positional_args = false;
    value_handler incoming_body{};
    std::function<void(const receivers&, const value& arguments)> outgoing_body{};
};
} // namespace detail

/// A method, whatever its type.
///
/// Thread-safety: all functions, from any thread.
/// Lifetime: copies are the same method. One that a member of an API holds ends with the API.
class api_method {
public:
    [[nodiscard]] const std::string& name() const noexcept;
    [[nodiscard]] bool is_incoming() const;
    [[nodiscard]] bool has_reply() const noexcept;
    [[nodiscard]] bool allows_positional_args() const noexcept;

    /// Handlers run in the order in which they were connected. Of all their results but null there may be one.
    handler_id connect_values(value_handler handler) const;
    /// Throws invalid_argument where no such handler is connected.
    void disconnect(handler_id handler) const;
    /// Whether handlers that take values find "secinfo" among the arguments. Typed ones take it as one more parameter.
    void pass_secinfo(bool passes) const;

    /// Calls it with arguments as a program has them that finds the method at run time: `by_position` is a list, `named` a
    /// map. The promise is empty where the method has no reply.
    ///
    /// Errors: thrown: invalid_argument, for arguments that do not fit, or by position without permission; whatever the
    /// codec refuses; disconnected_error, where the transport does not run. Nothing has been sent then.
    std::optional<promise<value>> call_values(const receivers& whom, value by_position,
                                              value named) const;
    /// Swaps the direction of this one method.
    void invert() const;

protected:
    api_method(remote_api& owner, detail::declaration declared);
    explicit api_method(std::shared_ptr<detail::method_state> state) noexcept
        : state_(std::move(state)) {}
    /// An API's members go before it does: from then on nothing is delivered.
    void retire() const noexcept;
    [[nodiscard]] const parameter& parameter_at(std::size_t index) const noexcept;
    [[nodiscard]] log_sink& log() const noexcept;
    [[nodiscard]] detail::promise_core::test setter() const;

private:
    friend class remote_api;
    std::shared_ptr<detail::method_state> state_;
};

namespace detail {

template <typename R>
struct reply_of {
    static constexpr bool exists = true;
    using type = R;
};
template <>
struct reply_of<void> {
    static constexpr bool exists = false;
    using type = void;
};
template <typename T>
struct reply_of<reply<T>> {
    static constexpr bool exists = true;
    using type = T;
};

[[noreturn]] void throw_wrong_type(const std::string& parameter, const error& why);
/// An argument as its parameter's type.
template <typename T>
[[nodiscard]] std::decay_t<T> argument_as(const value& arguments, const std::string& name) {
    auto converted = arguments[name].template get<std::decay_t<T>>();
    if (!converted) throw_wrong_type(name, converted.error());
    return std::move(converted).value();
}

/// Calls and makes a value of what that gives.
template <typename F, typename... Arguments>
[[nodiscard]] value value_of(F& run, Arguments&&... arguments) {
    if constexpr (std::is_void_v<std::invoke_result_t<F&, Arguments...>>) {
        run(std::forward<Arguments>(arguments)...);
        return {};
    } else {
        return value(run(std::forward<Arguments>(arguments)...));
    }
}

inline void add_given(value& by_position, value& named, const named_argument& given) {
    static_cast<void>(by_position);
    named.insert_or_assign(value(given.name), given.content);
}
template <typename T>
requires(!std::is_same_v<std::remove_cvref_t<T>, named_argument>) void add_given(value& by_position,
                                                                                 value&,
                                                                                 const T& given) {
    by_position.push_back(value(given));
}

} // namespace detail

template <typename Signature>
class method;

/// A method with the types of its arguments and of its reply: void means that there is none, reply<> that it says nothing.
///
///   struct desk : remote_api {
///       using remote_api::remote_api;
///       incoming<int(int, int)> add{*this, "add", "a", param("b", 5)};
///       outgoing<void(std::string)> cast{*this, "cast", param("text", "")};
///   };
///   desk api(...);
///   api.add.connect([](const std::string& sender, int a, int b) { return a + b; });
///   api.cast(everybody, "hello");
///
/// A handler takes the sender's name and the arguments, and where it likes the security header as one more, `const value&`.
/// One may be connected where the method is incoming, and it may be called where it is outgoing: which depends on
/// whether the API is inverted.
template <typename R, typename... Arguments>
class method<R(Arguments...)> : public api_method {
    using replies = detail::reply_of<R>;
    using result_type = typename replies::type;

public:
    template <typename... Parts>
    method(remote_api& owner, direction way, std::string name, Parts&&... parts)
        : api_method(owner, declare(way, std::move(name), std::forward<Parts>(parts)...)) {}
    method(const method&) = delete;
    method& operator=(const method&) = delete;
    ~method() { retire(); }

    template <typename F>
    handler_id connect(F handler) const {
        return connect_indexed(std::move(handler), std::index_sequence_for<Arguments...>());
    }

    /// Calls it at the peers that are named, with arguments by position or by name ("text"_arg = ...); they are sent by
    /// name. Those with defaults may be left out at the end.
    template <typename... Given>
    auto operator()(const receivers& whom, const Given&... given) const {
        static_assert(sizeof...(Given) <= sizeof...(Arguments), "too many arguments");
        value named = value::map();
        value by_position = value::list();
        (detail::add_given(by_position, named, given), ...);
        return send(whom, by_position, std::move(named));
    }
    /// At everybody.
    template <typename... Given>
    requires(!(std::is_same_v<std::remove_cvref_t<Given>, receivers> || ...)) auto
    operator()(const Given&... given) const {
        return (*this)(everybody, given...);
    }

private:
    template <typename... Parts>
    [[nodiscard]] static detail::declaration declare(direction way, std::string name,
                                                     Parts&&... parts) {
        detail::declaration made{
            .name = std::move(name), .direction = way, .has_reply = replies::exists};
        (add(made, std::forward<Parts>(parts)), ...);
        return made;
    }
    static void add(detail::declaration& to, parameter each) {
        to.parameters.push_back(std::move(each));
    }
    static void add(detail::declaration& to, const char* each) {
        to.parameters.push_back(param(each));
    }
    static void add(detail::declaration& to, allow_positional_args_t) {
        to.allow_positional_args = true;
    }
    template <typename F>
    static void add(detail::declaration& to, body_t<F> body) {
        add_body(to, std::move(body.run), std::index_sequence_for<Arguments...>());
    }
    template <typename F, std::size_t... At>
    static void add_body(detail::declaration& to, F run, std::index_sequence<At...>) {
        std::vector<std::string> names;
        for (const parameter& each : to.parameters) names.push_back(each.name);
        names.resize(sizeof...(Arguments));
        if constexpr (std::is_invocable_v<F&, const std::string&, Arguments...>) {
            to.incoming_body = [run, names](const delivered& call) mutable {
                return detail::value_of(
                    run, call.sender, detail::argument_as<Arguments>(call.arguments, names[At])...);
            };
        } else if constexpr (std::is_invocable_v<F&, Arguments...>) {
            to.incoming_body = [run, names](const delivered& call) mutable {
                return detail::value_of(
                    run, detail::argument_as<Arguments>(call.arguments, names[At])...);
            };
        }
        if constexpr (std::is_invocable_v<F&, const receivers&, Arguments...>) {
            to.outgoing_body = [run, names](const receivers& whom, const value& given) mutable {
                run(whom, detail::argument_as<Arguments>(given, names[At])...);
            };
        } else if constexpr (std::is_invocable_v<F&, Arguments...>) {
            to.outgoing_body = [run, names](const receivers&, const value& given) mutable {
                run(detail::argument_as<Arguments>(given, names[At])...);
            };
        }
    }

    template <typename F, std::size_t... At>
    handler_id connect_indexed(F handler, std::index_sequence<At...>) const {
        std::vector<std::string> names{parameter_at(At).name...};
        constexpr bool wants_secinfo =
            std::is_invocable_v<F&, const std::string&, Arguments..., const value&>;
        return connect_values([handler = std::move(handler),
                               names = std::move(names)](const delivered& call) mutable {
            if constexpr (wants_secinfo) {
                return detail::value_of(
                    handler, call.sender,
                    detail::argument_as<Arguments>(call.arguments, names[At])..., call.secinfo);
            } else {
                return detail::value_of(
                    handler, call.sender,
                    detail::argument_as<Arguments>(call.arguments, names[At])...);
            }
        });
    }

    auto send(const receivers& whom, const value& by_position, value named) const {
        for (std::size_t i = 0; i < by_position.size(); ++i) {
            const std::string& name = parameter_at(i).name;
            if (named.find(name) != nullptr) throw_given_twice(name);
            named.insert_or_assign(value(name), by_position[i]);
        }
        const auto answer = call_values(whom, value::list(), in_order(named));
        if constexpr (replies::exists) {
            promise<result_type> typed(setter(), log());
            answer->then([typed](const promise<value>& done) {
                try {
                    value outcome = done.result();
                    if constexpr (std::is_void_v<result_type>) {
                        typed.set_result();
                    } else {
                        typed.set_result(outcome.template as<result_type>());
                    }
                } catch (...) {
                    typed.set_exception(std::current_exception());
                }
            });
            return typed;
        }
    }
    /// As they were declared, whatever was given by position and whatever by name.
    [[nodiscard]] value in_order(value& named) const {
        value ordered = value::map();
        for (std::size_t i = 0; i < sizeof...(Arguments); ++i) {
            const std::string& name = parameter_at(i).name;
            if (named.find(name) == nullptr) continue;
            ordered.insert_or_assign(value(name), named.take(name));
            named.erase(value(name));
        }
        for (const map_entry& unknown : named.entries())
            ordered.insert_or_assign(unknown.key, unknown.mapped); // to be refused by name
        return ordered;
    }
    [[noreturn]] static void throw_given_twice(const std::string& name) {
        throw_error(fail(errc::invalid_argument, "argument ", name, " given twice!"));
    }
};

template <typename Signature>
class incoming : public method<Signature> {
public:
    template <typename... Parts>
    incoming(remote_api& owner, std::string name, Parts&&... parts)
        : method<Signature>(owner, direction::incoming, std::move(name),
                            std::forward<Parts>(parts)...) {}
};

template <typename Signature>
class outgoing : public method<Signature> {
public:
    template <typename... Parts>
    outgoing(remote_api& owner, std::string name, Parts&&... parts)
        : method<Signature>(owner, direction::outgoing, std::move(name),
                            std::forward<Parts>(parts)...) {}
};

} // namespace beckon::quickrpc
