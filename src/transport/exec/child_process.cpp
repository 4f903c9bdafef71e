#include "transport/exec/child_process.hpp"

#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <thread>
#include <utility>

#include "io/os_error.hpp"

namespace beckon::transport::exec {

namespace {

/// The attributes and actions of one posix_spawn.
class spawn_plan {
public:
    explicit spawn_plan(const child_descriptors& descriptors) {
        ::posix_spawnattr_init(&attributes_);
        ::posix_spawn_file_actions_init(&actions_);
        // What we block or ignore is our affair: the child starts as from a shell.
        sigset_t none;
        ::sigemptyset(&none);
        ::posix_spawnattr_setsigmask(&attributes_, &none);
        sigset_t usual;
        ::sigemptyset(&usual);
        for (const int signal :
             {SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGCHLD, SIGUSR1, SIGUSR2})
            ::sigaddset(&usual, signal);
        ::posix_spawnattr_setsigdefault(&attributes_, &usual);
        ::posix_spawnattr_setpgroup(&attributes_, 0);
        ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
                                                     POSIX_SPAWN_SETPGROUP);
        put(descriptors.input, STDIN_FILENO);
        put(descriptors.output, STDOUT_FILENO);
        put(descriptors.errors, STDERR_FILENO);
    }
    ~spawn_plan() {
        ::posix_spawn_file_actions_destroy(&actions_);
        ::posix_spawnattr_destroy(&attributes_);
    }
    spawn_plan(const spawn_plan&) = delete;
    spawn_plan& operator=(const spawn_plan&) = delete;

    [[nodiscard]] int run(const std::vector<std::string>& words, pid_t& number) const {
        std::vector<char*> arguments;
        for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
        arguments.push_back(nullptr);
        return ::posix_spawnp(&number, arguments[0], &actions_, &attributes_, arguments.data(),
                              environ);
    }

private:
    void put(int fd, int as) {
        if (fd >= 0) ::posix_spawn_file_actions_adddup2(&actions_, fd, as);
    }

    posix_spawnattr_t attributes_;
    posix_spawn_file_actions_t actions_;
};

std::string signal_name(int signal) {
    const char* const words = ::sigdescr_np(signal);
    std::string text = words != nullptr ? words : "unknown signal";
    if (text[0] >= 'A' && text[0] <= 'Z') text[0] = static_cast<char>(text[0] - 'A' + 'a');
    return text;
}

} // namespace

result<std::shared_ptr<child_process>> child_process::start(const std::vector<std::string>& words,
                                                            const child_descriptors& descriptors) {
    pid_t number = -1;
    const int failure = spawn_plan(descriptors).run(words, number);
    if (failure == ENOENT && words[0].find('/') != std::string::npos) {
        return fail(errc::not_found, "program ", quoted(words[0], 200),
                    " does not exist, or the interpreter it names does not");
    }
    if (failure == ENOENT) {
        return fail(errc::not_found, "program ", quoted(words[0], 200),
                    " is not in PATH, or the interpreter it names does not exist");
    }
    if (failure != 0)
        return io::os_fail(errc::io_error, failure, "cannot start program ", quoted(words[0], 200));
    // Not the C library's pidfd_open: its header lacks the C linkage in some releases.
    io::descriptor handle(static_cast<int>(::syscall(SYS_pidfd_open, number, 0)));
    if (!handle && errno == ESRCH) {
        // Ended and reaped already: the program ignores SIGCHLD, or waits for any child itself.
        auto gone = std::make_shared<child_process>(number, std::move(handle));
        gone->ending_ = ending{};
        return gone;
    }
    if (!handle) {
        const int number_of_error = errno;
        ::kill(-number, SIGKILL);
        ::waitpid(number, nullptr, 0);
        return io::os_fail(errc::io_error, number_of_error, "cannot watch over program ",
                           quoted(words[0], 200));
    }
    return std::make_shared<child_process>(number, std::move(handle));
}

child_process::child_process(pid_t number, io::descriptor handle) noexcept
    : number_(number), handle_(std::move(handle)) {}

bool child_process::reap() noexcept {
    const std::lock_guard guard(lock_);
    if (ending_) return true;
    siginfo_t info{};
    if (::waitid(P_PIDFD, static_cast<id_t>(handle_.get()), &info, WEXITED | WNOHANG) != 0) {
        // Somebody else reaped it, and the status is lost.
        if (errno == ECHILD) ending_ = ending{};
        return ending_.has_value();
    }
    if (info.si_pid == 0) return false;
    ending_ = ending{info.si_code, info.si_status};
    return true;
}

bool child_process::ends_within(std::chrono::milliseconds at_most) const noexcept {
    const auto deadline = std::chrono::steady_clock::now() + at_most;
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(
            deadline - std::chrono::steady_clock::now());
        pollfd polled{handle_.get(), POLLIN, 0};
        if (::poll(&polled, 1, std::max(0, static_cast<int>(left.count()))) > 0) return true;
        if (left.count() <= 0) return false;
    }
}

bool child_process::wait(std::chrono::milliseconds at_most) noexcept {
    if (reap()) return true;
    if (at_most.count() > 0) static_cast<void>(ends_within(at_most));
    return reap();
}

std::string child_process::description() const {
    const std::lock_guard guard(lock_);
    if (!ending_) return "still running";
    if (ending_->code == CLD_EXITED) return concat("exited with status ", ending_->status);
    if (ending_->code == 0) return "ended; this program reaped it elsewhere, so its status is lost";
    return concat("killed by signal ", ending_->status, " (", signal_name(ending_->status), ")");
}

void child_process::signal_group(int signal) noexcept {
    // Under the lock of reap(): until it is reaped its number, and so its group's, is not given away.
    const std::lock_guard guard(lock_);
    if (!ending_) ::kill(-number_, signal);
}

void child_process::retire(std::shared_ptr<child_process> child,
                           std::chrono::milliseconds grace) noexcept {
    if (child->reap()) return;
    {
        const std::lock_guard guard(child->lock_);
        if (std::exchange(child->retired_, true)) return;
    }
    try {
        std::thread([child, grace] {
            if (child->ends_within(grace)) {
                static_cast<void>(child->reap());
                return;
            }
            child->signal_group(SIGTERM);
            static_cast<void>(child->ends_within(grace));
            // Also where the child has ended by now: what it started may not have.
            child->signal_group(SIGKILL);
            // A process in an uninterruptible wait takes its time; nothing else can be done.
            while (!child->wait(std::chrono::hours(1))) {
            }
        }).detach();
    } catch (const std::system_error&) {
        // No thread to be had. Nobody could watch over a grace time, so there is none.
        child->signal_group(SIGKILL);
        child->wait(std::chrono::seconds(1));
    }
}

} // namespace beckon::transport::exec
