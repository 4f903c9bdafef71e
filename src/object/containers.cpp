#include "beckon/object/containers.hpp"

#include "object/container.hpp"
#include "object/python_text.hpp"

namespace beckon {

using detail::container;

namespace detail {

void container::write_repr(text_writer& out) const { out.add_repr(shallow()); }

answering_servant::answer container::hash() const {
    if (is_key()) return answering_servant::hash();
    return type_error(concat("unhashable type: ", python_quoted(interface_name())));
}

answering_servant::answer container::length(dynamic_request& request) {
    BECKON_TRY(expect_arguments(request, 0, 0));
    return value(count());
}

answering_servant::answer container::iterate(dynamic_request& request) {
    BECKON_TRY(expect_arguments(request, 0, 0));
    return reference_to(make_iterator(intrusive_ptr<container>(this)));
}

answering_servant::answer container::next_items(std::size_t most) {
    std::vector<value> items;
    std::size_t position = 0;
    std::uint64_t state = 0;
    value item;
    while (items.size() < most) {
        BECKON_ASSIGN(const bool more, advance(position, state, item));
        if (!more) break;
        items.push_back(std::move(item));
    }
    return value::list(std::move(items));
}

namespace {

/// Tuples hold what they hold for good, so those around a container are made anew around its object.
[[nodiscard]] bool lend_in_tuple(value& kept, std::size_t depth) {
    constexpr std::size_t max_depth = 64; // beyond it, content is sent as it is
    if (is_lendable(kept.kind()) && !kept.is(value_kind::frozen_set)) {
        if (intrusive_ptr<servant> lent = lend_container(kept)) {
            kept = reference_to(std::move(lent));
            mark_held(kept);
            return true;
        }
        return false;
    }
    if (!kept.is(value_kind::tuple) || depth == max_depth) return false;
    bool changed = false;
    std::vector<value> items(kept.begin(), kept.end());
    for (value& each : items) changed = lend_in_tuple(each, depth + 1) || changed;
    if (changed) kept = value::tuple(std::move(items));
    return changed;
}

/// A container's content with what is in it, by value too.
class collector {
public:
    [[nodiscard]] result<value> collect(const value& from) {
        if (depth_ == max_depth) {
            return fail(errc::limit_exceeded, "containers are more than ", max_depth,
                        " levels deep");
        }
        if (left_ == 0)
            return fail(errc::limit_exceeded, "containers hold more than ", max_nodes, " values");
        --left_;
        ++depth_;
        result<value> outcome = collect_kind(from);
        --depth_;
        return outcome;
    }

private:
    static constexpr std::size_t max_depth = 200;
    static constexpr std::size_t max_nodes = 1'000'000;

    [[nodiscard]] result<value> collect_kind(const value& from) {
        switch (from.kind()) {
        case value_kind::reference: {
            const auto* const inner = local_as<container>(from);
            return inner == nullptr ? result<value>(from) : collect(inner->shallow());
        }
        case value_kind::list:
        case value_kind::tuple: {
            std::vector<value> items;
            items.reserve(from.size());
            for (const value& each : from) {
                BECKON_ASSIGN(value item, collect(each));
                items.push_back(std::move(item));
            }
            return from.is(value_kind::list) ? value::list(std::move(items))
                                             : value::tuple(std::move(items));
        }
        case value_kind::map: {
            value made = value::map();
            made.reserve(from.size());
            for (const auto& [key, mapped] : from.entries()) {
                BECKON_ASSIGN(value content, collect(mapped));
                made.insert_or_assign(key, std::move(content));
            }
            return made;
        }
        case value_kind::record: {
            std::vector<record_field> fields;
            for (const auto& [name, content] : from.fields()) {
                BECKON_ASSIGN(value field, collect(content));
                fields.push_back({name, std::move(field)});
            }
            return value::record(from.declared_type(), std::move(fields));
        }
        default: return from; // keys and items of sets hold no containers
        }
    }

    std::size_t depth_ = 0;
    std::size_t left_ = max_nodes;
};

} // namespace

const value& lend_inside(value& kept) {
    if (kept.is(value_kind::tuple) || is_lendable(kept.kind()))
        static_cast<void>(lend_in_tuple(kept, 0));
    return kept;
}

value content_of(const value& from) {
    const auto* const inner = local_as<container>(from);
    return inner != nullptr ? inner->shallow() : from;
}

result<void> expect_room(std::size_t items, std::string_view kind) {
    if (items <= max_container_items) return {};
    return fail(errc::limit_exceeded, kind, " would have ", items, " items; limit is ",
                max_container_items);
}

} // namespace detail

bool is_lendable(value_kind kind) noexcept {
    switch (kind) {
    case value_kind::list:
    case value_kind::map:
    case value_kind::set:
    case value_kind::frozen_set:
    case value_kind::record:
    case value_kind::exception:
    case value_kind::stream: return true;
    default: return false;
    }
}

intrusive_ptr<servant> lend_container(value content) {
    switch (content.kind()) {
    case value_kind::list: return detail::make_list(std::move(content));
    case value_kind::map: return detail::make_map(std::move(content));
    case value_kind::set:
    case value_kind::frozen_set: return detail::make_set(std::move(content));
    case value_kind::record:
    case value_kind::exception: return detail::make_record(std::move(content));
    case value_kind::stream: {
        auto* const held = dynamic_cast<value_stream*>(content.object());
        if (held == nullptr || !held->source) return {};
        return detail::make_stream_iterator(std::exchange(held->source, {}));
    }
    default: return {};
    }
}

bool is_lent_container(const object_core& core) noexcept {
    return dynamic_cast<const container*>(&core) != nullptr;
}

result<value> container_value(const object_core& core) {
    const auto* const known = dynamic_cast<const container*>(&core);
    if (known == nullptr) return value();
    detail::collector from;
    return from.collect(known->shallow());
}

} // namespace beckon
