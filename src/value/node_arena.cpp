#include "value/node_arena.hpp"

#include <algorithm>
#include <new>

namespace beckon::detail {

void node_arena::release(node_chunk* chunk, std::uint32_t count) noexcept {
    if (chunk->live.fetch_sub(count, std::memory_order_acq_rel) == count) {
        chunk->~node_chunk();
        ::operator delete(chunk);
    }
}

void node_arena::seal() noexcept {
    // From here on the count is that of the nodes alive.
    if (chunk_ != nullptr) release(chunk_, filling - given_);
}

void* node_arena::allocate_slowly(std::size_t bytes, std::uint32_t& origin) {
    if (bytes > max_node_bytes) {
        origin = 0;
        return ::operator new(bytes);
    }
    seal();
    const std::size_t size = std::clamp(next_bytes_, sizeof(node_chunk) + bytes, max_chunk_bytes);
    // What the first chunk can't hold was underestimated.
    next_bytes_ = max_chunk_bytes;
    chunk_ = nullptr;
    auto* const memory = static_cast<std::byte*>(::operator new(size));
    chunk_ = ::new (static_cast<void*>(memory)) node_chunk{filling};
    at_ = memory + sizeof(node_chunk);
    end_ = memory + size;
    given_ = 0;
    return take(bytes, origin);
}

} // namespace beckon::detail
