// The bare floor: what a TCP echo costs with nothing of a remote-call system around it.
//
//   (default)    epoll, one read and one gathered write for each readable connection
//   --blocking   one connection at a time, blocking recv and send: the least for one call at a time
//   --spin       never sleeps

#include <sys/epoll.h>

#include <array>
#include <cstdio>
#include <exception>
#include <memory>
#include <unordered_map>

#include "common/options.hpp"
#include "common/server.hpp"
#include "floor/echo_connection.hpp"

namespace {

using bench::floor::check;
using bench::floor::descriptor;
using bench::floor::echo_connection;

using turn = echo_connection::turn;

descriptor accept_from(int listener) {
    descriptor accepted(check(accept4(listener, nullptr, nullptr, SOCK_CLOEXEC), "accept"));
    bench::floor::send_without_delay(accepted.get());
    return accepted;
}

class epoll_server {
public:
    explicit epoll_server(descriptor listener) : listener_(std::move(listener)) {
        epoll_event event = {};
        event.events = EPOLLIN;
        event.data.ptr = nullptr; // stands for the listener
        check(epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, listener_.get(), &event), "epoll_ctl");
    }

    /// Serves what is ready; waits for it up to `timeout_ms`, -1 for ever.
    void run_once(int timeout_ms) {
        std::array<epoll_event, 256> events;
        const int ready =
            epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), timeout_ms);
        for (int i = 0; i < ready; ++i) {
            const epoll_event& event = events[static_cast<std::size_t>(i)];
            if (event.data.ptr == nullptr)
                admit();
            else
                serve(*static_cast<echo_connection*>(event.data.ptr), event.events);
        }
    }

    [[noreturn]] void run() {
        for (;;) run_once(-1);
    }

    /// With a single connection its socket is read without asking epoll first.
    [[noreturn]] void spin() {
        for (unsigned round = 0;; ++round) {
            if (connections_.size() != 1 || round % 1024 == 0)
                run_once(0);
            else
                serve(*connections_.begin()->second, EPOLLIN);
        }
    }

private:
    void admit() {
        auto fresh = std::make_unique<echo_connection>(accept_from(listener_.get()), MSG_DONTWAIT);
        epoll_event event = {};
        event.events = EPOLLIN;
        event.data.ptr = fresh.get();
        check(epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fresh->socket(), &event), "epoll_ctl");
        const int socket = fresh->socket();
        connections_[socket] = std::move(fresh);
    }

    void serve(echo_connection& connection, std::uint32_t armed) {
        switch (connection.serve()) {
        case turn::nothing_read: break;
        case turn::served:
            if ((armed & EPOLLOUT) != 0) arm(connection, EPOLLIN);
            break;
        case turn::output_full: arm(connection, EPOLLOUT); break;
        case turn::ended: connections_.erase(connection.socket()); break;
        }
    }

    void arm(echo_connection& connection, std::uint32_t events) {
        epoll_event event = {};
        event.events = events;
        event.data.ptr = &connection;
        check(epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, connection.socket(), &event), "epoll_ctl");
    }

    descriptor listener_;
    descriptor epoll_{check(epoll_create1(EPOLL_CLOEXEC), "epoll_create1")};
    std::unordered_map<int, std::unique_ptr<echo_connection>> connections_;
};

[[noreturn]] void serve_one_after_another(const descriptor& listener) {
    for (;;) {
        echo_connection connection(accept_from(listener.get()), 0);
        while (connection.serve() == turn::served) {
        }
    }
}

} // namespace

int main(int argc, char** argv) {
    const bench::options chosen = bench::parse_options(argc, argv);
    try {
        std::uint16_t port = 0;
        descriptor listener = bench::floor::listen_on_loopback(port);
        bench::announce(port);
        if (chosen.blocking) serve_one_after_another(listener);
        epoll_server server(std::move(listener));
        if (chosen.spin) server.spin();
        server.run();
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "floor-server: %s\n", failure.what());
        return 1;
    }
}
