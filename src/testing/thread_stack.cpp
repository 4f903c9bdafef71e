#include "testing/thread_stack.hpp"

#include <utility>
#include <vector>

#include "testing/sanitizer.hpp"

#ifdef BECKON_ADDRESS_SANITIZER
#include <sanitizer/asan_interface.h>
#endif

namespace beckon::testing {

namespace {
constexpr std::size_t most_kept = 32;
thread_local std::vector<std::unique_ptr<std::byte[]>> kept;
} // namespace

thread_stack thread_stack::take() {
    thread_stack taken;
    if (kept.empty()) {
        taken.memory_ = std::make_unique_for_overwrite<std::byte[]>(size);
        return taken;
    }
    taken.memory_ = std::move(kept.back());
    kept.pop_back();
#ifdef BECKON_ADDRESS_SANITIZER
    // The thread that had it went without returning: the marks of its last frames, at the top, are still there.
    constexpr std::size_t last_frames = 64u << 10;
    __asan_unpoison_memory_region(taken.bottom() + size - last_frames, last_frames);
#endif
    return taken;
}

thread_stack::~thread_stack() {
    if (memory_ && kept.size() < most_kept) kept.push_back(std::move(memory_));
}

} // namespace beckon::testing
