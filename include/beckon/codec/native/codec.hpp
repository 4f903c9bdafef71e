// How C++ types lie in a native message (docs/wire/native.md, "Values").
#pragma once

#include <array>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "beckon/base/time.hpp"
#include "beckon/codec/native/reader.hpp"
#include "beckon/codec/native/writer.hpp"
#include "beckon/value/reflect.hpp"

namespace beckon::native {

/// Specialise for further types: `min_size` (least bytes on the wire), `write`, `read`.
template <typename T>
struct codec {
    static_assert(
        reflection::registered<T>,
        "beckon: this type is not registered; write BECKON_RECORD(Type, fields...) after it");
};

template <typename T>
void write(writer& out, const T& value) {
    codec<T>::write(out, value);
}
template <typename T>
void read(reader& in, T& value) {
    codec<T>::read(in, value);
}

template <typename T>
concept plain_number = (std::integral<T> && !std::same_as<T, bool> && !std::same_as<T, char> &&
                        sizeof(T) <= 8) ||
                       std::same_as<T, float> || std::same_as<T, double>;

/// Writes one of several values; false where it was refused, behind which nothing more need be written.
template <typename T>
[[nodiscard]] bool write_part(writer& out, const T& value) {
    codec<T>::write(out, value);
    if constexpr (plain_number<T> || std::same_as<T, bool>)
        return true;
    else
        return !out.failed();
}

template <plain_number T>
struct codec<T> {
    static constexpr std::size_t min_size = sizeof(T);
    static void write(writer& out, T value) { out.put(value); }
    static void read(reader& in, T& value) { value = in.get<T>(); }
};

template <>
struct codec<bool> {
    static constexpr std::size_t min_size = 1;
    static void write(writer& out, bool value) { out.put<std::uint8_t>(value ? 1 : 0); }
    static void read(reader& in, bool& value) {
        const auto byte = in.get<std::uint8_t>();
        if (byte > 1)
            in.fail(beckon::fail(errc::protocol_error, "peer sent ", byte, " as a bool at byte ",
                                 in.offset() - 1, "; expected 0 or 1"));
        value = byte == 1;
    }
};

template <>
struct codec<std::string_view> {
    static constexpr std::size_t min_size = 4;
    static void write(writer& out, std::string_view value) { out.put_text(value); }
    /// The view lives as long as the message: for handlers' parameters.
    static void read(reader& in, std::string_view& value) { value = in.get_text(); }
};
template <>
struct codec<std::string> {
    static constexpr std::size_t min_size = 4;
    static void write(writer& out, const std::string& value) { out.put_text(value); }
    static void read(reader& in, std::string& value) {
        const std::string_view text = in.get_text();
        if (in.charge(text.size())) value.assign(text);
    }
};
template <>
struct codec<byte_view> {
    static constexpr std::size_t min_size = 4;
    static void write(writer& out, byte_view value) { out.put_block(value.data(), value.size()); }
    static void read(reader& in, byte_view& value) { value = in.get_block(); }
};
template <>
struct codec<bytes> {
    static constexpr std::size_t min_size = 4;
    static void write(writer& out, const bytes& value) {
        out.put_block(value.data(), value.size());
    }
    static void read(reader& in, bytes& value) {
        const byte_view block = in.get_block();
        if (in.charge(block.size())) value.assign(block.begin(), block.end());
    }
};

template <>
struct codec<date> {
    static constexpr std::size_t min_size = 4;
    static void write(writer& out, date value) { out.put(value.days); }
    static void read(reader& in, date& value) { value.days = in.get<std::int32_t>(); }
};
template <>
struct codec<time_of_day> {
    static constexpr std::size_t min_size = 8;
    static constexpr std::uint64_t nanoseconds_of_a_day = 86'400'000'000'000u;
    static void write(writer& out, time_of_day value) {
        if (value.nanoseconds >= nanoseconds_of_a_day)
            return out.fail(beckon::fail(errc::invalid_argument, "time of ", value.nanoseconds,
                                         " ns; a day has ", nanoseconds_of_a_day));
        out.put(value.nanoseconds);
    }
    static void read(reader& in, time_of_day& value) {
        value.nanoseconds = in.get<std::uint64_t>();
        if (value.nanoseconds >= nanoseconds_of_a_day) {
            in.fail(beckon::fail(errc::protocol_error, "peer sent a time of ", value.nanoseconds,
                                 " ns at byte ", in.offset() - 8, "; a day has ",
                                 nanoseconds_of_a_day));
            value.nanoseconds = 0;
        }
    }
};
template <>
struct codec<datetime> {
    static constexpr std::size_t min_size = 12;
    static void write(writer& out, const datetime& value) {
        codec<date>::write(out, value.date);
        codec<time_of_day>::write(out, value.time);
    }
    static void read(reader& in, datetime& value) {
        codec<date>::read(in, value.date);
        codec<time_of_day>::read(in, value.time);
    }
};
template <>
struct codec<duration> {
    static constexpr std::size_t min_size = 8;
    static void write(writer& out, duration value) { out.put<std::int64_t>(value.count()); }
    static void read(reader& in, duration& value) { value = duration(in.get<std::int64_t>()); }
};

template <reflection::enum_type T>
struct codec<T> {
    static constexpr std::size_t min_size = 4;
    static void write(writer& out, T value) {
        if (!is_known(value))
            return out.fail(beckon::fail(errc::invalid_argument, "enum ", reflection::of<T>::name,
                                         " has no value ", static_cast<std::int64_t>(value)));
        out.put(static_cast<std::int32_t>(value));
    }
    static void read(reader& in, T& value) {
        const auto number = in.get<std::int32_t>();
        for (const T known : reflection::of<T>::values) {
            if (static_cast<std::int32_t>(known) == number) {
                value = known;
                return;
            }
        }
        if (!in.failed())
            in.fail(beckon::fail(errc::protocol_error, "peer sent ", number, " as ",
                                 reflection::of<T>::name, " at byte ", in.offset() - 4,
                                 "; that enum has no such value"));
    }

private:
    /// C++ lets an enum hold any number; peers know those of its enumerators.
    [[nodiscard]] static constexpr bool is_known(T value) noexcept {
        for (const T known : reflection::of<T>::values) {
            if (known == value) return true;
        }
        return false;
    }
};

/// Records and exceptions: uint32 size, then the fields in order. A reader that knows fewer fields skips the
/// rest; one that knows more keeps its defaults.
template <typename T>
requires(reflection::record_type<T> || reflection::exception_type<T>) struct codec<T> {
    using reflected = reflection::of<T>;
    static constexpr std::size_t min_size = 4;
    static void write(writer& out, const T& value) {
        const std::size_t opened = out.open_block();
        reflected::apply(value, [&out](const auto&... fields) {
            std::size_t written = 0;
            if (!((write_part(out, fields) && ++written != 0) && ...)) [[unlikely]]
                out.note_field(reflected::name, reflected::field_names, written);
        });
        out.close_block(opened);
    }
    static void read(reader& in, T& value) {
        if (!in.enter()) return;
        const auto scope = in.begin_record();
        std::size_t index = 0;
        reflected::apply(value, [&](auto&... fields) { (read_field(in, fields, index), ...); });
        in.end_record(scope);
        in.leave();
    }

private:
    template <typename Field>
    static void read_field(reader& in, Field& field, std::size_t& index) {
        const std::size_t at = index++;
        if (in.more()) return native::read(in, field);
        if (!in.failed() && !reflection::has_default<T>(reflected::cpp_field_names[at])) {
            in.fail(beckon::fail(errc::protocol_error, "peer sent a ", reflected::name,
                                 " that ends at byte ", in.offset(), ", before field ",
                                 reflected::field_names[at], ", which has no default"));
        }
    }
};

template <typename T>
struct codec<std::optional<T>> {
    static constexpr std::size_t min_size = 1;
    static void write(writer& out, const std::optional<T>& value) {
        codec<bool>::write(out, value.has_value());
        if (value) native::write(out, *value);
    }
    static void read(reader& in, std::optional<T>& value) {
        bool present = false;
        codec<bool>::read(in, present);
        if (!present || !in.enter()) return value.reset();
        native::read(in, value.emplace());
        in.leave();
    }
};

/// Lists of numbers start at a multiple of the element's size from the start of the message, so that a receiver can
/// view them in place.
template <typename T>
struct codec<std::vector<T>> {
    static constexpr std::size_t min_size = 4;
    static void write(writer& out, const std::vector<T>& value) {
        if (value.size() > UINT32_MAX)
            return out.fail(beckon::fail(errc::limit_exceeded, "list of ", value.size(),
                                         " elements; the native protocol carries at most ",
                                         UINT32_MAX));
        out.put(static_cast<std::uint32_t>(value.size()));
        if constexpr (plain_number<T>) {
            out.align(sizeof(T));
            out.put_raw(value.data(), value.size() * sizeof(T));
        } else {
            std::size_t written = 0;
            for (const auto& element : value) {
                if (!write_part<T>(out, element)) [[unlikely]]
                    return out.note_item(written);
                ++written;
            }
        }
    }
    static void read(reader& in, std::vector<T>& value) {
        if constexpr (plain_number<T>) {
            const std::size_t count = in.get_packed_count(sizeof(T), sizeof(T));
            in.align(sizeof(T));
            const byte_view raw = in.get_raw(count * sizeof(T));
            value.resize(in.failed() ? 0 : count);
            if (!value.empty()) std::memcpy(value.data(), raw.data(), raw.size());
        } else {
            const std::size_t count = in.get_count(codec<T>::min_size, sizeof(T));
            value.clear();
            if (!in.enter()) return;
            value.reserve(count);
            for (std::size_t i = 0; i < count && !in.failed(); ++i) {
                if constexpr (std::same_as<T, bool>) {
                    bool element = false;
                    codec<bool>::read(in, element);
                    value.push_back(element);
                } else {
                    codec<T>::read(in, value.emplace_back());
                }
            }
            in.leave();
        }
    }
};

/// A list of numbers seen in place; lives as long as the message: for handlers' parameters.
template <plain_number T>
struct codec<std::span<const T>> {
    static constexpr std::size_t min_size = 4;
    static void write(writer& out, std::span<const T> value) {
        out.put(static_cast<std::uint32_t>(value.size()));
        out.align(sizeof(T));
        out.put_raw(value.data(), value.size_bytes());
    }
    static void read(reader& in, std::span<const T>& value) {
        const std::size_t count = in.get_packed_count(sizeof(T), 0);
        in.align(sizeof(T));
        const byte_view raw = in.get_raw(count * sizeof(T));
        value = {reinterpret_cast<const T*>(raw.data()), in.failed() ? 0 : count};
    }
};

namespace detail {

template <typename Map>
struct map_codec {
    using key = typename Map::key_type;
    using mapped = typename Map::mapped_type;
    static constexpr std::size_t min_size = 4;
    static void write(writer& out, const Map& value) {
        if (value.size() > UINT32_MAX)
            return out.fail(beckon::fail(errc::limit_exceeded, "map of ", value.size(),
                                         " entries; the native protocol carries at most ",
                                         UINT32_MAX));
        out.put(static_cast<std::uint32_t>(value.size()));
        for (const auto& [each_key, each] : value) {
            if (!write_part(out, each_key) || !write_part(out, each)) [[unlikely]]
                return;
        }
    }
    static void read(reader& in, Map& value) {
        value.clear();
        // A tree or hash node costs three or four words beyond its content.
        const std::size_t count =
            in.get_count(codec<key>::min_size + codec<mapped>::min_size,
                         sizeof(typename Map::value_type) + 4 * sizeof(void*));
        if (!in.enter()) return;
        for (std::size_t i = 0; i < count && !in.failed(); ++i) {
            key each_key{};
            native::read(in, each_key);
            mapped each{};
            native::read(in, each);
            if (!in.failed() && !value.emplace(std::move(each_key), std::move(each)).second) {
                in.fail(beckon::fail(errc::protocol_error,
                                     "peer sent a map with the same key twice before byte ",
                                     in.offset()));
            }
        }
        in.leave();
    }
};

template <typename... Ts>
struct tuple_codec {
    static constexpr std::size_t min_size = (std::size_t{0} + ... + codec<Ts>::min_size);
};

} // namespace detail

// Whatever maps keys to values as std::map and std::unordered_map do, without their headers.
template <typename T>
requires(!reflection::registered<T>) &&
    requires(T& map, typename T::key_type key, typename T::mapped_type mapped) {
    map.emplace(std::move(key), std::move(mapped)).second;
}
struct codec<T> : detail::map_codec<T> {};

template <typename... Ts>
struct codec<std::tuple<Ts...>> : detail::tuple_codec<Ts...> {
    static void write(writer& out, const std::tuple<Ts...>& value) {
        std::apply([&out](const Ts&... each) { static_cast<void>((write_part(out, each) && ...)); },
                   value);
    }
    static void read(reader& in, std::tuple<Ts...>& value) {
        if (!in.enter()) return;
        std::apply([&in](Ts&... each) { (native::read(in, each), ...); }, value);
        in.leave();
    }
};
template <typename A, typename B>
struct codec<std::pair<A, B>> : detail::tuple_codec<A, B> {
    static void write(writer& out, const std::pair<A, B>& value) {
        if (write_part(out, value.first)) native::write(out, value.second);
    }
    static void read(reader& in, std::pair<A, B>& value) {
        if (!in.enter()) return;
        native::read(in, value.first);
        native::read(in, value.second);
        in.leave();
    }
};

/// uint8 index of the case, then its value.
template <typename... Ts>
struct codec<std::variant<Ts...>> {
    static_assert(sizeof...(Ts) <= 256, "beckon: a variant has at most 256 cases");
    static constexpr std::size_t min_size = 1;
    static void write(writer& out, const std::variant<Ts...>& value) {
        if (value.valueless_by_exception())
            return out.fail(beckon::fail(errc::invalid_argument, "variant holds no value"));
        out.put(static_cast<std::uint8_t>(value.index()));
        std::visit([&out](const auto& held) { native::write(out, held); }, value);
    }
    static void read(reader& in, std::variant<Ts...>& value) {
        const auto index = in.get<std::uint8_t>();
        if (!in.enter()) return;
        if (!read_case(in, value, index, std::index_sequence_for<Ts...>{})) {
            in.fail(beckon::fail(errc::protocol_error, "peer chose case ", index,
                                 " of a variant at byte ", in.offset() - 1, "; it has ",
                                 sizeof...(Ts)));
        }
        in.leave();
    }

private:
    template <std::size_t... Is>
    static bool read_case(reader& in, std::variant<Ts...>& value, std::size_t index,
                          std::index_sequence<Is...>) {
        return ((index == Is && (native::read(in, value.template emplace<Is>()), true)) || ...);
    }
};

/// One whose cases have names of their own lies as the std::variant that it derives from.
template <reflection::variant_type T>
struct codec<T> : codec<typename reflection::of<T>::variant> {};

template <>
struct codec<std::monostate> {
    static constexpr std::size_t min_size = 0;
    static void write(writer&, std::monostate) {}
    static void read(reader& in, std::monostate&) { in.charge(0); }
};

} // namespace beckon::native
