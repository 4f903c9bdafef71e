#include "session/told_plain.hpp"

#include <charconv>
#include <vector>

#include "beckon/codec/msgpack.hpp"

namespace beckon {

namespace {

/// Extensions of MessagePack that are references: an object of the sender, and one of the receiver.
constexpr std::int64_t lent_type = 40;
constexpr std::int64_t home_type = 41;

/// The value with each part changed that `change` gives something for.
template <typename Change>
[[nodiscard]] value changed(const value& from, const Change& change) {
    if (auto other = change(from)) return std::move(*other);
    if (from.is(value_kind::list)) {
        std::vector<value> items;
        for (const value& each : from) items.push_back(changed(each, change));
        return value::list(std::move(items));
    }
    if (from.is(value_kind::map)) {
        value made = value::map();
        for (const auto& [key, mapped] : from.entries())
            made.insert_or_assign(key, changed(mapped, change));
        return made;
    }
    return from;
}

[[nodiscard]] std::optional<std::uint64_t> number_in(const value& extension) {
    const auto read = msgpack::read(extension.content().bytes());
    if (!read || !read->is_uint64()) return {};
    return read->uint64();
}

/// The number behind "$ref/" and what follows it.
[[nodiscard]] std::optional<std::pair<std::uint64_t, std::string_view>>
object_in(std::string_view method, std::string_view reference) {
    if (!method.starts_with(reference)) return {};
    method.remove_prefix(reference.size());
    if (!method.starts_with('/')) return {};
    std::uint64_t number = 0;
    const auto [end, wrong] =
        std::from_chars(method.data() + 1, method.data() + method.size(), number);
    if (wrong != std::errc()) return {};
    method.remove_prefix(static_cast<std::size_t>(end - method.data()));
    if (!method.starts_with('.')) return {};
    return std::pair(number, method);
}

[[nodiscard]] value with_first(const value& params, value first) {
    value made = params;
    made.replace(0, std::move(first));
    return made;
}

[[nodiscard]] bool has_number(const value& params) {
    return params.is(value_kind::list) && !params.empty() && params[0].is_uint64();
}

} // namespace

value told_plain::content(speaker who, const value& part) const {
    if (who == speaker::client) return part;
    return changed(part, [&](const value& each) -> std::optional<value> {
        if (each.is(value_kind::extension) && each.number() == lent_type) {
            if (const auto number = number_in(each))
                return name_in_content(told_name::object, *number);
        }
        if (!each.is(value_kind::map)) return {};
        if (const value& number = each[reference_]; number.is_uint64() && each["mine"].is_null()) {
            value made = each;
            made.insert_or_assign(reference_, name_in_content(told_name::object, number.uint64()));
            return made;
        }
        if (const value& number = each[stream_]; number.is_uint64()) {
            value made = each;
            made.insert_or_assign(stream_, name_in_content(told_name::stream, number.uint64()));
            return made;
        }
        return {};
    });
}

value told_plain::renamed(const value& part, const other_names& names) const {
    return changed(part, [&](const value& each) -> std::optional<value> {
        if (each.is(value_kind::extension) && each.number() == home_type) {
            const auto number = number_in(each);
            if (!number) return {};
            buffer out;
            msgpack::put_unsigned(out, names.number(told_name::object, *number));
            return value::extension(home_type, out.view());
        }
        if (!each.is(value_kind::map)) return {};
        const value& number = each[reference_];
        if (!number.is_uint64() || each["mine"].is_null()) return {};
        value made = each;
        made.insert_or_assign(reference_, names.number(told_name::object, number.uint64()));
        return made;
    });
}

bool told_plain::is_notice(std::string_view method, std::string_view name) const {
    return method.starts_with(prefix_) && method.substr(prefix_.size()) == name;
}

bool told_plain::is_aside(std::string_view method) const {
    return is_notice(method, "credit") || is_notice(method, "release");
}

told_plain::call told_plain::content(speaker who, call of) const {
    of.params = content(who, of.params);
    // The server tells of its streams by the numbers that it gave them.
    if (who == speaker::server && has_number(of.params) &&
        (is_notice(of.method, "item") || is_notice(of.method, "end"))) {
        of.params =
            with_first(of.params, name_in_content(told_name::stream, of.params[0].uint64()));
    }
    return of;
}

told_plain::call told_plain::renamed(call of, const other_names& names) const {
    of.params = renamed(of.params, names);
    if (const auto object = object_in(of.method, reference_)) {
        of.method =
            concat(reference_, "/", names.number(told_name::object, object->first), object->second);
    } else if (has_number(of.params)) {
        const std::uint64_t number = of.params[0].uint64();
        if (is_notice(of.method, "release"))
            of.params = with_first(of.params, names.number(told_name::object, number));
        if (is_notice(of.method, "credit"))
            of.params = with_first(of.params, names.number(told_name::stream, number));
    }
    return of;
}

} // namespace beckon
