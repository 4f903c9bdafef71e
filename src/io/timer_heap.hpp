// Timers in order of their moments, cancellable in O(log n), without allocation once grown.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "beckon/base/function.hpp"
#include "beckon/base/time.hpp"
#include "beckon/io/event_loop.hpp"

namespace beckon::io {

/// A binary heap over a table of slots; each slot knows its place in the heap.
///
/// Thread-safety: none; the event loop's lock guards it.
class timer_heap {
public:
    [[nodiscard]] timer_id add(time_point when, function<void()> callback);

    /// Takes a timer out; gives its callback, which is empty for a stale id.
    [[nodiscard]] function<void()> remove(timer_id id) noexcept;

    /// Takes out the earliest timer if it is due at `now` and was added before `mark()` gave `bound`.
    [[nodiscard]] function<void()> pop_due(time_point now, std::uint64_t bound) noexcept;

    /// A bound for `pop_due`: everything added from now on is not before it.
    [[nodiscard]] std::uint64_t mark() const noexcept { return next_sequence_; }

    [[nodiscard]] bool empty() const noexcept { return heap_.empty(); }
    [[nodiscard]] std::size_t size() const noexcept { return heap_.size(); }
    /// The earliest moment; `never` when empty.
    [[nodiscard]] time_point earliest() const noexcept {
        return heap_.empty() ? never : heap_.front().when;
    }

private:
    struct entry {
        time_point when;
        std::uint64_t sequence; ///< Breaks ties in the order of making.
        std::uint32_t slot;
    };
    struct slot {
        function<void()> callback;
        std::uint32_t generation = 1;
        std::uint32_t place = 0; ///< In the heap; `no_place` when the slot is free.
        std::uint32_t next_free = 0;
    };
    static constexpr std::uint32_t no_place = 0xffff'ffff;

    [[nodiscard]] static bool before(const entry& a, const entry& b) noexcept {
        return a.when != b.when ? a.when < b.when : a.sequence < b.sequence;
    }
    void put(std::size_t place, const entry& moved) noexcept;
    void sift_up(std::size_t place) noexcept;
    void sift_down(std::size_t place) noexcept;
    [[nodiscard]] function<void()> take(std::size_t place) noexcept;

    std::vector<entry> heap_;
    std::vector<slot> slots_;
    std::uint32_t first_free_ = no_place;
    std::uint64_t next_sequence_ = 0;
};

} // namespace beckon::io
