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
#include "io/readiness.hpp"
#include "io/socket_address.hpp"

namespace beckon::transport::udp {

class socket_hub;

/// What one peer's stream shares with the hub. Guarded by the hub's mutex, but for what is constant.
struct peer {
    io::socket_address address; ///< Where to send.
    std::string name;           ///< "udp://10.0.0.7"
    io::audience reaches = io::audience::peer;
    std::string key;        ///< Among the hub's peers.
    io::ready_flag ready;   ///< There is something for `read`.
    io::descriptor sending; ///< The socket once more: each stream is watched by itself.

    std::deque<bytes>
        queue; ///< Datagrams, each behind its size as byte_stream::keep_messages has it.
    std::size_t queued_bytes = 0;
    std::size_t taken = 0; ///< Of the first one, by `read`.
    time_point last{};     ///< When it last sent something.
    bool ended = false;
    int failure = 0; ///< An errno value: why it has ended.

    explicit peer(io::ready_flag made) noexcept : ready(std::move(made)) {}
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
    /// Errors: io_error, where the system has no descriptors left.
    [[nodiscard]] static result<std::shared_ptr<socket_hub>> create(io::descriptor socket,
                                                                    hub_options options);
    socket_hub(io::descriptor socket, hub_options options, io::readiness ready)
        : socket_(std::move(socket)), options_(options), ready_(std::move(ready)) {}

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
    /// Polls readable while `take_new` has something to do; of a client, `read`.
    [[nodiscard]] int descriptor() const noexcept { return ready_.descriptor(); }
    /// From now on strangers are not heard.
    void close_to_strangers() noexcept;
    /// Nothing comes for anybody any more.
    void close() noexcept;

    // For streams.
    [[nodiscard]] int descriptor_of(const peer& which) const noexcept {
        return &which == only_.get() ? ready_.descriptor() : which.ready.descriptor();
    }
    [[nodiscard]] io::io_result send(peer& to, byte_view content);
    /// `framed`: with sizes.
    [[nodiscard]] io::io_result read(peer& of, std::span<std::byte> into, bool framed) noexcept;
    void end(peer& which) noexcept;
    [[nodiscard]] int socket() const noexcept { return socket_.get(); }
    [[nodiscard]] log_sink& log() const noexcept { return *options_.log; }

private:
    /// Holds the mutex, and logs what there is to log when it is given back: a sink may take its time, or come here again.
    class locked;
    struct line {
        log_level level;
        std::string_view id;
        std::string text;
    };

    // REQUIRES: locked.
    [[nodiscard]] io::io_result read_locked(peer& of, std::span<std::byte> into, bool framed);
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
    io::readiness ready_;
    std::deque<std::shared_ptr<peer>> new_;
    std::vector<std::byte> buffer_;
    bool refuses_strangers_ = false;
    bool closed_ = false;
    time_point no_room_before_{}; ///< Until then nobody can have been idle for long enough.
    std::uint64_t dropped_ = 0;
    std::vector<line> notes_; ///< For the log.
    std::atomic<std::uint64_t> lost_{0};
};

} // namespace beckon::transport::udp
