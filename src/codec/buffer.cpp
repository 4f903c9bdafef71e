#include "beckon/codec/buffer.hpp"

namespace beckon {

void buffer::reserve(std::size_t total) {
    if (total <= capacity_) return;
    // Start small: an idle connection should cost little. Double up to 1 MiB, then grow by half.
    std::size_t wanted = capacity_ < (1u << 20) ? capacity_ * 2 : capacity_ + capacity_ / 2;
    if (wanted < 512) wanted = 512;
    if (wanted < total) wanted = total;
    void* grown = std::realloc(storage_, wanted);
    if (grown == nullptr) throw std::bad_alloc();
    storage_ = static_cast<std::byte*>(grown);
    capacity_ = wanted;
}

} // namespace beckon
