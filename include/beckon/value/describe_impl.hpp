// Bodies of value/describe.hpp.
#pragma once

#include "beckon/value/describe.hpp"

namespace beckon {

namespace detail {

template <typename T>
inline constexpr char identity_of = 0;

template <typename T>
concept reference_type = requires {
    typename T::interface_type;
}
&&opted_in_type<T>;

template <typename T>
constexpr schema::kind simple_kind() {
    using schema::kind;
    if constexpr (std::is_void_v<T>)
        return kind::void_;
    else if constexpr (std::same_as<T, bool>)
        return kind::boolean;
    else if constexpr (integer_type<T>) {
        constexpr kind kinds[] = {kind::int8,  kind::uint8,  kind::int16, kind::uint16,
                                  kind::int32, kind::uint32, kind::int64, kind::uint64};
        return kinds[(std::bit_width(sizeof(T)) - 1) * 2 + (std::is_signed_v<T> ? 0 : 1)];
    } else if constexpr (std::same_as<T, float>)
        return kind::float32;
    else if constexpr (std::same_as<T, double>)
        return kind::float64;
    else if constexpr (text_type<T>)
        return kind::string;
    else if constexpr (bytes_type<T>)
        return kind::bytes;
    else if constexpr (std::same_as<T, date>)
        return kind::date;
    else if constexpr (std::same_as<T, time_of_day>)
        return kind::time;
    else if constexpr (std::same_as<T, datetime>)
        return kind::datetime;
    else if constexpr (std::same_as<T, value>)
        return kind::any;
    else if constexpr (time_point_type<T>) {
        return read_write<T>::is_days ? kind::date : kind::datetime;
    } else if constexpr (chrono_type<T>)
        return kind::duration;
    else
        return kind::interface; // none of these
}

template <typename T>
concept simple_type = simple_kind<T>()
!= schema::kind::interface;

template <typename T>
struct planned {
    static const type_plan plan; // below, since plans name one another
};

/// As many plans as types, and a null pointer, since no array is empty.
template <typename... Ts>
inline constexpr const type_plan* plans[] = {&planned<Ts>::plan..., nullptr};

template <typename... Ts>
constexpr void set_arguments(type_plan& into) {
    into.arguments = plans<Ts...>;
    into.argument_count = sizeof...(Ts);
}
template <typename... Ts>
struct type_list {};
template <typename Tuple>
struct tuple_types;
template <template <typename...> typename Tuple, typename... Ts>
struct tuple_types<Tuple<Ts...>> {
    using type = type_list<std::remove_cvref_t<Ts>...>;
};
template <typename... Ts>
constexpr void set_arguments(type_plan& into, type_list<Ts...>) {
    set_arguments<Ts...>(into);
}

// Of the parts of a record, whose types only `apply` knows.
struct list_types {
    template <typename... Fields>
    type_list<Fields...> operator()(const Fields&...) const;
};
template <typename T>
using field_types =
    decltype(reflection::of<T>::apply(std::declval<const T&>(), std::declval<list_types>()));
template <typename... Ts>
constexpr const type_plan* const* plans_of(type_list<Ts...>) {
    return plans<Ts...>;
}

template <typename T, std::size_t I>
void fill_default(const T& defaults, std::span<std::optional<value>> into) {
    using reflected = reflection::of<T>;
    if constexpr (reflection::has_default<T>(reflected::cpp_field_names[I])) {
        reflected::apply(defaults, [&](const auto&... fields) {
            into[I].emplace(make_value(std::get<I>(std::tie(fields...))));
        });
    }
}
template <typename T>
void fill_defaults(std::span<std::optional<value>> into) {
    const T defaults{};
    [&]<std::size_t... Is>(std::index_sequence<Is...>) {
        (fill_default<T, Is>(defaults, into), ...);
    }
    (std::make_index_sequence<reflection::of<T>::size>{});
}

template <typename T>
inline constexpr record_plan plan_of_record{
    reflection::of<T>::name, &identity_of<T>, reflection::of<T>::field_names,
    plans_of(field_types<T>{}),
    reflection::detail::defaults<T>::names.empty() ? nullptr : &fill_defaults<T>};

template <typename Method, bool Oneway, bool Idempotent, std::int32_t Command>
constexpr method_plan plan_of_method() {
    using signature = typename Method::signature;
    return {Method::name,
            Method::parameter_names,
            plans_of(typename tuple_types<typename signature::arguments>::type{}),
            &planned<std::remove_cvref_t<typename signature::result>>::plan,
            Oneway,
            Idempotent,
            Command};
}

template <typename... Exceptions>
inline constexpr const record_plan* exception_plans[] = {&plan_of_record<Exceptions>..., nullptr};

template <typename Interface, typename Indices>
struct plans_of_methods;
template <typename Interface, std::size_t... Is>
struct plans_of_methods<Interface, std::index_sequence<Is...>> {
    static constexpr std::array<method_plan, sizeof...(Is)> methods{
        {plan_of_method<reflection::method<Interface, Is>, reflection::is_oneway<Interface, Is>,
                        reflection::is_idempotent<Interface, Is>,
                        reflection::command<Interface, Is>>()...}};
};

template <typename Interface, typename... Exceptions>
constexpr interface_plan make_interface_plan(reflection::exception_list<Exceptions...>) {
    return {
        reflection::of<Interface>::name, &identity_of<Interface>,
        plans_of_methods<Interface,
                         std::make_index_sequence<reflection::method_count<Interface>>>::methods,
        exception_plans<Exceptions...>, sizeof...(Exceptions)};
}
template <typename Interface>
inline constexpr interface_plan
    plan_of_interface = make_interface_plan<Interface>(reflection::raises<Interface>{});

// What a name stands for is reached by a function, since types may contain themselves.
template <typename T>
void declare(description& into) {
    if constexpr (reflection::enum_type<T>) {
        into.add_enumeration(reflection::of<T>::name, &identity_of<T>, reflection::of<T>::names,
                             read_write<T>::numbers);
    } else if constexpr (reflection::interface_type<T>) {
        into.add_interface(plan_of_interface<T>);
    } else {
        into.add_record(plan_of_record<T>);
    }
}

template <typename T>
constexpr type_plan make_plan() {
    using schema::kind;
    type_plan made;
    if constexpr (simple_type<T>) {
        made.kind = simple_kind<T>();
    } else if constexpr (reflection::enum_type<T>) {
        made.kind = kind::enumeration;
        made.name = reflection::of<T>::name;
        made.declare = &declare<T>;
    } else if constexpr (reflection::record_type<T> || reflection::exception_type<T>) {
        static_assert(reflection::record_type<T>,
                      "beckon: an exception is thrown, not passed; use a record here");
        made.kind = kind::record;
        made.name = reflection::of<T>::name;
        made.declare = &declare<T>;
    } else if constexpr (reflection::interface_type<T>) {
        static_assert(!reflection::interface_type<T>,
                      "beckon: an interface travels as ref<Interface>");
    } else if constexpr (reference_type<T>) {
        made.kind = kind::interface;
        made.name = reflection::of<typename T::interface_type>::name;
        made.declare = &declare<typename T::interface_type>;
    } else if constexpr (optional_type<T>) {
        made.kind = kind::optional;
        set_arguments<typename T::value_type>(made);
    } else if constexpr (map_type<T>) {
        made.kind = kind::map;
        set_arguments<typename T::key_type, typename T::mapped_type>(made);
    } else if constexpr (range_type<T>) {
        made.kind = kind::list;
        set_arguments<typename T::value_type>(made);
    } else if constexpr (tuple_type<T>) {
        made.kind = kind::tuple;
        set_arguments(made, typename tuple_types<T>::type{});
    } else if constexpr (any_variant<T>) {
        made.kind = kind::variant;
        made.case_names = &case_names<T>;
        set_arguments(made, typename tuple_types<typename variant_of<T>::type>::type{});
    } else {
        made.describe = &describer<T>::describe;
    }
    return made;
}
template <typename T>
constinit const type_plan planned<T>::plan = make_plan<T>();

/// Made once for each plan.
[[nodiscard]] const schema::document& document_of(const interface_plan& plan);

} // namespace detail

template <typename T>
schema::type description::type() {
    return type(detail::planned<T>::plan);
}
template <typename Interface>
void description::add_interface() {
    add_interface(detail::plan_of_interface<Interface>);
}
template <typename Exception>
void description::add_exception() {
    add_exception(detail::plan_of_record<Exception>);
}

template <typename Interface>
const schema::document& describe_interface() {
    return detail::document_of(detail::plan_of_interface<Interface>);
}

template <typename T>
const described_type& describe_type() {
    static const described_type made = [] {
        description into;
        schema::type type = into.type<T>();
        return described_type{std::move(type), std::move(into).finish()};
    }();
    return made;
}

} // namespace beckon
