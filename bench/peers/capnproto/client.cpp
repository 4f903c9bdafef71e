#include <capnp/rpc-twoparty.h>
#include <kj/async-io.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "bench.capnp.h"
#include "common/client.hpp"

namespace {

using bench::figure;
using bench::options;
using bench::quota;
using bench::wire::Bench;
using bench::wire::Counter;

class connection {
public:
    connection(kj::AsyncIoContext& io, const options& chosen)
        : stream_(io.provider->getNetwork()
                      .parseAddress("127.0.0.1", chosen.port)
                      .wait(io.waitScope)
                      ->connect()
                      .wait(io.waitScope)),
          client_(*stream_) {}

    Bench::Client bench() { return client_.bootstrap().castAs<Bench>(); }

private:
    kj::Own<kj::AsyncIoStream> stream_;
    capnp::TwoPartyClient client_;
};

kj::Promise<void> echo(Bench::Client& server, const std::vector<kj::byte>& octets) {
    auto call = server.echoRequest(capnp::MessageSize{8 + octets.size() / 8 + 1, 0});
    call.setOctets(capnp::Data::Reader(octets.data(), octets.size()));
    return call.send().then([size = octets.size()](auto&& reply) {
        KJ_REQUIRE(reply.getOctets().size() == size, "echo gave back another size");
    });
}

/// Makes one call after another until the quota is used up. Many of these run side by side.
template <class Call>
kj::Promise<void> repeat(quota& left, Call& call) {
    if (!left.take()) return kj::READY_NOW;
    return call().then([&left, &call] { return repeat(left, call); });
}

template <class Call>
void keep_in_flight(kj::AsyncIoContext& io, std::vector<Call>& calls, int each, quota& left) {
    auto chains =
        kj::heapArrayBuilder<kj::Promise<void>>(calls.size() * static_cast<std::size_t>(each));
    for (int i = 0; i < each; ++i)
        for (Call& call : calls) chains.add(repeat(left, call));
    kj::joinPromises(chains.finish()).wait(io.waitScope);
}

figure throughput(const options& chosen, int connections, int each, std::size_t bytes,
                  std::string unit, double scale) {
    auto io = kj::setupAsyncIo();
    const std::vector<kj::byte> octets(bytes, 'x');
    std::vector<std::unique_ptr<connection>> open;
    std::vector<Bench::Client> servers;
    for (int i = 0; i < connections; ++i) {
        open.push_back(std::make_unique<connection>(io, chosen));
        servers.push_back(open.back()->bench());
    }
    const auto call_of = [&octets](Bench::Client& server) {
        return [&octets, &server] { return echo(server, octets); };
    };
    std::vector<decltype(call_of(servers.front()))> calls;
    for (Bench::Client& server : servers) calls.push_back(call_of(server));
    return bench::measure_throughput(chosen, std::move(unit), scale,
                                     [&](quota& left) { keep_in_flight(io, calls, each, left); });
}

figure latency_echo64(const options& chosen) {
    auto io = kj::setupAsyncIo();
    connection open(io, chosen);
    Bench::Client server = open.bench();
    const std::vector<kj::byte> octets(64, 'x');
    return bench::measure_latency(chosen, [&] { echo(server, octets).wait(io.waitScope); });
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

/// Make, call once on the promised object, drop: pipelined, 64 side by side.
figure object_churn(const options& chosen) {
    auto io = kj::setupAsyncIo();
    connection open(io, chosen);
    Bench::Client server = open.bench();
    const auto churn = [&server] {
        auto make = server.makeRequest(capnp::MessageSize{4, 0});
        make.setStart(1);
        auto increment = make.send().getCounter().incrementRequest(capnp::MessageSize{4, 0});
        increment.setBy(2);
        return increment.send().then(
            [](auto&& reply) { KJ_REQUIRE(reply.getValue() == 3, "wrong count"); });
    };
    std::vector calls = {churn};
    return bench::measure_throughput(chosen, "objects/s", 1,
                                     [&](quota& left) { keep_in_flight(io, calls, 64, left); });
}

figure chain5(const options& chosen) {
    auto io = kj::setupAsyncIo();
    connection open(io, chosen);
    Bench::Client server = open.bench();
    const auto next = [](Bench::Client from) {
        return from.nextRequest(capnp::MessageSize{4, 0}).send();
    };
    return bench::measure_chain(
        chosen,
        [&] {
            auto first = next(server);
            auto second = next(first.getNext());
            auto third = next(second.getNext());
            auto fourth = next(third.getNext());
            next(fourth.getNext()).wait(io.waitScope);
        },
        [&] { next(server).wait(io.waitScope); });
}

figure idle_memory(const options& chosen) {
    auto io = kj::setupAsyncIo();
    std::vector<std::unique_ptr<connection>> held;
    const std::vector<kj::byte> octets(32, 'x');
    return bench::hold(chosen, [&](std::uint64_t) {
        held.push_back(std::make_unique<connection>(io, chosen));
        Bench::Client server = held.back()->bench();
        echo(server, octets).wait(io.waitScope);
    });
}

figure reference_memory(const options& chosen) {
    auto io = kj::setupAsyncIo();
    connection open(io, chosen);
    Bench::Client server = open.bench();
    std::vector<Counter::Client> held;
    const figure measured = bench::hold(chosen, [&](std::uint64_t start) {
        auto make = server.makeRequest(capnp::MessageSize{4, 0});
        make.setStart(static_cast<std::int64_t>(start));
        held.push_back(make.send().wait(io.waitScope).getCounter());
    });
    // Some 50,000 releases waiting to be sent at once overflow the stack of the client.
    while (!held.empty()) {
        held.pop_back();
        if (held.size() % 1000 == 0) echo(server, {}).wait(io.waitScope);
    }
    return measured;
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
