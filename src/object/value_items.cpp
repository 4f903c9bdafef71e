#include <algorithm>

#include "object/value_operations.hpp"

namespace beckon::detail {

namespace {

using python::builtin;

[[nodiscard]] bool is_list_like(const value& of) noexcept {
    return of.is(value_kind::list) || of.is(value_kind::tuple);
}

/// Where each code point begins, and the end. Bytes that are no UTF-8 count each as one.
[[nodiscard]] std::vector<std::size_t> code_points(std::string_view text) {
    std::vector<std::size_t> starts;
    starts.reserve(text.size() + 1);
    for (std::size_t i = 0; i < text.size(); ++i) {
        if ((static_cast<unsigned char>(text[i]) & 0xc0u) != 0x80u) starts.push_back(i);
    }
    if (!text.empty() && (starts.empty() || starts.front() != 0)) starts.insert(starts.begin(), 0);
    starts.push_back(text.size());
    return starts;
}

[[nodiscard]] error not_indexed(const value& of) {
    return python_failure(builtin::type_error, concat(of.type_name(), " has no items"));
}
[[nodiscard]] error not_changed(const value& of) {
    return python_failure(builtin::type_error,
                          concat(of.type_name(), " has no items that can be changed"));
}
[[nodiscard]] error no_key(const value& key) {
    error failure = python::to_error({.type = std::string(python::type_name(builtin::key_error)),
                                      .text = concat("map has no key ", key.to_text(64)),
                                      .arguments = value::tuple({key})});
    return failure;
}

[[nodiscard]] result<std::int64_t> integer_key(const value& of, const value& key) {
    if (key.is(value_kind::boolean)) return key.boolean() ? 1 : 0;
    if (key.is_int64()) return key.int64();
    if (key.is(value_kind::integer)) {
        return python_failure(builtin::index_error,
                              concat("a ", of.type_name(), " has no item so far out"));
    }
    return python_failure(
        builtin::type_error,
        concat(of.type_name(), " is indexed by integers or slices; found ", key.type_name()));
}

/// A place among `count` items; negative ones count from the end.
[[nodiscard]] result<std::size_t> place_of(const value& of, const value& key, std::size_t count) {
    BECKON_ASSIGN(const std::int64_t asked, integer_key(of, key));
    const auto size = static_cast<std::int64_t>(count);
    const std::int64_t place = asked < 0 ? asked + size : asked;
    if (place < 0 || place >= size) {
        return python_failure(
            builtin::index_error,
            concat("index ", asked, " is outside a ", of.type_name(), " of ", count, " items"));
    }
    return static_cast<std::size_t>(place);
}

/// The places that a slice names, as Python counts them.
[[nodiscard]] result<std::vector<std::size_t>> places_of(const value& slice, std::size_t count) {
    const auto bounds = slice.bounds();
    for (const value& each : bounds) {
        if (!each.is_null() && !each.is_int64()) {
            return python_failure(builtin::type_error,
                                  concat("slice has a bound that is ", each.type_name(),
                                         "; expected an integer or null"));
        }
    }
    const auto size = static_cast<std::int64_t>(count);
    const std::int64_t step = bounds[2].is_null() ? 1 : bounds[2].int64();
    if (step == 0) return python_failure(builtin::value_error, "slice has a step of zero");
    const std::int64_t least = step > 0 ? 0 : -1;
    const std::int64_t most = step > 0 ? size : size - 1;
    const auto bound = [&](const value& given, std::int64_t otherwise) {
        if (given.is_null()) return otherwise;
        const std::int64_t number = given.int64();
        return std::clamp(number < 0 ? number + size : number, least, most);
    };
    const std::int64_t start = bound(bounds[0], step > 0 ? least : most);
    const std::int64_t stop = bound(bounds[1], step > 0 ? most : least);
    std::vector<std::size_t> places;
    for (std::int64_t at = start; step > 0 ? at < stop : at > stop;) {
        places.push_back(static_cast<std::size_t>(at));
        if (__builtin_add_overflow(at, step, &at)) break;
    }
    return places;
}

[[nodiscard]] result<value> part_of_text(const value& text, const value& key) {
    const std::string_view all = text.string();
    const std::vector<std::size_t> starts = code_points(all);
    const auto letter = [&](std::size_t at) {
        return all.substr(starts[at], starts[at + 1] - starts[at]);
    };
    if (!key.is(value_kind::slice)) {
        BECKON_ASSIGN(const std::size_t at, place_of(text, key, starts.size() - 1));
        return value(letter(at));
    }
    BECKON_ASSIGN(const auto places, places_of(key, starts.size() - 1));
    std::string part;
    for (const std::size_t at : places) part += letter(at);
    return value(std::move(part));
}

[[nodiscard]] result<value> part_of_bytes(const value& content, const value& key) {
    const byte_view all = content.bytes();
    if (!key.is(value_kind::slice)) {
        BECKON_ASSIGN(const std::size_t at, place_of(content, key, all.size()));
        return value(std::to_integer<int>(all[at]));
    }
    BECKON_ASSIGN(const auto places, places_of(key, all.size()));
    bytes part;
    for (const std::size_t at : places) part.push_back(all[at]);
    return value(std::move(part));
}

[[nodiscard]] result<value> part_of_list(const value& list, const value& key) {
    if (!key.is(value_kind::slice)) {
        BECKON_ASSIGN(const std::size_t at, place_of(list, key, list.size()));
        return list[at];
    }
    BECKON_ASSIGN(const auto places, places_of(key, list.size()));
    std::vector<value> part;
    part.reserve(places.size());
    for (const std::size_t at : places) part.push_back(list[at]);
    return list.is(value_kind::tuple) ? value::tuple(std::move(part))
                                      : value::list(std::move(part));
}

[[nodiscard]] result<value> set_slice(value& list, const value& slice, const value& items) {
    BECKON_ASSIGN(const auto places, places_of(slice, list.size()));
    BECKON_ASSIGN(std::vector<value> given, items_of(items));
    const value& step = slice.bounds()[2];
    if (!step.is_null() && step.int64() != 1) {
        if (given.size() != places.size()) {
            return python_failure(
                builtin::value_error,
                concat("slice of ", places.size(), " items cannot take ", given.size()));
        }
        for (std::size_t i = 0; i < places.size(); ++i) list.replace(places[i], given[i]);
        return value();
    }
    // An empty slice has no place of its own, only the one before which it stands.
    BECKON_ASSIGN(const auto rest,
                  places_of(value::slice(slice.bounds()[0], value(), value()), list.size()));
    const std::size_t start = rest.empty() ? list.size() : rest.front();
    std::vector<value> all(list.begin(), list.end());
    const auto at = all.begin() + static_cast<std::ptrdiff_t>(start);
    const auto gap = all.erase(at, at + static_cast<std::ptrdiff_t>(places.size()));
    all.insert(gap, given.begin(), given.end());
    list = value::list(std::move(all));
    return value();
}

} // namespace

result<std::size_t> count_of(const value& of) {
    if (of.is(value_kind::string)) return code_points(of.string()).size() - 1;
    if (of.is(value_kind::bytes) || of.is_sequence() || of.is(value_kind::map)) return of.size();
    return python_failure(builtin::type_error, concat(of.type_name(), " has no length"));
}

result<value> get_item(const value& from, const value& key) {
    if (is_list_like(from)) return part_of_list(from, key);
    if (from.is(value_kind::string)) return part_of_text(from, key);
    if (from.is(value_kind::bytes)) return part_of_bytes(from, key);
    if (!from.is(value_kind::map) && !from.is(value_kind::record)) return not_indexed(from);
    if (const value* const found = from.find(key)) return *found;
    return no_key(key);
}

result<value> set_item(value& into, const value& key, const value& item) {
    if (into.is(value_kind::map) || (into.is(value_kind::record) && key.is(value_kind::string))) {
        into.insert_or_assign(key, item);
        return value();
    }
    if (!into.is(value_kind::list)) return not_changed(into);
    if (key.is(value_kind::slice)) return set_slice(into, key, item);
    BECKON_ASSIGN(const std::size_t at, place_of(into, key, into.size()));
    into.replace(at, item);
    return value();
}

result<value> erase_item(value& from, const value& key) {
    if (from.is(value_kind::map)) return from.erase(key) ? result<value>(value()) : no_key(key);
    if (!from.is(value_kind::list)) return not_changed(from);
    if (key.is(value_kind::slice)) {
        BECKON_ASSIGN(auto places, places_of(key, from.size()));
        std::sort(places.rbegin(), places.rend());
        for (const std::size_t at : places) from.erase_at(at);
        return value();
    }
    BECKON_ASSIGN(const std::size_t at, place_of(from, key, from.size()));
    from.erase_at(at);
    return value();
}

result<value> contains_item(const value& in, const value& item) {
    if (in.is(value_kind::map)) return value(in.find(item) != nullptr);
    if (in.is_sequence()) {
        return value(std::any_of(in.begin(), in.end(),
                                 [&](const value& each) { return equal_values(each, item); }));
    }
    if (in.is(value_kind::string) && item.is(value_kind::string))
        return value(in.string().find(item.string()) != std::string_view::npos);
    if (in.is(value_kind::bytes) && item.is(value_kind::bytes)) {
        const byte_view all = in.bytes();
        const byte_view part = item.bytes();
        return value(std::search(all.begin(), all.end(), part.begin(), part.end()) != all.end() ||
                     part.empty());
    }
    return python_failure(builtin::type_error,
                          concat(in.type_name(), " cannot contain ", item.type_name()));
}

result<std::vector<value>> items_of(const value& from) {
    std::vector<value> items;
    if (from.is_sequence()) {
        items.assign(from.begin(), from.end());
    } else if (from.is(value_kind::map)) {
        for (const map_entry& each : from.entries()) items.push_back(each.key);
    } else if (from.is(value_kind::string)) {
        const std::vector<std::size_t> starts = code_points(from.string());
        for (std::size_t i = 0; i + 1 < starts.size(); ++i)
            items.emplace_back(from.string().substr(starts[i], starts[i + 1] - starts[i]));
    } else if (from.is(value_kind::bytes)) {
        for (const std::byte each : from.bytes()) items.emplace_back(std::to_integer<int>(each));
    } else {
        return python_failure(builtin::type_error, concat(from.type_name(), " cannot be iterated"));
    }
    return items;
}

} // namespace beckon::detail
