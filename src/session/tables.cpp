#include "beckon/session/tables.hpp"

#include "beckon/session/queued_call.hpp"

namespace beckon {

std::uint32_t call_table::add(pending_call& call) {
    std::uint32_t index = 0;
    if (free_.empty()) {
        if (slots_.size() >= 0xffff) return 0;
        index = static_cast<std::uint32_t>(slots_.size());
        slots_.emplace_back();
        free_.reserve(slots_.capacity());
    } else {
        index = free_.back();
        free_.pop_back();
    }
    slot& taken = slots_[index];
    taken.call = &call;
    taken.discard = nullptr;
    taken.promise = 0;
    taken.wire_bytes = 0;
    taken.made_in = 0;
    taken.in_flight = false;
    taken.used = true;
    ++used_;
    return number_of(index);
}

call_table::slot* call_table::find(std::uint32_t id) noexcept {
    const std::uint32_t index = id & 0xffff;
    if (index >= slots_.size()) return nullptr;
    slot& found = slots_[index];
    return found.used && found.generation == id >> 16 ? &found : nullptr;
}

void call_table::remove(std::uint32_t id) noexcept {
    slot* const found = find(id);
    if (found == nullptr) return;
    found->used = false;
    found->call = nullptr;
    found->discard = nullptr;
    found->lent.clear();
    found->lent_streams.clear();
    if (++found->generation == 0) found->generation = 1; // so that no number is 0
    free_.push_back(id & 0xffff);
    --used_;
}

std::uint64_t unread_calls::add() {
    if (groups_.empty() || (!groups_.back().kept.empty() && groups_.size() < most_groups))
        groups_.emplace_back();
    ++groups_.back().calls;
    return number_of(groups_.size() - 1);
}

void unread_calls::read(std::uint64_t& number) noexcept {
    const std::uint64_t noted = std::exchange(number, 0);
    if (noted == 0) return;
    const std::uint64_t ahead = noted >= first_ ? noted - first_ : noted + UINT32_MAX - first_;
    --groups_[ahead].calls;
}

void unread_calls::keep(export_entry& entry) {
    const std::uint32_t last = number_of(groups_.size() - 1);
    if (std::exchange(entry.kept_for, last) != last) groups_.back().kept.push_back(entry.id);
}

export_table::~export_table() = default;

std::uint32_t export_table::take_slot() {
    std::uint32_t index = 0;
    if (free_.empty()) {
        index = static_cast<std::uint32_t>(entries_.size());
        entries_.emplace_back();
    } else {
        index = free_.back();
        free_.pop_back();
    }
    entries_[index].used = true;
    ++used_;
    return index;
}

namespace {
// Numbers of our choice: 20 bits of slot (from 1, since 0 is the directory), 11 of generation.
constexpr std::uint32_t slot_bits = 20;
constexpr std::uint32_t slot_mask = (1u << slot_bits) - 1;
} // namespace

export_entry* export_table::find(std::uint32_t id) noexcept {
    if ((id & promise_bit) != 0) {
        const std::uint32_t* const index = promises_.find(id);
        return index != nullptr ? &entries_[*index].entry : nullptr;
    }
    const std::uint32_t index = (id & slot_mask) - 1;
    if (index >= entries_.size()) return nullptr;
    slot& found = entries_[index];
    return found.used && found.entry.id == id ? &found.entry : nullptr;
}

export_entry* export_table::find_object(const object_core* original) noexcept {
    const std::uint32_t* const index = by_object_.find(original, originals());
    return index != nullptr ? &entries_[*index].entry : nullptr;
}

export_entry& export_table::add(intrusive_ptr<servant> object, const object_core* original) {
    const std::uint32_t index = take_slot();
    slot& taken = entries_[index];
    taken.entry.id =
        static_cast<std::uint32_t>(taken.generation & 0x7ff) << slot_bits | (index + 1);
    taken.entry.object = std::move(object);
    taken.entry.original = original;
    by_object_.set(index, originals());
    return taken.entry;
}

export_entry& export_table::add_promise(std::uint32_t id) {
    const std::uint32_t index = take_slot();
    export_entry& entry = entries_[index].entry;
    entry.id = id;
    entry.promise = std::make_unique<export_entry::promise_state>();
    promises_.set(id, index);
    return entry;
}

void export_table::resolve(export_entry& entry, intrusive_ptr<servant> object,
                           const object_core* original, bool is_alias) {
    entry.object = std::move(object);
    entry.original = original;
    if (!is_alias) by_object_.set(*promises_.find(entry.id), originals());
}

intrusive_ptr<servant> export_table::remove(export_entry& entry) noexcept {
    std::uint32_t index = (entry.id & slot_mask) - 1;
    if ((entry.id & promise_bit) != 0) {
        index = *promises_.find(entry.id);
        promises_.erase(entry.id);
    }
    const std::uint32_t* const listed = by_object_.find(entry.original, originals());
    if (listed != nullptr && *listed == index) by_object_.erase(entry.original, originals());
    slot& freed = entries_[index];
    intrusive_ptr<servant> object = std::move(entry.object);
    freed.entry = export_entry{};
    freed.used = false;
    ++freed.generation;
    free_.push_back(index);
    --used_;
    return object;
}

} // namespace beckon
