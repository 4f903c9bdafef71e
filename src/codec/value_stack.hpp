// Values under construction while a text or message is read.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <cstring>
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
        if (begin_ != first()) std::free(begin_);
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
        const std::size_t wanted = used * 4;
        const bool is_first = begin_ == first();
        void* const moved =
            std::realloc(is_first ? nullptr : static_cast<void*>(begin_), wanted * sizeof(value));
        if (moved == nullptr) throw std::bad_alloc();
        if (is_first) std::memcpy(moved, first_, sizeof first_);
        begin_ = static_cast<value*>(moved);
        top_ = begin_ + used;
        end_ = begin_ + wanted;
    }
    [[nodiscard]] value* first() noexcept { return reinterpret_cast<value*>(first_); }

    static constexpr std::size_t first_count = 16; // small messages need no memory
    alignas(value) std::byte first_[first_count * sizeof(value)];
    value* begin_ = first();
    value* top_ = begin_;
    value* end_ = begin_ + first_count;
};

} // namespace beckon::detail
