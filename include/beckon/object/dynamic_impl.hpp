// Bodies of dynamic.hpp, and its types as values, in typed interfaces and in futures.
#pragma once

#include "beckon/object/dynamic.hpp"
#include "beckon/value/describe.hpp"

namespace beckon {

template <>
struct converter<dynamic> {
    static bool read(const value& from, dynamic& into, conversion&) {
        into = dynamic(from);
        return true;
    }
    static bool write(const dynamic& from, value& into, conversion&) {
        into = from.content();
        return true;
    }
};
template <>
struct converter<dynamic_place> {
    static bool write(const dynamic_place& from, value& into, conversion&) {
        into = from.read().content();
        return true;
    }
};
template <>
struct describer<dynamic> {
    static schema::type describe(description&) {
        schema::type type;
        type.kind = schema::kind::any;
        return type;
    }
};

namespace native {
template <>
struct codec<dynamic> {
    static constexpr std::size_t min_size = 1;
    static void write(writer& out, const dynamic& from) {
        codec<value>::write(out, from.content());
    }
    static void read(reader& in, dynamic& into) {
        value content;
        codec<value>::read(in, content);
        into = dynamic(std::move(content));
    }
};
} // namespace native

inline dynamic::dynamic(const dynamic_place& place) : dynamic(place.read().content()) {}
inline dynamic_place dynamic::attr(std::string_view name) {
    return {*this, dynamic_place::kind_of_place::attribute, value(name), this};
}
inline dynamic_place dynamic::operator[](const value& key) {
    return {*this, dynamic_place::kind_of_place::item, key, this};
}
inline async_dynamic dynamic::async() const { return async_dynamic(*this); }
inline async_dynamic dynamic_place::async() const {
    return async_dynamic(dynamic(content(), shared_options()));
}

namespace detail {

/// A single request on its way, whose outcome becomes an R as it comes: so that nothing has to wait for it, and it may leave
/// together with others.
template <typename R>
class typed_operation final : public future_state<R> {
public:
    explicit typed_operation(const dynamic_request& request)
        : name_(request.name.empty() ? to_string(request.what) : std::string_view(request.name)) {
        method_.name = name_;
    }
    void on_value(value outcome) noexcept override {
        this->give(outcome_as<R>(std::move(outcome)));
    }
    [[nodiscard]] const method_descriptor& method() const noexcept { return method_; }

private:
    const std::string name_;
    method_descriptor method_;
};

} // namespace detail

template <typename R>
future<R> async_dynamic::finish(detail::plan what) const {
    const call_options* const options = of_.shared_options().get();
    if constexpr (std::same_as<R, value>) {
        return detail::carry_out_later(std::move(what), options);
    } else if (remote_object* const target = detail::sole_target(what)) {
        auto state = make_counted<detail::typed_operation<R>>(what.next()->request);
        state->source = intrusive_ptr<peer>(&target->session());
        state->acquire(); // the session's, until complete()
        detail::send_step(*target, *what.next(), state->method(), options, state.get());
        return future<R>(intrusive_ptr<detail::future_state<R>>(std::move(state)));
    } else {
        return detail::carry_out_later(std::move(what), options).then([](value got) -> result<R> {
            return detail::outcome_as<R>(std::move(got));
        });
    }
}

namespace detail {

template <typename Self>
dynamic_place waiting_operations<Self>::attr(std::string_view name) const {
    return {dynamic(self().content(), self().shared_options()),
            dynamic_place::kind_of_place::attribute, value(name), nullptr};
}
template <typename Self>
dynamic_place waiting_operations<Self>::operator[](const value& key) const {
    return {dynamic(self().content(), self().shared_options()), dynamic_place::kind_of_place::item,
            key, nullptr};
}

} // namespace detail
} // namespace beckon
