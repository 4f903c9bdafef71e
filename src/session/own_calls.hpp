// Our requests that wait for their answers: ids, counted from 1, and the session's numbers.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "beckon/base/flat_map.hpp"
#include "beckon/value/value.hpp"

namespace beckon {

/// Thread-safety: none.
class own_calls {
public:
    /// Gives a call its id.
    [[nodiscard]] std::uint64_t add(std::uint32_t call) { return add(call, ++last_); }
    /// The same with an id that was chosen elsewhere. REQUIRES: it is not 0, and no other call has it.
    [[nodiscard]] std::uint64_t add(std::uint32_t call, std::uint64_t id) {
        // Calls that were given up before they left are answered by nobody. Their entries go when the session has the
        // place in its table for another call: the lower half of its numbers names that place.
        const std::size_t place = call & 0xffff;
        if (ids_.size() <= place) ids_.resize(place + 1);
        if (ids_[place] != 0) calls_.erase(ids_[place]);
        ids_[place] = id;
        calls_.set(id, call);
        return id;
    }
    /// The call was not written after all.
    void forget(std::uint32_t call) {
        calls_.erase(id_of(call));
        ids_[call & 0xffff] = 0;
    }
    /// 0 where the call has none.
    [[nodiscard]] std::uint64_t id_of(std::uint32_t call) noexcept {
        const std::size_t place = call & 0xffff;
        const std::uint64_t id = place < ids_.size() ? ids_[place] : 0;
        const std::uint32_t* const found = calls_.find(id);
        return found != nullptr && *found == call ? id : 0;
    }
    /// Whether an answer is for one of them.
    [[nodiscard]] bool knows(const value& id) noexcept { return find(id) != nullptr; }
    /// The call that an answer is for; it is not waited for any more.
    [[nodiscard]] std::optional<std::uint32_t> take(const value& id) noexcept {
        const std::uint32_t* const found = find(id);
        if (found == nullptr) return std::nullopt;
        const std::uint32_t call = *found;
        ids_[call & 0xffff] = 0;
        calls_.erase(number_in(id));
        return call;
    }
    [[nodiscard]] std::size_t size() const noexcept { return calls_.size(); }
    /// All of them; none is waited for any more.
    [[nodiscard]] std::vector<std::uint32_t> take_all() {
        std::vector<std::uint32_t> all;
        calls_.for_each([&](std::uint64_t, std::uint32_t call) { all.push_back(call); });
        calls_.clear();
        ids_.clear();
        return all;
    }

private:
    /// Peers whose only numbers are floating ones write 1 as 1.0.
    [[nodiscard]] static std::uint64_t number_in(const value& id) noexcept {
        if (id.is_uint64()) return id.uint64();
        if (!id.is(value_kind::floating)) return 0;
        const double number = id.float64();
        if (!(number >= 1 && number <= 0x1p53)) return 0;
        const auto whole = static_cast<std::uint64_t>(number);
        return static_cast<double>(whole) == number ? whole : 0;
    }
    [[nodiscard]] const std::uint32_t* find(const value& id) noexcept {
        const std::uint64_t number = number_in(id);
        return number != 0 ? calls_.find(number) : nullptr;
    }

    std::uint64_t last_ = 0;
    flat_map<std::uint64_t, std::uint32_t> calls_;
    std::vector<std::uint64_t> ids_; ///< By place; 0: none.
};

} // namespace beckon
