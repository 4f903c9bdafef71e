// A listener whose connections others have accepted, and found to be for it.
#pragma once

#include <deque>
#include <memory>
#include <mutex>

#include "beckon/io/listener.hpp"
#include "io/readiness.hpp"

namespace beckon::detection {

/// What it is given waits until it is accepted.
///
/// Thread-safety: all functions, from any thread.
class branch {
public:
    /// Errors: io_error, where the system gives no descriptor.
    [[nodiscard]] static result<std::shared_ptr<branch>> create(io::endpoint local);

    /// Dropped where it is closed.
    void give(std::unique_ptr<io::byte_stream> connection);
    [[nodiscard]] std::unique_ptr<io::byte_stream> take();
    void close() noexcept;
    [[nodiscard]] bool is_closed() const;
    [[nodiscard]] int descriptor() const noexcept { return flag_.descriptor(); }
    [[nodiscard]] const io::endpoint& local_endpoint() const noexcept { return local_; }

    branch(io::endpoint local, io::ready_flag flag) noexcept;

private:
    const io::endpoint local_;
    mutable std::mutex mutex_;
    io::ready_flag flag_;
    std::deque<std::unique_ptr<io::byte_stream>> waiting_;
    bool closed_ = false;
};

/// The same, for a transport that runs over it.
[[nodiscard]] std::unique_ptr<io::listener> make_branch_listener(std::shared_ptr<branch> from);

} // namespace beckon::detection
