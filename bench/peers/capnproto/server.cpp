#include <capnp/rpc-twoparty.h>
#include <kj/async-io.h>

#include <cstdint>

#include "bench.capnp.h"
#include "common/server.hpp"

namespace {

using bench::wire::Bench;
using bench::wire::Counter;

class counter_servant final : public Counter::Server {
public:
    explicit counter_servant(std::int64_t start) : value_(start) {}

    kj::Promise<void> increment(IncrementContext call) override {
        value_ += call.getParams().getBy();
        call.getResults(size_hint).setValue(value_);
        return kj::READY_NOW;
    }

private:
    static constexpr capnp::MessageSize size_hint = {4, 0};
    std::int64_t value_;
};

class bench_servant final : public Bench::Server {
    kj::Promise<void> echo(EchoContext call) override {
        const auto octets = call.getParams().getOctets();
        call.getResults(capnp::MessageSize{4 + octets.size() / 8 + 1, 0}).setOctets(octets);
        return kj::READY_NOW;
    }

    kj::Promise<void> make(MakeContext call) override {
        const std::int64_t start = call.getParams().getStart();
        call.getResults(capnp::MessageSize{4, 1}).setCounter(kj::heap<counter_servant>(start));
        return kj::READY_NOW;
    }

    kj::Promise<void> next(NextContext call) override {
        call.getResults(capnp::MessageSize{4, 1}).setNext(thisCap());
        return kj::READY_NOW;
    }
};

} // namespace

int main() {
    auto io = kj::setupAsyncIo();
    capnp::TwoPartyServer server(kj::heap<bench_servant>());
    auto address = io.provider->getNetwork().parseAddress("127.0.0.1:0").wait(io.waitScope);
    auto listener = address->listen();
    bench::announce(listener->getPort());
    server.listen(*listener).wait(io.waitScope);
}
