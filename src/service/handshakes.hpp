// Authenticators of connections at work: each on a thread of its own, since it may wait for the peer.
#pragma once

#include <memory>
#include <string>

#include "beckon/base/function.hpp"
#include "beckon/io/byte_stream.hpp"
#include "beckon/service/raw_connection.hpp"

namespace beckon {

/// Thread-safety: all functions, from any thread.
class handshakes {
public:
    handshakes();
    ~handshakes() { stop(); }
    handshakes(const handshakes&) = delete;
    handshakes& operator=(const handshakes&) = delete;

    /// Gives the stream on, with who its peer is or why it is refused.
    using decided = function<void(std::unique_ptr<io::byte_stream>, result<std::string>)>;
    /// Decides on another thread. False, and nothing done, where the system has no thread left or this was stopped.
    [[nodiscard]] bool start(std::unique_ptr<io::byte_stream>& stream,
                             const connection_authenticator& decides, nanoseconds within,
                             decided then);
    /// Ends those at work, and waits for them; not for the one that calls this itself.
    void stop();
    /// After `stop`: as if made anew.
    void reopen();

private:
    struct work;
    struct core;
    const std::shared_ptr<core> core_; ///< Shared with the threads: one of them may outlive this.
};

} // namespace beckon
