// Memory for many nodes at once: what a decoder makes its values in.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace beckon::detail {

// The head of a chunk; its nodes follow. It is freed with the last of them.
struct node_chunk {
    std::atomic<std::uint32_t> live;
    std::uint32_t unused = 0;
};

/// Gives nodes their memory by moving a pointer, from chunks that are freed with their last node.
///
/// Chunks are small, so that a value which outlives the rest of its message keeps little besides itself alive.
/// Nodes that would fill much of a chunk get memory of their own.
///
/// Thread-safety: none; but the nodes may be freed by any thread.
class node_arena {
public:
    static constexpr std::size_t max_chunk_bytes = 4096;
    static constexpr std::size_t max_node_bytes = 512;

    /// `expected` bytes of nodes: small messages get small chunks.
    explicit node_arena(std::size_t expected) noexcept : next_bytes_(expected) {}
    ~node_arena() { seal(); }
    node_arena(const node_arena&) = delete;
    node_arena& operator=(const node_arena&) = delete;

    /// Memory for a node, and the origin to be written into it.
    void* allocate(std::size_t bytes, std::uint32_t& origin) {
        bytes = (bytes + 7) & ~std::size_t{7};
        if (static_cast<std::size_t>(end_ - at_) < bytes) return allocate_slowly(bytes, origin);
        return take(bytes, origin);
    }

    /// The chunk that a node with that origin lies in.
    static node_chunk* chunk_of(void* node, std::uint32_t origin) noexcept {
        return reinterpret_cast<node_chunk*>(static_cast<std::byte*>(node) -
                                             std::size_t{origin} * 8);
    }
    /// Says that `count` nodes of the chunk are gone.
    static void release(node_chunk* chunk, std::uint32_t count) noexcept;

private:
    // While the arena gives memory out, the count holds this much more than the nodes freed so far took away.
    static constexpr std::uint32_t filling = 1u << 30;

    void* take(std::size_t bytes, std::uint32_t& origin) noexcept {
        std::byte* const taken = at_;
        at_ += bytes;
        ++given_;
        origin = static_cast<std::uint32_t>((taken - reinterpret_cast<std::byte*>(chunk_)) / 8);
        return taken;
    }
    void* allocate_slowly(std::size_t bytes, std::uint32_t& origin);
    void seal() noexcept;

    node_chunk* chunk_ = nullptr;
    std::byte* at_ = nullptr;
    std::byte* end_ = nullptr;
    std::uint32_t given_ = 0;
    std::size_t next_bytes_;
};

} // namespace beckon::detail
