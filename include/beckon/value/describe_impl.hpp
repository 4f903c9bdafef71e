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

} // namespace detail

template <typename T>
schema::type description::type() {
    using schema::kind;
    schema::type made;
    if constexpr (detail::simple_type<T>) {
        made.kind = detail::simple_kind<T>();
    } else if constexpr (reflection::enum_type<T>) {
        made.kind = kind::enumeration;
        made.name = reflection::of<T>::name;
        if (begin(made.name, &detail::identity_of<T>)) {
            add_enumeration(made.name, reflection::of<T>::names, detail::read_write<T>::numbers);
        }
    } else if constexpr (reflection::record_type<T> || reflection::exception_type<T>) {
        static_assert(reflection::record_type<T>,
                      "beckon: an exception is thrown, not passed; use a record here");
        made.kind = kind::record;
        made.name = reflection::of<T>::name;
        if (begin(made.name, &detail::identity_of<T>)) {
            auto record = make_record<T>();
            document_.records.push_back(std::move(record));
        }
    } else if constexpr (reflection::interface_type<T>) {
        static_assert(!reflection::interface_type<T>,
                      "beckon: an interface travels as ref<Interface>");
    } else if constexpr (detail::reference_type<T>) {
        made.kind = kind::interface;
        made.name = reflection::of<typename T::interface_type>::name;
        add_interface<typename T::interface_type>();
    } else if constexpr (detail::optional_type<T>) {
        made.kind = kind::optional;
        made.arguments.push_back(type<typename T::value_type>());
    } else if constexpr (detail::map_type<T>) {
        made.kind = kind::map;
        made.arguments.push_back(type<typename T::key_type>());
        made.arguments.push_back(type<typename T::mapped_type>());
    } else if constexpr (detail::range_type<T>) {
        made.kind = kind::list;
        made.arguments.push_back(type<typename T::value_type>());
    } else if constexpr (detail::tuple_type<T>) {
        made.kind = kind::tuple;
        [&]<std::size_t... Is>(std::index_sequence<Is...>) {
            (made.arguments.push_back(type<std::remove_cvref_t<std::tuple_element_t<Is, T>>>()),
             ...);
        }
        (std::make_index_sequence<std::tuple_size_v<T>>{});
    } else if constexpr (detail::any_variant<T>) {
        using variant = typename detail::variant_of<T>::type;
        made.kind = kind::variant;
        const auto names = detail::case_names<T>();
        made.case_names.assign(names.begin(), names.end());
        [&]<std::size_t... Is>(std::index_sequence<Is...>) {
            (made.arguments.push_back(type<std::variant_alternative_t<Is, variant>>()), ...);
        }
        (std::make_index_sequence<std::variant_size_v<variant>>{});
    } else {
        made = describer<T>::describe(*this);
    }
    return made;
}

template <typename T, std::size_t I>
schema::field description::make_field([[maybe_unused]] const T& defaults) {
    using reflected = reflection::of<T>;
    schema::field made;
    made.name = reflected::field_names[I];
    reflected::apply(defaults, [&](const auto&... fields) {
        const auto& field = std::get<I>(std::tie(fields...));
        using field_type = std::remove_cvref_t<decltype(field)>;
        made.type = type<field_type>();
        if constexpr (reflection::has_default<T>(reflected::cpp_field_names[I])) {
            made.default_value =
                literal_of(made.type, detail::make_value(field), reflected::name, made.name);
        }
    });
    return made;
}

template <typename T>
schema::record description::make_record() {
    schema::record made;
    made.name = reflection::of<T>::name;
    const T defaults{};
    [&]<std::size_t... Is>(std::index_sequence<Is...>) {
        (made.fields.push_back(make_field<T, Is>(defaults)), ...);
    }
    (std::make_index_sequence<reflection::of<T>::size>{});
    return made;
}

template <typename Exception>
void description::add_exception() {
    constexpr std::string_view name = reflection::of<Exception>::name;
    if (!begin(name, &detail::identity_of<Exception>)) return;
    auto record = make_record<Exception>();
    document_.exceptions.push_back(std::move(record));
}

template <typename Interface, std::size_t I>
schema::method description::make_method(const std::vector<std::string>& raises) {
    using method = reflection::method<Interface, I>;
    using arguments = typename method::signature::arguments;
    schema::method made;
    made.name = method::name;
    [&]<std::size_t... Is>(std::index_sequence<Is...>) {
        (made.parameters.push_back(
             {std::string(method::parameter_names[Is]),
              type<std::remove_cvref_t<std::tuple_element_t<Is, arguments>>>(),
              {},
              {}}),
         ...);
    }
    (std::make_index_sequence<std::tuple_size_v<arguments>>{});
    made.result = type<std::remove_cvref_t<typename method::signature::result>>();
    made.oneway = reflection::is_oneway<Interface, I>;
    made.idempotent = reflection::is_idempotent<Interface, I>;
    if (!made.oneway) made.raises = raises;
    return made;
}

template <typename Interface>
void description::add_interface() {
    using reflected = reflection::of<Interface>;
    if (!begin(reflected::name, &detail::identity_of<Interface>)) return;
    std::vector<std::string> raises;
    [&]<typename... Exceptions>(reflection::exception_list<Exceptions...>) {
        (raises.emplace_back(reflection::of<Exceptions>::name), ...);
        (add_exception<Exceptions>(), ...);
    }(reflection::raises<Interface>{});
    schema::interface made;
    made.name = reflected::name;
    [&]<std::size_t... Is>(std::index_sequence<Is...>) {
        (made.methods.push_back(make_method<Interface, Is>(raises)), ...);
    }
    (std::make_index_sequence<reflection::method_count<Interface>>{});
    document_.interfaces.push_back(std::move(made));
}

template <typename Interface>
const schema::document& describe_interface() {
    static const schema::document made = [] {
        description into;
        into.add_interface<Interface>();
        return std::move(into).finish();
    }();
    return made;
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
