#include "io/timer_heap.hpp"

#include <utility>

namespace beckon::io {

timer_id timer_heap::add(time_point when, function<void()> callback) {
    std::uint32_t index = first_free_;
    if (index == no_place) {
        // Both tables grow here, so that nothing below can fail half-way.
        slots_.emplace_back();
        heap_.reserve(slots_.capacity());
        index = static_cast<std::uint32_t>(slots_.size() - 1);
    } else {
        first_free_ = slots_[index].next_free;
    }
    slots_[index].callback = std::move(callback);
    heap_.push_back({when, next_sequence_++, index});
    sift_up(heap_.size() - 1);
    return {index, slots_[index].generation};
}

function<void()> timer_heap::remove(timer_id id) noexcept {
    if (id.slot >= slots_.size()) return nullptr;
    const slot& found = slots_[id.slot];
    if (found.generation != id.generation || found.place == no_place) return nullptr;
    return take(found.place);
}

function<void()> timer_heap::pop_due(time_point now, std::uint64_t bound) noexcept {
    if (heap_.empty() || heap_.front().when > now || heap_.front().sequence >= bound)
        return nullptr;
    return take(0);
}

function<void()> timer_heap::take(std::size_t place) noexcept {
    slot& freed = slots_[heap_[place].slot];
    const std::uint32_t index = heap_[place].slot;
    const entry last = heap_.back();
    heap_.pop_back();
    if (place < heap_.size()) {
        put(place, last);
        sift_down(place);
        sift_up(slots_[last.slot].place);
    }
    freed.place = no_place;
    if (++freed.generation == 0) freed.generation = 1;
    freed.next_free = std::exchange(first_free_, index);
    return std::move(freed.callback);
}

void timer_heap::put(std::size_t place, const entry& moved) noexcept {
    heap_[place] = moved;
    slots_[moved.slot].place = static_cast<std::uint32_t>(place);
}

void timer_heap::sift_up(std::size_t place) noexcept {
    const entry moved = heap_[place];
    while (place > 0) {
        const std::size_t parent = (place - 1) / 2;
        if (!before(moved, heap_[parent])) break;
        put(place, heap_[parent]);
        place = parent;
    }
    put(place, moved);
}

void timer_heap::sift_down(std::size_t place) noexcept {
    const entry moved = heap_[place];
    for (;;) {
        std::size_t child = place * 2 + 1;
        if (child >= heap_.size()) break;
        if (child + 1 < heap_.size() && before(heap_[child + 1], heap_[child])) ++child;
        if (!before(heap_[child], moved)) break;
        put(place, heap_[child]);
        place = child;
    }
    put(place, moved);
}

} // namespace beckon::io
