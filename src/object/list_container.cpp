// A list as an object: Python's list to whoever holds it.
#include <algorithm>
#include <array>

#include "object/container.hpp"
#include "object/named_arguments.hpp"
#include "object/python_compare.hpp"
#include "object/python_text.hpp"
#include "object/slice_range.hpp"

namespace beckon::detail {

namespace {

class list_container final : public container {
public:
    explicit list_container(const value& content)
        : items_(content.items().begin(), content.items().end()) {
        for (const value& each : items_) mark_held(each);
    }

    [[nodiscard]] std::string_view interface_name() const noexcept override { return "list"; }
    [[nodiscard]] nature what() const noexcept override { return nature::list; }
    [[nodiscard]] value shallow() const override { return value::list(each_item()); }
    [[nodiscard]] std::vector<value> each_item() const override {
        const std::lock_guard lock(mutex_);
        return items_;
    }
    void add_held(std::vector<intrusive_ptr<servant>>& into) const override {
        const std::lock_guard lock(mutex_);
        for (const value& each : items_) add_references(each, into);
    }
    [[nodiscard]] std::size_t count() const override {
        const std::lock_guard lock(mutex_);
        return items_.size();
    }
    [[nodiscard]] result<bool> advance(std::size_t& position, std::uint64_t&,
                                       value& item) override {
        const std::lock_guard lock(mutex_);
        if (position >= items_.size()) return false;
        item = lend_inside(items_[position++]);
        return true;
    }

private:
    [[nodiscard]] std::span<const member> members() const noexcept override;

    [[nodiscard]] answer compare(std::string_view how, const value& other) const override {
        const value theirs = content_of(other);
        if (!theirs.is(value_kind::list)) return value();
        const value mine = shallow();
        const bool equal = python_equal(mine, theirs);
        if (how == "__eq__" || how == "__ne__" || equal) return compared(how, equal, false);
        comparison state;
        state.sign = how == "__lt__" ? "<" : how == "__le__" ? "<=" : how == "__gt__" ? ">" : ">=";
        BECKON_ASSIGN(const bool less, python_less(mine, theirs, state));
        return compared(how, equal, less);
    }

    /// An item's place, counted from the end where it is below zero. REQUIRES: locked.
    [[nodiscard]] result<std::size_t> place(const value& given, std::string_view where) const {
        if (!given.is(value_kind::integer) && !given.is(value_kind::boolean)) {
            return type_error(
                concat("list indices must be integers or slices, not ", python_type(given)));
        }
        BECKON_ASSIGN(std::int64_t index, to_index(given));
        const auto size = static_cast<std::int64_t>(items_.size());
        if (index < 0) index += size;
        if (index < 0 || index >= size)
            return named_error("builtins.IndexError", std::string(where));
        return static_cast<std::size_t>(index);
    }

    answer get_item(dynamic_request& request) {
        BECKON_TRY(expect_arguments(request, 1, 1));
        const value& index = request.arguments[0];
        const std::lock_guard lock(mutex_);
        if (!index.is(value_kind::slice)) {
            BECKON_ASSIGN(const std::size_t at, place(index, "list index out of range"));
            return lend_inside(items_[at]);
        }
        BECKON_ASSIGN(const slice_range range, to_range(index, items_.size()));
        std::vector<value> taken;
        taken.reserve(range.count);
        for (std::size_t i = 0; i < range.count; ++i)
            taken.push_back(lend_inside(items_[range.at(i)]));
        return value::list(std::move(taken));
    }

    answer set_item(dynamic_request& request) {
        BECKON_TRY(expect_arguments(request, 2, 2));
        const value& index = request.arguments[0];
        if (index.is(value_kind::slice)) return set_slice(index, request.arguments[1]);
        BECKON_ASSIGN(const admission admitted, admit(request.arguments[1]));
        value before; // freed without the lock
        const std::lock_guard lock(mutex_);
        BECKON_ASSIGN(const std::size_t at, place(index, "list assignment index out of range"));
        before = std::exchange(items_[at], request.arguments[1]);
        return value();
    }

    answer set_slice(const value& index, const value& given) {
        auto taken = iterated(given);
        if (!taken && taken.error().type_name() == "builtins.TypeError") {
            BECKON_TRY(to_range(index, 0)); // a step of zero is the graver fault
            const value& step = index.bounds()[2];
            return type_error(step.is_null() || step == value(1)
                                  ? "can only assign an iterable"
                                  : "must assign iterable to extended slice");
        }
        BECKON_ASSIGN(std::vector<value> put, std::move(taken));
        BECKON_ASSIGN(const admission admitted, admit(value::list(std::vector<value>(put))));
        std::vector<value> before;
        const std::lock_guard lock(mutex_);
        BECKON_ASSIGN(const slice_range range, to_range(index, items_.size()));
        if (range.step == 1) {
            BECKON_TRY(expect_room(items_.size() - range.count + put.size(), "list"));
            const auto from = items_.begin() + static_cast<std::ptrdiff_t>(range.start);
            const auto to = from + static_cast<std::ptrdiff_t>(range.count);
            before.assign(from, to);
            items_.insert(items_.erase(from, to), put.begin(), put.end());
            return value();
        }
        if (put.size() != range.count) {
            return named_error("builtins.ValueError",
                               concat("attempt to assign sequence of size ", put.size(),
                                      " to extended slice of size ", range.count));
        }
        for (std::size_t i = 0; i < range.count; ++i) std::swap(items_[range.at(i)], put[i]);
        before = std::move(put);
        return value();
    }

    answer delete_item(dynamic_request& request) {
        BECKON_TRY(expect_arguments(request, 1, 1));
        const value& index = request.arguments[0];
        std::vector<value> before;
        const std::lock_guard lock(mutex_);
        if (!index.is(value_kind::slice)) {
            BECKON_ASSIGN(const std::size_t at, place(index, "list assignment index out of range"));
            before.push_back(std::move(items_[at]));
            items_.erase(items_.begin() + static_cast<std::ptrdiff_t>(at));
            return value();
        }
        BECKON_ASSIGN(const slice_range range, to_range(index, items_.size()));
        std::vector<bool> gone(items_.size(), false);
        for (std::size_t i = 0; i < range.count; ++i) gone[range.at(i)] = true;
        std::vector<value> kept;
        kept.reserve(items_.size() - range.count);
        for (std::size_t i = 0; i < items_.size(); ++i)
            (gone[i] ? before : kept).push_back(std::move(items_[i]));
        items_ = std::move(kept);
        return value();
    }

    answer reversed(dynamic_request& request) {
        BECKON_TRY(expect_arguments(request, 0, 0));
        std::vector<value> items;
        {
            const std::lock_guard lock(mutex_);
            for (value& each : items_) items.push_back(lend_inside(each));
        }
        std::reverse(items.begin(), items.end());
        return reference_to(lend_iterator(std::move(items)));
    }

    /// The position of the first equal item from `start` on, or the size. Compares without the lock where it has to.
    [[nodiscard]] std::size_t find(const std::vector<value>& in, const value& wanted,
                                   std::size_t start, std::size_t stop) const {
        for (std::size_t i = start; i < stop; ++i) {
            if (python_equal(in[i], wanted)) return i;
        }
        return stop;
    }

    answer contains(dynamic_request& request) {
        BECKON_TRY(expect_arguments(request, 1, 1));
        const std::vector<value> items = each_item();
        return value(find(items, request.arguments[0], 0, items.size()) != items.size());
    }

    [[nodiscard]] static error not_found(const value& wanted) {
        constexpr std::size_t most_shown = 16 * 1024;
        const auto shown = python_repr(wanted);
        return named_error(
            "builtins.ValueError",
            concat(shown && shown->size() <= most_shown ? *shown : "value", " is not in list"));
    }

    answer index(dynamic_request& request) {
        BECKON_TRY(expect_arguments(request, 1, 3));
        const std::vector<value> items = each_item();
        BECKON_ASSIGN(const slice_range range,
                      to_range(value::slice(request.arguments[1], request.arguments[2], nullptr),
                               items.size()));
        const std::size_t end = range.start + range.count;
        const std::size_t at = find(items, request.arguments[0], range.start, end);
        if (at == end) return not_found(request.arguments[0]);
        return value(at);
    }

    answer count_equal(dynamic_request& request) {
        BECKON_TRY(expect_arguments(request, 1, 1));
        const std::vector<value> items = each_item();
        return value(std::count_if(items.begin(), items.end(), [&](const value& each) {
            return python_equal(each, request.arguments[0]);
        }));
    }

    answer append(dynamic_request& request) {
        BECKON_TRY(expect_arguments(request, 1, 1));
        BECKON_ASSIGN(const admission admitted, admit(request.arguments[0]));
        const std::lock_guard lock(mutex_);
        BECKON_TRY(expect_room(items_.size() + 1, "list"));
        items_.push_back(request.arguments[0]);
        return value();
    }

    answer extend(dynamic_request& request) {
        BECKON_TRY(expect_arguments(request, 1, 1));
        BECKON_ASSIGN(std::vector<value> more, iterated(request.arguments[0]));
        BECKON_ASSIGN(const admission admitted, admit(value::list(std::vector<value>(more))));
        const std::lock_guard lock(mutex_);
        BECKON_TRY(expect_room(items_.size() + more.size(), "list"));
        items_.insert(items_.end(), more.begin(), more.end());
        return value();
    }

    answer add_in_place(dynamic_request& request) {
        BECKON_TRY(extend(request));
        return reference_to(intrusive_ptr<servant>(this));
    }

    answer insert(dynamic_request& request) {
        BECKON_TRY(expect_arguments(request, 2, 2));
        BECKON_ASSIGN(std::int64_t at, to_index(request.arguments[0]));
        BECKON_ASSIGN(const admission admitted, admit(request.arguments[1]));
        const std::lock_guard lock(mutex_);
        BECKON_TRY(expect_room(items_.size() + 1, "list"));
        const auto size = static_cast<std::int64_t>(items_.size());
        if (at < 0) at += size;
        at = std::clamp<std::int64_t>(at, 0, size);
        items_.insert(items_.begin() + at, request.arguments[1]);
        return value();
    }

    answer pop(dynamic_request& request) {
        BECKON_TRY(expect_arguments(request, 0, 1));
        const value last(-1);
        const value& given = request.arguments.empty() ? last : request.arguments[0];
        const std::lock_guard lock(mutex_);
        if (items_.empty()) return named_error("builtins.IndexError", "pop from empty list");
        BECKON_TRY(to_index(given));
        BECKON_ASSIGN(const std::size_t at, place(given, "pop index out of range"));
        value taken = lend_inside(items_[at]);
        items_.erase(items_.begin() + static_cast<std::ptrdiff_t>(at));
        return taken;
    }

    answer remove(dynamic_request& request) {
        BECKON_TRY(expect_arguments(request, 1, 1));
        const value& wanted = request.arguments[0];
        const std::vector<value> items = each_item();
        const std::size_t at = find(items, wanted, 0, items.size());
        const std::lock_guard lock(mutex_);
        // Another session may have changed it meanwhile; then it is as if that had been first.
        if (at == items.size() || at >= items_.size() || !(items_[at] == items[at]))
            return named_error("builtins.ValueError", "list.remove(x): x not in list");
        items_.erase(items_.begin() + static_cast<std::ptrdiff_t>(at));
        return value();
    }

    answer reverse(dynamic_request& request) {
        BECKON_TRY(expect_arguments(request, 0, 0));
        const std::lock_guard lock(mutex_);
        std::reverse(items_.begin(), items_.end());
        return value();
    }

    answer clear(dynamic_request& request) {
        BECKON_TRY(expect_arguments(request, 0, 0));
        std::vector<value> before;
        const std::lock_guard lock(mutex_);
        before.swap(items_);
        return value();
    }

    answer sort(dynamic_request& request) {
        bool backwards = false;
        for (const auto& [name, content] : detail::named_entries(request.named)) {
            const bool is_key = name == value("key");
            if (name == value("reverse") && content.is(value_kind::boolean)) {
                backwards = content.boolean();
            } else if (!is_key || !content.is_null()) {
                return type_error(concat("sort() takes reverse=True or False, not ",
                                         name.to_text(64), '=', python_type(content)));
            }
        }
        if (!request.arguments.empty()) return type_error("sort() takes no positional arguments");
        std::vector<value> sorted = each_item();
        const std::vector<value> before = sorted;
        std::optional<error> failure;
        const auto less = [&](const value& one, const value& other) {
            if (failure) return false;
            auto outcome = backwards ? python_less(other, one) : python_less(one, other);
            if (!outcome) failure.emplace(std::move(outcome).error());
            return outcome && *outcome;
        };
        std::stable_sort(sorted.begin(), sorted.end(), less);
        if (failure) return std::move(*failure);
        const std::lock_guard lock(mutex_);
        if (items_ != before)
            return named_error("builtins.ValueError", "list modified during sort");
        items_.swap(sorted);
        return value();
    }

    answer add(dynamic_request& request) {
        BECKON_TRY(expect_arguments(request, 1, 1));
        const value theirs = content_of(request.arguments[0]);
        if (!theirs.is(value_kind::list)) {
            return type_error(concat("can only concatenate list (not ",
                                     quoted(python_type(request.arguments[0])), ") to list"));
        }
        std::vector<value> all = lent_items();
        BECKON_TRY(expect_room(all.size() + theirs.size(), "list"));
        all.insert(all.end(), theirs.begin(), theirs.end());
        return value::list(std::move(all));
    }

    answer multiply(dynamic_request& request) {
        BECKON_TRY(expect_arguments(request, 1, 1));
        BECKON_ASSIGN(const std::int64_t times, to_index(request.arguments[0]));
        const std::lock_guard lock(mutex_);
        BECKON_ASSIGN(std::vector<value> all, repeated(times));
        return value::list(std::move(all));
    }

    answer multiply_in_place(dynamic_request& request) {
        BECKON_TRY(expect_arguments(request, 1, 1));
        BECKON_ASSIGN(const std::int64_t times, to_index(request.arguments[0]));
        std::vector<value> before;
        const std::lock_guard lock(mutex_);
        BECKON_ASSIGN(std::vector<value> all, repeated(times));
        before = std::exchange(items_, std::move(all));
        return reference_to(intrusive_ptr<servant>(this));
    }

    /// REQUIRES: locked.
    [[nodiscard]] result<std::vector<value>> repeated(std::int64_t times) {
        std::vector<value> all;
        if (times <= 0 || items_.empty()) return all;
        const auto count = static_cast<std::size_t>(times);
        BECKON_TRY(
            expect_room(count > max_container_items ? count : count * items_.size(), "list"));
        for (value& each : items_) lend_inside(each);
        all.reserve(count * items_.size());
        for (std::size_t i = 0; i < count; ++i) all.insert(all.end(), items_.begin(), items_.end());
        return all;
    }

    [[nodiscard]] std::vector<value> lent_items() {
        const std::lock_guard lock(mutex_);
        for (value& each : items_) lend_inside(each);
        return items_;
    }

    answer shallow_copy(dynamic_request& request) {
        BECKON_TRY(expect_arguments(request, 0, 0));
        return value::list(lent_items());
    }

    std::vector<value> items_;
};

std::span<const answering_servant::member> list_container::members() const noexcept {
    using self = list_container;
    static constexpr std::array<member, 23> all{{
        {"__len__", &run<&self::length>},
        {"__getitem__", &run<&self::get_item>},
        {"__setitem__", &run<&self::set_item>, {}, true},
        {"__delitem__", &run<&self::delete_item>},
        {"__iter__", &run<&self::iterate>},
        {"__reversed__", &run<&self::reversed>},
        {"__contains__", &run<&self::contains>},
        {"__add__", &run<&self::add>},
        {"__iadd__", &run<&self::add_in_place>, {}, true},
        {"__mul__", &run<&self::multiply>},
        {"__rmul__", &run<&self::multiply>},
        {"__imul__", &run<&self::multiply_in_place>},
        {"append", &run<&self::append>, "Adds an item at the end."},
        {"extend", &run<&self::extend>, "Adds each item of an iterable at the end.", true},
        {"insert", &run<&self::insert>, "Puts an item before an index."},
        {"pop", &run<&self::pop>, "Takes an item out, the last one unless an index says which."},
        {"remove", &run<&self::remove>, "Removes the first item that is equal."},
        {"index", &run<&self::index>, "The index of the first item that is equal."},
        {"count", &run<&self::count_equal>, "How many items are equal."},
        {"reverse", &run<&self::reverse>, "Turns the order around."},
        {"sort", &run<&self::sort>, "Puts the items in order, backwards with reverse=True."},
        {"clear", &run<&self::clear>, "Removes all items."},
        {"copy", &run<&self::shallow_copy>, "Another list of the same items."},
    }};
    return all;
}

} // namespace

intrusive_ptr<servant> make_list(value content) { return make_counted<list_container>(content); }

} // namespace beckon::detail
