#include "object/map_view.hpp"

#include <algorithm>
#include <array>

#include "object/key_table.hpp"
#include "object/python_compare.hpp"
#include "object/python_text.hpp"

namespace beckon::detail {

namespace {

/// Shows its map as it is at any time, and is a container of the part, but for changing it.
class map_view final : public container {
public:
    map_view(intrusive_ptr<mapping> of, mapping::part which) noexcept
        : of_(std::move(of)), which_(which) {}

    [[nodiscard]] std::string_view interface_name() const noexcept override {
        constexpr std::array<std::string_view, 3> names{"dict_keys", "dict_values", "dict_items"};
        return names[static_cast<std::size_t>(which_)];
    }
    /// Keys differ, and so do items; values need not.
    [[nodiscard]] value shallow() const override {
        std::vector<value> items = each_item();
        return which_ == mapping::part::keys ? value::set(std::move(items))
                                             : value::list(std::move(items));
    }
    [[nodiscard]] std::vector<value> each_item() const override {
        std::vector<value> items;
        const value entries = of_->shallow();
        for (const auto& [key, mapped] : entries.entries()) {
            if (which_ == mapping::part::keys) items.push_back(key);
            if (which_ == mapping::part::values) items.push_back(mapped);
            if (which_ == mapping::part::items) items.push_back(value::tuple({key, mapped}));
        }
        return items;
    }
    [[nodiscard]] bool is_key() const noexcept override { return true; }
    [[nodiscard]] result<bool> advance(std::size_t& position, std::uint64_t& state,
                                       value& item) override {
        return of_->advance_part(which_, position, state, item);
    }
    [[nodiscard]] std::size_t count() const override { return of_->count(); }
    void add_held(std::vector<intrusive_ptr<servant>>& into) const override {
        into.emplace_back(of_);
    }
    [[nodiscard]] bool stands_for_another() const noexcept override { return true; }
    void write_repr(text_writer& out) const override {
        out.add(interface_name());
        out.add("([");
        out.add_list(each_item());
        out.add("])");
    }

private:
    [[nodiscard]] std::span<const member> members() const noexcept override {
        using self = map_view;
        static constexpr std::array<member, 13> all{
            {{"__len__", &run<&self::length>},
             {"__iter__", &run<&self::iterate>},
             {"__contains__", &run<&self::contains>},
             {"__reversed__", &run<&self::reversed>},
             // What a view of values does not have:
             {"__and__", &run<&self::combined<&in_both>>, {}, true},
             {"__rand__", &run<&self::combined<&in_both>>, {}, true},
             {"__or__", &run<&self::combined<&in_either>>, {}, true},
             {"__ror__", &run<&self::combined<&in_either>>, {}, true},
             {"__sub__", &run<&self::combined<&in_first>>, {}, true},
             {"__rsub__", &run<&self::combined<&in_second>>, {}, true},
             {"__xor__", &run<&self::combined<&in_one>>, {}, true},
             {"__rxor__", &run<&self::combined<&in_one>>, {}, true},
             {"isdisjoint", &run<&self::is_disjoint>, {}, true}}};
        constexpr std::size_t of_values = 4;
        return which_ == mapping::part::values ? std::span(all).first(of_values) : std::span(all);
    }

    /// Views of keys and of items compare as sets do, views of values by identity.
    [[nodiscard]] answer compare(std::string_view how, const value& other) const override {
        if (how != "__eq__" && how != "__ne__") return value();
        if (which_ == mapping::part::values) return answering_servant::compare(how, other);
        const auto* const view = local_as<map_view>(other);
        const value theirs = content_of(other);
        if (!theirs.is(value_kind::set) && !theirs.is(value_kind::frozen_set) && view == nullptr)
            return value();
        const std::vector<value> mine = each_item();
        const std::vector<value> others =
            view != nullptr ? view->each_item() : std::vector<value>(theirs.begin(), theirs.end());
        const bool equal =
            mine.size() == others.size() &&
            std::all_of(mine.begin(), mine.end(), [&](const value& each) {
                return std::any_of(others.begin(), others.end(),
                                   [&](const value& their) { return python_equal(each, their); });
            });
        return compared(how, equal, false);
    }

    // Whether an item belongs to the outcome, by where it is found.
    static bool in_both(bool mine, bool theirs) noexcept { return mine && theirs; }
    static bool in_either(bool, bool) noexcept { return true; }
    static bool in_first(bool mine, bool theirs) noexcept { return mine && !theirs; }
    static bool in_second(bool mine, bool theirs) noexcept { return theirs && !mine; }
    static bool in_one(bool mine, bool theirs) noexcept { return mine != theirs; }

    [[nodiscard]] static result<key_table> keyed(const std::vector<value>& items) {
        key_table all;
        for (const value& each : items) {
            BECKON_ASSIGN(const value plain, python_key(each));
            all.put(each, plain, {});
        }
        return all;
    }

    /// A set of its own, as the operators of Python's views give; the other operand is anything that can be iterated over.
    template <bool (*Belongs)(bool, bool)>
    answer combined(dynamic_request& request) {
        BECKON_TRY(expect_arguments(request, 1, 1));
        BECKON_ASSIGN(const std::vector<value> others, iterated(request.arguments[0]));
        BECKON_ASSIGN(const key_table mine, keyed(each_item()));
        BECKON_ASSIGN(const key_table theirs, keyed(others));
        std::vector<value> all;
        const auto add = [&](const key_table& from, const key_table& other, bool are_mine) {
            from.for_each([&](const map_entry& each) {
                const auto plain = python_key(each.key);
                const bool shared = other.find(*plain) != key_table::none;
                if (shared && !are_mine) return; // once is enough
                if (Belongs(are_mine || shared, !are_mine || shared)) all.push_back(each.key);
            });
        };
        add(mine, theirs, true);
        add(theirs, mine, false);
        return value::set(std::move(all));
    }
    answer is_disjoint(dynamic_request& request) {
        BECKON_ASSIGN(const value shared, combined<&in_both>(request));
        return value(shared.empty());
    }

    answer contains(dynamic_request& request) {
        BECKON_TRY(expect_arguments(request, 1, 1));
        const value& wanted = request.arguments[0];
        if (which_ == mapping::part::keys) {
            BECKON_ASSIGN(const value plain, python_key(wanted));
            return value(of_->has(plain));
        }
        const std::vector<value> items = each_item();
        return value(std::any_of(items.begin(), items.end(),
                                 [&](const value& each) { return python_equal(each, wanted); }));
    }

    answer reversed(dynamic_request& request) {
        BECKON_TRY(expect_arguments(request, 0, 0));
        BECKON_ASSIGN(const value listed, next_items(max_container_items));
        std::vector<value> items(listed.begin(), listed.end());
        std::reverse(items.begin(), items.end());
        return reference_to(lend_iterator(std::move(items)));
    }

    const intrusive_ptr<mapping> of_;
    const mapping::part which_;
};

} // namespace

intrusive_ptr<servant> make_view(intrusive_ptr<mapping> of, mapping::part which) {
    return make_counted<map_view>(std::move(of), which);
}

} // namespace beckon::detail
