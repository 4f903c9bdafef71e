#include "transport/stdio/take_over.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <utility>

#include "io/descriptor_stream.hpp"
#include "io/os_error.hpp"

namespace beckon::transport::stdio {

namespace {

/// The status flags of the files as they were, -1 where they stay untouched. On a terminal both are
/// one file: then the output's were read when the input's were changed already, so that setting them
/// back does nothing, and the input's come last.
struct flags_before {
    int in = -1;
    int out = -1;
};

class stdio_stream final : public io::descriptor_stream {
public:
    stdio_stream(io::descriptor in, io::descriptor out, io::descriptor dead_end, bool local,
                 flags_before before)
        : descriptor_stream(std::move(in), std::move(out), std::move(dead_end), "stdio:", local,
                            false),
          in_flags_(before.in), out_flags_(before.out) {}
    ~stdio_stream() override {
        restore(write_descriptor(), out_flags_);
        restore(read_descriptor(), in_flags_);
    }

    void shutdown_write() noexcept override {
        const int flags = out_flags_.exchange(-1);
        // The file is set back only once no write can reach it any more, or that one might block.
        const io::descriptor kept(flags < 0 ? -1 : ::fcntl(write_descriptor(), F_DUPFD_CLOEXEC, 3));
        descriptor_stream::shutdown_write();
        restore(kept.get(), flags);
    }

private:
    static void restore(int fd, int flags) noexcept {
        if (fd >= 0 && flags >= 0) ::fcntl(fd, F_SETFL, flags);
    }

    const int in_flags_;
    std::atomic<int> out_flags_;
};

result<io::descriptor> copy(int fd, std::string_view role) {
    // Not 0 to 2, should those be free: they would be taken for the standard ones.
    io::descriptor fresh(::fcntl(fd, F_DUPFD_CLOEXEC, 3));
    if (!fresh) return io::os_fail(errc::io_error, errno, "cannot take over ", role);
    return fresh;
}

int make_nonblocking(int fd) noexcept { return io::is_socket(fd) ? -1 : io::set_nonblocking(fd); }

/// Whether a descriptor certainly leads to this machine. Only a network socket, as inetd gives its
/// servers, does not.
bool is_local(int fd) noexcept {
    sockaddr_storage peer{};
    socklen_t size = sizeof peer;
    if (::getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size) != 0) return true;
    return peer.ss_family == AF_UNIX;
}

} // namespace

result<std::unique_ptr<io::byte_stream>> take_over(int input, int output, int errors) {
    BECKON_ASSIGN(io::descriptor in, copy(input, "standard input"));
    BECKON_ASSIGN(io::descriptor out, copy(output, "standard output"));
    BECKON_ASSIGN(io::descriptor dead_end, io::make_dead_end());
    const io::descriptor nothing(::open("/dev/null", O_RDWR | O_CLOEXEC));
    if (!nothing) return io::os_fail(errc::io_error, errno, "cannot open /dev/null");
    // dup2 clears close-on-exec, as is right for standard descriptors.
    if (::dup2(nothing.get(), input) < 0 ||
        (::dup2(errors, output) < 0 && ::dup2(nothing.get(), output) < 0))
        return io::os_fail(errc::io_error, errno, "cannot redirect the standard descriptors");
    flags_before before;
    before.in = make_nonblocking(in.get());
    before.out = make_nonblocking(out.get());
    const bool local = is_local(in.get());
    return std::unique_ptr<io::byte_stream>(std::make_unique<stdio_stream>(
        std::move(in), std::move(out), std::move(dead_end), local, before));
}

} // namespace beckon::transport::stdio
