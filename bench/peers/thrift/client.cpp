// Thrift's generated client offers the two halves of a call, send_echo and recv_echo. Calls in
// flight are made of these: a thread that sends and a thread that receives share a connection.

#include <thrift/protocol/TBinaryProtocol.h>
#include <thrift/transport/TSocket.h>

#include <atomic>
#include <memory>
#include <semaphore>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "Bench.h"
#include "buffered.hpp"
#include "common/client.hpp"

namespace {

using apache::thrift::protocol::TBinaryProtocol;
using apache::thrift::transport::TSocket;
using bench::figure;
using bench::options;
using bench::quota;

class connection {
public:
    explicit connection(const options& chosen)
        : socket_(std::make_shared<TSocket>("127.0.0.1", chosen.port)),
          client_(std::make_shared<TBinaryProtocol>(buffered(socket_))) {
        socket_->setNoDelay(true);
        socket_->open();
    }

    void send(const std::string& octets) { client_.send_echo(octets); }

    void receive(std::size_t expected) {
        client_.recv_echo(reply_);
        if (reply_.size() != expected) throw std::runtime_error("echo gave back another size");
    }

    void echo(const std::string& octets) { client_.echo(reply_, octets); }

private:
    std::shared_ptr<TSocket> socket_;
    bench_wire::BenchClient client_;
    std::string reply_;
};

figure latency_echo64(const options& chosen) {
    connection server(chosen);
    const std::string sent(64, 'x');
    return bench::measure_latency(chosen, [&] { server.echo(sent); });
}

/// Small calls: the bursts fit into the socket, so one thread can send and then receive.
figure small_calls(const options& chosen, int connections, int each) {
    std::vector<std::unique_ptr<connection>> servers;
    for (int i = 0; i < connections; ++i) servers.push_back(std::make_unique<connection>(chosen));
    const std::string sent(32, 'x');
    return bench::measure_throughput(chosen, "calls/s", 1, [&](quota& left) {
        std::vector<int> in_flight(servers.size(), 0);
        int all = 0;
        const auto start = [&](std::size_t at) {
            if (!left.take()) return;
            servers[at]->send(sent);
            ++in_flight[at];
            ++all;
        };
        for (std::size_t at = 0; at < servers.size(); ++at)
            for (int i = 0; i < each; ++i) start(at);
        while (all > 0) {
            for (std::size_t at = 0; at < servers.size(); ++at) {
                for (int i = in_flight[at]; i > 0; --i) {
                    servers[at]->receive(sent.size());
                    --in_flight[at];
                    --all;
                    start(at);
                }
            }
        }
    });
}

figure inflight64_echo32(const options& chosen) { return small_calls(chosen, 1, 64); }

figure conns64x8_echo32(const options& chosen) { return small_calls(chosen, 64, 8); }

/// Large calls: a server that waits to send its reply does not read, so sending must not keep us
/// from receiving.
figure bulk_echo1m(const options& chosen) {
    connection server(chosen);
    const std::string sent(1 << 20, 'x');
    return bench::measure_throughput(chosen, "MB/s", (1 << 20) / 1e6, [&](quota& left) {
        std::counting_semaphore<4> may_send(4);
        std::counting_semaphore<> sent_or_over(0);
        std::atomic<std::uint64_t> all = UINT64_MAX; // known once the quota is used up
        const std::jthread sender([&] {
            for (std::uint64_t calls = 0;; ++calls) {
                may_send.acquire();
                const bool more = left.take();
                if (more)
                    server.send(sent);
                else
                    all = calls;
                sent_or_over.release();
                if (!more) return;
            }
        });
        for (std::uint64_t received = 0;; ++received) {
            sent_or_over.acquire();
            if (received == all) return;
            server.receive(sent.size());
            may_send.release();
        }
    });
}

figure idle_memory(const options& chosen) {
    std::vector<std::unique_ptr<connection>> held;
    const std::string sent(32, 'x');
    return bench::hold(chosen, [&](std::uint64_t) {
        held.push_back(std::make_unique<connection>(chosen));
        held.back()->echo(sent);
    });
}

} // namespace

int main(int argc, char** argv) {
    return bench::client_main(argc, argv,
                              {{"latency_echo64", latency_echo64},
                               {"inflight64_echo32", inflight64_echo32},
                               {"conns64x8_echo32", conns64x8_echo32},
                               {"bulk_echo1m", bulk_echo1m},
                               {"idle_memory", idle_memory}});
}
