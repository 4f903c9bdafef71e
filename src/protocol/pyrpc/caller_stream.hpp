// The client's end: a connection for each exchange that the protocol orders, and the outcomes of all of them as one input.
//
// All that is shared is guarded by `mutex_`. To connect within this machine, without a handshake, takes no time worth a thread, and is
// done at once; else a thread does it. The descriptor is an epoll set of all connections, a timer for the earliest deadline, and an
// event for what no system call tells.
#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "beckon/protocol/pyrpc/pyrpc.hpp"
#include "io/descriptor.hpp"
#include "protocol/pyrpc/exchange.hpp"

namespace beckon::pyrpc {

class caller_stream final : public io::byte_stream {
public:
    struct descriptors {
        io::descriptor readiness;
        io::descriptor timer;
        io::descriptor
            event; ///< Readable while something waits to be read, or a connection is made.
        io::descriptor room;
    };
    [[nodiscard]] static result<descriptors> make_descriptors();

    caller_stream(const io::byte_stream& first, dialer dials, std::size_t max_message_bytes,
                  descriptors made);
    ~caller_stream() override;

    [[nodiscard]] io::io_result read(std::span<std::byte> into) noexcept override;
    [[nodiscard]] io::io_result write(std::span<const byte_view> gathered) noexcept override;
    [[nodiscard]] int read_descriptor() const noexcept override { return made_.readiness.get(); }
    /// Not writable while too much waits.
    [[nodiscard]] int write_descriptor() const noexcept override { return made_.room.get(); }
    void shutdown_write() noexcept override {}
    void close() noexcept override;
    [[nodiscard]] std::string peer_name() const override { return peer_; }
    [[nodiscard]] bool is_local() const noexcept override { return is_local_; }
    [[nodiscard]] std::optional<io::peer_identity> identity() const override { return identity_; }

private:
    struct exchange {
        order what;
        time_point begun{};
        std::unique_ptr<io::byte_stream> below; ///< Null before there is one.
        bool waits = true;                      ///< For its delay to pass.
        buffer out;
        std::size_t sent = 0;
        buffer in;
        bool watches_room = false;
    };
    using exchanges = std::unordered_map<std::uint64_t, exchange>;
    /// Connections that were made by threads. Outlives the stream.
    struct dialled {
        std::mutex mutex;
        std::vector<std::pair<std::uint64_t, result<std::unique_ptr<io::byte_stream>>>> made;
        int event = -1; ///< The stream's; -1 once that has gone.
    };

    // REQUIRES: mutex_ is held.
    void take_orders();
    void take_order(const order& what, buffer&& content, std::size_t begins_at);
    void look_at_all();
    void look_at_time();
    void begin_exchange(std::uint64_t key);
    void dial_queued();
    void take_dialled();
    void connected(std::uint64_t key, result<std::unique_ptr<io::byte_stream>> made);
    void work(std::uint64_t key);
    [[nodiscard]] bool send(exchange& on);
    [[nodiscard]] bool receive(exchange& on, std::uint64_t key);
    void lost(std::uint64_t key, std::string_view how);
    void finish(std::uint64_t key, outcome_kind kind, byte_view content);
    void drop(std::uint64_t key);
    void tell(std::uint32_t number, outcome_kind kind, byte_view content);
    [[nodiscard]] time_point deadline_of(const exchange& of) const noexcept;
    void arm(time_point when) noexcept;
    void show() noexcept;
    void set_room() noexcept;
    void watch(int command, int number, std::uint32_t events, std::uint64_t key) noexcept;

    const dialer dialer_;
    const std::size_t max_message_bytes_;
    const descriptors made_;
    const std::string peer_;
    const bool is_local_;
    const bool dials_at_once_;
    const std::optional<io::peer_identity> identity_;
    const std::shared_ptr<dialled> dialled_ = std::make_shared<dialled>();
    const steady_clock_source clock_{};

    std::mutex mutex_;
    exchanges exchanges_;
    std::unordered_map<std::uint32_t, std::uint64_t> keys_; ///< By the protocol's numbers.
    std::uint64_t last_key_;
    std::deque<std::uint64_t> to_dial_;
    std::size_t dialling_ = 0;      ///< Threads.
    buffer orders_;                 ///< The last one perhaps in part.
    std::size_t waiting_bytes_ = 0; ///< To be sent.
    buffer held_;                   ///< Outcomes, from held_at_ on.
    std::size_t held_at_ = 0;
    time_point armed_for_ = never;
    bool shows_ = false;
    bool reads_now_ = false;
    bool is_full_ = false;
    bool closed_ = false;
};

} // namespace beckon::pyrpc
