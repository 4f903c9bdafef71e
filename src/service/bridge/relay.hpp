// The relay: what a client and a server of one protocol say to each other passes as it is, from one connection to another.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "beckon/base/function.hpp"
#include "beckon/base/limits.hpp"
#include "beckon/base/ref_counted.hpp"
#include "beckon/base/result.hpp"
#include "beckon/io/byte_stream.hpp"
#include "beckon/io/endpoint.hpp"
#include "beckon/io/event_loop.hpp"
#include "beckon/service/context.hpp"
#include "beckon/session/message_pace.hpp"
#include "beckon/session/runtime.hpp"
#include "service/bridge/relay_flow.hpp"
#include "session/passage.hpp"

namespace beckon {

/// How messages of one protocol pass between two connections.
struct relay_rules {
    passage_maker convert{};      ///< Null: bytes pass as they are.
    bool keeps_messages = false;  ///< Transports that have messages are asked to keep them apart.
    bool acknowledges = false;    ///< See protocol_traits::wants_acknowledgement.
    bool has_own_records = false; ///< See protocol_traits::wants_own_records.
    std::size_t max_message_bytes = 0; ///< The protocol's own, where limits say nothing.
    std::optional<std::size_t> known_way{};
    /// Calls the server again, where it turned out not to understand how it was spoken to; null: it cannot be. From any
    /// thread. Whoever puts something around the server's stream has to put it around this one's too.
    std::function<result<std::unique_ptr<io::byte_stream>>(const limits& allowed)> dial_again{};
    bool dialling_waits = false; ///< For anybody: not on the event loop's thread then.
    std::function<void(std::size_t way)> understood{}; ///< The server, for those who connect next.
};

/// Nothing: the two ends cannot be relayed, objects have to do. They can where both name the same protocol, neither names a
/// security of messages nor is HTTP or a transport whose messages may be lost, and what their options say of how messages
/// look is the same or something that is changed on the way: dialects of RPyC, framings of JSON-RPC, end marks of quickrpc.
/// Options that say how objects behave cannot be kept by who does not look at them: with those, objects have to do.
///
/// The server's stream is to be dialled with dial_options::is_bare, and the client's is the transport's own.
[[nodiscard]] std::optional<relay_rules>
rules_between(context& inside, const io::endpoint& accepted, const io::endpoint& dialled);

/// One client and its connection to the server. Lives by its watches in the event loop, until it is over.
///
/// What is read from one side is written to the other, and as long as that does not take it nothing more is read. The end
/// of what one says is passed on, and the other may go on. When one is lost, what it has said still leaves.
///
/// Limits: buffered in each direction: what one read gives; where messages are changed, one message and what it becomes.
/// `stalled_after`: a side that takes nothing for so long ends both. `message_within`: where messages are changed, so does one
/// that begins a message and does not go on.
/// Thread-safety: all functions, from any thread.
class relay final : public ref_counted {
public:
    /// `over` is called once, on a thread of the runtime and not before this has returned: `why` says which side failed and
    /// how; nothing, where both ended or `close` was called.
    [[nodiscard]] static result<intrusive_ptr<relay>>
    start(std::shared_ptr<runtime> inside, std::unique_ptr<io::byte_stream> client,
          std::unique_ptr<io::byte_stream> server, relay_rules rules, const limits& allowed,
          function<void(std::optional<error> why)> over);

    /// Ends both connections soon. Idempotent, never waits.
    void close() noexcept;

private:
    class ear;
    struct side {
        explicit side(const limits& allowed) noexcept
            : pace(allowed.message_within, allowed.min_message_progress) {}
        std::unique_ptr<io::byte_stream> stream;
        io::watch_id watch{};
        io::watch_id write_watch{};
        bool has_messages = false;
        bool has_records = false;
        message_pace pace;                   ///< Of what it says.
        std::uint64_t finished_messages = 0; ///< At the last look.
        io::timer_id pace_timer{};
    };
    using over_callback = function<void(std::optional<error> why)>;

    relay(std::shared_ptr<runtime> inside, relay_rules rules, const limits& allowed,
          over_callback over);
    template <typename Work>
    void do_safely(Work work) noexcept;
    void post(void (relay::*what)()) noexcept;
    [[nodiscard]] io::timer_id call_at(time_point due, function<void()> what);
    [[nodiscard]] side& side_of(sender which) noexcept {
        return which == sender::client ? client_ : server_;
    }
    [[nodiscard]] relay_flow& from(sender which) noexcept {
        return which == sender::client ? to_server_ : to_client_;
    }

    // REQUIRES: locked.
    void open(sender which, std::unique_ptr<io::byte_stream> stream);
    void make_passage();
    [[nodiscard]] result<void> watch(sender which);
    void drop_watches(side& of) noexcept;
    void set_interest(sender which);
    void heard(sender which, bool readable, bool writable);
    void turn();
    [[nodiscard]] bool advance(sender which);
    void went_wrong(sender which, relay_flow::outcome how);
    void end(std::optional<error> why) noexcept;
    // relay_times.cpp
    void watch_for_stalls();
    void look_for_stalls();
    void watch_pace(sender which);
    void look_at_pace(sender which);
    void time_pace(sender which);
    void forget_times() noexcept;
    void hang_up_and_dial();
    void dial();
    void dialled(result<std::unique_ptr<io::byte_stream>> stream);
    void stop();
    void finish();
    void tell_end(sender which);

    const std::shared_ptr<runtime> runtime_;
    const relay_rules rules_;
    limits limits_;
    std::mutex mutex_;
    side client_;
    side server_;
    std::unique_ptr<passage> converts_;
    relay_flow to_server_{sender::client};
    relay_flow to_client_{sender::server};
    bool is_dialling_ = false;
    bool is_ending_ = false; ///< What is there already still passes, and nothing is waited for.
    bool is_over_ = false;
    std::optional<error> why_;
    io::timer_id stall_timer_{};
    over_callback over_;
};

[[nodiscard]] inline sender other(sender which) noexcept {
    return which == sender::client ? sender::server : sender::client;
}
[[nodiscard]] inline std::string_view name_of(sender which) noexcept {
    return which == sender::client ? "client" : "server";
}

} // namespace beckon
