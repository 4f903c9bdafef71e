// Bodies of value/convert.hpp.
#pragma once

#include "beckon/value/convert.hpp"

namespace beckon {

template <typename T>
result<T> from_value(const value& from) {
    if constexpr (std::same_as<T, value>) {
        return from;
    } else {
        T into{};
        conversion state;
        if (!converter<T>::read(from, into, state)) return state.take_failure();
        return into;
    }
}

template <typename T>
result<value> try_to_value(const T& from) {
    value into;
    conversion state;
    if (!converter<T>::write(from, into, state)) return state.take_failure();
    return into;
}

namespace detail {

template <typename T>
result<T> get_as(const value& from) {
    return from_value<T>(from);
}

template <typename T>
value make_value(const T& from) {
    value into;
    conversion state;
    if (!converter<T>::write(from, into, state)) throw value_error(state.take_failure());
    return into;
}

template <typename T>
concept map_type = range_type<T> && requires {
    typename T::mapped_type;
};
template <typename T>
concept set_type = range_type<T> && !map_type<T> && requires {
    typename T::key_type;
};
template <typename T>
concept text_type = std::same_as<T, std::string> || std::same_as<T, std::string_view>;
template <typename T>
concept bytes_type = std::same_as<T, bytes> || std::same_as<T, byte_view>;
template <typename T>
concept sequence_type = range_type<T> && !map_type<T> && !set_type<T> && !text_type<T> &&
                        !bytes_type<T> && !tuple_type<T> && !reflection::registered<T>;
template <typename T>
concept record_or_exception = reflection::record_type<T> || reflection::exception_type<T>;
template <typename T>
concept any_variant = variant_type<T> || reflection::variant_type<T>;
template <typename T>
concept time_point_type = chrono_type<T> && requires {
    typename T::clock;
};

template <typename T>
inline constexpr bool is_optional = optional_type<T>;

// "list of 3 items": what a fixed-size sequence expects.
[[nodiscard]] std::string expected_items(std::string_view what, std::size_t count);

template <typename T>
consteval std::string_view integer_name() {
    constexpr std::string_view names[] = {"int8",  "uint8",  "int16", "uint16",
                                          "int32", "uint32", "int64", "uint64"};
    return names[(std::bit_width(sizeof(T)) - 1) * 2 + (std::is_signed_v<T> ? 0 : 1)];
}

/// The name of a case that BECKON_VARIANT did not name: the IDL's word for its type, or the declared type's
/// name; where an earlier case has it already, with the number of the case behind it ("int64", "int64_2").
template <typename T>
constexpr std::string_view type_word() {
    if constexpr (reflection::registered<T>)
        return reflection::of<T>::name;
    else if constexpr (std::same_as<T, bool>)
        return "bool";
    else if constexpr (integer_type<T>)
        return integer_name<T>();
    else if constexpr (std::same_as<T, float>)
        return "float32";
    else if constexpr (std::same_as<T, double>)
        return "float64";
    else if constexpr (text_type<T>)
        return "string";
    else if constexpr (bytes_type<T>)
        return "bytes";
    else if constexpr (std::same_as<T, date>)
        return "date";
    else if constexpr (std::same_as<T, time_of_day>)
        return "time";
    else if constexpr (std::same_as<T, datetime>)
        return "datetime";
    else if constexpr (std::same_as<T, value>)
        return "any";
    else if constexpr (std::same_as<T, std::monostate>)
        return "none";
    else if constexpr (time_point_type<T>)
        return "datetime";
    else if constexpr (chrono_type<T>)
        return "duration";
    else if constexpr (optional_type<T>)
        return "optional";
    else if constexpr (map_type<T>)
        return "map";
    else if constexpr (tuple_type<T> && !range_type<T>)
        return "tuple";
    else if constexpr (any_variant<T>)
        return "variant";
    else if constexpr (range_type<T>)
        return "list";
    else if constexpr (requires { typename T::interface_type; }) {
        return reflection::of<typename T::interface_type>::name;
    } else
        return "other";
}

template <typename T>
struct variant_cases;
template <typename... Ts>
struct variant_cases<std::variant<Ts...>> {
    static constexpr std::size_t size = sizeof...(Ts);
    static constexpr std::array<std::string_view, size> words{type_word<Ts>()...};

    static const std::array<std::string, size>& texts() {
        // Never freed: threads that serve may outlive `main`.
        static const auto& made = *new std::array<std::string, size>([] {
            std::array<std::string, size> out;
            for (std::size_t i = 0; i < size; ++i) {
                out[i] = words[i];
                for (std::size_t j = 0; j < i; ++j) {
                    if (words[j] == words[i]) {
                        out[i] = concat(words[i], '_', i + 1);
                        break;
                    }
                }
            }
            return out;
        }());
        return made;
    }
    static std::span<const std::string_view> names() {
        static const std::array<std::string_view, size> made = [] {
            std::array<std::string_view, size> out;
            for (std::size_t i = 0; i < size; ++i) out[i] = texts()[i];
            return out;
        }();
        return made;
    }
};

/// The names of a variant's cases, in order.
template <any_variant T>
[[nodiscard]] std::span<const std::string_view> case_names() {
    if constexpr (reflection::variant_type<T>) {
        return reflection::of<T>::case_names;
    } else {
        return variant_cases<T>::names();
    }
}

template <any_variant T>
struct variant_of {
    using type = T;
};
template <reflection::variant_type T>
struct variant_of<T> {
    using type = typename reflection::of<T>::variant;
};

/// Values of names that many objects share: made once.
template <typename Reflected>
const value& shared_name(std::size_t index) {
    // Not destroyed: threads of a runtime may outlive statics.
    static const auto& made = *new const std::array<value, Reflected::size + 1>([] {
        std::array<value, Reflected::size + 1> out;
        if constexpr (requires { Reflected::field_names; }) {
            for (std::size_t i = 0; i < Reflected::size; ++i) out[i] = Reflected::field_names[i];
        }
        out[Reflected::size] = Reflected::name;
        return out;
    }());
    return made[index];
}

template <typename T>
struct read_write {
    static_assert(reflection::registered<T>,
                  "beckon: this type is not registered; write BECKON_RECORD(Type, fields...) or "
                  "BECKON_ENUM(Type, names...) after it");
};

template <>
struct read_write<bool> {
    static bool read(const value& from, bool& into, conversion& state) {
        return read_boolean(from, into, state);
    }
    static bool write(bool from, value& into, conversion&) {
        into = from;
        return true;
    }
};

template <integer_type T>
struct read_write<T> {
    static bool read(const value& from, T& into, conversion& state) {
        using limits_of = std::numeric_limits<T>;
        constexpr std::string_view name = integer_name<T>();
        if constexpr (std::is_signed_v<T>) {
            std::int64_t number = 0;
            if (!read_signed(from, number, limits_of::min(), limits_of::max(), name, state)) {
                return false;
            }
            into = static_cast<T>(number);
        } else {
            std::uint64_t number = 0;
            if (!read_unsigned(from, number, limits_of::max(), name, state)) return false;
            into = static_cast<T>(number);
        }
        return true;
    }
    static bool write(T from, value& into, conversion&) {
        into = from;
        return true;
    }
};

// Types that a value's constructor takes as they are.
template <typename T, bool (*Read)(const value&, T&, conversion&)>
struct direct {
    static bool read(const value& from, T& into, conversion& state) {
        return Read(from, into, state);
    }
    static bool write(const T& from, value& into, conversion&) {
        into = from;
        return true;
    }
};
template <>
struct read_write<double> : direct<double, &read_double> {};
template <>
struct read_write<float> : direct<float, &read_float> {};
template <>
struct read_write<std::string_view> : direct<std::string_view, &read_string> {};
template <>
struct read_write<byte_view> : direct<byte_view, &read_bytes> {};
template <>
struct read_write<date> : direct<date, &read_date> {};
template <>
struct read_write<time_of_day> : direct<time_of_day, &read_time> {};
template <>
struct read_write<datetime> : direct<datetime, &read_datetime> {};
template <>
struct read_write<duration> : direct<duration, &read_duration> {};

template <>
struct read_write<std::string> {
    static bool read(const value& from, std::string& into, conversion& state) {
        std::string_view text;
        if (!read_string(from, text, state)) return false;
        into = text;
        return true;
    }
    static bool write(const std::string& from, value& into, conversion&) {
        into = from;
        return true;
    }
};

template <>
struct read_write<bytes> {
    static bool read(const value& from, bytes& into, conversion& state) {
        byte_view content;
        if (!read_bytes(from, content, state)) return false;
        into.assign(content.begin(), content.end());
        return true;
    }
    static bool write(const bytes& from, value& into, conversion&) {
        into = from;
        return true;
    }
};

template <>
struct read_write<value> {
    static bool read(const value& from, value& into, conversion&) {
        into = from;
        return true;
    }
    static bool write(const value& from, value& into, conversion&) {
        into = from;
        return true;
    }
};

template <>
struct read_write<std::monostate> {
    static bool read(const value& from, std::monostate&, conversion& state) {
        return from.is_null() || state.mismatch("null", from);
    }
    static bool write(std::monostate, value& into, conversion&) {
        into = nullptr;
        return true;
    }
};

template <reflection::enum_type T>
struct read_write<T> {
    using reflected = reflection::of<T>;
    static constexpr std::array<std::int64_t, reflected::size> numbers = [] {
        std::array<std::int64_t, reflected::size> out{};
        for (std::size_t i = 0; i < reflected::size; ++i) {
            out[i] = static_cast<std::int64_t>(reflected::values[i]);
        }
        return out;
    }();

    static bool read(const value& from, T& into, conversion& state) {
        std::size_t index = 0;
        if (!read_enumerator(from, index, reflected::name, reflected::names, numbers, state)) {
            return false;
        }
        into = reflected::values[index];
        return true;
    }
    static bool write(T from, value& into, conversion& state) {
        // Not destroyed: threads of a runtime may outlive statics.
        static const auto& made = *new const std::array<value, reflected::size>([] {
            std::array<value, reflected::size> out;
            for (std::size_t i = 0; i < reflected::size; ++i) {
                out[i] = value::enumeration(reflected::name, reflected::names[i], numbers[i]);
            }
            return out;
        }());
        for (std::size_t i = 0; i < reflected::size; ++i) {
            if (reflected::values[i] == from) {
                into = made[i];
                return true;
            }
        }
        return state.fail(errc::invalid_argument, concat("enum ", reflected::name, " has no value ",
                                                         static_cast<std::int64_t>(from)));
    }
};

template <record_or_exception T>
struct read_write<T> {
    using reflected = reflection::of<T>;

    static bool read(const value& from, T& into, conversion& state) {
        if (!state.enter()) return false;
        field_source source;
        bool good = source.open(from, reflected::name, state);
        if (good) {
            std::size_t index = 0;
            good = reflected::apply(into, [&](auto&... fields) {
                return (read_field(source, fields, index++, state) && ...);
            });
        }
        state.leave();
        return good;
    }
    static bool write(const T& from, value& into, conversion& state) {
        if (!state.enter()) return false;
        array_builder builder(1 + 2 * reflected::size);
        builder.add() = shared_name<reflected>(reflected::size);
        std::size_t index = 0;
        const bool good = reflected::apply(from, [&](const auto&... fields) {
            return (write_field(builder, fields, index++, state) && ...);
        });
        if (good) into = builder.finish(form::record);
        state.leave();
        return good;
    }

private:
    template <typename Field>
    static bool read_field(const field_source& source, Field& field, std::size_t index,
                           conversion& state) {
        const value* const found = source.find(reflected::field_names[index], index);
        if (found == nullptr) {
            if (reflection::has_default<T>(reflected::cpp_field_names[index])) return true;
            if constexpr (is_optional<Field>) {
                field.reset();
                return true;
            } else {
                return missing_field(reflected::name, reflected::field_names[index], state);
            }
        }
        return converter<Field>::read(*found, field, state) ||
               state.in_field(reflected::field_names[index]);
    }
    template <typename Field>
    static bool write_field(array_builder& builder, const Field& field, std::size_t index,
                            conversion& state) {
        builder.add() = shared_name<reflected>(index);
        return converter<Field>::write(field, builder.add(), state) ||
               state.in_field(reflected::field_names[index]);
    }
};

} // namespace detail
} // namespace beckon

#include "beckon/value/convert_containers_impl.hpp"
