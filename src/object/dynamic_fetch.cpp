// Containers of others, copied by value.
#include <array>
#include <limits>
#include <memory>
#include <vector>

#include "beckon/object/dynamic_plan.hpp"
#include "beckon/object/servant.hpp"
#include "object/dynamic_containers.hpp"
#include "object/value_operations.hpp"

namespace beckon::detail {

namespace {

struct known_type {
    std::string_view name;
    container_kind kind;
};
constexpr std::array known_types{
    known_type{"builtins.list", container_kind::list},
    known_type{"builtins.tuple", container_kind::tuple},
    known_type{"builtins.set", container_kind::set},
    known_type{"builtins.frozenset", container_kind::frozen_set},
    known_type{"builtins.dict", container_kind::map},
    known_type{"builtins.mappingproxy", container_kind::map},
    known_type{"builtins.dict_keys", container_kind::list},
    known_type{"builtins.dict_values", container_kind::list},
    known_type{"builtins.dict_items", container_kind::list},
    known_type{"builtins.range", container_kind::list},
    known_type{"collections.OrderedDict", container_kind::map},
    known_type{"collections.defaultdict", container_kind::map},
    known_type{"collections.Counter", container_kind::map},
    known_type{"collections.deque", container_kind::list},
};

[[nodiscard]] value built(container_kind kind, std::vector<value>&& items) {
    switch (kind) {
    case container_kind::list: return value::list(std::move(items));
    case container_kind::tuple: return value::tuple(std::move(items));
    case container_kind::set: return value::set(std::move(items));
    case container_kind::frozen_set: return value::frozen_set(std::move(items));
    case container_kind::map: break;
    }
    std::vector<map_entry> entries;
    entries.reserve(items.size() / 2);
    for (std::size_t i = 0; i + 1 < items.size(); i += 2)
        entries.push_back({std::move(items[i]), std::move(items[i + 1])});
    return value::map(std::move(entries));
}

/// The object lacks the method, or its holder does not let us call it.
[[nodiscard]] bool is_missing(const error& failure) {
    return failure.code() == errc::unknown_method || python::is_a(failure, "AttributeError");
}

/// One copy on its way. Containers inside containers are copied one after another, without using the stack for it.
class fetching : public std::enable_shared_from_this<fetching> {
public:
    explicit fetching(const fetch_options& options) : options_(options) {}

    [[nodiscard]] plan start(const value& what) {
        using shape = fetch_options::shape;
        if (!what.is(value_kind::reference)) {
            if (!opens(what)) return what;
            open_plain(what);
            return go_on();
        }
        if (options_.depth == 0) return what;
        const auto known = container_kind_of(what);
        container_kind kind = known.value_or(container_kind::list);
        if (options_.as == shape::map) kind = container_kind::map;
        if (options_.as == shape::sequence && kind == container_kind::map)
            kind = container_kind::list;
        return open_object(what, kind);
    }

private:
    /// A container of which all items are there, while those that are containers are being copied. Of a map keys and values
    /// take turns.
    struct level {
        container_kind kind = container_kind::list;
        value source; ///< What is iterated.
        std::vector<value> items;
        std::size_t next = 0;
        value map{};           ///< Set where its entries have to be asked for one by one.
        std::size_t asked = 0; ///< So many of its items are there with what belongs to them.
    };

    [[nodiscard]] std::size_t room() const noexcept { return options_.max_items - taken_; }
    [[nodiscard]] error too_many() const {
        return fail(errc::limit_exceeded, quoted(type_name_of(levels_.back().source)),
                    " has more items than the ", options_.max_items,
                    " that max_items of the copy allows");
    }

    /// Whether a plain value may hold objects that are to be copied.
    [[nodiscard]] bool opens(const value& what) const {
        return levels_.size() < options_.depth &&
               (what.is(value_kind::list) || what.is(value_kind::tuple) ||
                what.is(value_kind::map));
    }
    void open_plain(const value& what) {
        level& opened = levels_.emplace_back();
        if (what.is(value_kind::map)) {
            opened.kind = container_kind::map;
            for (const map_entry& each : what.entries()) {
                opened.items.push_back(each.key);
                opened.items.push_back(each.mapped);
            }
        } else {
            opened.kind = what.is(value_kind::tuple) ? container_kind::tuple : container_kind::list;
            opened.items.assign(what.begin(), what.end());
        }
    }

    [[nodiscard]] plan open_object(const value& what, container_kind kind) {
        levels_.emplace_back(level{kind, what, {}, 0});
        if (kind != container_kind::map) return ask_all();
        return request({.what = operation::call_method, .name = "items"}, &fetching::took_view);
    }
    [[nodiscard]] plan took_view(result<value> view) {
        if (!view) {
            // A Python service lets operators be called, and no other method that it does not expose.
            level& top = levels_.back();
            const bool may_be_map = container_kind_of(top.source).value_or(container_kind::map) ==
                                        container_kind::map &&
                                    !is_iterator(top.source);
            if (!may_be_map || !is_missing(view.error())) return view;
            top.map = top.source;
            return ask_all();
        }
        if (!view->is(value_kind::reference)) return took_items(std::move(view));
        levels_.back().source = *view;
        return ask_all();
    }

    /// All items at once: of what is no iterator that gives them from the first.
    [[nodiscard]] plan ask_all() { return ask_next(&fetching::took_all); }
    [[nodiscard]] plan took_all(result<value> items) {
        const bool refused = !items && (items.error().code() == errc::unsupported ||
                                        items.error().code() == errc::unknown_method);
        if (!refused) return took_items(std::move(items));
        return request({.what = operation::call_method, .name = "__iter__"},
                       &fetching::took_iterator);
    }
    /// The object gives items through an iterator alone.
    [[nodiscard]] plan took_iterator(result<value> iterator) {
        if (!iterator) return iterator;
        levels_.back().source = *iterator;
        return ask_next(&fetching::took_batch);
    }
    [[nodiscard]] plan took_batch(result<value> items) {
        const bool refused = !items && (items.error().code() == errc::unsupported ||
                                        items.error().code() == errc::unknown_method);
        if (!refused) return took_items(std::move(items));
        return ask_one();
    }
    [[nodiscard]] plan ask_one() {
        return request({.what = operation::call_method, .name = "__next__"}, &fetching::took_one);
    }
    [[nodiscard]] plan took_one(result<value> item) {
        if (!item && python::is_a(item.error(), "StopIteration")) return go_on();
        if (!item) return item;
        if (room() == 0) return too_many();
        if (auto taken = take(*item); !taken) return std::move(taken).error();
        return ask_one();
    }

    [[nodiscard]] plan took_items(result<value> items) {
        if (!items) return items;
        if (!items->is_sequence()) {
            return fail(errc::type_mismatch, "peer answered for the items of ",
                        quoted(type_name_of(levels_.back().source)), " with ", items->type_name(),
                        "; expected a list");
        }
        if (items->size() > room()) return too_many();
        levels_.back().items.reserve(items->size());
        for (const value& each : *items) {
            if (auto taken = take(each); !taken) return std::move(taken).error();
        }
        const bool may_go_on = items->size() != 0 && is_iterator(levels_.back().source);
        return may_go_on ? ask_next(&fetching::took_items) : go_on();
    }
    [[nodiscard]] result<void> take(const value& item) {
        level& top = levels_.back();
        ++taken_;
        if (top.kind != container_kind::map) {
            top.items.push_back(item);
            return {};
        }
        if (!top.map.is_null()) {
            top.items.push_back(item);
            top.items.emplace_back();
            return {};
        }
        if (!item.is_sequence() || item.size() != 2) {
            return fail(errc::type_mismatch, "item ", top.items.size() / 2,
                        " of a map at the peer is ", item.type_name(),
                        "; expected a tuple of key and value");
        }
        top.items.push_back(item[0]);
        top.items.push_back(item[1]);
        return {};
    }

    /// Copies what is left of the innermost container, and closes it.
    [[nodiscard]] plan go_on() {
        for (;;) {
            level& top = levels_.back();
            if (top.next < top.items.size()) {
                if (!top.map.is_null() && top.next % 2 == 0 && top.asked <= top.next)
                    return ask_mapped();
                const value& item = top.items[top.next];
                if (opens(item)) {
                    open_plain(value(item));
                } else if (const auto kind = levels_.size() < options_.depth
                                                 ? container_kind_of(item)
                                                 : std::nullopt) {
                    return open_object(value(item), *kind);
                } else {
                    ++top.next;
                }
                continue;
            }
            value whole = built(top.kind, std::move(top.items));
            levels_.pop_back();
            if (levels_.empty()) return whole;
            level& outer = levels_.back();
            outer.items[outer.next++] = std::move(whole);
        }
    }

    /// What a map has for the key that is next: with the key as it came, before a copy takes its place.
    [[nodiscard]] plan ask_mapped() {
        level& top = levels_.back();
        top.source = top.map;
        dynamic_request asked{.what = operation::call_method, .name = "__getitem__"};
        asked.arguments.push_back(top.items[top.next]);
        return request(std::move(asked), &fetching::took_mapped);
    }
    [[nodiscard]] plan took_mapped(result<value> mapped) {
        if (!mapped) return mapped;
        level& top = levels_.back();
        top.items[top.next + 1] = std::move(*mapped);
        top.asked = top.next + 2;
        return go_on();
    }

    /// One more than there is room for, to learn whether there are more.
    [[nodiscard]] plan ask_next(plan (fetching::*then)(result<value>)) {
        constexpr std::size_t most = std::numeric_limits<std::int32_t>::max();
        dynamic_request asked{.what = operation::next_items};
        asked.arguments.push_back(value(std::min(room(), most - 1) + 1));
        return request(std::move(asked), then);
    }
    [[nodiscard]] plan request(dynamic_request asked, plan (fetching::*then)(result<value>)) {
        return plan_step{object_of(levels_.back().source), std::move(asked),
                         [self = shared_from_this(), then](result<value> outcome) -> plan {
                             return ((*self).*then)(std::move(outcome));
                         }};
    }

    const fetch_options options_;
    std::size_t taken_ = 0;
    std::vector<level> levels_;
};

} // namespace

std::optional<container_kind> container_kind_of(const value& object) {
    if (!object.is(value_kind::reference)) return std::nullopt;
    const auto& core = static_cast<const object_core&>(*object.object());
    if (core.is_local()) {
        switch (static_cast<const servant&>(core).what()) {
        case servant::nature::list: return container_kind::list;
        case servant::nature::map: return container_kind::map;
        default: return std::nullopt;
        }
    }
    const std::string name = type_name_of(object);
    for (const known_type& each : known_types) {
        if (each.name == name) return each.kind;
    }
    return std::nullopt;
}

bool is_iterator(const value& object) {
    if (!object.is(value_kind::reference)) return false;
    const auto& core = static_cast<const object_core&>(*object.object());
    if (core.is_local())
        return static_cast<const servant&>(core).what() == servant::nature::iterator;
    const std::string name = type_name_of(object);
    return name == "builtins.generator" || name.ends_with("iterator");
}

plan ask_fetch(const value& target, const fetch_options& options) {
    return std::make_shared<fetching>(options)->start(target);
}

} // namespace beckon::detail
