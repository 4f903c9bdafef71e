#include "protocol/rpyc/memory_meter_test.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <new>
#include <vector>

namespace {
thread_local std::size_t asked_for = 0;
} // namespace

#if defined(__GNUC__) && !defined(__clang__)
// GCC sees through the delete, and not through the new that belongs to it.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
#endif

// For the whole program of this layer's tests.
void* operator new(std::size_t size) {
    asked_for += size;
    if (void* const memory = std::malloc(size == 0 ? 1 : size)) return memory;
    throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace beckon::rpyc::testing {

std::size_t bytes_asked_for() noexcept { return asked_for; }

TEST(rpyc_memory_meter, counts_what_is_asked_for) {
    const std::size_t before = bytes_asked_for();
    const std::vector<char> some(1000);
    EXPECT_GE(bytes_asked_for() - before, 1000u);
    EXPECT_LT(bytes_asked_for() - before, 2000u);
}

} // namespace beckon::rpyc::testing
