// A first-in-first-out queue of functions that stops allocating once it has grown to its load.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "beckon/base/function.hpp"

namespace beckon::io {

/// A ring in a vector. std::deque would free and allocate blocks for ever as it moves along.
///
/// Thread-safety: none; the event loop's lock guards it.
class function_queue {
public:
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }

    void push(function<void()> entry) {
        if (size_ == ring_.size()) grow();
        ring_[(head_ + size_) % ring_.size()] = std::move(entry);
        ++size_;
    }

    [[nodiscard]] function<void()> pop() noexcept {
        function<void()> entry = std::move(ring_[head_]);
        head_ = (head_ + 1) % ring_.size();
        --size_;
        return entry;
    }

private:
    void grow() {
        std::vector<function<void()>> wider(ring_.empty() ? 16 : ring_.size() * 2);
        for (std::size_t i = 0; i < size_; ++i) {
            wider[i] = std::move(ring_[(head_ + i) % ring_.size()]);
        }
        ring_ = std::move(wider);
        head_ = 0;
    }

    std::vector<function<void()>> ring_;
    std::size_t head_ = 0;
    std::size_t size_ = 0;
};

} // namespace beckon::io
