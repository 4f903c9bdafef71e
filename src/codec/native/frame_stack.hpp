// What is open while a nested value is walked: on the stack while it is little, then on the heap.
#pragma once

#include <cstddef>
#include <type_traits>
#include <vector>

namespace beckon::native {

/// A stack whose first `Inline` elements need no allocation.
template <typename Frame, std::size_t Inline = 16>
class frame_stack {
public:
    static_assert(std::is_trivially_copyable_v<Frame>);

    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] Frame& top() noexcept {
        return size_ <= Inline ? first_[size_ - 1] : more_.back();
    }
    void push(const Frame& frame) {
        if (size_ < Inline) {
            first_[size_] = frame;
        } else {
            more_.push_back(frame);
        }
        ++size_;
    }
    void pop() noexcept {
        if (size_ > Inline) more_.pop_back();
        --size_;
    }

private:
    Frame first_[Inline]; // not cleared: most values never get here
    std::size_t size_ = 0;
    std::vector<Frame> more_;
};

} // namespace beckon::native
