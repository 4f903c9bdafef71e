#include "object/item_iterator.hpp"

#include <array>

#include "beckon/object/containers.hpp"
#include "beckon/object/dynamic_plan.hpp"
#include "beckon/object/python_errors.hpp"
#include "object/python_text.hpp"

namespace beckon {
namespace detail {

namespace {

class container_iterator final : public iterator_base {
public:
    explicit container_iterator(intrusive_ptr<container> over) noexcept : over_(std::move(over)) {}

    void add_held(std::vector<intrusive_ptr<servant>>& into) const override {
        const std::lock_guard lock(mutex_);
        if (over_) into.emplace_back(over_);
    }
    [[nodiscard]] bool stands_for_another() const noexcept override { return true; }
    [[nodiscard]] result<bool> next(value& item) override {
        intrusive_ptr<container> done; // freed without the lock
        const std::lock_guard lock(mutex_);
        if (!over_) return false;
        result<bool> more = over_->advance(position_, state_, item);
        if (!more || !*more) done = std::move(over_);
        return more;
    }
    void end() override {
        intrusive_ptr<container> done; // freed without the lock
        const std::lock_guard lock(mutex_);
        done = std::move(over_);
    }
    [[nodiscard]] std::size_t left() const override {
        const std::lock_guard lock(mutex_);
        if (!over_) return 0;
        const std::size_t all = over_->count();
        return all - std::min(all, position_);
    }

private:
    mutable std::mutex mutex_;      // taken before the container's
    intrusive_ptr<container> over_; ///< Null at the end, for good.
    std::size_t position_ = 0;
    std::uint64_t state_ = 0;
};

class value_iterator final : public iterator_base {
public:
    explicit value_iterator(std::vector<value> items) : items_(std::move(items)) {
        for (const value& each : items_) mark_held(each);
    }

    void add_held(std::vector<intrusive_ptr<servant>>& into) const override {
        const std::lock_guard lock(mutex_);
        for (const value& each : items_) add_references(each, into);
    }
    [[nodiscard]] result<bool> next(value& item) override {
        const std::lock_guard lock(mutex_);
        if (position_ == items_.size()) return false;
        item = std::exchange(items_[position_++], {});
        lend_inside(item);
        return true;
    }
    void end() override {
        std::vector<value> done; // freed without the lock
        const std::lock_guard lock(mutex_);
        items_.swap(done);
        position_ = 0;
    }
    [[nodiscard]] std::size_t left() const override {
        const std::lock_guard lock(mutex_);
        return items_.size() - position_;
    }

private:
    mutable std::mutex mutex_;
    std::vector<value> items_;
    std::size_t position_ = 0;
};

} // namespace

result<exception_parts> thrown_into(const dynamic_request& request) {
    BECKON_TRY(expect_arguments(request, 1, 3));
    const value& type = request.arguments[0];
    if (!type.is(value_kind::reference)) {
        return type_error(concat("exceptions must be classes or instances deriving from "
                                 "BaseException, not ",
                                 python_type(type)));
    }
    exception_parts parts;
    parts.type = type_name_of(type);
    parts.arguments = value::tuple();
    if (request.arguments.size() > 1 && request.arguments[1].is(value_kind::string)) {
        parts.text = request.arguments[1].string();
        parts.arguments = value::tuple({request.arguments[1]});
    }
    return parts;
}

std::span<const answering_servant::member> iterator_base::members() const noexcept {
    using self = iterator_base;
    static constexpr std::array<member, 6> all{{{"__iter__", &run<&self::itself>},
                                                {"__next__", &run<&self::next_item>},
                                                {"__length_hint__", &run<&self::length_hint>},
                                                {"close", &run<&self::close>},
                                                {"send", &run<&self::send>},
                                                {"throw", &run<&self::throw_into>}}};
    return all;
}

answering_servant::answer iterator_base::itself(dynamic_request& request) {
    BECKON_TRY(expect_arguments(request, 0, 0));
    return reference_to(intrusive_ptr<servant>(this));
}

answering_servant::answer iterator_base::next_item(dynamic_request& request) {
    BECKON_TRY(expect_arguments(request, 0, 0));
    value item;
    BECKON_ASSIGN(const bool more, next(item));
    if (!more) return stop_iteration();
    return item;
}

answering_servant::answer iterator_base::length_hint(dynamic_request& request) {
    BECKON_TRY(expect_arguments(request, 0, 0));
    return value(left());
}

answering_servant::answer iterator_base::close(dynamic_request& request) {
    BECKON_TRY(expect_arguments(request, 0, 0));
    end();
    return value();
}

answering_servant::answer iterator_base::send(dynamic_request& request) {
    BECKON_TRY(expect_arguments(request, 1, 1));
    request.arguments = value::list();
    return next_item(request);
}

answering_servant::answer iterator_base::throw_into(dynamic_request& request) {
    BECKON_ASSIGN(exception_parts thrown, thrown_into(request));
    end();
    return python::to_error(std::move(thrown));
}

answering_servant::answer iterator_base::next_items(std::size_t most) {
    std::vector<value> items;
    value item;
    while (items.size() < most) {
        BECKON_ASSIGN(const bool more, next(item));
        if (!more) break;
        items.push_back(std::move(item));
    }
    return value::list(std::move(items));
}

intrusive_ptr<servant> make_iterator(intrusive_ptr<container> over) {
    return make_counted<container_iterator>(std::move(over));
}

result<std::vector<value>> iterated(const value& from) {
    if (from.is_sequence()) return std::vector<value>(from.begin(), from.end());
    std::vector<value> items;
    if (from.is(value_kind::map)) {
        for (const map_entry& each : from.entries()) items.push_back(each.key);
        return items;
    }
    if (const auto* const inner = local_as<container>(from)) return inner->each_item();
    if (auto* const iterator = local_as<iterator_base>(from)) {
        value item;
        for (;;) {
            BECKON_ASSIGN(const bool more, iterator->next(item));
            if (!more) return items;
            BECKON_TRY(expect_room(items.size() + 1, "list"));
            items.push_back(std::move(item));
        }
    }
    if (from.is(value_kind::bytes)) {
        items.reserve(from.size());
        for (const std::byte each : from.bytes()) items.emplace_back(std::to_integer<int>(each));
        return items;
    }
    const value text = as_python_sees(from);
    if (!text.is(value_kind::string))
        return type_error(concat(python_quoted(python_type(from)), " object is not iterable"));
    const std::string_view letters = text.string();
    for (std::size_t at = 0; at < letters.size();) {
        std::size_t end =
            at + 1; // UTF-8: a character goes on as long as bytes begin with the bits 10
        while (end < letters.size() && (static_cast<unsigned char>(letters[end]) & 0xc0u) == 0x80u)
            ++end;
        items.emplace_back(letters.substr(at, end - at));
        at = end;
    }
    return items;
}

} // namespace detail

intrusive_ptr<servant> lend_iterator(std::vector<value> items) {
    return make_counted<detail::value_iterator>(std::move(items));
}

} // namespace beckon
