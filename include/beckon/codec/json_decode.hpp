// JSON text straight into C++ objects, without a tree of values in between.
#pragma once

#include <array>
#include <concepts>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "beckon/codec/json_reader.hpp"
#include "beckon/value/coerce.hpp"
#include "beckon/value/convert.hpp"
#include "beckon/value/describe.hpp"

namespace beckon::json {

namespace detail {

template <typename T>
bool decode(reader& in, T& into);

// Text that is to be copied; a short string's lies within its object.
inline bool read_text(reader& in, std::string_view& into) {
    return in.read_string(into) && (into.size() < sizeof(std::string) || in.charge(into.size()));
}

// The long way, for what is not in the usual shape: a value, fitted to the type, converted.
template <typename T>
bool decode_by_value(reader& in, T& into) {
    value read;
    if (!in.read_value(read)) return false;
    if constexpr (std::same_as<T, value>) {
        auto fitted = from_plain(read);
        if (!fitted) return in.fail(fitted.error());
        into = *std::move(fitted);
    } else {
        const described_type& described = describe_type<T>();
        const auto fitted = coerce(read, described.document, described.type);
        if (!fitted) return in.fail(fitted.error());
        auto converted = from_value<T>(*fitted);
        if (!converted) return in.fail(converted.error());
        into = *std::move(converted);
    }
    return true;
}

template <typename T>
struct record_reader {
    using reflected = reflection::of<T>;

    template <std::size_t I>
    static bool read_field(reader& in, T& into) {
        return reflected::apply(into, [&in](auto&... fields) {
            auto& field = std::get<I>(std::tie(fields...));
            return decode(in, field) || in.in_field(reflected::field_names[I]);
        });
    }
    // What an earlier member of the same name left must not shine through.
    template <std::size_t I>
    static void reset_field(T& into) {
        reflected::apply(into, [](auto&... fields) {
            auto& field = std::get<I>(std::tie(fields...));
            field = std::remove_reference_t<decltype(field)>{};
        });
    }
    template <std::size_t I>
    static bool check_missing(reader& in, T& into) {
        if constexpr (reflection::has_default<T>(reflected::cpp_field_names[I])) return true;
        return reflected::apply(into, [&in](auto&... fields) {
            using field = std::remove_reference_t<decltype(std::get<I>(std::tie(fields...)))>;
            if constexpr (beckon::detail::optional_type<field>) {
                return true;
            } else {
                in.fail(beckon::fail(errc::type_mismatch, "expected a field of record ",
                                     reflected::name, " without default, found none"));
                return in.in_field(reflected::field_names[I]);
            }
        });
    }

    // Members in any order, and unknown ones.
    static bool read_rest(reader& in, T& into, bool first, std::uint64_t& seen) {
        struct actions {
            bool (*read)(reader&, T&);
            void (*reset)(T&);
        };
        static constexpr auto fields = []<std::size_t... Is>(std::index_sequence<Is...>) {
            return std::array<actions, sizeof...(Is) + 1>{
                {{&read_field<Is>, &reset_field<Is>}..., {nullptr, nullptr}}};
        }
        (std::make_index_sequence<reflected::size>{});
        std::size_t index = 0;
        while (in.next_field(first, reflected::field_names, index)) {
            if (index == reader::no_field) {
                if (!in.skip()) return false;
            } else {
                if ((seen >> index & 1) != 0) {
                    if (in.refuses_duplicates()) return false;
                    fields[index].reset(into);
                }
                if (!fields[index].read(in, into)) return false;
                seen |= std::uint64_t{1} << index;
            }
        }
        return !in.failed();
    }

    static bool read(reader& in, T& into) {
        return read(in, into, std::make_index_sequence<reflected::size>{});
    }
    template <std::size_t... Is>
    static bool read(reader& in, T& into, std::index_sequence<Is...>) {
        if (!in.enter()) return false;
        std::uint64_t seen = 0; // at most 64 fields
        bool first = true;
        // As long as the members come in the order of the fields, one after the other.
        const bool good =
            ((!in.take_key(first, reflected::field_names[Is]) ||
              (first = false, seen |= std::uint64_t{1} << Is, read_field<Is>(in, into))) &&
             ...);
        if (!good) return false;
        if (!in.take_end() && !read_rest(in, into, first, seen)) return false;
        return (((seen >> Is & 1) != 0 || check_missing<Is>(in, into)) && ...);
    }
};

template <typename T>
bool decode_items(reader& in, T& into) {
    if (!in.enter()) return false;
    into.clear();
    const std::size_t begin = in.offset();
    bool first = true;
    std::size_t index = 0;
    while (in.next_item(first)) {
        if (!in.charge(sizeof(typename T::value_type))) return in.in_item(index);
        if constexpr (requires { into.reserve(into.capacity()); }) {
            if (index == 0) {
                // Not by way of 1 and 2.
                if (sizeof(typename T::value_type) <= 64) into.reserve(4);
            } else if (index == into.capacity() && index >= 64) {
                // Doubling would move all of a long array again and again.
                into.reserve(in.room_for(index, begin, sizeof(typename T::value_type)));
            }
        }
        if constexpr (std::same_as<typename T::value_type, std::string>) {
            std::string_view text; // made as it is, not empty first
            if (!read_text(in, text)) return in.in_item(index);
            into.emplace_back(text);
        } else if constexpr (std::same_as<typename T::reference, typename T::value_type&>) {
            if (!decode(in, into.emplace_back())) return in.in_item(index);
        } else { // vector<bool>
            bool item = false;
            if (!decode(in, item)) return in.in_item(index);
            into.push_back(item);
        }
        ++index;
    }
    return !in.failed();
}

template <typename T>
bool decode_members(reader& in, T& into) {
    if (!in.enter()) return false;
    into.clear();
    bool first = true;
    std::string_view key;
    // A tree or hash node costs three or four words beyond its content.
    constexpr std::size_t cost = sizeof(typename T::value_type) + 4 * sizeof(void*);
    while (in.next_key(first, key)) {
        if (!in.charge(cost + key.size())) return false;
        std::string owned(key);
        typename T::mapped_type mapped{};
        if (!decode(in, mapped)) return in.in_field(owned);
        if (!into.insert_or_assign(std::move(owned), std::move(mapped)).second &&
            in.refuses_duplicates()) {
            return false;
        }
    }
    return !in.failed();
}

template <typename T>
bool decode(reader& in, T& into) {
    using namespace beckon::detail;
    if constexpr (std::same_as<T, bool>) {
        return in.read_boolean(into);
    } else if constexpr (integer_type<T>) {
        using limits = std::numeric_limits<T>;
        if constexpr (std::is_signed_v<T>) {
            std::int64_t number = 0;
            if (!in.read_signed(number, limits::min(), limits::max(), integer_name<T>())) {
                return false;
            }
            into = static_cast<T>(number);
        } else {
            std::uint64_t number = 0;
            if (!in.read_unsigned(number, limits::max(), integer_name<T>())) return false;
            into = static_cast<T>(number);
        }
        return true;
    } else if constexpr (std::same_as<T, double>) {
        return in.read_double(into);
    } else if constexpr (std::same_as<T, std::string>) {
        std::string_view text;
        if (!read_text(in, text)) return false;
        into = text;
        return true;
    } else if constexpr (reflection::enum_type<T>) {
        if (in.peek() != '"') return decode_by_value(in, into);
        std::string_view name;
        if (!in.read_string(name)) return false;
        constexpr auto& names = reflection::of<T>::names;
        for (std::size_t i = 0; i < names.size(); ++i) {
            if (names[i] != name) continue;
            into = reflection::of<T>::values[i];
            return true;
        }
        conversion refused;
        std::size_t none = 0;
        read_enumerator(value(name), none, reflection::of<T>::name, names, read_write<T>::numbers,
                        refused);
        return in.fail(refused.take_failure());
    } else if constexpr (record_or_exception<T>) {
        if (in.peek() != '{') return decode_by_value(in, into);
        return record_reader<T>::read(in, into);
    } else if constexpr (optional_type<T>) {
        if (in.take_null()) {
            into.reset();
            return true;
        }
        return decode(in, into.emplace());
    } else if constexpr (map_type<T>) {
        if constexpr (std::same_as<typename T::key_type, std::string>) {
            if (in.peek() == '{') return decode_members(in, into);
        }
        return decode_by_value(in, into);
    } else if constexpr (sequence_type<T> && requires { into.clear(); }) {
        if (in.peek() != '[') return decode_by_value(in, into);
        return decode_items(in, into);
    } else {
        return decode_by_value(in, into);
    }
}

} // namespace detail

/// Reads one JSON text as a T: what `parse`, `coerce` to T's schema and `from_value` give together, at a fraction of
/// the cost. Records may have their members in any order; the usual one is fastest. Of members that the type does not
/// have, keys are not compared, so that `duplicate_keys::refuse` does not see them.
///
/// Errors: parse_error, type_mismatch or limit_exceeded, with the path and the place in the text: "items[3].name:
/// json text: expected a string, found '4' at line 1, column 52 (byte 51)".
/// Limits: `options`; depth at most 512, since it recurses with the type.
/// Lifetime: nothing is kept.
template <typename T>
[[nodiscard]] result<T> decode(std::string_view text, const parse_options& options = {}) {
    reader in(text, options);
    T into{};
    if (!detail::decode(in, into) || !in.finish()) return in.take_failure();
    return into;
}

} // namespace beckon::json
