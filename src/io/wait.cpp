#include "beckon/io/wait.hpp"

#include <poll.h>

#include <algorithm>
#include <ctime>

namespace beckon::io {

namespace {

wait_outcome wait_for(int fd, short events, time_point deadline, int other_fd) noexcept {
    pollfd polled[2] = {{fd, events, 0}, {other_fd, POLLIN, 0}};
    timespec left{};
    if (deadline != never) {
        const nanoseconds remaining =
            std::max(nanoseconds(0), deadline - steady_clock_source().now());
        left.tv_sec = static_cast<std::time_t>(remaining.count() / 1'000'000'000);
        left.tv_nsec = static_cast<long>(remaining.count() % 1'000'000'000);
    }
    const int count =
        ::ppoll(polled, other_fd >= 0 ? 2 : 1, deadline == never ? nullptr : &left, nullptr);
    if (count <= 0) return {};
    return {polled[0].revents != 0, other_fd >= 0 && polled[1].revents != 0};
}

} // namespace

wait_outcome wait_readable(int fd, time_point deadline, int other_fd) noexcept {
    return wait_for(fd, POLLIN, deadline, other_fd);
}

wait_outcome wait_writable(int fd, time_point deadline, int other_fd) noexcept {
    return wait_for(fd, POLLOUT, deadline, other_fd);
}

} // namespace beckon::io
