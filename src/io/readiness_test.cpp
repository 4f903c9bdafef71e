#include "io/readiness.hpp"

#include <gtest/gtest.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "beckon/io/wait.hpp"

namespace beckon::io {
namespace {

bool is_ready(const readiness& set) {
    return wait_readable(set.descriptor(), steady_clock_source().now()).ready;
}

TEST(readiness, tells_of_what_is_watched_and_of_its_flag) {
    auto set = *readiness::create();
    EXPECT_FALSE(is_ready(set));
    set.show(true);
    set.show(true);
    EXPECT_TRUE(is_ready(set));
    set.show(false);
    EXPECT_FALSE(is_ready(set));

    const descriptor event(::eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK));
    EXPECT_EQ(set.watch(event.get(), EPOLLIN), 0);
    EXPECT_TRUE(is_ready(set));
    eventfd_t count = 0;
    ASSERT_EQ(::eventfd_read(event.get(), &count), 0);
    EXPECT_FALSE(is_ready(set));
    EXPECT_EQ(set.watch(event.get(), EPOLLOUT), 0);
    EXPECT_TRUE(is_ready(set)) << "it has room";
    EXPECT_EQ(set.watch(event.get(), 0), 0);
    EXPECT_FALSE(is_ready(set));
    EXPECT_EQ(set.watch(event.get(), 0), 0) << "which is so already";
    EXPECT_EQ(set.watch(event.get(), EPOLLOUT), 0) << "and again";
    EXPECT_TRUE(is_ready(set));
}

TEST(readiness, says_why_a_descriptor_cannot_be_watched) {
    auto set = *readiness::create();
    const descriptor closed(::eventfd(0, EFD_CLOEXEC));
    const int number = ::dup(closed.get());
    ASSERT_EQ(::close(number), 0);
    EXPECT_EQ(set.watch(number, EPOLLIN), EBADF);
    EXPECT_EQ(set.watch(number, 0), 0) << "it is not watched";
    std::vector<descriptor> some;
    for (int i = 0; i < 5; ++i) {
        some.emplace_back(::eventfd(0, EFD_CLOEXEC));
        EXPECT_EQ(set.watch(some.back().get(), EPOLLIN), i < 4 ? 0 : ENOSPC) << i;
    }
    EXPECT_EQ(set.watch(some.front().get(), 0), 0);
    EXPECT_EQ(set.watch(some.back().get(), EPOLLIN), 0) << "there is room again";
}

} // namespace
} // namespace beckon::io
