// Changing values: first make the memory one's own, then change it.
#include <algorithm>
#include <limits>

#include "value/node.hpp"

namespace beckon {

using detail::array_node;
using detail::form;
using detail::value_access;

namespace {

[[noreturn]] void throw_mismatch(const value& found, std::string_view expected) {
    throw value_error(
        fail(errc::type_mismatch, "cannot change ", found.type_name(), ", expected ", expected));
}

[[noreturn]] void throw_no_item(std::size_t index, std::size_t size) {
    throw value_error(fail(errc::not_found, "no item ", index, " in a list of ", size, " items"));
}

bool is_set(form form) noexcept { return form == form::set || form == form::frozen_set; }

std::size_t stride_of(form form) noexcept {
    if (form == form::map) return 2;
    return is_set(form) ? 1 : 0;
}

// The node behind the value, held by no other value and with room for `more` values.
array_node& own(value& of, std::size_t more) {
    auto* const node = value_access::node<array_node>(of);
    const bool sole = node->references.load(std::memory_order_acquire) == 1;
    const std::size_t needed = static_cast<std::size_t>(node->size) + more;
    if (sole && needed <= node->capacity) return *node;
    std::size_t capacity = needed;
    if (more != 0) {
        const std::size_t doubled = static_cast<std::size_t>(node->capacity) * 2;
        capacity = std::max<std::size_t>(
            {needed, 4, std::min<std::size_t>(doubled, std::numeric_limits<std::uint32_t>::max())});
    }
    array_node* const larger = detail::make_array(capacity);
    value* const from = value_access::items(node);
    value* const to = value_access::items(larger);
    const form form = value_access::form_of(of);
    if (sole) {
        // Relocated: the old node forgets them.
        std::memcpy(static_cast<void*>(to), static_cast<void*>(from), node->size * sizeof(value));
        larger->size = node->size;
        node->size = 0;
    } else {
        for (std::uint32_t i = 0; i < node->size; ++i)
            ::new (static_cast<void*>(to + i)) value(from[i]);
        larger->size = node->size;
    }
    of = value_access::make(form, larger);
    if (const std::size_t stride = stride_of(form); stride != 0)
        detail::build_index(*larger, stride);
    return *larger;
}

void append(array_node& node, value&& item) noexcept {
    ::new (static_cast<void*>(value_access::items(&node) + node.size)) value(std::move(item));
    ++node.size;
}

void erase_items(value& of, std::size_t at, std::size_t count) {
    array_node& node = own(of, 0);
    value* const items = value_access::items(&node);
    std::move(items + at + count, items + node.size, items + at);
    for (std::size_t i = 0; i < count; ++i) items[--node.size].~value();
    // Positions have moved.
    detail::free_index(node.index);
    node.index = nullptr;
    if (const std::size_t stride = stride_of(value_access::form_of(of)); stride != 0) {
        detail::build_index(node, stride);
    }
}

// The position among all items of a record where the field's value lies, or 0.
std::size_t find_field(const value& record, std::string_view name) noexcept {
    const auto items = value_access::items(record);
    for (std::size_t i = 1; i + 1 < items.size(); i += 2) {
        if (value_access::text(items[i]) == name) return i + 1;
    }
    return 0;
}

} // namespace

void value::push_back(value item) {
    if (is_null()) *this = list();
    if (!is_sequence()) throw_mismatch(*this, "list");
    if (is_set(form())) {
        if (contains(item)) return;
        array_node& node = own(*this, 1);
        append(node, std::move(item));
        detail::index_last(node, 1);
    } else {
        append(own(*this, 1), std::move(item));
    }
}

void value::replace(std::size_t index, value item) {
    if (form() != form::list && form() != form::tuple) throw_mismatch(*this, "list or tuple");
    if (index >= size()) throw_no_item(index, size());
    value_access::items(&own(*this, 0))[index] = std::move(item);
}

void value::insert_or_assign(value key, value mapped) {
    if (is_null()) *this = map();
    if (form() == form::record) {
        if (!key.is(value_kind::string)) throw_mismatch(key, "the name of a field");
        if (const std::size_t at = find_field(*this, key.string()); at != 0) {
            value_access::items(&own(*this, 0))[at] = std::move(mapped);
        } else {
            array_node& node = own(*this, 2);
            append(node, std::move(key));
            append(node, std::move(mapped));
        }
        return;
    }
    if (form() != form::map) throw_mismatch(*this, "map or record");
    const auto* const present = value_access::node<array_node>(*this);
    const std::size_t at = detail::find_key(*present, 2, key);
    if (at != present->size) {
        value_access::items(&own(*this, 0))[at + 1] = std::move(mapped);
        return;
    }
    array_node& node = own(*this, 2);
    append(node, std::move(key));
    append(node, std::move(mapped));
    detail::index_last(node, 2);
}

bool value::erase(const value& key) {
    if (form() == form::record) {
        const std::size_t at = key.is(value_kind::string) ? find_field(*this, key.string()) : 0;
        if (at != 0) erase_items(*this, at - 1, 2);
        return at != 0;
    }
    const std::size_t stride = stride_of(form());
    if (stride == 0) throw_mismatch(*this, "map, record or set");
    const auto* const node = value_access::node<array_node>(*this);
    const std::size_t at = detail::find_key(*node, stride, key);
    if (at == node->size) return false;
    erase_items(*this, at, stride);
    return true;
}

void value::erase_at(std::size_t index) {
    if (form() != form::list && form() != form::tuple) throw_mismatch(*this, "list or tuple");
    if (index >= size()) throw_no_item(index, size());
    erase_items(*this, index, 1);
}

value value::take(std::size_t index) {
    if (form() != form::list && form() != form::tuple) throw_mismatch(*this, "list or tuple");
    if (index >= size()) throw_no_item(index, size());
    return std::exchange(value_access::items(&own(*this, 0))[index], value());
}

value value::take(std::string_view key) {
    const value* const found = &at(key);
    const std::size_t index = static_cast<std::size_t>(found - value_access::items(*this).data());
    return std::exchange(value_access::items(&own(*this, 0))[index], value());
}

void value::reserve(std::size_t count) {
    if (is_null()) *this = list();
    if (!is_sequence() && form() != form::map && form() != form::record) {
        throw_mismatch(*this, "a container");
    }
    const std::size_t stride = is_sequence() ? 1 : 2;
    const std::size_t wanted = count * stride + (form() == form::record ? 1 : 0);
    const std::size_t present = value_access::items(*this).size();
    if (wanted > present) own(*this, wanted - present);
}

} // namespace beckon
