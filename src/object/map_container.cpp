// A map as an object: Python's dict to whoever holds it.
#include <algorithm>
#include <array>

#include "object/key_table.hpp"
#include "object/map_view.hpp"
#include "object/named_arguments.hpp"
#include "object/python_compare.hpp"
#include "object/python_text.hpp"

namespace beckon::detail {

namespace {

/// The entries of a map, or of anything that gives pairs.
[[nodiscard]] result<std::vector<map_entry>> pairs_of(const value& from) {
    std::vector<map_entry> entries;
    const value content = content_of(from);
    if (content.is(value_kind::map)) {
        entries.assign(content.entries().begin(), content.entries().end());
        return entries;
    }
    BECKON_ASSIGN(const std::vector<value> pairs, iterated(from));
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        BECKON_ASSIGN(const std::vector<value> pair, iterated(pairs[i]));
        if (pair.size() != 2) {
            return named_error("builtins.ValueError",
                               concat("dictionary update sequence element #", i, " has length ",
                                      pair.size(), "; 2 is required"));
        }
        entries.push_back({pair[0], pair[1]});
    }
    return entries;
}

class map_container final : public mapping {
public:
    explicit map_container(const value& content) {
        for (const auto& [key, mapped] : content.entries()) {
            // A key that Python could not have is one all the same: it is found by equality.
            const auto plain = python_key(key);
            table_.put(key, plain ? *plain : key, mapped);
            mark_held(key);
            mark_held(mapped);
        }
    }

    [[nodiscard]] std::string_view interface_name() const noexcept override { return "dict"; }
    [[nodiscard]] nature what() const noexcept override { return nature::map; }
    [[nodiscard]] value shallow() const override {
        const std::lock_guard lock(mutex_);
        std::vector<map_entry> entries;
        entries.reserve(table_.size());
        table_.for_each([&](const map_entry& each) { entries.push_back(each); });
        return value::map(std::move(entries));
    }
    [[nodiscard]] std::vector<value> each_item() const override {
        const std::lock_guard lock(mutex_);
        std::vector<value> keys;
        keys.reserve(table_.size());
        table_.for_each([&](const map_entry& each) { keys.push_back(each.key); });
        return keys;
    }
    void add_held(std::vector<intrusive_ptr<servant>>& into) const override {
        const std::lock_guard lock(mutex_);
        table_.for_each([&](const map_entry& each) {
            add_references(each.key, into);
            add_references(each.mapped, into);
        });
    }
    [[nodiscard]] std::size_t count() const override {
        const std::lock_guard lock(mutex_);
        return table_.size();
    }
    [[nodiscard]] bool has(const value& plain) const override {
        const std::lock_guard lock(mutex_);
        return table_.find(plain) != key_table::none;
    }
    [[nodiscard]] result<bool> advance(std::size_t& position, std::uint64_t& state,
                                       value& item) override {
        return advance_entry(position, state, [&](map_entry& each) { item = each.key; });
    }
    [[nodiscard]] result<bool> advance_part(part which, std::size_t& position, std::uint64_t& state,
                                            value& item) override {
        return advance_entry(position, state, [&](map_entry& each) {
            if (which == part::keys) item = each.key;
            if (which == part::values) item = lend_inside(each.mapped);
            if (which == part::items) item = value::tuple({each.key, lend_inside(each.mapped)});
        });
    }

private:
    [[nodiscard]] std::span<const member> members() const noexcept override;

    template <typename Take>
    [[nodiscard]] result<bool> advance_entry(std::size_t& position, std::uint64_t& state,
                                             const Take& take) {
        const std::lock_guard lock(mutex_);
        if (state == 0) state = table_.shape();
        if (state != table_.shape()) {
            return named_error("builtins.RuntimeError", "dictionary changed size during iteration");
        }
        const std::size_t slot = table_.next(position);
        if (slot == key_table::none) return false;
        take(table_.at(slot));
        position = slot + 1;
        return true;
    }

    [[nodiscard]] answer compare(std::string_view how, const value& other) const override {
        const value theirs = content_of(other);
        if (!theirs.is(value_kind::map) || (how != "__eq__" && how != "__ne__")) return value();
        return compared(how, python_equal(shallow(), theirs), false);
    }

    answer get_item(dynamic_request& request) {
        BECKON_TRY(expect_arguments(request, 1, 1));
        BECKON_ASSIGN(const value plain, python_key(request.arguments[0]));
        const std::lock_guard lock(mutex_);
        const std::size_t slot = table_.find(plain);
        if (slot == key_table::none) return key_error(request.arguments[0]);
        return lend_inside(table_.at(slot).mapped);
    }

    answer get(dynamic_request& request) {
        BECKON_TRY(expect_arguments(request, 1, 2));
        BECKON_ASSIGN(const value plain, python_key(request.arguments[0]));
        const std::lock_guard lock(mutex_);
        const std::size_t slot = table_.find(plain);
        if (slot == key_table::none) return request.arguments[1];
        return lend_inside(table_.at(slot).mapped);
    }

    answer set_item(dynamic_request& request) {
        BECKON_TRY(expect_arguments(request, 2, 2));
        std::vector<map_entry> one{{request.arguments[0], request.arguments[1]}};
        BECKON_TRY(put_all(std::move(one)));
        return value();
    }

    answer set_default(dynamic_request& request) {
        BECKON_TRY(expect_arguments(request, 1, 2));
        const value& key = request.arguments[0];
        BECKON_ASSIGN(const value plain, new_key(key));
        BECKON_ASSIGN(const admission admitted, admit(request.arguments));
        const std::lock_guard lock(mutex_);
        std::size_t slot = table_.find(plain);
        if (slot == key_table::none) {
            BECKON_TRY(expect_room(table_.size() + 1, "dict"));
            table_.put(key, plain, request.arguments[1]);
            slot = table_.find(plain);
        }
        return lend_inside(table_.at(slot).mapped);
    }

    answer delete_item(dynamic_request& request) {
        BECKON_TRY(expect_arguments(request, 1, 1));
        BECKON_ASSIGN(const value plain, python_key(request.arguments[0]));
        map_entry taken; // freed without the lock
        const std::lock_guard lock(mutex_);
        const std::size_t slot = table_.find(plain);
        if (slot == key_table::none) return key_error(request.arguments[0]);
        taken = table_.take(slot, plain);
        return value();
    }

    answer pop(dynamic_request& request) {
        BECKON_TRY(expect_arguments(request, 1, 2));
        BECKON_ASSIGN(const value plain, python_key(request.arguments[0]));
        const std::lock_guard lock(mutex_);
        const std::size_t slot = table_.find(plain);
        if (slot == key_table::none) {
            if (request.arguments.size() == 2) return request.arguments[1];
            return key_error(request.arguments[0]);
        }
        map_entry taken = table_.take(slot, plain);
        return lend_inside(taken.mapped);
    }

    answer pop_item(dynamic_request& request) {
        BECKON_TRY(expect_arguments(request, 0, 0));
        const std::lock_guard lock(mutex_);
        const std::size_t slot = table_.last();
        if (slot == key_table::none)
            return named_error("builtins.KeyError", "popitem(): dictionary is empty");
        const auto plain = python_key(table_.at(slot).key);
        map_entry taken = table_.take(slot, plain ? *plain : table_.at(slot).key);
        return value::tuple({std::move(taken.key), lend_inside(taken.mapped)});
    }

    answer contains(dynamic_request& request) {
        BECKON_TRY(expect_arguments(request, 1, 1));
        BECKON_ASSIGN(const value plain, python_key(request.arguments[0]));
        return value(has(plain));
    }

    [[nodiscard]] result<void> put_all(std::vector<map_entry> entries) {
        std::vector<value> plain;
        plain.reserve(entries.size());
        for (const map_entry& each : entries) {
            BECKON_ASSIGN(value key, new_key(each.key));
            plain.push_back(std::move(key));
        }
        std::vector<value> content;
        for (const map_entry& each : entries) {
            content.push_back(each.key);
            content.push_back(each.mapped);
        }
        BECKON_ASSIGN(const admission admitted, admit(value::list(std::move(content))));
        std::vector<value> before;
        const std::lock_guard lock(mutex_);
        BECKON_TRY(expect_room(table_.size() + entries.size(), "dict"));
        for (std::size_t i = 0; i < entries.size(); ++i)
            before.push_back(table_.put(entries[i].key, plain[i], std::move(entries[i].mapped)));
        return {};
    }

    answer update(dynamic_request& request) {
        if (request.arguments.size() > 1) {
            return type_error(concat("update() takes at most 1 argument by position (",
                                     request.arguments.size(), " given)"));
        }
        std::vector<map_entry> entries;
        if (!request.arguments.empty()) {
            BECKON_ASSIGN(entries, pairs_of(request.arguments[0]));
        }
        for (const map_entry& each : detail::named_entries(request.named)) entries.push_back(each);
        BECKON_TRY(put_all(std::move(entries)));
        return value();
    }

    answer merge(dynamic_request& request) {
        BECKON_TRY(expect_arguments(request, 1, 1));
        const value theirs = content_of(request.arguments[0]);
        if (!theirs.is(value_kind::map)) {
            return type_error(concat("unsupported operand type(s) for |: 'dict' and ",
                                     python_quoted(python_type(request.arguments[0]))));
        }
        // A dict of its own first, so that 1 and True are one key here too.
        const auto merged = make_counted<map_container>(lent_copy());
        std::vector<map_entry> entries(theirs.entries().begin(), theirs.entries().end());
        BECKON_TRY(merged->put_all(std::move(entries)));
        return merged->shallow();
    }

    answer merge_in_place(dynamic_request& request) {
        BECKON_TRY(expect_arguments(request, 1, 1));
        BECKON_ASSIGN(std::vector<map_entry> entries, pairs_of(request.arguments[0]));
        BECKON_TRY(put_all(std::move(entries)));
        return reference_to(intrusive_ptr<servant>(this));
    }

    [[nodiscard]] value lent_copy() {
        const std::lock_guard lock(mutex_);
        std::vector<map_entry> entries;
        for (std::size_t at = table_.next(0); at != key_table::none; at = table_.next(at + 1))
            entries.push_back({table_.at(at).key, lend_inside(table_.at(at).mapped)});
        return value::map(std::move(entries));
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
        return lent_copy();
    }

    /// A dict of its own: of Python's class, which one of its objects stands for here.
    answer from_keys(dynamic_request& request) {
        BECKON_TRY(expect_arguments(request, 1, 2));
        BECKON_ASSIGN(const std::vector<value> keys, iterated(request.arguments[0]));
        const value mapped = request.arguments.size() == 2 ? request.arguments[1] : value();
        const auto made = make_counted<map_container>(value::map());
        std::vector<map_entry> entries;
        for (const value& each : keys) entries.push_back({each, mapped});
        BECKON_TRY(made->put_all(std::move(entries)));
        return made->shallow();
    }

    answer reversed(dynamic_request& request) {
        BECKON_TRY(expect_arguments(request, 0, 0));
        std::vector<value> keys = each_item();
        std::reverse(keys.begin(), keys.end());
        return reference_to(lend_iterator(std::move(keys)));
    }

    template <part Which>
    answer view(dynamic_request& request) {
        BECKON_TRY(expect_arguments(request, 0, 0));
        return reference_to(make_view(intrusive_ptr<mapping>(this), Which));
    }

    key_table table_;
};

std::span<const answering_servant::member> map_container::members() const noexcept {
    using self = map_container;
    static constexpr std::array<member, 20> all{{
        {"__len__", &run<&self::length>},
        {"__getitem__", &run<&self::get_item>},
        {"__setitem__", &run<&self::set_item>},
        {"__delitem__", &run<&self::delete_item>},
        {"__iter__", &run<&self::iterate>},
        {"__reversed__", &run<&self::reversed>},
        {"__contains__", &run<&self::contains>},
        {"__or__", &run<&self::merge>, {}, true},
        {"__ior__", &run<&self::merge_in_place>, {}, true},
        {"get", &run<&self::get>, "What a key maps to, or the second argument."},
        {"pop", &run<&self::pop>, "Takes a key out and gives what it mapped to."},
        {"popitem", &run<&self::pop_item>, "Takes the last key out: (key, value)."},
        {"setdefault", &run<&self::set_default>, "What a key maps to; put there if it is new."},
        {"update", &run<&self::update>, "Puts the entries of another mapping in.", true},
        {"fromkeys", &run<&self::from_keys>, "A dict of these keys, all to one value.", true},
        {"keys", &run<&self::view<part::keys>>, "A view of the keys."},
        {"values", &run<&self::view<part::values>>, "A view of what the keys map to."},
        {"items", &run<&self::view<part::items>>, "A view of (key, value)."},
        {"clear", &run<&self::clear>, "Removes all entries."},
        {"copy", &run<&self::shallow_copy>, "Another dict of the same entries."},
    }};
    return all;
}

} // namespace

intrusive_ptr<servant> make_map(value content) { return make_counted<map_container>(content); }

} // namespace beckon::detail
