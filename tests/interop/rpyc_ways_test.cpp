// Which dialect a server of RPyC speaks, where it does not say so: one that is silent, one that is slow, none at all.
#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <thread>

#include "beckon/rpyc.hpp"
#include "interop/python.hpp"

namespace beckon::rpyc_ways_test {
namespace {

using namespace std::chrono_literals;

/// A server by hand, whose connections only wait in the system's queue until they are taken.
class raw_server {
public:
    raw_server() : listening_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in at{};
        at.sin_family = AF_INET;
        at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t length = sizeof at;
        EXPECT_EQ(::bind(listening_, reinterpret_cast<sockaddr*>(&at), length), 0);
        EXPECT_EQ(::listen(listening_, 8), 0);
        EXPECT_EQ(::getsockname(listening_, reinterpret_cast<sockaddr*>(&at), &length), 0);
        port_ = ntohs(at.sin_port);
    }
    ~raw_server() { ::close(listening_); }
    raw_server(const raw_server&) = delete;
    raw_server& operator=(const raw_server&) = delete;

    [[nodiscard]] std::string endpoint() const { return concat("rpyc+tcp://127.0.0.1:", port_); }
    [[nodiscard]] int take() const { return ::accept(listening_, nullptr, nullptr); }

private:
    int listening_;
    std::uint16_t port_ = 0;
};

/// What the first frame of a peer carries.
[[nodiscard]] std::string read_frame(int from) {
    unsigned char head[5] = {};
    EXPECT_EQ(::recv(from, head, sizeof head, MSG_WAITALL), 5);
    std::string body(head[3] + 1u, '\0'); // with the flush byte
    EXPECT_EQ(::recv(from, body.data(), body.size(), MSG_WAITALL),
              static_cast<ssize_t>(body.size()));
    return body;
}

TEST(rpyc_ways, a_server_that_is_silent_is_spoken_to_in_the_other_dialect) {
    const auto missing = interop::python_module("rpyc");
    BECKON_NEEDS_PEER("rpyc-5", missing);
    const interop::python peer(R"(
import logging, sys, threading, time
logging.disable(logging.CRITICAL)
import rpyc
from rpyc.utils.server import ThreadPoolServer
class Silent(rpyc.Service):
    def exposed_add(self, a, b): return a + b
server = ThreadPoolServer(Silent, hostname="127.0.0.1", port=0, nbThreads=2)
server.logger.disabled = True
threading.Thread(target=server.start, daemon=True).start()
while not server.active: time.sleep(0.01)
print(server.port, flush=True)
sys.stdin.read()
import os
os._exit(0)
)",
                               {});
    const std::string endpoint = "rpyc+tcp://127.0.0.1:" + peer.line();
    const auto there = try_connect(endpoint, {.timeout = 6s});
    ASSERT_TRUE(there) << there.error().to_string();
    EXPECT_EQ(dynamic(there->root()).call("add", 2, 3).as<int>(), 5);
}

TEST(rpyc_ways, a_server_that_is_slow_is_still_waited_for) {
    const raw_server server;
    std::string second;
    std::thread answers([&] {
        const int slow = server.take();
        const std::string asked = read_frame(slow);
        const int other = server.take(); // it has been silent for a share of the time
        second = read_frame(other);
        // The request's number: one byte, or the tag of digits, their count and themselves.
        const std::size_t digits = asked[2] == '\x16' ? 1u + static_cast<std::size_t>(asked[3]) : 0;
        const std::string seq = asked.substr(2, 1 + digits);
        // 2, (seq, (4, ("a.B", 1, 2)))
        const std::string body = "\x02\x11" + seq +
                                 "\x11\x54\x12\x08\x0c"
                                 "a.B\x51\x52";
        std::string frame{'\0', '\0', '\0', static_cast<char>(body.size()), '\0'};
        frame += body + "\n";
        EXPECT_EQ(::send(slow, frame.data(), frame.size(), 0), static_cast<ssize_t>(frame.size()));
        char rest = 0;
        while (::recv(slow, &rest, 1, 0) == 1) {
        }
        ::close(slow);
        ::close(other);
    });
    {
        const auto there = try_connect(server.endpoint(), {.timeout = 1500ms});
        EXPECT_TRUE(there) << there.error().to_string();
    }
    answers.join();
    EXPECT_EQ(second.substr(0, 2), "\x12\x51") << "a request as 5.3 writes it";
}

TEST(rpyc_ways, who_answers_nobody_is_told_of_with_both_dialects) {
    const raw_server server;
    const auto there = try_connect(server.endpoint(), {.timeout = 150ms});
    ASSERT_FALSE(there);
    EXPECT_EQ(
        there.error().to_string(),
        "timeout: peer was not understood in any way: with ?dialect=6: no answer within 150 ms; "
        "with ?dialect=5: no answer within 150 ms");
}

TEST(rpyc_ways, who_hangs_up_is_told_of_with_both_dialects) {
    const raw_server server;
    std::thread hangs_up([&] {
        for (int i = 0; i < 2; ++i) {
            const int one = server.take();
            static_cast<void>(read_frame(one));
            ::close(one);
        }
    });
    const auto there = try_connect(server.endpoint(), {.timeout = 5s});
    hangs_up.join();
    ASSERT_FALSE(there);
    const std::string said = there.error().to_string();
    EXPECT_EQ(there.error().code(), errc::disconnected);
    EXPECT_NE(said.find("with ?dialect=6: disconnected: "), std::string::npos) << said;
    EXPECT_NE(said.find("; with ?dialect=5: disconnected: "), std::string::npos) << said;
}

} // namespace
} // namespace beckon::rpyc_ways_test
