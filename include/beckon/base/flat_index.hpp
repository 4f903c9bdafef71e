// An index of things kept elsewhere: four bytes each, and no copy of their keys.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace beckon {

/// An open-addressing hash table of numbers, each under the pointer that `key_of(number)` gives for it. As flat_map it
/// probes linearly and leaves no tombstones; where the keys stand in a table anyway it takes a quarter of the memory.
///
/// Thread-safety: none. Pointers to numbers are valid until the next set or erase.
template <typename Pointer>
class flat_index {
public:
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    template <typename KeyOf>
    [[nodiscard]] const std::uint32_t* find(Pointer key, const KeyOf& key_of) const noexcept {
        if (slots_.empty()) return nullptr;
        const std::size_t at = look(key, key_of);
        return slots_[at] != none ? &slots_[at] : nullptr;
    }
    /// Adds a number, or puts it in the place of the one that has its key.
    /// REQUIRES: it is not UINT32_MAX.
    template <typename KeyOf>
    void set(std::uint32_t number, const KeyOf& key_of) {
        if ((size_ + 1) * 4 > slots_.size() * 3) grow(key_of);
        std::uint32_t& slot = slots_[look(key_of(number), key_of)];
        if (slot == none) ++size_;
        slot = number;
    }
    template <typename KeyOf>
    bool erase(Pointer key, const KeyOf& key_of) noexcept {
        if (slots_.empty()) return false;
        std::size_t hole = look(key, key_of);
        if (slots_[hole] == none) return false;
        // Move later numbers of the run back, so that probing never meets a hole before its key.
        for (std::size_t i = next(hole); slots_[i] != none; i = next(i)) {
            const std::size_t wanted = home(key_of(slots_[i]));
            if (((i - wanted) & mask()) >= ((i - hole) & mask()))
                slots_[std::exchange(hole, i)] = slots_[i];
        }
        slots_[hole] = none;
        --size_;
        return true;
    }

private:
    static constexpr std::uint32_t none = UINT32_MAX;
    [[nodiscard]] std::size_t mask() const noexcept { return slots_.size() - 1; }
    [[nodiscard]] std::size_t next(std::size_t i) const noexcept { return (i + 1) & mask(); }
    [[nodiscard]] std::size_t home(Pointer key) const noexcept {
        // Fibonacci hashing, as in flat_map.
        const auto number = static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(key));
        return static_cast<std::size_t>((number * 0x9e3779b97f4a7c15u) >> 32) & mask();
    }
    /// Where the key's number is, or would be put.
    template <typename KeyOf>
    [[nodiscard]] std::size_t look(Pointer key, const KeyOf& key_of) const noexcept {
        std::size_t i = home(key);
        while (slots_[i] != none && key_of(slots_[i]) != key) i = next(i);
        return i;
    }
    template <typename KeyOf>
    void grow(const KeyOf& key_of) {
        const std::vector<std::uint32_t> old = std::exchange(
            slots_, std::vector<std::uint32_t>(slots_.empty() ? 8 : slots_.size() * 2, none));
        for (const std::uint32_t each : old) {
            if (each != none) slots_[look(key_of(each), key_of)] = each;
        }
    }

    std::vector<std::uint32_t> slots_;
    std::size_t size_ = 0;
};

} // namespace beckon
