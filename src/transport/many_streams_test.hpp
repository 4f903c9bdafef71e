// For tests of very many streams at once, each of which is watched by a loop.
#pragma once

#include <gtest/gtest.h>
#include <sys/epoll.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <vector>

#include "beckon/io/byte_stream.hpp"
#include "io/descriptor.hpp"

namespace beckon::transport {

/// More than the sets watched by others in which Linux takes one descriptor.
inline constexpr std::size_t very_many = 700;

/// Lets this process have so many descriptors while it lives, where the system allows that.
class descriptors_allowed {
public:
    explicit descriptors_allowed(rlim_t wanted) {
        EXPECT_EQ(::getrlimit(RLIMIT_NOFILE, &before_), 0);
        rlimit more = before_;
        more.rlim_cur = std::max(before_.rlim_cur, std::min(wanted, before_.rlim_max));
        EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &more), 0);
        enough_ = more.rlim_cur >= wanted;
    }
    ~descriptors_allowed() { ::setrlimit(RLIMIT_NOFILE, &before_); }
    descriptors_allowed(const descriptors_allowed&) = delete;
    descriptors_allowed& operator=(const descriptors_allowed&) = delete;
    [[nodiscard]] bool enough() const noexcept { return enough_; }

private:
    rlimit before_{};
    bool enough_ = false;
};

/// As a loop does: watches descriptors and says how many are readable.
class watched_descriptors {
public:
    watched_descriptors() : set_(::epoll_create1(EPOLL_CLOEXEC)) {}
    void add(int fd) {
        epoll_event wanted{};
        wanted.events = EPOLLIN;
        wanted.data.fd = fd;
        ASSERT_EQ(::epoll_ctl(set_.get(), EPOLL_CTL_ADD, fd, &wanted), 0) << std::strerror(errno);
        ++count_;
    }
    [[nodiscard]] std::size_t readable() {
        std::vector<epoll_event> events(count_ + 1);
        const int found =
            ::epoll_wait(set_.get(), events.data(), static_cast<int>(events.size()), 0);
        return found > 0 ? static_cast<std::size_t>(found) : 0;
    }

private:
    io::descriptor set_;
    std::size_t count_ = 0;
};

} // namespace beckon::transport
