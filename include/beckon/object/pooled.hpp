// Memory for small objects that come and go with every call.
#pragma once

#include <cstddef>
#include <new>

namespace beckon {

namespace detail {
/// Blocks of one of a few sizes from a per-thread list, refilled from and drained to a shared one in batches, so that a
/// block freed on another thread than it was made on finds its way back without a lock for each.
[[nodiscard]] void* pool_allocate(std::size_t size);
void pool_free(void* block, std::size_t size) noexcept;
} // namespace detail

/// Base that gives T pooled memory. The record of a call in flight is made and dropped millions of times a second.
template <typename T>
class pooled {
public:
    static void* operator new(std::size_t size) { return detail::pool_allocate(size); }
    static void operator delete(void* block, std::size_t size) noexcept {
        detail::pool_free(block, size);
    }
};

} // namespace beckon
