#pragma once

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>

namespace bench {

/// Makes the process end when the other end of standard input closes, so that a driver that dies
/// leaves no server behind.
///
/// By signal, not by a watching thread: a second thread makes the kernel and the allocator take
/// their slower, shared paths, which would be measured with everything else.
inline void end_with_standard_input() {
    struct stat status = {};
    if (fstat(STDIN_FILENO, &status) != 0 || !S_ISFIFO(status.st_mode)) return;
    std::signal(SIGIO, SIG_DFL); // whose default action is to end the process
    fcntl(STDIN_FILENO, F_SETOWN, getpid());
    fcntl(STDIN_FILENO, F_SETFL, fcntl(STDIN_FILENO, F_GETFL) | O_ASYNC);
    // The other end may have closed before the signal was armed.
    pollfd input = {STDIN_FILENO, POLLIN, 0};
    if (poll(&input, 1, 0) > 0 && (input.revents & POLLHUP) != 0) std::_Exit(0);
}

/// Tells the driver where to connect. Call once the server listens.
inline void announce(unsigned port) {
    std::signal(SIGTERM, SIG_DFL); // some libraries install handlers that wait for idle clients
    end_with_standard_input();
    std::printf("ready %u\n", port);
    std::fflush(stdout);
}

/// For servers whose library serves on threads of its own.
[[noreturn]] inline void wait_for_the_end() {
    for (;;) pause();
}

} // namespace bench
