#include "beckon/io/forked_children.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <utility>

#include "io/os_error.hpp"

namespace beckon::io {

std::size_t thread_count_of_process() noexcept {
    DIR* const tasks = ::opendir("/proc/self/task");
    if (tasks == nullptr) return 0;
    std::size_t count = 0;
    while (const dirent* const each = ::readdir(tasks)) count += each->d_name[0] != '.' ? 1u : 0u;
    ::closedir(tasks);
    return count;
}

void end_forked_child(int status) noexcept {
    std::fflush(nullptr);
    ::_exit(status);
}

void close_inherited(int fd) noexcept { ::close(fd); }

int wait_for_any(std::span<const int> readable, nanoseconds at_most) noexcept {
    std::vector<pollfd> all;
    for (const int each : readable) all.push_back({each, POLLIN, 0});
    const auto most = std::chrono::ceil<std::chrono::milliseconds>(at_most).count();
    if (::poll(all.data(), all.size(), static_cast<int>(std::clamp<long long>(most, 0, 60'000))) <=
        0)
        return -1;
    for (const pollfd& each : all) {
        if (each.revents != 0) return each.fd;
    }
    return -1;
}

result<bool> forked_children::fork() {
    if (const std::size_t threads = thread_count_of_process(); threads > 1) {
        return fail(errc::unsupported, "this process has ", threads,
                    " threads and cannot be forked for a client; expected 1: make contexts, "
                    "connections and threads in the children only");
    }
    int both[2];
    if (::pipe2(both, O_CLOEXEC) != 0)
        return os_fail(errc::io_error, errno, "cannot make a pipe to a process for a client");
    std::fflush(nullptr); // or both would write what is still here
    const pid_t child = ::fork();
    const int why = errno;
    ::close(both[child == 0 ? 0 : 1]);
    if (child != 0) {
        char nothing = 0;
        while (child > 0 && ::read(both[0], &nothing, 1) < 0 && errno == EINTR) {
        }
        ::close(both[0]);
        if (child < 0) return os_fail(errc::io_error, why, "cannot fork for a client");
        children_.push_back(child);
        return false;
    }
    parent_waits_ = both[1];
    children_.clear();
    for (const int each : {SIGINT, SIGTERM, SIGPIPE}) std::signal(each, SIG_DFL);
    return true;
}

void forked_children::go_on_in_parent() noexcept {
    if (parent_waits_ >= 0) ::close(std::exchange(parent_waits_, -1));
}

std::vector<std::string> forked_children::reap() {
    std::vector<std::string> failures;
    std::erase_if(children_, [&](int child) {
        int how = 0;
        const pid_t ended = ::waitpid(child, &how, WNOHANG);
        if (ended == 0) return false;
        if (ended == child && WIFSIGNALED(how)) {
            failures.push_back(
                concat("process ", child, " for a client was ended by signal ", WTERMSIG(how)));
        } else if (ended == child && WEXITSTATUS(how) != 0) {
            failures.push_back(
                concat("process ", child, " for a client ended with status ", WEXITSTATUS(how)));
        }
        return true;
    });
    return failures;
}

void forked_children::ask_to_end() noexcept {
    for (const int each : children_) ::kill(each, SIGTERM);
}
void forked_children::kill() noexcept {
    for (const int each : children_) ::kill(each, SIGKILL);
}

} // namespace beckon::io
