// For tests of what happens where memory runs out.
#pragma once

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <fstream>

namespace beckon::transport {

/// Leaves this process about `spare` bytes more than it has, while it lives. Not where a sanitizer reserves the address
/// space.
class little_memory {
public:
    explicit little_memory(std::size_t spare) {
        EXPECT_EQ(::getrlimit(RLIMIT_AS, &before_), 0);
        std::size_t pages = 0;
        std::ifstream("/proc/self/statm") >> pages;
        rlimit tight = before_;
        tight.rlim_cur = pages * 4096 + spare;
        EXPECT_EQ(::setrlimit(RLIMIT_AS, &tight), 0);
    }
    ~little_memory() { ::setrlimit(RLIMIT_AS, &before_); }
    little_memory(const little_memory&) = delete;
    little_memory& operator=(const little_memory&) = delete;

    static constexpr bool possible() noexcept {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
        return false;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
        return false;
#else
        return true;
#endif
#else
        return true;
#endif
    }

private:
    rlimit before_{};
};

} // namespace beckon::transport
