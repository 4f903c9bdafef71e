#include "io/readiness.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "io/os_error.hpp"

namespace beckon::io {

result<ready_flag> ready_flag::create() {
    io::descriptor event(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!event) return os_fail(errc::io_error, errno, "cannot make an event descriptor");
    return ready_flag(std::move(event));
}

void ready_flag::show(bool wanted) noexcept {
    if (std::exchange(shows_, wanted) == wanted) return;
    eventfd_t count = 1;
    // The counter is 0 or 1, and nobody else has it: neither can be refused.
    if (wanted) {
        static_cast<void>(::eventfd_write(event_.get(), count));
    } else {
        static_cast<void>(::eventfd_read(event_.get(), &count));
    }
}

result<readiness> readiness::create() {
    BECKON_ASSIGN(ready_flag flag, ready_flag::create());
    io::descriptor set(::epoll_create1(EPOLL_CLOEXEC));
    epoll_event wanted{};
    wanted.events = EPOLLIN;
    if (!set || ::epoll_ctl(set.get(), EPOLL_CTL_ADD, flag.descriptor(), &wanted) != 0)
        return os_fail(errc::io_error, errno, "cannot make a descriptor that tells of others");
    return readiness(std::move(set), std::move(flag));
}

int readiness::watch(int fd, std::uint32_t events) noexcept {
    auto found = std::find_if(all_.begin(), all_.end(), [&](const watched& each) {
        return each.events != 0 && each.fd == fd;
    });
    const bool is_new = found == all_.end();
    if (is_new) {
        if (events == 0) return 0;
        found = std::find_if(all_.begin(), all_.end(),
                             [](const watched& each) { return each.events == 0; });
        if (found == all_.end()) return ENOSPC;
    }
    if (found->events == events) return 0;
    epoll_event wanted{};
    wanted.events = events;
    const int command = is_new ? EPOLL_CTL_ADD : events == 0 ? EPOLL_CTL_DEL : EPOLL_CTL_MOD;
    if (::epoll_ctl(set_.get(), command, fd, &wanted) != 0) return errno;
    *found = {fd, events};
    return 0;
}

} // namespace beckon::io
