// Containers under way while a value is read or written.
#pragma once

#include <cstddef>
#include <memory>
#include <type_traits>
#include <vector>

namespace beckon::detail {

/// A stack whose first few items need no memory: most values nest no deeper. Nothing is written before the first item, since
/// most values are no containers.
template <typename Item>
class container_stack {
    static_assert(std::is_trivially_copyable_v<Item> && std::is_trivially_destructible_v<Item>);

public:
    container_stack() noexcept {}
    container_stack(const container_stack&) = delete;
    container_stack& operator=(const container_stack&) = delete;
    ~container_stack() {}

    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    /// Valid until the next `push`.
    [[nodiscard]] Item& top() noexcept { return *top_; }
    [[nodiscard]] const Item& operator[](std::size_t index) const noexcept {
        return const_cast<container_stack*>(this)->at(index);
    }
    void push(const Item& item) {
        if (size_ < near_count) {
            top_ = std::construct_at(&near_[size_], item);
        } else {
            top_ = &far_.emplace_back(item);
        }
        ++size_;
    }
    void pop() noexcept {
        if (--size_ >= near_count) far_.pop_back();
        if (size_ != 0) top_ = &at(size_ - 1);
    }

private:
    static constexpr std::size_t near_count = 8;

    [[nodiscard]] Item& at(std::size_t index) noexcept {
        return index < near_count ? near_[index] : far_[index - near_count];
    }

    union {
        Item near_[near_count];
    };
    std::vector<Item> far_;
    Item* top_ = nullptr; // asked for more often than it changes
    std::size_t size_ = 0;
};

} // namespace beckon::detail
