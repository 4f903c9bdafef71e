#include "value/node.hpp"

#include <algorithm>
#include <limits>

namespace beckon::detail {

namespace {

template <typename Owned>
struct adopting_node : text_node {
    Owned owned;
};

template <typename Owned>
value adopt(form form, Owned&& owned) {
    auto* const node = new adopting_node<Owned>{{}, std::move(owned)};
    node->origin = adopted_text;
    node->size = node->owned.size();
    node->text = reinterpret_cast<const char*>(node->owned.data());
    return value_access::make<text_node>(form, node);
}

// From here on, taking over a string's memory is cheaper than a copy.
constexpr std::size_t worth_adopting = 1024;

// Gives memory back, counting neighbours of one chunk together.
class node_memory {
public:
    node_memory() = default;
    node_memory(const node_memory&) = delete;
    node_memory& operator=(const node_memory&) = delete;
    ~node_memory() {
        if (count_ != 0) node_arena::release(chunk_, count_);
    }

    void free(text_node* node, form form) noexcept {
        if (node->origin != adopted_text) {
            free_raw(node, node->origin);
        } else if (form == form::string) {
            delete static_cast<adopting_node<std::string>*>(node);
        } else {
            delete static_cast<adopting_node<bytes>*>(node);
        }
    }
    void free(array_node* node) noexcept { free_raw(node, node->origin); }

private:
    template <typename Node>
    void free_raw(Node* node, std::uint32_t origin) noexcept {
        node->~Node();
        if (origin == 0) return ::operator delete(node);
        node_chunk* const chunk = node_arena::chunk_of(node, origin);
        if (chunk != chunk_) {
            if (count_ != 0) node_arena::release(chunk_, count_);
            chunk_ = chunk;
            count_ = 0;
        }
        ++count_;
    }

    node_chunk* chunk_ = nullptr;
    std::uint32_t count_ = 0;
};

// Frees a tree without recursion: nodes whose last reference went wait in a list through their own memory.
void free_tree(array_node* pending) noexcept {
    node_memory memory;
    pending->next_dying = nullptr;
    while (pending != nullptr) {
        array_node* const node = pending;
        pending = node->next_dying;
        value* const items = value_access::items(node);
        for (std::uint32_t i = 0; i < node->size; ++i) {
            const form form = value_access::form_of(items[i]);
            if (form < first_counted) continue;
            if (form >= first_referent) {
                value_access::node<referent>(items[i])->release();
            } else if (form < first_array) {
                auto* const text = value_access::node<text_node>(items[i]);
                if (drop_last(text->references)) memory.free(text, form);
            } else {
                auto* const child = value_access::node<array_node>(items[i]);
                if (!drop_last(child->references)) continue;
                if (child->index != nullptr) free_index(child->index);
                child->next_dying = pending;
                pending = child;
            }
        }
        memory.free(node);
    }
}

void* allocate(std::size_t bytes, node_arena* arena, std::uint32_t& origin) {
    if (arena != nullptr) return arena->allocate(bytes, origin);
    origin = 0;
    return ::operator new(bytes);
}

} // namespace

value make_text(form small, form large, std::string_view text, node_arena* arena) {
    if (text.size() <= max_small_text) {
        return value_access::make_small(small, text.data(), text.size());
    }
    std::uint32_t origin = 0;
    void* const memory = allocate(sizeof(text_node) + text.size(), arena, origin);
    char* const to = static_cast<char*>(memory) + sizeof(text_node);
    auto* const node = ::new (memory) text_node{{1}, origin, text.size(), to};
    std::memcpy(to, text.data(), text.size());
    return value_access::make(large, node);
}

array_node* make_array(std::size_t capacity, node_arena* arena) {
    BECKON_ASSERT(capacity <= std::numeric_limits<std::uint32_t>::max(),
                  "a value holds at most 2^32 - 1 values");
    std::uint32_t origin = 0;
    void* const memory = allocate(sizeof(array_node) + capacity * sizeof(value), arena, origin);
    auto* const node = ::new (memory) array_node;
    node->capacity = static_cast<std::uint32_t>(capacity);
    node->origin = origin;
    return node;
}

value make_array_value(form form, value* items, std::size_t count, node_arena* arena) {
    array_node* const node = make_array(count, arena);
    if (count != 0) {
        std::memcpy(static_cast<void*>(value_access::items(node)), static_cast<void*>(items),
                    count * sizeof(value));
    }
    node->size = static_cast<std::uint32_t>(count);
    return value_access::make(form, node);
}

namespace {

// Whether the keys, every other value, are short strings and surely differ: the case of nearly all objects.
bool surely_differ(const value* items, std::size_t count) noexcept {
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < count; i += 2) {
        if (value_access::form_of(items[i]) != form::small_string) return false;
        const std::uint64_t mixed =
            (value_access::head(items[i]) ^ std::rotl(value_access::body(items[i]), 29)) *
            0x9e37'79b9'7f4a'7c15u;
        const std::uint64_t bit = std::uint64_t{1} << (mixed >> 58);
        if ((seen & bit) != 0) {
            for (std::size_t j = 0; j < i; j += 2) {
                if (value_access::head(items[i]) == value_access::head(items[j]) &&
                    value_access::body(items[i]) == value_access::body(items[j])) {
                    return false;
                }
            }
        }
        seen |= bit;
    }
    return true;
}

} // namespace

value make_map_value(value* items, std::size_t count, std::size_t& duplicates, node_arena* arena) {
    duplicates = 0;
    if (count <= 2 * max_unindexed_keys && surely_differ(items, count)) {
        return make_array_value(form::map, items, count, arena);
    }
    array_node* const node = make_array(count, arena);
    value made = value_access::make(form::map, node);
    value* const to = value_access::items(node);
    for (std::size_t i = 0; i < count; i += 2) {
        const std::size_t at = i == 0 ? node->size : find_key(*node, 2, items[i]);
        if (at == node->size) {
            std::memcpy(static_cast<void*>(to + at), static_cast<void*>(items + i),
                        2 * sizeof(value));
            node->size += 2;
            index_last(*node, 2);
        } else {
            ++duplicates;
            to[at + 1].swap(items[i + 1]);
            items[i].~value();
            items[i + 1].~value();
        }
    }
    return made;
}

value make_set_value(form form, value* items, std::size_t count) {
    array_node* const node = make_array(count);
    value made = value_access::make(form, node);
    value* const to = value_access::items(node);
    for (std::size_t i = 0; i < count; ++i) {
        if (find_key(*node, 1, items[i]) == node->size) {
            std::memcpy(static_cast<void*>(to + node->size), static_cast<void*>(items + i),
                        sizeof(value));
            ++node->size;
            index_last(*node, 1);
        } else {
            items[i].~value();
        }
    }
    return made;
}

array_builder::array_builder(std::size_t capacity) : node_(make_array(capacity)) {}

void array_builder::grow() {
    array_node* const larger =
        make_array(std::max<std::size_t>(4, static_cast<std::size_t>(node_->capacity) * 2));
    std::memcpy(static_cast<void*>(value_access::items(larger)),
                static_cast<void*>(value_access::items(node_)), node_->size * sizeof(value));
    larger->size = node_->size;
    node_->size = 0;
    discard();
    node_ = larger;
}

void array_builder::discard() noexcept { value_access::make(form::list, node_); }

value array_builder::finish(form form) {
    if (form == form::map || form == form::set) build_index(*node_, form == form::map ? 2 : 1);
    return value_access::make(form, std::exchange(node_, nullptr));
}

} // namespace beckon::detail

namespace beckon {

using detail::form;
using detail::value_access;

value::value(std::string_view text)
    : value(detail::make_text(form::small_string, form::string, text)) {}
value::value(byte_view content)
    : value(detail::make_text(form::small_bytes, form::bytes, as_text(content))) {}
value::value(std::string&& text)
    : value(text.size() >= detail::worth_adopting ? detail::adopt(form::string, std::move(text))
                                                  : value(std::string_view(text))) {}
value::value(beckon::bytes&& content)
    : value(content.size() >= detail::worth_adopting
                ? detail::adopt(form::bytes, std::move(content))
                : value(byte_view(content))) {}

void value::share() const noexcept {
    if (form() >= detail::first_referent) {
        value_access::node<referent>(*this)->acquire();
    } else {
        // Both kinds of node begin with their count.
        value_access::node<std::atomic<std::uint32_t>>(*this)->fetch_add(1,
                                                                         std::memory_order_relaxed);
    }
}

void value::release() noexcept {
    if (form() >= detail::first_referent) {
        value_access::node<referent>(*this)->release();
    } else if (form() >= detail::first_array) {
        auto* const node = value_access::node<detail::array_node>(*this);
        if (!detail::drop_last(node->references)) return;
        detail::free_index(node->index);
        detail::free_tree(node);
    } else {
        auto* const node = value_access::node<detail::text_node>(*this);
        if (detail::drop_last(node->references)) detail::node_memory().free(node, form());
    }
}

} // namespace beckon
