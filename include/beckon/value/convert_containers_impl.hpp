// Bodies of value/convert.hpp: containers, variants and times. Included by convert_impl.hpp alone.
#pragma once

#include "beckon/value/convert.hpp"

namespace beckon {
namespace detail {

template <optional_type T>
struct read_write<T> {
    using content = typename T::value_type;

    static bool read(const value& from, T& into, conversion& state) {
        if (from.is_null()) {
            into.reset();
            return true;
        }
        return converter<content>::read(from, into.emplace(), state);
    }
    static bool write(const T& from, value& into, conversion& state) {
        if (!from.has_value()) {
            into = nullptr;
            return true;
        }
        return converter<content>::write(*from, into, state);
    }
};

template <typename Range>
bool write_items(const Range& from, std::size_t count, form form, value& into, conversion& state) {
    using item_type = typename Range::value_type;
    if (!state.enter()) return false;
    array_builder builder(count);
    std::size_t index = 0;
    for (const auto& item : from) {
        if (!converter<item_type>::write(item, builder.add(), state)) return state.in_item(index);
        ++index;
    }
    into = builder.finish(form);
    state.leave();
    return true;
}

template <sequence_type T>
struct read_write<T> {
    using item_type = typename T::value_type;

    static bool read(const value& from, T& into, conversion& state) {
        std::span<const value> items;
        if (!state.enter() || !read_items(from, items, "list", state)) return false;
        into.clear();
        if constexpr (requires { into.reserve(items.size()); }) into.reserve(items.size());
        for (std::size_t i = 0; i < items.size(); ++i) {
            if constexpr (std::same_as<typename T::reference, item_type&>) {
                if (!converter<item_type>::read(items[i], into.emplace_back(), state)) {
                    return state.in_item(i);
                }
            } else { // vector<bool>
                item_type item{};
                if (!converter<item_type>::read(items[i], item, state)) return state.in_item(i);
                into.push_back(item);
            }
        }
        state.leave();
        return true;
    }
    static bool write(const T& from, value& into, conversion& state) {
        return write_items(from, from.size(), form::list, into, state);
    }
};

template <set_type T>
struct read_write<T> {
    using item_type = typename T::value_type;

    static bool read(const value& from, T& into, conversion& state) {
        std::span<const value> items;
        if (!state.enter() || !read_items(from, items, "set", state)) return false;
        into.clear();
        for (std::size_t i = 0; i < items.size(); ++i) {
            item_type item{};
            if (!converter<item_type>::read(items[i], item, state)) return state.in_item(i);
            into.insert(std::move(item));
        }
        state.leave();
        return true;
    }
    static bool write(const T& from, value& into, conversion& state) {
        return write_items(from, from.size(), form::set, into, state);
    }
};

template <map_type T>
struct read_write<T> {
    using key_type = typename T::key_type;
    using mapped_type = typename T::mapped_type;

    static bool read(const value& from, T& into, conversion& state) {
        if (!state.enter()) return false;
        into.clear();
        if (from.is(value_kind::map)) {
            for (const map_entry& entry : from.entries()) {
                if (!read_entry(entry.key, entry.mapped, into, state)) return false;
            }
        } else {
            // How JSON writes maps whose keys are no strings.
            std::span<const value> pairs;
            if (!read_items(from, pairs, "map", state)) return false;
            for (std::size_t i = 0; i < pairs.size(); ++i) {
                if (!pairs[i].is_sequence() || pairs[i].size() != 2) {
                    state.mismatch("pair of key and value", pairs[i]);
                    return state.in_item(i);
                }
                if (!read_entry(pairs[i][0], pairs[i][1], into, state)) return false;
            }
        }
        state.leave();
        return true;
    }
    static bool write(const T& from, value& into, conversion& state) {
        if (!state.enter()) return false;
        array_builder builder(from.size() * 2);
        for (const auto& [key, mapped] : from) {
            value& key_value = builder.add();
            if (!converter<key_type>::write(key, key_value, state)) return false;
            // The key may move when the next value is added.
            if (!converter<mapped_type>::write(mapped, builder.add(), state)) return false;
        }
        into = builder.finish(form::map);
        state.leave();
        return true;
    }

private:
    static bool read_entry(const value& key_value, const value& mapped_value, T& into,
                           conversion& state) {
        key_type key{};
        bool good = false;
        if constexpr (std::integral<key_type> && !std::same_as<key_type, bool>) {
            good = converter<key_type>::read(number_of_key(key_value), key, state);
        } else {
            good = converter<key_type>::read(key_value, key, state);
        }
        if (!good) return state.in_field("key");
        mapped_type mapped{};
        if (!converter<mapped_type>::read(mapped_value, mapped, state)) {
            return state.in_entry(key_value);
        }
        into.insert_or_assign(std::move(key), std::move(mapped));
        return true;
    }
};

// Tuples and pairs as tuples, arrays as lists.
template <tuple_type T>
requires(!reflection::registered<T>) struct read_write<T> {
    static constexpr std::size_t size = std::tuple_size_v<T>;

    static bool read(const value& from, T& into, conversion& state) {
        std::span<const value> items;
        constexpr std::string_view what = range_type<T> ? "list" : "tuple";
        if (!state.enter() || !read_items(from, items, what, state)) return false;
        if (items.size() != size) return state.mismatch(expected_items(what, size), from);
        bool good = true;
        if constexpr (range_type<T>) {
            for (std::size_t i = 0; i < size && good; ++i) {
                good = read_item(items[i], into[i], i, state);
            }
        } else {
            good = [&]<std::size_t... Is>(std::index_sequence<Is...>) {
                return (read_item(items[Is], std::get<Is>(into), Is, state) && ...);
            }
            (std::make_index_sequence<size>{});
        }
        state.leave();
        return good;
    }
    static bool write(const T& from, value& into, conversion& state) {
        if constexpr (range_type<T>) {
            return write_items(from, size, form::list, into, state);
        } else {
            if (!state.enter()) return false;
            array_builder builder(size);
            const bool good = [&]<std::size_t... Is>(std::index_sequence<Is...>) {
                return (write_item(builder, std::get<Is>(from), Is, state) && ...);
            }
            (std::make_index_sequence<size>{});
            if (good) into = builder.finish(form::tuple);
            state.leave();
            return good;
        }
    }

private:
    template <typename Item>
    static bool read_item(const value& from, Item& into, std::size_t index, conversion& state) {
        return converter<Item>::read(from, into, state) || state.in_item(index);
    }
    template <typename Item>
    static bool write_item(array_builder& builder, const Item& from, std::size_t index,
                           conversion& state) {
        return converter<Item>::write(from, builder.add(), state) || state.in_item(index);
    }
};

template <any_variant T>
struct read_write<T> {
    using variant = typename variant_of<T>::type;

    static bool read(const value& from, T& into, conversion& state) {
        std::size_t chosen = 0;
        const value* content = nullptr;
        if (!state.enter() || !read_case(from, chosen, content, case_names<T>(), state)) {
            return false;
        }
        const bool good = read_chosen(*content, static_cast<variant&>(into), chosen, state,
                                      std::make_index_sequence<std::variant_size_v<variant>>{});
        state.leave();
        return good || state.in_field(case_names<T>()[chosen]);
    }
    static bool write(const T& from, value& into, conversion& state) {
        if (from.valueless_by_exception()) {
            return state.fail(errc::invalid_argument, "variant holds no value");
        }
        if (!state.enter()) return false;
        value content;
        const bool good = write_chosen(static_cast<const variant&>(from), content, state,
                                       std::make_index_sequence<std::variant_size_v<variant>>{});
        if (good) into = make_case(case_names<T>()[from.index()], from.index(), std::move(content));
        state.leave();
        return good || state.in_field(case_names<T>()[from.index()]);
    }

private:
    template <std::size_t... Is>
    static bool read_chosen(const value& from, variant& into, std::size_t chosen, conversion& state,
                            std::index_sequence<Is...>) {
        bool good = false;
        static_cast<void>(
            ((chosen == Is && (good = converter<std::variant_alternative_t<Is, variant>>::read(
                                   from, into.template emplace<Is>(), state),
                               true)) ||
             ...));
        return good;
    }
    template <std::size_t... Is>
    static bool write_chosen(const variant& from, value& into, conversion& state,
                             std::index_sequence<Is...>) {
        bool good = false;
        static_cast<void>(((from.index() == Is &&
                            (good = converter<std::variant_alternative_t<Is, variant>>::write(
                                 *std::get_if<Is>(&from), into, state),
                             true)) ||
                           ...));
        return good;
    }
};

// Lengths of time in other units than nanoseconds, and points of system time.
template <chrono_type T>
requires(!time_point_type<T> && !std::same_as<T, duration>) struct read_write<T> {
    static bool read(const value& from, T& into, conversion& state) {
        duration exact{};
        if (!read_duration(from, exact, state)) return false;
        return narrow(exact, into) ||
               state.mismatch("a duration in the unit and range of the C++ type", from);
    }
    static bool write(const T& from, value& into, conversion& state) {
        // In long double, which has 64 bits of mantissa, to see whether the product fits at all.
        using wide = std::chrono::duration<long double, std::nano>;
        const long double count = wide(from).count();
        if (!(count >= -0x1p63L && count < 0x1p63L)) {
            return state.fail(errc::invalid_argument,
                              "duration does not fit 64 bits of nanoseconds");
        }
        into = std::chrono::duration_cast<duration>(from);
        return true;
    }
    /// False where the unit is too coarse or the number too small for the duration.
    static bool narrow(duration exact, T& into) {
        if constexpr (!std::chrono::treat_as_floating_point_v<typename T::rep>) {
            const auto cast =
                std::chrono::duration_cast<std::chrono::duration<std::int64_t, typename T::period>>(
                    exact);
            if (std::chrono::duration_cast<duration>(cast) != exact ||
                !std::in_range<typename T::rep>(cast.count())) {
                return false;
            }
        }
        into = std::chrono::duration_cast<T>(exact);
        return true;
    }
};

template <time_point_type T>
struct read_write<T> {
    using unit = typename T::duration;
    static_assert(std::same_as<typename T::clock, std::chrono::system_clock>,
                  "beckon: only points of system_clock (sys_time, sys_days) can travel");
    static constexpr bool is_days = std::ratio_equal_v<typename unit::period, std::ratio<86400>>;

    static bool read(const value& from, T& into, conversion& state) {
        if constexpr (is_days) {
            date day;
            if (!read_date(from, day, state)) return false;
            into = T(unit(day.days));
            return true;
        } else {
            datetime moment;
            std::int64_t since_epoch = 0;
            if (!read_datetime(from, moment, state) ||
                !nanoseconds_of(moment, since_epoch, state)) {
                return false;
            }
            unit length{};
            bool good = true;
            if constexpr (std::same_as<unit, duration>) {
                length = duration(since_epoch);
            } else {
                good = read_write<unit>::narrow(duration(since_epoch), length);
            }
            into = T(length);
            return good || state.mismatch("a datetime in the unit and range of the C++ type", from);
        }
    }
    static bool write(const T& from, value& into, conversion& state) {
        if constexpr (is_days) {
            const auto days = from.time_since_epoch().count();
            if (!std::in_range<std::int32_t>(days)) {
                return state.fail(errc::invalid_argument, "date does not fit 32 bits of days");
            }
            into = date{static_cast<std::int32_t>(days)};
            return true;
        } else {
            value length;
            if constexpr (std::same_as<unit, duration>) {
                length = from.time_since_epoch();
            } else if (!read_write<unit>::write(from.time_since_epoch(), length, state)) {
                return false;
            }
            into = datetime_of(length.duration().count());
            return true;
        }
    }
};

} // namespace detail

template <typename T>
struct converter : detail::read_write<T> {};

} // namespace beckon
