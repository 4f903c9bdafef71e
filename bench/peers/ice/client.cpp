// Calls in flight by AMI: the reply's callback, on a thread of Ice, starts the next call.

#include <Ice/Ice.h>

#include <memory>
#include <string>
#include <vector>

#include "Bench.h"
#include "common/client.hpp"
#include "in_flight.hpp"

namespace {

using bench::figure;
using bench::options;
using bench::quota;
using BenchWire::BenchPrx;
using BenchWire::CounterPrx;
using proxy = std::shared_ptr<BenchPrx>;
using octets = std::pair<const Ice::Byte*, const Ice::Byte*>;

Ice::InitializationData settings() {
    Ice::InitializationData chosen;
    chosen.properties = Ice::createProperties();
    chosen.properties->setProperty("Ice.MessageSizeMax", "4096"); // KiB; 1024 is too small
    chosen.properties->setProperty("Ice.ACM.Client.Timeout", "0");
    return chosen;
}

class client {
public:
    explicit client(const options& chosen) : communicator_(settings()), port_(chosen.port) {}

    /// Proxies with different names here use different connections. References that come from the
    /// server have the empty name, and so use the connection of that name.
    proxy connect(const std::string& name = "") {
        const auto object =
            communicator_->stringToProxy("bench:tcp -h 127.0.0.1 -p " + std::to_string(port_));
        return Ice::uncheckedCast<BenchPrx>(object->ice_connectionId(name));
    }

private:
    Ice::CommunicatorHolder communicator_;
    std::uint16_t port_;
};

octets range(const std::vector<Ice::Byte>& bytes) {
    return {bytes.data(), bytes.data() + bytes.size()};
}

void start_echo(const proxy& server, const std::vector<Ice::Byte>& sent, in_flight& calls) {
    server->echoAsync(
        range(sent), [&](const octets&) { calls.done([&] { start_echo(server, sent, calls); }); },
        [&](std::exception_ptr why) { calls.failed(std::move(why)); });
}

figure throughput(const options& chosen, int connections, int each, std::size_t bytes,
                  std::string unit, double scale) {
    client made(chosen);
    std::vector<proxy> servers;
    for (int i = 0; i < connections; ++i) servers.push_back(made.connect(std::to_string(i)));
    const std::vector<Ice::Byte> sent(bytes, 'x');
    return bench::measure_throughput(chosen, std::move(unit), scale, [&](quota& left) {
        in_flight calls(left);
        for (int i = 0; i < each; ++i)
            for (const proxy& server : servers)
                calls.start([&] { start_echo(server, sent, calls); });
        calls.wait();
    });
}

figure latency_echo64(const options& chosen) {
    client made(chosen);
    const proxy server = made.connect();
    const std::vector<Ice::Byte> sent(64, 'x');
    return bench::measure_latency(chosen, [&] { server->echo(range(sent)); });
}

figure inflight64_echo32(const options& chosen) {
    return throughput(chosen, 1, 64, 32, "calls/s", 1);
}

figure conns64x8_echo32(const options& chosen) {
    return throughput(chosen, 64, 8, 32, "calls/s", 1);
}

figure bulk_echo1m(const options& chosen) {
    return throughput(chosen, 1, 4, 1 << 20, "MB/s", (1 << 20) / 1e6);
}

/// A reference that came over a connection, bound to it. Left unbound, its first call would look for
/// the connection on other threads, which makes that call twice as long.
template <class Proxy>
std::shared_ptr<Proxy> bound(const std::shared_ptr<Proxy>& came, const proxy& over) {
    return Ice::uncheckedCast<Proxy>(came->ice_fixed(over->ice_getCachedConnection()));
}

/// Ice neither pipelines nor counts references: three calls one after another make, use and destroy
/// an object, and 64 such sequences run side by side.
void start_churn(const proxy& server, in_flight& calls) {
    const auto failed = [&](std::exception_ptr why) { calls.failed(std::move(why)); };
    server->makeAsync(
        1,
        [&, failed](const std::shared_ptr<CounterPrx>& made) {
            const auto counter = bound(made, server);
            counter->incrementAsync(
                2,
                [&, failed, counter](long long) {
                    counter->destroyAsync([&] { calls.done([&] { start_churn(server, calls); }); },
                                          failed);
                },
                failed);
        },
        failed);
}

figure object_churn(const options& chosen) {
    client made(chosen);
    const proxy server = made.connect();
    server->ice_ping(); // connects: see bound
    return bench::measure_throughput(chosen, "objects/s", 1, [&](quota& left) {
        in_flight calls(left);
        for (int i = 0; i < 64; ++i) calls.start([&] { start_churn(server, calls); });
        calls.wait();
    });
}

/// Without pipelining a chain is five round trips.
figure chain5(const options& chosen) {
    client made(chosen);
    const proxy server = made.connect();
    const auto chain = [&] {
        proxy at = server->next();
        for (int i = 1; i < 5; ++i) at = bound(at, server)->next();
    };
    return bench::measure_chain(chosen, chain, [&] { server->next(); });
}

figure idle_memory(const options& chosen) {
    client made(chosen);
    std::vector<proxy> held;
    const std::vector<Ice::Byte> sent(32, 'x');
    return bench::hold(chosen, [&](std::uint64_t i) {
        held.push_back(made.connect(std::to_string(i)));
        held.back()->echo(range(sent));
    });
}

figure reference_memory(const options& chosen) {
    client made(chosen);
    const proxy server = made.connect();
    std::vector<std::shared_ptr<CounterPrx>> held;
    return bench::hold(chosen, [&](std::uint64_t start) {
        held.push_back(server->make(static_cast<long long>(start)));
    });
}

} // namespace

int main(int argc, char** argv) {
    return bench::client_main(argc, argv,
                              {{"latency_echo64", latency_echo64},
                               {"inflight64_echo32", inflight64_echo32},
                               {"conns64x8_echo32", conns64x8_echo32},
                               {"bulk_echo1m", bulk_echo1m},
                               {"object_churn", object_churn},
                               {"chain5", chain5},
                               {"idle_memory", idle_memory},
                               {"reference_memory", reference_memory}});
}
