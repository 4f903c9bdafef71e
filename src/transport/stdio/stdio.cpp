#include "beckon/transport/stdio/stdio.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <utility>

#include "io/descriptor.hpp"
#include "io/os_error.hpp"
#include "transport/stdio/take_over.hpp"

namespace beckon::transport::stdio {

namespace {

class single_listener final : public io::listener {
public:
    single_listener(std::unique_ptr<io::byte_stream> stream, io::descriptor event)
        : stream_(std::move(stream)), event_(std::move(event)) {
        local_.transport = "stdio";
    }

    result<std::unique_ptr<io::byte_stream>> accept() override {
        if (closed_) return fail(errc::disconnected, "listener stdio: was closed");
        eventfd_t count = 0;
        ::eventfd_read(event_.get(), &count);
        return std::move(stream_);
    }
    [[nodiscard]] int descriptor() const noexcept override { return event_.get(); }
    [[nodiscard]] const io::endpoint& local_endpoint() const noexcept override { return local_; }
    void close() noexcept override { closed_ = true; }

private:
    std::unique_ptr<io::byte_stream> stream_; ///< Until it is accepted.
    const io::descriptor event_;              ///< Readable until then.
    io::endpoint local_;
    std::atomic<bool> closed_{false};
};

} // namespace

result<std::unique_ptr<io::byte_stream>> connect(const io::endpoint& where,
                                                 const io::connect_options&) {
    if (!where.address.empty()) {
        return fail(errc::invalid_argument, "endpoint ", quoted(to_string(where)),
                    " has an address, expected none: stdio:");
    }
    // Descriptors 0 and 1 are the process's, so the mark that they are taken is, too.
    static std::atomic<bool> taken{false};
    if (taken.exchange(true)) {
        return fail(errc::address_in_use,
                    "stdio: is taken: this process has made a stream of its standard input and "
                    "output before; a process has one");
    }
    std::fflush(stdout); // What was printed before belongs in front of the stream.
    return take_over(STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO);
}

result<std::unique_ptr<io::listener>> listen(const io::endpoint& where, const io::listen_options&) {
    io::descriptor event(::eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!event) return io::os_fail(errc::io_error, errno, "cannot make an event descriptor");
    BECKON_ASSIGN(std::unique_ptr<io::byte_stream> stream, connect(where));
    return std::unique_ptr<io::listener>(
        std::make_unique<single_listener>(std::move(stream), std::move(event)));
}

} // namespace beckon::transport::stdio
