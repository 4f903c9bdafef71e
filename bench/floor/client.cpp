// The floor's client. What it does is written out by hand on purpose: nothing a remote-call system
// could do would be cheaper, save waiting in other ways (`--spin`) or gathering across turns.

#include <poll.h>
#include <sys/epoll.h>

#include <array>
#include <cstring>
#include <memory>
#include <vector>

#include "common/client.hpp"
#include "floor/call_window.hpp"
#include "floor/local_call.hpp"
#include "floor/socket.hpp"

namespace {

using bench::figure;
using bench::options;
using bench::quota;
using namespace bench::floor;

constexpr std::size_t mebibyte = 1u << 20;

figure latency_echo64(const options& chosen) {
    const descriptor socket = connect_to_loopback(chosen.port);
    std::array<char, sizeof(frame_header) + 64> call = {};
    std::array<char, call.size()> reply;
    const frame_header header = {64, 1, method_echo};
    std::memcpy(call.data(), &header, sizeof header);
    const int flags = chosen.spin ? MSG_DONTWAIT : 0;
    return bench::measure_latency(chosen, [&] {
        send_all(socket.get(), call.data(), call.size());
        for (std::size_t got = 0; got < reply.size();)
            got += receive(socket.get(), reply.data() + got, reply.size() - got, flags);
    });
}

figure inflight64_echo32(const options& chosen) {
    call_window window(connect_to_loopback(chosen.port), 32);
    const int flags = chosen.spin ? MSG_DONTWAIT : 0;
    return bench::measure_throughput(chosen, "calls/s", 1, [&](quota& left) {
        window.start(left, 64);
        while (!window.idle()) window.turn(left, flags);
    });
}

figure conns64x8_echo32(const options& chosen) {
    const descriptor epoll(check(epoll_create1(EPOLL_CLOEXEC), "epoll_create1"));
    std::vector<std::unique_ptr<call_window>> windows;
    for (int i = 0; i < 64; ++i) {
        windows.push_back(std::make_unique<call_window>(connect_to_loopback(chosen.port), 32));
        epoll_event event = {};
        event.events = EPOLLIN;
        event.data.ptr = windows.back().get();
        check(epoll_ctl(epoll.get(), EPOLL_CTL_ADD, windows.back()->socket(), &event), "epoll_ctl");
    }
    const int timeout_ms = chosen.spin ? 0 : -1;
    return bench::measure_throughput(chosen, "calls/s", 1, [&](quota& left) {
        std::size_t busy = 0;
        for (const auto& window : windows) {
            window->start(left, 8);
            if (!window->idle()) ++busy;
        }
        std::array<epoll_event, 64> events;
        while (busy > 0) {
            const int ready = epoll_wait(epoll.get(), events.data(), 64, timeout_ms);
            for (int i = 0; i < ready; ++i) {
                auto& window =
                    *static_cast<call_window*>(events[static_cast<std::size_t>(i)].data.ptr);
                window.turn(left, MSG_DONTWAIT);
                if (window.idle()) --busy;
            }
        }
    });
}

/// Four calls of 1 MiB in flight on one connection, sent and received as the socket allows.
figure bulk_echo1m(const options& chosen) {
    const descriptor socket = connect_to_loopback(chosen.port);
    std::vector<char> call(sizeof(frame_header) + mebibyte, 'x');
    std::vector<char> reply(call.size());
    const frame_header header = {mebibyte, 1, method_echo};
    std::memcpy(call.data(), &header, sizeof header);

    const auto drive = [&](quota& left) {
        std::size_t to_send = 0; // bytes of calls that may leave now
        std::size_t received = 0;
        int in_flight = 0;
        while (in_flight < 4 && left.take()) ++in_flight, to_send += call.size();
        while (in_flight > 0) {
            bool moved = false;
            if (to_send > 0) {
                const std::size_t rest = to_send % call.size();
                const std::size_t at = rest == 0 ? 0 : call.size() - rest;
                const std::size_t sent =
                    send_some(socket.get(), call.data() + at, call.size() - at, MSG_DONTWAIT);
                to_send -= sent;
                moved = sent > 0;
            }
            const std::size_t got = receive(socket.get(), reply.data() + received,
                                            reply.size() - received, MSG_DONTWAIT);
            received += got;
            if (received == reply.size()) {
                received = 0;
                --in_flight;
                if (left.take()) ++in_flight, to_send += call.size();
            }
            if (moved || got > 0 || chosen.spin) continue;
            const short output = to_send > 0 ? POLLOUT : 0;
            pollfd wanted = {socket.get(), static_cast<short>(POLLIN | output), 0};
            poll(&wanted, 1, -1);
        }
    };
    return bench::measure_throughput(chosen, "MB/s", mebibyte / 1e6, drive);
}

figure idle_memory(const options& chosen) {
    std::vector<std::unique_ptr<call_window>> held;
    quota unlimited(1e6, UINT64_MAX);
    return bench::hold(chosen, [&](std::uint64_t) {
        held.push_back(std::make_unique<call_window>(connect_to_loopback(chosen.port), 32));
        held.back()->start(unlimited, 1);
        quota none(0, 0);
        held.back()->turn(none, 0);
    });
}

} // namespace

int main(int argc, char** argv) {
    return bench::client_main(argc, argv,
                              {{"latency_echo64", latency_echo64},
                               {"inflight64_echo32", inflight64_echo32},
                               {"conns64x8_echo32", conns64x8_echo32},
                               {"bulk_echo1m", bulk_echo1m},
                               {"idle_memory", idle_memory},
                               {"local_call", bench::floor::local_call}});
}
