#include "beckon/object/pooled.hpp"

#include <array>
#include <mutex>

namespace beckon::detail {

namespace {

constexpr std::size_t grain = 64;
constexpr std::size_t classes = 8; // blocks of 64 to 512 bytes
constexpr std::size_t batch = 64;

struct block {
    block* next;
};

struct shared_list {
    std::mutex mutex;
    block* first = nullptr;
};

std::array<shared_list, classes>& shared_lists() {
    static auto* const lists =
        new std::array<shared_list, classes>; // used by threads that end late
    return *lists;
}

struct local_list {
    block* first = nullptr;
    std::size_t count = 0;
};

void drain(local_list& local, shared_list& shared, std::size_t keep) {
    block* const first = local.first;
    block* last = nullptr;
    block* at = first;
    while (local.count > keep) {
        last = at;
        at = at->next;
        --local.count;
    }
    if (last == nullptr) return;
    local.first = at;
    const std::lock_guard lock(shared.mutex);
    last->next = shared.first;
    shared.first = first;
}

struct thread_lists {
    std::array<local_list, classes> lists;
    ~thread_lists() {
        for (std::size_t i = 0; i < classes; ++i) drain(lists[i], shared_lists()[i], 0);
        ended = true;
    }
    bool ended = false;
};
thread_local thread_lists mine;

} // namespace

void* pool_allocate(std::size_t size) {
    const std::size_t index = (size - 1) / grain;
    if (index >= classes || mine.ended) return ::operator new(size);
    local_list& local = mine.lists[index];
    if (local.first == nullptr) {
        shared_list& shared = shared_lists()[index];
        const std::lock_guard lock(shared.mutex);
        while (shared.first != nullptr && local.count < batch) {
            block* const taken = shared.first;
            shared.first = taken->next;
            taken->next = local.first;
            local.first = taken;
            ++local.count;
        }
    }
    if (local.first == nullptr) return ::operator new((index + 1) * grain);
    block* const taken = local.first;
    local.first = taken->next;
    --local.count;
    return taken;
}

void pool_free(void* freed, std::size_t size) noexcept {
    const std::size_t index = (size - 1) / grain;
    if (index >= classes || mine.ended) return ::operator delete(freed);
    local_list& local = mine.lists[index];
    auto* const returned = static_cast<block*>(freed);
    returned->next = local.first;
    local.first = returned;
    if (++local.count > 2 * batch) drain(local, shared_lists()[index], batch);
}

} // namespace beckon::detail
