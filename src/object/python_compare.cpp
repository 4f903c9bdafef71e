#include "object/python_compare.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "beckon/object/exception.hpp"
#include "beckon/object/peer.hpp"
#include "object/bound_method.hpp"
#include "object/container.hpp"
#include "object/python_text.hpp"

namespace beckon::detail {

namespace {

constexpr double two_to_63 = 9223372036854775808.0;

[[nodiscard]] bool is_number(value_kind kind) noexcept {
    return kind == value_kind::boolean || kind == value_kind::integer ||
           kind == value_kind::floating || kind == value_kind::complex;
}

/// One form for equal numbers: whole ones as integers.
[[nodiscard]] value plain_number(const value& from) {
    if (from.is(value_kind::boolean)) return value(from.boolean() ? 1 : 0);
    if (from.is(value_kind::integer)) return from;
    double number = 0;
    if (from.is(value_kind::complex)) {
        const auto [real, imaginary] = from.complex_parts();
        if (imaginary != 0 || std::isnan(imaginary)) return from;
        number = real;
    } else {
        number = from.float64();
    }
    if (std::trunc(number) == number && number >= -two_to_63 && number < two_to_63)
        return value(static_cast<std::int64_t>(number));
    return value(number);
}

/// What compares as text, number or container; containers that are objects by their content.
[[nodiscard]] value comparable(const value& from) {
    if (is_number(from.kind())) return plain_number(from);
    if (const auto* const inner = local_as<container>(from)) return inner->shallow();
    if (from.is(value_kind::variant)) return value::tuple({value(from.name()), from.content()});
    return as_python_sees(from);
}

[[nodiscard]] bool equal_items(const value& one, const value& other, comparison& state) {
    if (one.size() != other.size()) return false;
    for (std::size_t i = 0; i < one.size(); ++i) {
        if (!python_equal(one[i], other[i], state)) return false;
    }
    return true;
}

[[nodiscard]] std::optional<value> keys_of(const value& items, comparison& state) {
    std::vector<value> keys;
    keys.reserve(items.size());
    for (const value& each : items.items()) {
        auto key = python_key(each, state);
        if (!key) return std::nullopt;
        keys.push_back(*std::move(key));
    }
    return value::set(std::move(keys));
}

/// Whether a set has all members of another, and more.
[[nodiscard]] bool within(const value& smaller, const value& larger, comparison& state) {
    if (smaller.size() >= larger.size()) return false;
    const auto keys = keys_of(larger, state);
    return keys && std::all_of(smaller.begin(), smaller.end(), [&](const value& each) {
               const auto key = python_key(each, state);
               return key && keys->contains(*key);
           });
}

/// Sets and the keys of maps hold what can be a key, so they are compared in that form.
[[nodiscard]] bool equal_sets(const value& one, const value& other, comparison& state) {
    if (one.size() != other.size()) return false;
    const auto mine = keys_of(one, state);
    return mine && std::all_of(other.begin(), other.end(), [&](const value& each) {
               const auto key = python_key(each, state);
               return key && mine->contains(*key);
           });
}

[[nodiscard]] bool equal_maps(const value& one, const value& other, comparison& state) {
    if (one.size() != other.size()) return false;
    std::vector<map_entry> entries;
    entries.reserve(one.size());
    for (const auto& [key, mapped] : one.entries()) {
        auto plain = python_key(key, state);
        if (!plain) return false;
        entries.push_back({*std::move(plain), mapped});
    }
    const value mine = value::map(std::move(entries));
    return std::all_of(other.entries().begin(), other.entries().end(), [&](const map_entry& each) {
        const auto key = python_key(each.key, state);
        const value* const found = key ? mine.find(*key) : nullptr;
        return found != nullptr && python_equal(*found, each.mapped, state);
    });
}

[[nodiscard]] bool equal_records(const value& one, const value& other, comparison& state) {
    if (one.declared_type() != other.declared_type() || one.size() != other.size()) return false;
    for (const auto& [name, content] : one.fields()) {
        const value* const found = other.find(name.string());
        if (found == nullptr || !python_equal(content, *found, state)) return false;
    }
    return true;
}

[[nodiscard]] bool is_set(value_kind kind) noexcept {
    return kind == value_kind::set || kind == value_kind::frozen_set;
}

} // namespace

comparison::level::level(comparison& state) : state_(state) {
    if (state.depth == comparison::max_depth) {
        throw_error(fail(errc::limit_exceeded, "values compared are more than ",
                         comparison::max_depth, " levels deep"));
    }
    if (state.left == 0) {
        throw_error(fail(errc::limit_exceeded, "values compared consist of more than ",
                         comparison::max_steps, " values"));
    }
    ++state.depth;
    --state.left;
}

bool python_equal(const value& one, const value& other) {
    comparison state;
    return python_equal(one, other, state);
}

result<bool> python_less(const value& one, const value& other) {
    comparison state;
    return python_less(one, other, state);
}

result<value> python_key(const value& from) {
    comparison state;
    return python_key(from, state);
}

bool python_equal(const value& one, const value& other, comparison& state) {
    if (one == other) return true;
    const comparison::level level(state);
    if (const servant* const object = local_servant(one)) {
        if (same_object(*object, other)) return true;
    }
    const value left = comparable(one);
    const value right = comparable(other);
    if (is_set(left.kind()) && is_set(right.kind())) return equal_sets(left, right, state);
    if (left.kind() != right.kind()) return false;
    switch (left.kind()) {
    case value_kind::list:
    case value_kind::tuple: return equal_items(left, right, state);
    case value_kind::map: return equal_maps(left, right, state);
    case value_kind::record: return equal_records(left, right, state);
    default: return left == right;
    }
}

result<bool> python_less(const value& one, const value& other, comparison& state) {
    const auto unordered = [&] {
        return named_error("builtins.TypeError",
                           concat("'", state.sign, "' not supported between instances of ",
                                  python_quoted(python_type(one)), " and ",
                                  python_quoted(python_type(other))));
    };
    const comparison::level level(state);
    if (one.is(value_kind::complex) || other.is(value_kind::complex)) return unordered();
    const value left = comparable(one);
    const value right = comparable(other);
    if (is_number(left.kind()) && is_number(right.kind())) {
        if (left.kind() == right.kind()) return left < right;
        // One of them has a fraction, or is beyond 64 bits.
        const auto as_double = [](const value& from) {
            if (from.is(value_kind::floating)) return from.float64();
            return from.is_int64() ? static_cast<double>(from.int64())
                                   : (from.is_negative() ? -HUGE_VAL : HUGE_VAL);
        };
        return as_double(left) < as_double(right);
    }
    if (left.kind() != right.kind() && !(is_set(left.kind()) && is_set(right.kind())))
        return unordered();
    switch (left.kind()) {
    case value_kind::string:
    case value_kind::bytes: return left < right;
    case value_kind::list:
    case value_kind::tuple: {
        const std::size_t both = std::min(left.size(), right.size());
        for (std::size_t i = 0; i < both; ++i) {
            if (!python_equal(left[i], right[i], state))
                return python_less(left[i], right[i], state);
        }
        return left.size() < right.size();
    }
    case value_kind::set:
    case value_kind::frozen_set: return within(left, right, state);
    default: return unordered();
    }
}

result<value> python_key(const value& from, comparison& state) {
    const comparison::level level(state);
    switch (from.kind()) {
    case value_kind::list:
    case value_kind::map:
    case value_kind::set:
    case value_kind::slice: break;
    case value_kind::tuple:
    case value_kind::frozen_set: {
        std::vector<value> items;
        items.reserve(from.size());
        for (const value& each : from) {
            BECKON_ASSIGN(value key, python_key(each, state));
            items.push_back(std::move(key));
        }
        return from.is(value_kind::tuple) ? value::tuple(std::move(items))
                                          : value::frozen_set(std::move(items));
    }
    case value_kind::reference: {
        const auto* const inner = local_as<container>(from);
        if (inner == nullptr || inner->is_key()) return from;
        break;
    }
    default: return is_number(from.kind()) ? plain_number(from) : as_python_sees(from);
    }
    return named_error("builtins.TypeError",
                       concat("unhashable type: ", python_quoted(python_type(from))));
}

namespace {

/// Python's own containers that can be no keys, where one of a peer's is such: its name.
[[nodiscard]] std::string_view unhashable_at_peer(const value& reference) {
    const auto& core = static_cast<const object_core&>(*reference.object());
    if (core.is_local()) return {};
    const auto& remote = static_cast<const remote_object&>(core);
    const std::string name = remote.session().type_name(remote);
    for (const std::string_view known : {"list", "dict", "set", "bytearray"}) {
        if (name == concat("builtins.", known)) return known;
    }
    return {};
}

} // namespace

result<value> new_key(const value& from) {
    BECKON_ASSIGN(value plain, python_key(from));
    const auto check = [](const value& each) -> result<void> {
        const std::string_view name =
            each.is(value_kind::reference) ? unhashable_at_peer(each) : "";
        if (name.empty()) return {};
        return named_error("builtins.TypeError", concat("unhashable type: ", python_quoted(name)));
    };
    BECKON_TRY(check(from));
    if (from.is(value_kind::tuple)) {
        for (const value& each : from) BECKON_TRY(check(each));
    }
    return plain;
}

value compared(std::string_view how, bool equal, bool less) {
    if (how == "__eq__") return value(equal);
    if (how == "__ne__") return value(!equal);
    if (how == "__lt__") return value(less);
    if (how == "__le__") return value(less || equal);
    if (how == "__gt__") return value(!less && !equal);
    if (how == "__ge__") return value(!less);
    return {};
}

} // namespace beckon::detail
