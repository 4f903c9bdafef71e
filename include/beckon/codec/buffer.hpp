// A growing run of bytes that are written once and sent: what encoders append to.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

#include "beckon/base/bytes.hpp"

namespace beckon {

/// Uninitialised storage that grows by doubling. Unlike std::vector it never zeroes what is about to be
/// overwritten, which for large messages is a whole pass over memory.
///
/// Thread-safety: none.
class buffer {
public:
    buffer() noexcept = default;
    buffer(buffer&& other) noexcept { swap(other); }
    buffer& operator=(buffer&& other) noexcept {
        swap(other);
        return *this;
    }
    buffer(const buffer&) = delete;
    buffer& operator=(const buffer&) = delete;
    ~buffer() { std::free(storage_); }

    void swap(buffer& other) noexcept {
        std::swap(storage_, other.storage_);
        std::swap(size_, other.size_);
        std::swap(capacity_, other.capacity_);
    }

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] std::byte* data() noexcept { return storage_; }
    [[nodiscard]] const std::byte* data() const noexcept { return storage_; }
    [[nodiscard]] byte_view view() const noexcept { return {storage_, size_}; }

    /// Appends `count` bytes of undefined content and returns where they begin.
    [[nodiscard]] std::byte* grow(std::size_t count) {
        if (capacity_ - size_ < count) reserve(size_ + count);
        return storage_ + std::exchange(size_, size_ + count);
    }
    void append(byte_view more) {
        if (!more.empty()) std::memcpy(grow(more.size()), more.data(), more.size());
    }
    /// Makes room for `total` bytes in all, without changing the size.
    void reserve(std::size_t total);
    /// Cuts to `size` bytes; REQUIRES: size <= this->size().
    void truncate(std::size_t size) noexcept { size_ = size; }
    void clear() noexcept { size_ = 0; }
    /// Drops the first `count` bytes by moving the rest down.
    void consume(std::size_t count) noexcept {
        size_ -= count;
        if (size_ != 0) std::memmove(storage_, storage_ + count, size_);
    }
    /// Gives the memory back.
    void free() noexcept { buffer().swap(*this); }

private:
    std::byte* storage_ = nullptr;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

} // namespace beckon
