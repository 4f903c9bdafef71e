// Loaded before a test's program (LD_PRELOAD): waits now and then, at random, where threads and processes meet. What a test
// takes for granted about who comes first, and what the library does, breaks then in minutes and not once in a month.
//
// The environment: BECKON_DELAYS=EVERY,MICROSECONDS waits up to so long at one of so many calls, and ten times as long at one
// of ten times as many; 60,20000 where nothing is said.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif
#include <dlfcn.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <iterator>
#include <memory>
#include <string_view>

namespace {

// Read before any static of a program is made.
unsigned every = 60;
unsigned most_microseconds = 20'000;

// They only start others, or make so many calls to begin with that a test's time would pass.
constexpr std::string_view left_alone[] = {"bash", "chromium", "clangd", "cmake", "ctest",
                                           "git",  "mcs",      "mono",   "mypy",  "ninja",
                                           "node", "sh",       "tsc"};

__attribute__((constructor)) void read_environment() {
    const char* const given = std::getenv("BECKON_DELAYS");
    if (given != nullptr)
        static_cast<void>(std::sscanf(given, "%u,%u", &every, &most_microseconds));
    const bool alone = std::find(std::begin(left_alone), std::end(left_alone),
                                 program_invocation_short_name) != std::end(left_alone);
    if (every == 0 || alone) most_microseconds = 0;
    every = std::max(every, 1u);
}

/// Marsaglia's xorshift64*, one for each thread.
std::uint32_t chance() noexcept {
    thread_local std::uint64_t state = [] {
        timespec now{};
        ::clock_gettime(CLOCK_MONOTONIC, &now);
        const auto thread = static_cast<std::uint64_t>(::syscall(SYS_gettid));
        return (thread * 0x9e3779b97f4a7c15u ^ static_cast<std::uint64_t>(now.tv_nsec)) | 1u;
    }();
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return static_cast<std::uint32_t>((state * 0x2545f4914f6cdd1du) >> 32);
}

void delay() noexcept {
    const int before = errno;
    std::uint64_t most = 0;
    if (chance() % every == 0) most = most_microseconds;
    if (chance() % (10 * every) == 0) most = 10ull * most_microseconds;
    if (most != 0) {
        const std::uint64_t length = chance() % most;
        const timespec wanted{static_cast<std::time_t>(length / 1'000'000),
                              static_cast<long>(length % 1'000'000 * 1000)};
        ::syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &wanted, nullptr);
    }
    errno = before;
}

template <typename Function>
Function* next(const char* name) noexcept {
    return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

/// Calls the C library's function with delays on both sides.
template <typename Function, typename... Arguments>
auto between_delays(Function* function, Arguments... given) {
    delay();
    const auto got = function(given...);
    delay();
    return got;
}

struct thread_start {
    void* (*function)(void*);
    void* argument;
};

void* start_late(void* given) {
    const std::unique_ptr<thread_start> start(static_cast<thread_start*>(given));
    delay();
    return start->function(start->argument);
}

} // namespace

// NOLINTBEGIN: the names are the C library's
extern "C" {

ssize_t read(int file, void* into, size_t size) {
    static auto* const real = next<decltype(read)>("read");
    return between_delays(real, file, into, size);
}
ssize_t readv(int file, const iovec* into, int count) {
    static auto* const real = next<decltype(readv)>("readv");
    return between_delays(real, file, into, count);
}
ssize_t recv(int socket, void* into, size_t size, int flags) {
    static auto* const real = next<decltype(recv)>("recv");
    return between_delays(real, socket, into, size, flags);
}
ssize_t recvmsg(int socket, msghdr* message, int flags) {
    static auto* const real = next<decltype(recvmsg)>("recvmsg");
    return between_delays(real, socket, message, flags);
}
ssize_t write(int file, const void* from, size_t size) {
    static auto* const real = next<decltype(write)>("write");
    return between_delays(real, file, from, size);
}
ssize_t writev(int file, const iovec* from, int count) {
    static auto* const real = next<decltype(writev)>("writev");
    return between_delays(real, file, from, count);
}
ssize_t send(int socket, const void* from, size_t size, int flags) {
    static auto* const real = next<decltype(send)>("send");
    return between_delays(real, socket, from, size, flags);
}
ssize_t sendmsg(int socket, const msghdr* message, int flags) {
    static auto* const real = next<decltype(sendmsg)>("sendmsg");
    return between_delays(real, socket, message, flags);
}
int epoll_wait(int watches, epoll_event* found, int most, int milliseconds) {
    static auto* const real = next<decltype(epoll_wait)>("epoll_wait");
    return between_delays(real, watches, found, most, milliseconds);
}
int accept4(int socket, sockaddr* peer, socklen_t* size, int flags) {
    static auto* const real = next<decltype(accept4)>("accept4");
    return between_delays(real, socket, peer, size, flags);
}
int connect(int socket, const sockaddr* peer, socklen_t size) {
    static auto* const real = next<decltype(connect)>("connect");
    return between_delays(real, socket, peer, size);
}
int shutdown(int socket, int how) {
    static auto* const real = next<decltype(shutdown)>("shutdown");
    return between_delays(real, socket, how);
}
int close(int file) {
    static auto* const real = next<decltype(close)>("close");
    return between_delays(real, file);
}
int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*function)(void*),
                   void* argument) {
    static auto* const real = next<decltype(pthread_create)>("pthread_create");
    auto start = std::make_unique<thread_start>(thread_start{function, argument});
    const int number = real(thread, attributes, &start_late, start.get());
    if (number == 0) static_cast<void>(start.release()); // the thread's now
    delay();
    return number;
}

} // extern "C"
// NOLINTEND
