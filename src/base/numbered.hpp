// Things under small numbers that are used again: what protocols know open requests by, whose own names may be anything.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace beckon {

/// Numbers from 1 on; 0 is never one.
///
/// Thread-safety: none.
template <typename T>
class numbered {
public:
    [[nodiscard]] std::uint32_t add(T content) {
        if (free_.empty()) {
            slots_.emplace_back();
            free_.push_back(static_cast<std::uint32_t>(slots_.size()));
        }
        const std::uint32_t number = free_.back();
        free_.pop_back();
        slots_[number - 1] = {std::move(content), true};
        return number;
    }
    /// REQUIRES: the number was given once. What was removed since reads as T().
    [[nodiscard]] T& at(std::uint32_t number) noexcept { return slots_[number - 1].content; }
    [[nodiscard]] const T& at(std::uint32_t number) const noexcept {
        return slots_[number - 1].content;
    }
    /// A second time it does nothing: two things would get one number, and one of them the other's answer.
    void remove(std::uint32_t number) {
        slot& freed = slots_[number - 1];
        if (!std::exchange(freed.used, false)) return;
        freed.content = T();
        free_.push_back(number);
    }
    /// Removes it, but it can be looked at until the next one is retired or its number given again: an answer that was
    /// written may turn out too large for the transport, and another one is due then.
    void retire(std::uint32_t number) {
        slot& freed = slots_[number - 1];
        if (!freed.used) return;
        retired_ = std::exchange(freed.content, T());
        retired_number_ = number;
        remove(number);
    }
    [[nodiscard]] bool is_retired(std::uint32_t number) const noexcept {
        return number == retired_number_ && !slots_[number - 1].used;
    }
    [[nodiscard]] T& at_or_retired(std::uint32_t number) noexcept {
        return is_retired(number) ? retired_ : at(number);
    }
    /// All that are used, in their order: for what removes them.
    [[nodiscard]] std::vector<std::uint32_t> numbers() const {
        std::vector<std::uint32_t> used;
        for (std::uint32_t i = 0; i < slots_.size(); ++i) {
            if (slots_[i].used) used.push_back(i + 1);
        }
        return used;
    }
    /// Calls f(number, content) for each, in the order of their numbers.
    template <typename F>
    void for_each(F&& f) {
        for (std::uint32_t i = 0; i < slots_.size(); ++i) {
            if (slots_[i].used) f(i + 1, slots_[i].content);
        }
    }

private:
    struct slot {
        T content{};
        bool used = false;
    };
    std::vector<slot> slots_;
    std::vector<std::uint32_t> free_;
    T retired_{};
    std::uint32_t retired_number_ = 0;
};

} // namespace beckon
