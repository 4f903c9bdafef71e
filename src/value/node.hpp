// The counted memory behind larger values, and the door through which value/ and codec/ reach it.
#pragma once

#include <cstring>
#include <new>
#include <string_view>

#include "beckon/base/assert.hpp"
#include "beckon/value/detail/array_builder.hpp"
#include "beckon/value/value.hpp"
#include "value/node_arena.hpp"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace beckon::detail {

/// Reaches into values. What is relocated by memcpy counts as moved: its source must not be destroyed.
struct value_access {
    static form form_of(const value& from) noexcept { return from.form(); }
    static std::uint64_t head(const value& from) noexcept { return from.head_; }
    static std::uint64_t body(const value& from) noexcept { return from.body_; }
    static unsigned note(const value& from) noexcept {
        return static_cast<unsigned char>(from.head_ >> note_shift);
    }
    static bool is_counted(const value& from) noexcept { return from.form() >= first_counted; }

    template <typename Node>
    static Node* node(const value& from) noexcept {
        return reinterpret_cast<Node*>(static_cast<std::uintptr_t>(from.body_));
    }
    template <typename Node>
    static value make(form form, Node* node, unsigned note = 0) noexcept {
        value made(form, reinterpret_cast<std::uintptr_t>(node));
        made.head_ |= static_cast<std::uint64_t>(note) << note_shift;
        return made;
    }
    static value make_scalar(form form, std::uint64_t body) noexcept { return value(form, body); }
    // A variant that was made of a type knows which case it is. That stands in the header, where comparing and hashing do
    // not look: the name says the same. 0: not known.
    static value with_case_index(value made, std::size_t index) noexcept {
        made.head_ |= (static_cast<std::uint64_t>(index) + 1) << days_shift;
        return made;
    }
    /// -1 where it is not known.
    static std::int64_t case_index(const value& of) noexcept {
        return static_cast<std::int64_t>(of.head_ >> days_shift & 0xffff'ffff) - 1;
    }
    template <typename Node>
    static void set_node(value& of, Node* node) noexcept {
        of.body_ = reinterpret_cast<std::uintptr_t>(node);
    }
    /// Strings and bytes of up to max_small_text bytes.
    static value make_small(form form, const char* text, std::size_t size) noexcept {
        value made(form, 0);
        made.head_ |= static_cast<std::uint64_t>(size) << note_shift;
        unsigned char image[16];
        std::memcpy(image, &made.head_, 8);
        std::memset(image + 8, 0, 8);
        if (size != 0) std::memcpy(image + small_text_at, text, size);
        std::memcpy(&made.head_, image, 8);
        std::memcpy(&made.body_, image + 8, 8);
        return made;
    }
#if defined(__SSE2__)
    /// The first `size` bytes of a block, which may hold anything behind them, as a small string or bytes.
    static void make_small_from_block(void* at, form form, __m128i block, int size) noexcept {
        static_assert(small_text_at == 2 && little_endian);
        // The 16 bytes from 14 - size on keep the header and the text.
        static constexpr unsigned char keep[32] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                                   0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                                   0,    0,    0,    0,    0,    0,    0,    0,
                                                   0,    0,    0,    0,    0,    0,    0,    0};
        const __m128i mask =
            _mm_loadu_si128(reinterpret_cast<const __m128i*>(keep + max_small_text - size));
        const __m128i header = _mm_cvtsi32_si128(static_cast<int>(form) | size << 8);
        _mm_storeu_si128(static_cast<__m128i*>(at),
                         _mm_or_si128(_mm_and_si128(_mm_slli_si128(block, 2), mask), header));
    }
#endif
    static std::string_view text(const value& from) noexcept {
        if (from.form() <= form::small_bytes) {
            return {reinterpret_cast<const char*>(&from) + small_text_at, note(from)};
        }
        const auto* const held = node<text_node>(from);
        return {held->text, held->size};
    }
    static value* items(array_node* node) noexcept { return reinterpret_cast<value*>(node + 1); }
    static std::span<const value> items(const value& from) noexcept {
        auto* const held = node<array_node>(from);
        return {items(held), held->size};
    }
};

static_assert(sizeof(value) == 16 && alignof(array_node) >= alignof(value));
static_assert(std::is_nothrow_move_constructible_v<value>);

/// Whether the caller held the last reference; takes that reference away.
inline bool drop_last(std::atomic<std::uint32_t>& references) noexcept {
    // The sole holder needs no locked instruction.
    return references.load(std::memory_order_acquire) == 1 ||
           references.fetch_sub(1, std::memory_order_acq_rel) == 1;
}

// Nodes are made in an arena's memory where one is given.

/// A string or bytes value with a copy of the text; `small` and `large` are the forms for either size.
value make_text(form small, form large, std::string_view text, node_arena* arena = nullptr);

/// Memory for `capacity` values, none of them made yet.
///
/// Limits: 2^32 - 1 values, asserted: codecs check lengths long before.
array_node* make_array(std::size_t capacity, node_arena* arena = nullptr);

/// A value over the items, which are relocated from memory that the caller then forgets.
value make_array_value(form form, value* items, std::size_t count, node_arena* arena = nullptr);

/// As make_array_value, of key and mapped value in turn; equal keys keep the last value at the first place.
/// Says how many such pairs were dropped in `duplicates`.
value make_map_value(value* items, std::size_t count, std::size_t& duplicates,
                     node_arena* arena = nullptr);

/// As make_array_value, dropping equal items.
value make_set_value(form form, value* items, std::size_t count);

// Lookup in maps (stride 2) and sets (stride 1).
struct key_index;
constexpr std::size_t max_unindexed_keys = 16;
void free_index(key_index* index) noexcept;
/// Builds the index where the node has many keys; REQUIRES: node->index is null.
void build_index(array_node& node, std::size_t stride);
/// The position of the equal key among all items, or node.size.
std::size_t find_key(const array_node& node, std::size_t stride, const value& key,
                     unsigned key_depth = 0) noexcept;
/// Adds the key at the end of the items to the index, if there is or should be one.
void index_last(array_node& node, std::size_t stride);

/// False where two keys differ for certain, in linear time: containers are judged by their hashes.
bool may_be_equal_keys(const value& a, const value& b) noexcept;
/// Whether two keys of maps or items of sets are equal that lie inside `key_depth` other keys.
bool equal_keys(const value& a, const value& b, unsigned key_depth) noexcept;
bool equal_values(const value& a, const value& b, unsigned key_depth) noexcept;

} // namespace beckon::detail
