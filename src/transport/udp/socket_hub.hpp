// One datagram socket and the peers that share it.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "beckon/base/log.hpp"
#include "beckon/base/result.hpp"
#include "beckon/base/time.hpp"
#include "beckon/io/byte_stream.hpp"
#include "io/descriptor.hpp"
#include "io/socket_address.hpp"

namespace beckon::transport::udp {

class socket_hub;

/// What one peer's stream shares with the hub. Guarded by the hub's mutex, but for what is constant.
struct peer {
    io::socket_address address; ///< Where to send.
    std::string name;           ///< "udp://10.0.0.7"
    io::audience reaches = io::audience::peer;
    io::descriptor event;   ///< Readable while there is something for `read`.
    io::descriptor polled;  ///< An epoll of that, and of the socket where no listener reads it.
    io::descriptor sending; ///< The socket once more: each stream is watched by itself.

    std::deque<bytes>
        queue; ///< Datagrams, each behind its size as byte_stream::keep_messages has it.
    std::size_t queued_bytes = 0;
    std::size_t taken = 0; ///< Of the first one, by `read`.
    time_point last{};     ///< When it last sent something.
    bool ended = false;
    int failure = 0; ///< An errno value: why it has ended.
    bool shows_readable = false;
};

struct hub_options {
    bool by_address = false; ///< Peers are told apart without the port; and that is everybody's.
    std::size_t max_peers = 256;
    nanoseconds idle = std::chrono::seconds(60);
    log_sink* log = &null_log();
};

/// Thread-safety: all functions, from any thread.
class socket_hub : public std::enable_shared_from_this<socket_hub> {
public:
    socket_hub(io::descriptor socket, hub_options options)
        : socket_(std::move(socket)), options_(options) {}

    /// A client's one peer, which gets all that comes. `connected`: the system sends and hears it alone.
    /// Errors: io_error, where the system has no descriptors left.
    [[nodiscard]] result<std::shared_ptr<peer>> set_only(const io::socket_address& address,
                                                         io::audience reaches, bool connected);
    /// The one who is everybody; takes its turn among the new.
    [[nodiscard]] result<void> add_everybody(const io::socket_address& address);
    /// One that has sent nothing yet. Errors: besides, address_in_use where it is there; overloaded.
    [[nodiscard]] result<std::shared_ptr<peer>> add(const io::socket_address& address);
    /// Gives what has come to whom it is for, and then one who is new; null where there is none.
    [[nodiscard]] result<std::shared_ptr<peer>> take_new();
    /// From now on the streams read the socket themselves, and strangers are not heard.
    void close_to_strangers();

    // For streams.
    [[nodiscard]] io::io_result send(peer& to, byte_view content) noexcept;
    /// `framed`: with sizes.
    [[nodiscard]] io::io_result read(peer& of, std::span<std::byte> into, bool framed) noexcept;
    void end(peer& which) noexcept;
    [[nodiscard]] int socket() const noexcept { return socket_.get(); }
    [[nodiscard]] log_sink& log() const noexcept { return *options_.log; }

private:
    // REQUIRES: locked.
    [[nodiscard]] int receive();
    [[nodiscard]] std::string key_of(const io::socket_address& address) const;
    [[nodiscard]] result<std::shared_ptr<peer>> make(const io::socket_address& address);
    void deliver(const io::socket_address& from, byte_view content);
    void show(peer& which) noexcept;
    void stop(peer& which, int failure) noexcept;
    [[nodiscard]] bool make_room();
    void note_dropped(std::string_view why, const std::string& whose);

    const io::descriptor socket_;
    const hub_options options_;
    const steady_clock_source clock_;
    std::mutex mutex_;
    std::map<std::string, std::shared_ptr<peer>> peers_;
    std::shared_ptr<peer> only_;
    bool connected_ = false;
    std::deque<std::shared_ptr<peer>> new_;
    std::vector<std::byte> buffer_;
    bool closed_ = false;
    std::uint64_t dropped_ = 0;    ///< Logged at 1, 2, 4, ...
    std::atomic<int> lost_for_{0}; ///< The last reason that was logged.
};

} // namespace beckon::transport::udp
