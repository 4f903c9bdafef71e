#include "transport/exec/error_output.hpp"

#include <cerrno>
#include <system_error>
#include <thread>
#include <utility>

#include "beckon/base/text.hpp"
#include "io/os_error.hpp"

namespace beckon::transport::exec {

result<void> error_output::start(io::descriptor pipe, std::string name) {
    try {
        std::thread([self = shared_from_this(), held = std::move(pipe), name = std::move(name)] {
            self->run(held.get(), name);
        }).detach();
    } catch (const std::system_error& failure) {
        return io::os_fail(errc::io_error, failure.code().value(),
                           "cannot start a thread to read a program's standard error");
    }
    return {};
}

void error_output::mute() noexcept {
    const std::lock_guard guard(lock_);
    log_ = nullptr;
}

void error_output::log(std::string_view line, const std::string& name) {
    const std::lock_guard guard(lock_);
    if (log_ == nullptr || line.empty() || !log_->wants(log_level::info)) return;
    // Quoted, because a child's bytes must not steer our terminal.
    log_->write(log_level::info, "BKN-EXEC-STDERR",
                concat(name, ": ", quoted(line, max_error_line)));
}

void error_output::run(int pipe, const std::string& name) {
    std::string line;
    char chunk[4096];
    for (;;) {
        const ssize_t size = ::read(pipe, chunk, sizeof chunk);
        if (size < 0 && errno == EINTR) continue;
        if (size <= 0) break;
        for (const char letter : std::string_view(chunk, static_cast<std::size_t>(size))) {
            if (letter != '\n') line += letter;
            if (letter != '\n' && line.size() < max_error_line) continue;
            log(line, name);
            line.clear();
        }
    }
    log(line, name);
}

} // namespace beckon::transport::exec
