#include "beckon/object/materialize.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "beckon/object/containers.hpp"
#include "beckon/object/operate.hpp"
#include "beckon/object/task.hpp"
#include "beckon/value/detail/conversion.hpp"
#include "object/container.hpp"
#include "object/dynamic_containers.hpp"
#include "object/iterable_source.hpp"

namespace beckon {

using schema::kind;

namespace {

[[nodiscard]] object object_in(const value& reference) {
    return object(intrusive_ptr<object_core>(static_cast<object_core*>(reference.object())));
}

/// Whether a reference stands for something that can be fetched.
[[nodiscard]] bool is_fetchable(const value& reference) noexcept {
    if (const servant* const local = detail::local_servant(reference)) {
        if (dynamic_cast<const detail::container*>(local) != nullptr) return true;
        // Iterators, and objects without a schema, which can be asked for items and attributes.
        return local->interface() == nullptr && (local->what() == servant::nature::iterator ||
                                                 local->what() == servant::nature::object);
    }
    return static_cast<remote_object*>(reference.object())->session().is_dynamic();
}

[[nodiscard]] bool is_composed(kind wanted) noexcept {
    switch (wanted) {
    case kind::list:
    case kind::map:
    case kind::tuple:
    case kind::variant:
    case kind::stream:
    case kind::record: return true;
    default: return false;
    }
}

[[nodiscard]] const schema::type& without_optional(const schema::type& wanted) noexcept {
    const schema::type* type = &wanted;
    while (type->kind == kind::optional) type = &type->arguments[0];
    return *type;
}

[[nodiscard]] const schema::record* find_record(const schema::document& document,
                                                const schema::type& type) noexcept {
    const schema::record* const found = document.find_record(type.name);
    return found != nullptr ? found : document.find_exception(type.name);
}

/// The type of a variant's case, which a name or a number says; null where there is no such case.
[[nodiscard]] const schema::type* case_type(const value& chosen, const schema::type& type) {
    if (chosen.is_uint64() && chosen.uint64() < type.arguments.size())
        return &type.arguments[static_cast<std::size_t>(chosen.uint64())];
    if (!chosen.is(value_kind::string)) return nullptr;
    for (std::size_t i = 0; i < type.case_names.size(); ++i) {
        if (type.case_names[i] == chosen.string()) return &type.arguments[i];
    }
    return nullptr;
}

[[nodiscard]] bool may_need(const schema::type& wanted) noexcept {
    return is_composed(without_optional(wanted).kind);
}

[[nodiscard]] bool needs(const value& given, const schema::document& document,
                         const schema::type& wanted, std::size_t depth) {
    const schema::type& type = without_optional(wanted);
    if (!is_composed(type.kind) || !detail::may_refer(given)) return false;
    if (given.is(value_kind::reference)) return is_fetchable(given);
    if (depth == 0) return false; // what nests deeper than this is for coerce to refuse
    const auto item_needs = [&](const value& item, const schema::type& of) {
        return needs(item, document, of, depth - 1);
    };
    switch (type.kind) {
    case kind::list:
        return may_need(type.arguments[0]) && given.is_sequence() &&
               std::any_of(given.begin(), given.end(),
                           [&](const value& each) { return item_needs(each, type.arguments[0]); });
    case kind::tuple:
        if (!given.is_sequence()) return false;
        for (std::size_t i = 0; i < std::min(given.size(), type.arguments.size()); ++i) {
            if (item_needs(given[i], type.arguments[i])) return true;
        }
        return false;
    case kind::map: {
        const schema::type& mapped = type.arguments[1];
        if (given.is(value_kind::map)) {
            if (!may_need(mapped)) return false;
            for (const map_entry& each : given.entries()) {
                if (item_needs(each.mapped, mapped)) return true;
            }
            return false;
        }
        return given.is_sequence() &&
               std::any_of(given.begin(), given.end(), [&](const value& each) {
                   if (each.is(value_kind::reference)) return is_fetchable(each);
                   return each.is_sequence() && each.size() == 2 && item_needs(each[1], mapped);
               });
    }
    case kind::variant: {
        const bool is_variant = given.is(value_kind::variant);
        if (!is_variant && (!given.is_sequence() || given.size() != 2)) return false;
        const value name = is_variant ? value(given.name()) : given[0];
        const schema::type* const chosen = case_type(name, type);
        return chosen != nullptr && item_needs(is_variant ? given.content() : given[1], *chosen);
    }
    case kind::record: {
        const schema::record* const declared = find_record(document, type);
        if (declared == nullptr) return false;
        for (std::size_t i = 0; i < declared->fields.size(); ++i) {
            const schema::field& field = declared->fields[i];
            if (!may_need(field.type)) continue;
            if (given.is_sequence()) {
                if (item_needs(given[i], field.type)) return true;
            } else if (given.is(value_kind::record) || given.is(value_kind::map)) {
                const value* const found = given.find(field.name);
                if (found != nullptr && item_needs(*found, field.type)) return true;
            }
        }
        return false;
    }
    default: return false;
    }
}

/// What one call of materialize shares.
class fetching final : public ref_counted {
public:
    fetching(const schema::document& in, const materialize_options& given)
        : document(in), options(given), left_(given.max_nodes) {}

    /// Takes so many values off what may still be fetched.
    void spend(std::size_t nodes) {
        std::size_t left = left_.load();
        while (left >= nodes && !left_.compare_exchange_weak(left, left - nodes)) {
        }
        if (left >= nodes) return;
        throw_error(fail(errc::limit_exceeded, "objects to be fetched by value hold more than ",
                         options.max_nodes, " values (max_nodes)"));
    }
    [[nodiscard]] std::size_t left() const noexcept { return left_.load(); }

    const schema::document& document;
    const materialize_options options;

private:
    std::atomic<std::size_t> left_;
};
using state_ptr = intrusive_ptr<fetching>;

/// The peer's name for what an object is, without the module: "list" of "builtins.list".
[[nodiscard]] std::string type_of(const object& target) {
    if (target.core()->is_local()) return std::string(target.interface_name());
    auto& remote = static_cast<remote_object&>(*target.core());
    std::string name = remote.session().type_name(remote);
    name.erase(0, name.rfind('.') + 1);
    return name;
}
[[nodiscard]] bool is_sequence_type(std::string_view name) noexcept {
    constexpr std::array<std::string_view, 9> known{"list",          "tuple",      "set",
                                                    "frozenset",     "deque",      "generator",
                                                    "list_iterator", "dict_items", "iterator"};
    return std::find(known.begin(), known.end(), name) != known.end();
}
[[nodiscard]] bool is_map_type(std::string_view name) noexcept {
    constexpr std::array<std::string_view, 5> known{"dict", "OrderedDict", "defaultdict",
                                                    "mappingproxy", "Counter"};
    return std::find(known.begin(), known.end(), name) != known.end();
}

/// The object lacks the attribute, or its holder does not let us use it.
[[nodiscard]] bool is_missing(const error& failure) noexcept {
    return failure.code() == errc::unknown_method ||
           (failure.code() == errc::remote_error &&
            std::string_view(failure.type_name()).ends_with("AttributeError"));
}

/// Waits for all of them, whatever becomes of some, so that none outlives what it refers to; then throws the first failure.
task<std::vector<value>> all_of(std::vector<future<value>> pending) {
    std::vector<value> came;
    came.reserve(pending.size());
    std::exception_ptr failure;
    for (future<value>& each : pending) {
        try {
            value next = co_await each;
            came.push_back(std::move(next));
        } catch (...) {
            if (!failure) failure = std::current_exception();
        }
    }
    if (failure) std::rethrow_exception(failure);
    co_return came;
}

/// What iterating over an object gives, as a list.
task<value> fetch_items(object from, state_ptr state) {
    if (const auto* const own = dynamic_cast<const detail::container*>(from.core().get())) {
        std::vector<value> items = own->each_item();
        state->spend(items.size());
        co_return value::list(std::move(items));
    }
    const bool goes_on = detail::is_iterator(value(from));
    value all = value::list();
    for (;;) {
        dynamic_request ask;
        ask.what = operation::next_items;
        ask.arguments.push_back(
            value(state->left() + 1)); // one more than there may be tells that there are more
        future<value> pending = operate(from, std::move(ask), state->options.call);
        value items = co_await pending;
        if (!items.is_sequence()) {
            throw_error(fail(errc::type_mismatch, "peer gave ", items.type_name(),
                             " for the items of an object; expected a list"));
        }
        state->spend(items.size());
        if (!goes_on) co_return items;
        if (items.empty()) co_return all;
        for (const value& each : items) all.push_back(each);
    }
}

/// A map's entries by its keys: where its methods are not for us.
task<value> fetch_by_keys(object from, state_ptr state) {
    task<value> asked = fetch_items(from, state);
    const value keys = co_await asked;
    state->spend(keys.size());
    std::vector<map_entry> entries;
    entries.reserve(keys.size());
    for (std::size_t start = 0; start < keys.size(); start += state->options.max_requests) {
        const std::size_t end = std::min(keys.size(), start + state->options.max_requests);
        std::vector<future<value>> pending;
        for (std::size_t i = start; i < end; ++i) {
            dynamic_request ask;
            ask.name = "__getitem__";
            ask.arguments.push_back(keys[i]);
            pending.push_back(operate(from, std::move(ask), state->options.call));
        }
        task<std::vector<value>> waiting = all_of(std::move(pending));
        std::vector<value> mapped = co_await waiting;
        for (std::size_t i = start; i < end; ++i)
            entries.push_back({keys[i], std::move(mapped[i - start])});
    }
    co_return value::map(std::move(entries));
}

/// Pairs as a map, where all of them are here.
[[nodiscard]] value as_map(const value& pairs) {
    std::vector<map_entry> entries;
    entries.reserve(pairs.size());
    for (const value& each : pairs) {
        if (!each.is_sequence() || each.size() != 2) return pairs;
        entries.push_back({each[0], each[1]});
    }
    return value::map(std::move(entries));
}

/// The entries of a map, or of a list of pairs.
task<value> fetch_entries(object from, state_ptr state) {
    if (const auto* const own = dynamic_cast<const detail::container*>(from.core().get())) {
        value content = own->shallow();
        state->spend(content.size());
        co_return content;
    }
    if (is_sequence_type(type_of(from))) {
        task<value> asked = fetch_items(from, state);
        const value pairs = co_await asked;
        co_return as_map(pairs);
    }
    dynamic_request ask;
    ask.name = "items";
    future<value> pending = operate(from, std::move(ask), state->options.call);
    value view;
    std::optional<error> failure;
    try {
        view = co_await pending;
    } catch (const exception& refused) {
        failure.emplace(refused.failure());
    }
    if (failure && !is_missing(*failure)) throw_error(std::move(*failure));
    if (failure) {
        task<value> asked = fetch_by_keys(from, state);
        value entries = co_await asked;
        co_return entries;
    }
    if (view.is(value_kind::reference)) {
        task<value> asked = fetch_items(object_in(view), state);
        view = co_await asked;
    } else {
        state->spend(view.size());
    }
    co_return view.is_sequence() ? as_map(view) : view;
}

/// The fields of a record as a map: the attributes of an object, the entries of a dict; or a list in order of the fields.
task<value> fetch_fields(object from, const schema::record* declared, state_ptr state) {
    const std::string type = type_of(from);
    const bool is_container = dynamic_cast<const detail::container*>(from.core().get()) != nullptr;
    if (is_container || is_map_type(type)) {
        task<value> asked = fetch_entries(from, state);
        value entries = co_await asked;
        co_return entries;
    }
    if (is_sequence_type(type)) {
        task<value> asked = fetch_items(from, state);
        value items = co_await asked;
        co_return items;
    }
    state->spend(declared->fields.size());
    std::vector<future<value>> pending;
    for (const schema::field& field : declared->fields) {
        dynamic_request ask;
        ask.what = operation::get_attribute;
        ask.name = field.name;
        pending.push_back(operate(from, std::move(ask), state->options.call));
    }
    value fields = value::map();
    std::optional<error> failure;
    for (std::size_t i = 0; i < pending.size(); ++i) {
        try {
            future<value>& one = pending[i];
            value content = co_await one;
            fields.insert_or_assign(value(declared->fields[i].name), std::move(content));
        } catch (const exception& refused) {
            // A field that is not there may have a default; coerce knows.
            if (!failure && !is_missing(refused.failure())) failure.emplace(refused.failure());
        }
    }
    if (failure) throw_error(std::move(*failure));
    co_return fields;
}

task<value> fetch(value given, const schema::type* wanted, state_ptr state, std::size_t depth);

/// Replaces the values that need it. They are looked at together, so that their requests are on their way at one time.
task<std::vector<value>> fetch_parts(std::vector<value> parts,
                                     std::vector<const schema::type*> types, state_ptr state,
                                     std::size_t depth) {
    std::size_t at = 0;
    while (at < parts.size()) {
        std::vector<future<value>> pending;
        std::vector<std::size_t> places;
        for (; at < parts.size() && pending.size() < state->options.max_requests; ++at) {
            if (types[at] == nullptr ||
                !needs(parts[at], state->document, *types[at], conversion::max_depth))
                continue;
            places.push_back(at);
            pending.push_back(start(fetch(parts[at], types[at], state, depth)));
        }
        task<std::vector<value>> waiting = all_of(std::move(pending));
        std::vector<value> came = co_await waiting;
        for (std::size_t i = 0; i < came.size(); ++i) parts[places[i]] = std::move(came[i]);
    }
    co_return parts;
}

/// A container's content taken apart: values, with the types that are wanted for them.
struct taken_apart {
    std::vector<value> parts;
    std::vector<const schema::type*> types;
    std::vector<value> names; ///< Keys, or names of fields; none of a sequence.

    void add(const value& part, const schema::type* type) {
        parts.push_back(part);
        types.push_back(type);
    }
};

/// `pair` is what a map's entries are where they come as pairs.
[[nodiscard]] taken_apart take_apart(const value& given, const schema::type& type,
                                     const schema::type& pair, const schema::document& document) {
    taken_apart all;
    const schema::record* const declared =
        type.kind == kind::record ? find_record(document, type) : nullptr;
    if (given.is(value_kind::variant)) {
        all.add(value(given.name()), nullptr);
        all.add(given.content(), case_type(all.parts[0], type));
    } else if (given.is_sequence()) {
        for (std::size_t i = 0; i < given.size(); ++i) {
            const schema::type* of = nullptr;
            if (type.kind == kind::list) of = &type.arguments[0];
            if (type.kind == kind::map) of = &pair;
            if (type.kind == kind::tuple && i < type.arguments.size()) of = &type.arguments[i];
            if (type.kind == kind::variant && i == 1) of = case_type(given[0], type);
            if (declared != nullptr && i < declared->fields.size()) of = &declared->fields[i].type;
            all.add(given[i], of);
        }
    } else {
        const auto add = [&](const value& name, const value& content) {
            const schema::type* of = type.kind == kind::map ? &type.arguments[1] : nullptr;
            for (std::size_t i = 0; declared != nullptr && i < declared->fields.size(); ++i) {
                if (name == value(declared->fields[i].name)) of = &declared->fields[i].type;
            }
            all.names.push_back(name);
            all.add(content, of);
        };
        if (given.is(value_kind::map)) {
            for (const auto& [key, mapped] : given.entries()) add(key, mapped);
        } else if (given.is(value_kind::record)) {
            for (const auto& [name, content] : given.fields()) add(name, content);
        }
    }
    return all;
}

[[nodiscard]] value put_together(const value& given, std::vector<value>&& parts,
                                 const std::vector<value>& names) {
    if (given.is(value_kind::tuple) || given.is(value_kind::variant))
        return value::tuple(std::move(parts));
    if (given.is_sequence()) return value::list(std::move(parts));
    std::vector<map_entry> entries;
    for (std::size_t i = 0; i < parts.size(); ++i)
        entries.push_back({names[i], std::move(parts[i])});
    return value::map(std::move(entries));
}

task<value> fetch(value given, const schema::type* wanted, state_ptr state, std::size_t depth) {
    if (depth == 0) {
        throw_error(fail(errc::limit_exceeded, "objects to be fetched by value nest more than ",
                         state->options.max_depth, " deep (max_depth)"));
    }
    const schema::type& type = without_optional(*wanted);
    if (given.is(value_kind::reference)) {
        const object from = object_in(given);
        const schema::record* const declared =
            type.kind == kind::record ? find_record(state->document, type) : nullptr;
        if (type.kind == kind::stream) {
            const materialize_options options = state->options;
            co_return value::stream(intrusive_ptr<referent>(make_counted<value_stream>(
                detail::make_iterable_source(from, state->document, type.arguments[0], options))));
        }
        if (type.kind == kind::record && declared == nullptr) co_return given;
        task<value> asked = type.kind == kind::map      ? fetch_entries(from, state)
                            : type.kind == kind::record ? fetch_fields(from, declared, state)
                                                        : fetch_items(from, state);
        given = co_await asked;
    }
    if (!needs(given, state->document, type, conversion::max_depth)) co_return given;
    schema::type pair;
    pair.kind = kind::tuple;
    if (type.kind == kind::map) pair.arguments = type.arguments;
    taken_apart all = take_apart(given, type, pair, state->document);
    task<std::vector<value>> asked =
        fetch_parts(std::move(all.parts), std::move(all.types), state, depth - 1);
    std::vector<value> parts = co_await asked;
    co_return put_together(given, std::move(parts), all.names);
}

/// The session of the first remote object in a value: whoever waits reads what comes from there.
[[nodiscard]] peer* first_session(const value& in) {
    std::vector<const value*> pending{&in};
    while (!pending.empty()) {
        const value& next = *pending.back();
        pending.pop_back();
        if (next.is(value_kind::reference)) {
            if (peer* const found = detail::session_of(object_in(next))) return found;
        } else if (next.is_sequence()) {
            for (const value& each : next.items()) pending.push_back(&each);
        } else if (next.is(value_kind::map)) {
            for (const map_entry& each : next.entries()) pending.push_back(&each.mapped);
        } else if (next.is(value_kind::record)) {
            for (const record_field& each : next.fields()) pending.push_back(&each.content);
        }
    }
    return nullptr;
}

} // namespace

bool needs_materializing(const value& given, const schema::document& document,
                         const schema::type& wanted) {
    return needs(given, document, wanted, conversion::max_depth);
}

future<value> materialize(value given, const schema::document& document, const schema::type& wanted,
                          const materialize_options& options) {
    if (!needs_materializing(given, document, wanted)) return ready_future<value>(std::move(given));
    peer* const session = first_session(given);
    future<value> fetched = start(fetch(
        std::move(given), &wanted, make_counted<fetching>(document, options), options.max_depth));
    if (session != nullptr && !fetched.ready())
        fetched.shared()->source = intrusive_ptr<peer>(session);
    return fetched;
}

} // namespace beckon
