// A registry on a loop, and sockets to speak to it with.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include "beckon/base/bytes.hpp"
#include "beckon/base/text.hpp"
#include "beckon/io/event_loop.hpp"
#include "beckon/io/wait.hpp"
#include "beckon/naming/rpyc_registry/client.hpp"
#include "beckon/naming/rpyc_registry/server.hpp"
#include "io/descriptor.hpp"

namespace beckon::naming::rpyc_registry {

/// A clock that stands still until it is told to move.
class manual_clock final : public clock_source {
public:
    [[nodiscard]] time_point now() const noexcept override {
        return time_point(nanoseconds(now_.load()));
    }
    void advance(nanoseconds step) noexcept { now_ += step.count(); }

private:
    std::atomic<std::int64_t> now_{1'000'000'000};
};

inline server_options at_any_port(transport kind) {
    server_options options;
    options.transport = kind;
    options.port = 0;
    options.allow_listing = true;
    return options;
}

/// A registry whose loop turns when the test says so, by a clock that the test moves.
struct still_registry {
    manual_clock clock;
    std::unique_ptr<io::event_loop> loop = *io::event_loop::create(clock);
    std::unique_ptr<server> served;

    explicit still_registry(const server_options& options) {
        auto started = server::start(*loop, options);
        EXPECT_TRUE(started) << started.error().to_string();
        served = std::move(started).value();
    }
    /// Until nothing is left to do.
    void turn() const {
        const io::sole_owner owner;
        while (loop->run_turn(nanoseconds(0), owner) != 0) {
        }
    }
    /// Waits for the next thing to do; then until nothing is left.
    void wait_and_turn() const {
        const io::sole_owner owner;
        EXPECT_NE(loop->run_turn(std::chrono::seconds(10), owner), 0u);
        turn();
    }
};

/// A registry that runs in a thread of its own.
struct running_registry {
    steady_clock_source clock;
    std::unique_ptr<io::event_loop> loop = *io::event_loop::create(clock);
    std::unique_ptr<server> served;
    std::atomic<bool> stopping{false};
    std::thread thread;

    explicit running_registry(const server_options& options) {
        auto started = server::start(*loop, options);
        EXPECT_TRUE(started) << started.error().to_string();
        served = std::move(started).value();
        thread = std::thread([this] {
            const io::sole_owner owner;
            while (!stopping) loop->run_turn(nanoseconds::max(), owner);
        });
    }
    ~running_registry() {
        stopping = true;
        loop->wake();
        thread.join();
    }
    [[nodiscard]] client asker(transport kind) const {
        client_options options;
        options.transport = kind;
        options.port = served->port();
        return client(options);
    }
};

/// A plain socket on the loopback, connected to a port of it.
class raw_socket {
public:
    raw_socket(int type, std::uint16_t port) : socket_(::socket(AF_INET, type | SOCK_CLOEXEC, 0)) {
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(port);
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        EXPECT_EQ(::connect(socket_.get(), reinterpret_cast<sockaddr*>(&to), sizeof to), 0);
    }
    void send(byte_view packet) const {
        EXPECT_EQ(::send(socket_.get(), packet.data(), packet.size(), MSG_NOSIGNAL),
                  static_cast<ssize_t>(packet.size()));
    }
    /// What has come, in hex; "nothing", or "end".
    [[nodiscard]] std::string received() const {
        std::byte content[20'000];
        const ssize_t size = ::recv(socket_.get(), content, sizeof content, MSG_DONTWAIT);
        if (size < 0) return "nothing";
        if (size == 0) return "end";
        return to_hex({content, static_cast<std::size_t>(size)});
    }
    /// The same, after waiting for something.
    [[nodiscard]] std::string receive() const {
        const steady_clock_source clock;
        static_cast<void>(io::wait_readable(socket_.get(),
                                            deadline_after(clock.now(), std::chrono::seconds(10))));
        return received();
    }

private:
    io::descriptor socket_;
};

} // namespace beckon::naming::rpyc_registry
