// Filling the containers of a value in place while a message is read, each step paid for beforehand.
#pragma once

#include <concepts>
#include <cstring>
#include <string_view>
#include <utility>

#include "beckon/codec/native/reader.hpp"
#include "value/node.hpp"

namespace beckon::native::build {

/// What a set or map spends on each key to find it again, at most.
inline constexpr std::size_t index_bytes_per_key = 4 * sizeof(std::uint64_t);

/// Text and bytes beyond 14 bytes get memory of their own.
inline bool charge_text(reader& in, std::size_t size, std::size_t nodes) noexcept {
    const bool is_small = size <= beckon::detail::max_small_text;
    return in.charge(is_small ? 0 : sizeof(beckon::detail::text_node) + size, nodes);
}

inline void append(beckon::detail::array_node& node, value&& item) noexcept {
    ::new (static_cast<void*>(beckon::detail::value_access::items(&node) + node.size))
        value(std::move(item));
    ++node.size;
}

/// Keys lie `stride` apart; 0 where the container has none.
[[nodiscard]] constexpr std::size_t key_stride(beckon::detail::form of) noexcept {
    using beckon::detail::form;
    return of == form::map ? 2 : of == form::set || of == form::frozen_set ? 1 : 0;
}

/// Makes the last key of a set or map findable; fails the reader where it stands there already.
/// REQUIRES: the last element is whole.
void index_key(reader& in, beckon::detail::array_node& node, std::size_t stride);

/// The count, padding and elements of a list of numbers.
template <typename Number>
[[nodiscard]] value read_packed(reader& in) {
    using beckon::detail::form;
    using beckon::detail::value_access;
    const std::size_t count = in.get_count(sizeof(Number), sizeof(value));
    in.align(sizeof(Number));
    const byte_view raw = in.get_raw(count * sizeof(Number));
    if (!in.charge(sizeof(beckon::detail::array_node), 0)) return {};
    beckon::detail::array_node* const node = beckon::detail::make_array(count);
    value* const items = value_access::items(node);
    for (std::size_t i = 0; i < count; ++i) {
        Number number;
        std::memcpy(&number, raw.data() + i * sizeof(Number), sizeof(Number));
        ::new (static_cast<void*>(items + i)) value(number);
    }
    node->size = static_cast<std::uint32_t>(count);
    return value_access::make(form::list, node);
}

} // namespace beckon::native::build
