// Finding keys: by comparison with all where they are few, else by open addressing.
#include <limits>

#include "value/node.hpp"

namespace beckon::detail {

namespace {

// One slot: position + 1 in the low half, 0 where free; the hash's upper half in the high half, so that most
// strangers are passed by without a look at their key.
using slot = std::uint64_t;

constexpr slot make_slot(std::size_t hash, std::size_t position) noexcept {
    return (static_cast<slot>(hash) & 0xffff'ffff'0000'0000u) | (position + 1);
}
constexpr std::size_t position_in(slot used) noexcept {
    return static_cast<std::size_t>(used & 0xffff'ffffu) - 1;
}

} // namespace

struct key_index {
    std::size_t slot_mask;

    [[nodiscard]] slot* slots() noexcept { return reinterpret_cast<slot*>(this + 1); }
};

namespace {

void insert(key_index& index, std::size_t hash, std::size_t position) noexcept {
    std::size_t at = hash & index.slot_mask;
    while (index.slots()[at] != 0) at = (at + 1) & index.slot_mask;
    index.slots()[at] = make_slot(hash, position);
}

} // namespace

void free_index(key_index* index) noexcept { ::operator delete(index); }

void build_index(array_node& node, std::size_t stride) {
    const std::size_t keys = node.size / stride;
    if (keys <= max_unindexed_keys) return;
    // At most half full, and sized for what the node has room for, so that filling it up builds this once.
    const std::size_t slot_count = std::bit_ceil(node.capacity / stride * 2);
    void* const memory = ::operator new(sizeof(key_index) + slot_count * sizeof(slot));
    node.index = ::new (memory) key_index{slot_count - 1};
    std::memset(node.index->slots(), 0, slot_count * sizeof(slot));
    const value* const items = value_access::items(&node);
    for (std::size_t i = 0; i < node.size; i += stride) insert(*node.index, items[i].hash(), i);
}

void index_last(array_node& node, std::size_t stride) {
    if (node.index == nullptr) return build_index(node, stride);
    const std::size_t position = node.size - stride;
    insert(*node.index, value_access::items(&node)[position].hash(), position);
}

std::size_t find_key(const array_node& node, std::size_t stride, const value& key,
                     unsigned key_depth) noexcept {
    const auto* const items = value_access::items(const_cast<array_node*>(&node));
    const auto same = [&](const value& other) {
        if (value_access::head(key) == value_access::head(other) &&
            value_access::body(key) == value_access::body(other)) {
            return true;
        }
        // Small strings, the usual keys, are equal in all 16 bytes or not at all.
        const form of_key = value_access::form_of(key);
        if (of_key != value_access::form_of(other) || of_key == form::small_string) return false;
        return equal_keys(key, other, key_depth);
    };
    if (node.index == nullptr) {
        for (std::size_t i = 0; i < node.size; i += stride) {
            if (same(items[i])) return i;
        }
        return node.size;
    }
    const std::size_t hash = key.hash();
    const slot tag = make_slot(hash, std::numeric_limits<std::size_t>::max());
    for (std::size_t at = hash & node.index->slot_mask;; at = (at + 1) & node.index->slot_mask) {
        const slot found = node.index->slots()[at];
        if (found == 0) return node.size;
        if ((found ^ tag) >> 32 == 0 && same(items[position_in(found)])) return position_in(found);
    }
}

} // namespace beckon::detail
