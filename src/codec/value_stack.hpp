// Values under construction while a text or message is read.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <new>
#include <utility>

#include "beckon/value/value.hpp"

namespace beckon::detail {

/// A stack of values in raw memory, so that they can come and go by memcpy.
class value_stack {
public:
    value_stack() = default;
    value_stack(const value_stack&) = delete;
    value_stack& operator=(const value_stack&) = delete;
    ~value_stack() {
        while (top_ != begin_) (--top_)->~value();
        std::free(begin_);
    }

    [[nodiscard]] std::size_t size() const noexcept {
        return static_cast<std::size_t>(top_ - begin_);
    }
    [[nodiscard]] value* from(std::size_t index) noexcept { return begin_ + index; }
    /// Room for one more value, which the caller makes there.
    void* add() {
        if (top_ == end_) grow();
        return top_++;
    }
    void push(value&& item) { ::new (add()) value(std::move(item)); }
    /// Forgets what lies from `size` on; it has moved.
    void forget(std::size_t size) noexcept { top_ = begin_ + size; }

private:
    void grow() {
        const std::size_t used = size();
        const std::size_t wanted = std::max<std::size_t>(32, used * 2);
        void* const moved = std::realloc(static_cast<void*>(begin_), wanted * sizeof(value));
        if (moved == nullptr) throw std::bad_alloc();
        begin_ = static_cast<value*>(moved);
        top_ = begin_ + used;
        end_ = begin_ + wanted;
    }

    value* begin_ = nullptr;
    value* top_ = nullptr;
    value* end_ = nullptr;
};

} // namespace beckon::detail
