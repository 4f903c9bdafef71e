// Entries that are found by their keys and keep the order in which they came: what maps and sets consist of.
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <utility>
#include <vector>

#include "beckon/value/value.hpp"

namespace beckon::detail {

/// Keys are looked up in the form of python_key, and kept as they were given.
///
/// Thread-safety: none.
class key_table {
public:
    static constexpr std::size_t none = SIZE_MAX;

    [[nodiscard]] std::size_t size() const noexcept { return places_.size(); }
    /// Another number whenever entries were added or removed.
    [[nodiscard]] std::uint64_t shape() const noexcept { return shape_; }
    [[nodiscard]] std::size_t find(const value& plain) const {
        const auto found = places_.find(plain);
        return found == places_.end() ? none : found->second;
    }
    /// REQUIRES: `place` is of an entry.
    [[nodiscard]] map_entry& at(std::size_t place) noexcept { return slots_[place].entry; }
    /// The first entry from a place on, or `none`.
    [[nodiscard]] std::size_t next(std::size_t place) const noexcept {
        while (place < slots_.size() && !slots_[place].used) ++place;
        return place < slots_.size() ? place : none;
    }
    [[nodiscard]] std::size_t last() const noexcept {
        std::size_t place = slots_.size();
        while (place > 0 && !slots_[place - 1].used) --place;
        return place == 0 ? none : place - 1;
    }
    /// Gives what was mapped before; null for a new key.
    value put(const value& key, const value& plain, value mapped) {
        const auto [at, is_new] = places_.try_emplace(plain, slots_.size());
        if (!is_new) return std::exchange(slots_[at->second].entry.mapped, std::move(mapped));
        slots_.push_back({{key, std::move(mapped)}, true});
        ++shape_;
        return {};
    }
    /// Gives the entry away.
    map_entry take(std::size_t place, const value& plain) {
        places_.erase(plain);
        slots_[place].used = false;
        map_entry taken = std::exchange(slots_[place].entry, {});
        ++shape_;
        if (slots_.size() > 16 && places_.size() < slots_.size() / 2) compact();
        return taken;
    }
    void clear() noexcept {
        slots_.clear();
        places_.clear();
        ++shape_;
    }
    void swap(key_table& other) noexcept {
        slots_.swap(other.slots_);
        places_.swap(other.places_);
        ++shape_;
        ++other.shape_;
    }
    template <typename Each>
    void for_each(const Each& each) const {
        for (const slot& place : slots_) {
            if (place.used) each(place.entry);
        }
    }

private:
    struct slot {
        map_entry entry;
        bool used = false;
    };

    void compact() {
        std::vector<std::size_t> moved(slots_.size(), none);
        std::size_t to = 0;
        for (std::size_t from = 0; from < slots_.size(); ++from) {
            if (!slots_[from].used) continue;
            moved[from] = to;
            if (from != to) slots_[to] = std::move(slots_[from]);
            ++to;
        }
        slots_.resize(to);
        for (auto& [plain, place] : places_) place = moved[place];
    }

    std::vector<slot> slots_;
    std::unordered_map<value, std::size_t> places_;
    std::uint64_t shape_ = 1;
};

} // namespace beckon::detail
