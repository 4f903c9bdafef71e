#include "beckon/transport/exec/exec.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <string>
#include <utility>
#include <vector>

#include "io/descriptor_stream.hpp"
#include "io/os_error.hpp"
#include "transport/exec/child_process.hpp"
#include "transport/exec/error_output.hpp"

namespace beckon::transport::exec {

namespace {

using io::endpoint;
using std::chrono::milliseconds;

enum class error_route : std::uint8_t { inherit, log, nowhere };

struct settings {
    std::vector<std::string> words;
    bool sockets = false;
    error_route errors = error_route::inherit;
    milliseconds grace{2000};
};

error bad_option(const endpoint& where, std::string_view key, std::string_view expected) {
    return fail(errc::invalid_argument, "option ", key, " of endpoint ", quoted(to_string(where)),
                " is ", quoted(*where.option(key)), ", expected ", expected);
}

result<settings> read_settings(const endpoint& where) {
    settings out;
    BECKON_ASSIGN(out.words, io::split_command(where.address));
    if (out.words.empty() || out.words[0].empty()) {
        return fail(errc::invalid_argument, "endpoint ", quoted(to_string(where)),
                    " names no program, expected exec:PROGRAM ARGUMENTS");
    }
    if (where.address.find('\0') != std::string::npos) {
        return fail(errc::invalid_argument, "endpoint ", quoted(to_string(where)),
                    " has a zero byte in its command, expected none");
    }
    if (const std::string* kind = where.option("stdio")) {
        if (*kind != "pipe" && *kind != "socket")
            return bad_option(where, "stdio", "pipe or socket");
        out.sockets = *kind == "socket";
    }
    if (const std::string* route = where.option("stderr")) {
        if (*route == "log") {
            out.errors = error_route::log;
        } else if (*route == "null") {
            out.errors = error_route::nowhere;
        } else if (*route != "inherit") {
            return bad_option(where, "stderr", "inherit, log or null");
        }
    }
    BECKON_ASSIGN(const std::uint64_t grace, where.number_option("grace", 2000, 0, 600'000));
    out.grace = milliseconds(grace);
    return out;
}

/// A pipe or a socket pair between us and the child.
struct conduit {
    io::descriptor ours;
    io::descriptor childs;
};

/// Moves a descriptor away from 0, 1 and 2: those of the child are put in place one by one, and one of
/// ours in their way would be overwritten.
result<io::descriptor> out_of_the_way(io::descriptor fd) {
    if (fd.get() > STDERR_FILENO) return fd;
    io::descriptor higher(::fcntl(fd.get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
    if (!higher) return io::os_fail(errc::io_error, errno, "cannot open a pipe");
    return higher;
}

result<conduit> make_conduit(bool socket, bool to_child) {
    int ends[2];
    const int made = socket ? ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends)
                            : ::pipe2(ends, O_CLOEXEC);
    if (made != 0) return io::os_fail(errc::io_error, errno, "cannot open a pipe");
    io::descriptor reading(ends[0]);
    io::descriptor writing(ends[1]);
    BECKON_ASSIGN(reading, out_of_the_way(std::move(reading)));
    BECKON_ASSIGN(writing, out_of_the_way(std::move(writing)));
    conduit out;
    out.ours = std::move(to_child ? writing : reading);
    out.childs = std::move(to_child ? reading : writing);
    return out;
}

class exec_stream final : public io::descriptor_stream {
public:
    exec_stream(io::descriptor in, io::descriptor out, io::descriptor dead_end, std::string peer,
                std::shared_ptr<child_process> child, std::shared_ptr<error_output> errors,
                milliseconds grace)
        : descriptor_stream(std::move(in), std::move(out), std::move(dead_end), std::move(peer),
                            true, true),
          child_(std::move(child)), errors_(std::move(errors)), grace_(grace) {}
    ~exec_stream() override {
        exec_stream::close();
        if (errors_) errors_->mute(); // The log need not outlive the stream.
    }

    io::io_result read(std::span<std::byte> into) noexcept override {
        const io::io_result got = descriptor_stream::read(into);
        if (got.status == io::io_status::end) ended_ = true;
        return got;
    }
    void close() noexcept override {
        descriptor_stream::close();
        child_process::retire(child_, grace_);
    }
    [[nodiscard]] std::string exit_description() const override {
        // A process closes its files a moment before it counts as ended.
        child_->wait(milliseconds(ended_ ? 100 : 0));
        return child_->description();
    }

private:
    const std::shared_ptr<child_process> child_;
    const std::shared_ptr<error_output> errors_; ///< Null unless they are logged.
    const milliseconds grace_;
    std::atomic<bool> ended_{false};
};

} // namespace

result<std::unique_ptr<io::byte_stream>> connect(const endpoint& where,
                                                 const io::connect_options& options) {
    BECKON_ASSIGN(const settings wanted, read_settings(where));
    BECKON_ASSIGN(conduit input, make_conduit(wanted.sockets, true));
    BECKON_ASSIGN(conduit output, make_conduit(wanted.sockets, false));
    BECKON_ASSIGN(io::descriptor dead_end, io::make_dead_end());
    conduit errors;
    if (wanted.errors == error_route::log) {
        BECKON_ASSIGN(errors, make_conduit(false, false));
    } else if (wanted.errors == error_route::nowhere) {
        BECKON_ASSIGN(errors.childs,
                      out_of_the_way(io::descriptor(::open("/dev/null", O_WRONLY | O_CLOEXEC))));
    }
    if (!wanted.sockets) {
        io::set_nonblocking(input.ours.get());
        io::set_nonblocking(output.ours.get());
    }
    BECKON_ASSIGN(std::shared_ptr<child_process> child,
                  child_process::start(wanted.words, {input.childs.get(), output.childs.get(),
                                                      errors.childs.get()}));
    const std::string name = concat("exec:", wanted.words[0], " (pid ", child->number(), ")");
    std::shared_ptr<error_output> logged;
    if (wanted.errors == error_route::log) logged = std::make_shared<error_output>(*options.log);
    auto stream = std::make_unique<exec_stream>(std::move(output.ours), std::move(input.ours),
                                                std::move(dead_end), name, std::move(child), logged,
                                                wanted.grace);
    // From here on the stream's destructor ends the child again if something fails.
    if (logged) BECKON_TRY(logged->start(std::move(errors.ours), name));
    return std::unique_ptr<io::byte_stream>(std::move(stream));
}

} // namespace beckon::transport::exec
