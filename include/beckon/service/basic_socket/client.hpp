// The client of basic-socket-rpc, as its users know it.
#pragma once

#include <any>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "beckon/object/future.hpp"
#include "beckon/service/basic_socket/asked_command.hpp"
#include "beckon/service/connect.hpp"

namespace beckon::basic {

struct client_options {
    /// To be let in: until then it asks every `retry_interval`.
    nanoseconds timeout = std::chrono::seconds(20);
    nanoseconds retry_interval = std::chrono::milliseconds(4'500);
    /// What it has for itself, for the two that follow.
    std::any local{};
    std::function<void(std::any& local)> on_connect{};
    /// Once for each `disconnect`, whether anything was connected or not; not when the connection breaks by itself.
    std::function<void(std::any& local)> on_disconnect{};
    std::shared_ptr<beckon::context> context{}; ///< Null: the standard one.
    beckon::limits limits{};
};

/// Calls commands.
///
///   constexpr auto add = basic::command(2, "add_2_words", basic::seq(basic::u32, basic::u32), basic::u32);
///   basic::client peer("127.0.0.1", 11599);
///   peer.connect();
///   std::uint32_t sum = peer.call(add, 1000, 2050);
///   future<std::uint32_t> later = peer.start(add, 1, 2);
///
/// A call whose time passes, or that is given up, ends the connection: its answer could not be told from the next one's.
///
/// Errors: thrown. timeout_error; disconnected_error; schema_mismatch where the server's bytes have not the form agreed on,
/// which tells command, byte, what was expected and what was found; what the server raised as remote_error with the name of
/// its class, or as the type of python_errors.hpp; python::overflow_error and its like for what cannot be written.
/// Thread-safety: all functions, from any thread, but connect and disconnect.
/// Lifetime: disconnects at its end; what `on_disconnect` throws then is logged.
class client {
public:
    client(const std::string& host, std::uint16_t port, client_options options = {});
    /// "basic+tcp://127.0.0.1:11599", "basic+unix:/run/greet", "basic+tls://..."
    explicit client(std::string endpoint, client_options options = {});
    client(const client&) = delete;
    client& operator=(const client&) = delete;
    ~client();

    /// Waits until the server lets it in. Throws invalid_argument where it is connected; io_error where nobody listens;
    /// timeout_error where the server lets nobody in.
    void connect();
    /// Idempotent but for `on_disconnect`.
    void disconnect();
    [[nodiscard]] bool is_connected() const noexcept;
    [[nodiscard]] std::any& local() noexcept { return options_.local; }

    /// Waits for the answer.
    template <typename Command, typename... Given>
    typename Command::result_type call(const Command& what, const Given&... arguments) {
        auto outcome = try_call(what, arguments...);
        if (!outcome) throw_error(std::move(outcome).error());
        if constexpr (!std::is_void_v<typename Command::result_type>)
            return std::move(outcome).value();
    }
    template <typename Command, typename... Given>
    [[nodiscard]] result<typename Command::result_type> try_call(const Command& what,
                                                                 const Given&... arguments) {
        const auto asked = make_counted<asked_command<Command, Given...>>(what, arguments...);
        BECKON_TRY(ask(what.number, *asked, what.timeout));
        return asked->take_outcome();
    }
    /// Goes on; any number may be in flight, and are answered in their order.
    template <typename Command, typename... Given>
    future<typename Command::result_type> start(const Command& what, const Given&... arguments) {
        const auto asked = make_counted<asked_command<Command, Given...>>(what, arguments...);
        auto answer = start_asking(what.number, *asked, what.timeout);
        asked->forget_arguments();
        return std::move(answer).then([asked](const value&) { return asked->take_outcome(); });
    }

    /// The conversation itself, for what all protocols have.
    [[nodiscard]] const connected& conversation() const noexcept { return conversation_; }

private:
    [[nodiscard]] result<void> ask(std::uint16_t number, question& asked, nanoseconds timeout);
    [[nodiscard]] future<value> start_asking(std::uint16_t number, question& asked,
                                             nanoseconds timeout);

    const std::string endpoint_;
    client_options options_;
    connected conversation_;
    object root_;
};

} // namespace beckon::basic
