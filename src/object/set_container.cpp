// A set as an object: Python's set, or its frozenset, to whoever holds it.
#include <algorithm>
#include <array>

#include "object/container.hpp"
#include "object/key_table.hpp"
#include "object/python_compare.hpp"
#include "object/python_text.hpp"

namespace beckon::detail {

namespace {

/// Items with the keys that they are found by.
struct keyed {
    value item;
    value plain;
};

[[nodiscard]] result<std::vector<keyed>> keyed_items(const std::vector<value>& items) {
    std::vector<keyed> all;
    all.reserve(items.size());
    for (const value& each : items) {
        BECKON_ASSIGN(value plain, new_key(each));
        all.push_back({each, std::move(plain)});
    }
    return all;
}

/// "__ior__" as it is written: "|=".
[[nodiscard]] std::string_view sign_of(std::string_view method) noexcept {
    const bool in_place = method.starts_with("__i");
    method.remove_prefix(in_place ? 3 : 2);
    if (method == "or__") return in_place ? "|=" : "|";
    if (method == "and__") return in_place ? "&=" : "&";
    if (method == "sub__") return in_place ? "-=" : "-";
    return in_place ? "^=" : "^";
}

[[nodiscard]] bool is_set(const value& content) noexcept {
    return content.is(value_kind::set) || content.is(value_kind::frozen_set);
}

class set_container final : public container {
public:
    explicit set_container(const value& content) : is_frozen_(content.is(value_kind::frozen_set)) {
        for (const value& each : content) {
            // What Python could not have in a set is in it all the same.
            const auto plain = python_key(each);
            table_.put(each, plain ? *plain : each, {});
            mark_held(each);
        }
    }

    [[nodiscard]] std::string_view interface_name() const noexcept override {
        return is_frozen_ ? "frozenset" : "set";
    }
    [[nodiscard]] nature what() const noexcept override { return nature::set; }
    [[nodiscard]] value shallow() const override { return of_kind(each_item()); }
    [[nodiscard]] std::vector<value> each_item() const override {
        const std::lock_guard lock(mutex_);
        std::vector<value> items;
        items.reserve(table_.size());
        table_.for_each([&](const map_entry& each) { items.push_back(each.key); });
        return items;
    }
    void add_held(std::vector<intrusive_ptr<servant>>& into) const override {
        const std::lock_guard lock(mutex_);
        table_.for_each([&](const map_entry& each) { add_references(each.key, into); });
    }
    [[nodiscard]] std::size_t count() const override {
        const std::lock_guard lock(mutex_);
        return table_.size();
    }
    [[nodiscard]] result<bool> advance(std::size_t& position, std::uint64_t& state,
                                       value& item) override {
        const std::lock_guard lock(mutex_);
        if (state == 0) state = table_.shape();
        if (state != table_.shape())
            return named_error("builtins.RuntimeError", "set changed size during iteration");
        const std::size_t slot = table_.next(position);
        if (slot == key_table::none) return false;
        item = table_.at(slot).key;
        position = slot + 1;
        return true;
    }
    [[nodiscard]] bool is_key() const noexcept override { return is_frozen_; }

private:
    [[nodiscard]] std::span<const member> members() const noexcept override;

    [[nodiscard]] value of_kind(std::vector<value>&& items) const {
        return is_frozen_ ? value::frozen_set(std::move(items)) : value::set(std::move(items));
    }
    [[nodiscard]] bool has(const value& plain) const {
        const std::lock_guard lock(mutex_);
        return table_.find(plain) != key_table::none;
    }

    [[nodiscard]] answer compare(std::string_view how, const value& other) const override {
        const value theirs = content_of(other);
        if (!is_set(theirs)) return value();
        const value mine = shallow();
        const bool equal = python_equal(mine, theirs);
        if (how == "__eq__" || how == "__ne__") return compared(how, equal, false);
        const bool less = how == "__lt__" || how == "__le__";
        const value& smaller = less ? mine : theirs;
        BECKON_ASSIGN(const bool contained, is_within(smaller, less ? theirs : mine));
        return value(contained && (!equal || how == "__le__" || how == "__ge__"));
    }
    [[nodiscard]] static result<bool> is_within(const value& smaller, const value& larger) {
        BECKON_ASSIGN(const std::vector<keyed> all, keyed_items({larger.begin(), larger.end()}));
        key_table table;
        for (const keyed& each : all) table.put(each.item, each.plain, {});
        for (const value& each : smaller) {
            BECKON_ASSIGN(const value plain, python_key(each));
            if (table.find(plain) == key_table::none) return false;
        }
        return true;
    }

    answer contains(dynamic_request& request) {
        BECKON_TRY(expect_arguments(request, 1, 1));
        BECKON_ASSIGN(const value plain, python_key(request.arguments[0]));
        return value(has(plain));
    }

    answer add(dynamic_request& request) {
        BECKON_TRY(expect_arguments(request, 1, 1));
        BECKON_TRY(put_all({request.arguments[0]}));
        return value();
    }

    [[nodiscard]] result<void> put_all(const std::vector<value>& items) {
        BECKON_ASSIGN(const std::vector<keyed> all, keyed_items(items));
        BECKON_ASSIGN(const admission admitted, admit(value::list(std::vector<value>(items))));
        const std::lock_guard lock(mutex_);
        BECKON_TRY(expect_room(table_.size() + all.size(), "set"));
        for (const keyed& each : all) {
            if (table_.find(each.plain) == key_table::none) table_.put(each.item, each.plain, {});
        }
        return {};
    }

    /// Takes an item out; false where there is none.
    [[nodiscard]] bool take(const value& plain) {
        map_entry taken; // freed without the lock
        const std::lock_guard lock(mutex_);
        const std::size_t slot = table_.find(plain);
        if (slot == key_table::none) return false;
        taken = table_.take(slot, plain);
        return true;
    }

    answer remove(dynamic_request& request) {
        BECKON_TRY(expect_arguments(request, 1, 1));
        BECKON_ASSIGN(const value plain, python_key(request.arguments[0]));
        if (!take(plain)) return key_error(request.arguments[0]);
        return value();
    }
    answer discard(dynamic_request& request) {
        BECKON_TRY(expect_arguments(request, 1, 1));
        BECKON_ASSIGN(const value plain, python_key(request.arguments[0]));
        static_cast<void>(take(plain));
        return value();
    }
    answer pop(dynamic_request& request) {
        BECKON_TRY(expect_arguments(request, 0, 0));
        const std::lock_guard lock(mutex_);
        const std::size_t slot = table_.next(0);
        if (slot == key_table::none)
            return named_error("builtins.KeyError", "pop from an empty set");
        const auto plain = python_key(table_.at(slot).key);
        return table_.take(slot, plain ? *plain : table_.at(slot).key).key;
    }
    answer clear(dynamic_request& request) {
        BECKON_TRY(expect_arguments(request, 0, 0));
        key_table before;
        const std::lock_guard lock(mutex_);
        before.swap(table_);
        return value();
    }
    answer shallow_copy(dynamic_request& request) {
        BECKON_TRY(expect_arguments(request, 0, 0));
        return shallow();
    }

    enum class combination : std::uint8_t { either, both, first, one };

    /// What is in the one and in the other, in the order of the one, then of the other.
    [[nodiscard]] static result<std::vector<value>>
    combine(combination how, const std::vector<value>& items, const std::vector<value>& others) {
        BECKON_ASSIGN(const std::vector<keyed> mine, keyed_items(items));
        BECKON_ASSIGN(const std::vector<keyed> theirs, keyed_items(others));
        key_table in_mine;
        key_table in_theirs;
        for (const keyed& each : mine) in_mine.put(each.item, each.plain, {});
        for (const keyed& each : theirs) in_theirs.put(each.item, each.plain, {});
        std::vector<value> all;
        for (const keyed& each : mine) {
            const bool shared = in_theirs.find(each.plain) != key_table::none;
            if (how == combination::either || shared == (how == combination::both))
                all.push_back(each.item);
        }
        if (how == combination::either || how == combination::one) {
            in_theirs.for_each([&](const map_entry& each) {
                const auto plain = python_key(each.key);
                if (in_mine.find(*plain) == key_table::none) all.push_back(each.key);
            });
        }
        BECKON_TRY(expect_room(all.size(), "set"));
        return all;
    }

    /// The operators take sets alone, the methods anything that can be iterated over.
    [[nodiscard]] result<std::vector<value>> operand(dynamic_request& request) const {
        BECKON_TRY(expect_arguments(request, 1, 1));
        const value& given = request.arguments[0];
        if (request.name.starts_with("__")) {
            const value theirs = content_of(given);
            if (!is_set(theirs)) {
                return type_error(concat("unsupported operand type(s) for ", sign_of(request.name),
                                         ": ", python_quoted(interface_name()), " and ",
                                         python_quoted(python_type(given))));
            }
        }
        return iterated(given);
    }

    /// Of `update` and its like, which Python lets have any number of operands.
    template <combination How>
    answer combined_all(dynamic_request& request) {
        BECKON_TRY(expect_arguments(request, 0, max_container_items));
        std::vector<value> all = each_item();
        for (const value& each : request.arguments) {
            BECKON_ASSIGN(const std::vector<value> others, iterated(each));
            BECKON_ASSIGN(all, combine(How, all, others));
        }
        return of_kind(std::move(all));
    }
    template <combination How>
    answer combine_all_in_place(dynamic_request& request) {
        BECKON_TRY(expect_arguments(request, 0, max_container_items));
        // What is taken out for one is so for all, and what stays has to be in each.
        std::vector<std::vector<value>> operands;
        for (const value& each : request.arguments) {
            BECKON_ASSIGN(std::vector<value> others, iterated(each));
            operands.push_back(std::move(others));
        }
        for (std::vector<value>& each : operands) {
            dynamic_request one{.name = request.name,
                                .arguments = value::list({value::list(std::move(each))})};
            BECKON_TRY(combine_in_place<How>(one));
        }
        return value();
    }

    template <combination How>
    answer combined(dynamic_request& request) {
        BECKON_ASSIGN(const std::vector<value> others, operand(request));
        BECKON_ASSIGN(std::vector<value> all, combine(How, each_item(), others));
        return of_kind(std::move(all));
    }
    /// Another session's change meanwhile comes before or after, as a whole.
    template <combination How>
    answer combine_in_place(dynamic_request& request) {
        BECKON_ASSIGN(const std::vector<value> others, operand(request));
        if constexpr (How == combination::either) {
            BECKON_TRY(put_all(others));
            return changed(request);
        }
        BECKON_ASSIGN(const admission admitted, admit(value::list(std::vector<value>(others))));
        for (;;) {
            std::uint64_t shape = 0;
            {
                const std::lock_guard lock(mutex_);
                shape = table_.shape();
            }
            BECKON_ASSIGN(const std::vector<value> items, combine(How, each_item(), others));
            BECKON_ASSIGN(const std::vector<keyed> all, keyed_items(items));
            key_table made;
            for (const keyed& each : all) made.put(each.item, each.plain, {});
            const std::lock_guard lock(mutex_);
            if (shape != table_.shape()) continue;
            made.swap(table_);
            break;
        }
        return changed(request);
    }
    /// What a change in place gives: the set itself, of an operator.
    [[nodiscard]] value changed(const dynamic_request& request) {
        return request.name.starts_with("__") ? reference_to(intrusive_ptr<servant>(this))
                                              : value();
    }

    template <bool Within>
    answer is_subset(dynamic_request& request) {
        BECKON_TRY(expect_arguments(request, 1, 1));
        BECKON_ASSIGN(std::vector<value> others, iterated(request.arguments[0]));
        const value mine = shallow();
        const value theirs = value::list(std::move(others));
        BECKON_ASSIGN(const bool contained,
                      Within ? is_within(mine, theirs) : is_within(theirs, mine));
        return value(contained);
    }
    answer is_disjoint(dynamic_request& request) {
        BECKON_TRY(expect_arguments(request, 1, 1));
        BECKON_ASSIGN(const std::vector<value> others, iterated(request.arguments[0]));
        BECKON_ASSIGN(const std::vector<value> shared,
                      combine(combination::both, each_item(), others));
        return value(shared.empty());
    }

    const bool is_frozen_;
    key_table table_;
};

std::span<const answering_servant::member> set_container::members() const noexcept {
    using self = set_container;
    using how = combination;
    constexpr std::size_t frozen_count = 15;
    static constexpr std::array<member, 28> all{{
        {"__len__", &run<&self::length>},
        {"__iter__", &run<&self::iterate>},
        {"__contains__", &run<&self::contains>},
        {"__or__", &run<&self::combined<how::either>>},
        {"__and__", &run<&self::combined<how::both>>},
        {"__sub__", &run<&self::combined<how::first>>},
        {"__xor__", &run<&self::combined<how::one>>},
        {"union", &run<&self::combined_all<how::either>>, {}, true},
        {"intersection", &run<&self::combined_all<how::both>>, {}, true},
        {"difference", &run<&self::combined_all<how::first>>, {}, true},
        {"symmetric_difference", &run<&self::combined<how::one>>, {}, true},
        {"issubset", &run<&self::is_subset<true>>, {}, true},
        {"issuperset", &run<&self::is_subset<false>>, {}, true},
        {"isdisjoint", &run<&self::is_disjoint>, {}, true},
        {"copy", &run<&self::shallow_copy>},
        // What a frozen one does not have:
        {"add", &run<&self::add>, "Adds an item unless an equal one is there."},
        {"discard", &run<&self::discard>, "Removes an item if it is there."},
        {"remove", &run<&self::remove>, "Removes an item."},
        {"pop", &run<&self::pop>, "Takes any item out."},
        {"clear", &run<&self::clear>, "Removes all items."},
        {"update", &run<&self::combine_all_in_place<how::either>>, {}, true},
        {"intersection_update", &run<&self::combine_all_in_place<how::both>>, {}, true},
        {"difference_update", &run<&self::combine_all_in_place<how::first>>, {}, true},
        {"symmetric_difference_update", &run<&self::combine_in_place<how::one>>, {}, true},
        {"__ior__", &run<&self::combine_in_place<how::either>>},
        {"__iand__", &run<&self::combine_in_place<how::both>>},
        {"__isub__", &run<&self::combine_in_place<how::first>>},
        {"__ixor__", &run<&self::combine_in_place<how::one>>},
    }};
    return is_frozen_ ? std::span(all).first(frozen_count) : std::span(all);
}

} // namespace

intrusive_ptr<servant> make_set(value content) { return make_counted<set_container>(content); }

} // namespace beckon::detail
