// A small open-addressing hash map for integer and pointer keys.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>
#include <vector>

namespace beckon {

/// Linear probing with backward-shift deletion: no tombstones, no allocation per entry. The empty key marks free
/// slots and cannot be stored.
///
/// Thread-safety: none. Pointers to values are valid until the next insert or erase.
template <typename Key, typename Value, Key EmptyKey = Key{}>
class flat_map {
public:
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }

    [[nodiscard]] Value* find(Key key) noexcept {
        if (slots_.empty() || key == EmptyKey) return nullptr;
        for (std::size_t i = home(key);; i = next(i)) {
            if (slots_[i].key == key) return &slots_[i].value;
            if (slots_[i].key == EmptyKey) return nullptr;
        }
    }
    /// Adds or replaces.
    Value& set(Key key, Value value) {
        if ((size_ + 1) * 4 > slots_.size() * 3) grow();
        for (std::size_t i = home(key);; i = next(i)) {
            if (slots_[i].key == key) return slots_[i].value = std::move(value);
            if (slots_[i].key == EmptyKey) {
                ++size_;
                slots_[i].key = key;
                return slots_[i].value = std::move(value);
            }
        }
    }
    bool erase(Key key) noexcept {
        if (slots_.empty() || key == EmptyKey) return false;
        std::size_t hole = home(key);
        while (slots_[hole].key != key) {
            if (slots_[hole].key == EmptyKey) return false;
            hole = next(hole);
        }
        // Move later entries of the run back, so that probing never meets a hole before its key.
        for (std::size_t i = next(hole); slots_[i].key != EmptyKey; i = next(i)) {
            const std::size_t wanted = home(slots_[i].key);
            if (((i - wanted) & mask()) >= ((i - hole) & mask())) {
                slots_[hole] = std::move(slots_[i]);
                hole = i;
            }
        }
        slots_[hole] = slot{};
        --size_;
        return true;
    }
    template <typename F>
    void for_each(F&& f) {
        for (slot& each : slots_) {
            if (each.key != EmptyKey) f(each.key, each.value);
        }
    }
    void clear() noexcept {
        slots_.clear();
        size_ = 0;
    }

private:
    struct slot {
        Key key = EmptyKey;
        Value value{};
    };
    [[nodiscard]] std::size_t mask() const noexcept { return slots_.size() - 1; }
    [[nodiscard]] std::size_t next(std::size_t i) const noexcept { return (i + 1) & mask(); }
    [[nodiscard]] std::size_t home(Key key) const noexcept {
        std::uint64_t number = 0;
        if constexpr (std::is_pointer_v<Key>) {
            number = reinterpret_cast<std::uintptr_t>(key);
        } else {
            number = static_cast<std::uint64_t>(key);
        }
        // Fibonacci hashing: the upper bits of a product with 2^64 / phi are well mixed.
        return static_cast<std::size_t>((number * 0x9e3779b97f4a7c15u) >> 32) & mask();
    }
    void grow() {
        std::vector<slot> old =
            std::exchange(slots_, std::vector<slot>(slots_.empty() ? 8 : slots_.size() * 2));
        size_ = 0;
        for (slot& each : old) {
            if (each.key != EmptyKey) set(each.key, std::move(each.value));
        }
    }

    std::vector<slot> slots_;
    std::size_t size_ = 0;
};

} // namespace beckon
