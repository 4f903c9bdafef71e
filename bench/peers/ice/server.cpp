// Octets arrive and leave as pointers into Ice's own buffers (cpp:array, amd), so that they are not
// copied into vectors. The thread pool keeps its default of one thread, the fastest on two cores:
// these servants do not wait for anything.

#include <Ice/Ice.h>

#include <cstdio>
#include <functional>
#include <memory>

#include "Bench.h"
#include "common/server.hpp"

namespace {

class counter_servant final : public BenchWire::Counter {
public:
    explicit counter_servant(long long start) : value_(start) {}

    // Ice runs handlers on one thread here, see above, so a plain number will do.
    long long increment(long long by, const Ice::Current&) override { return value_ += by; }
    void destroy(const Ice::Current& call) override { call.adapter->remove(call.id); }

private:
    long long value_;
};

class bench_servant final : public BenchWire::Bench {
    using octets = std::pair<const Ice::Byte*, const Ice::Byte*>;

    void echoAsync(octets given, std::function<void(const octets&)> reply,
                   std::function<void(std::exception_ptr)>, const Ice::Current&) override {
        reply(given);
    }

    std::shared_ptr<BenchWire::CounterPrx> make(long long start,
                                                const Ice::Current& call) override {
        return Ice::uncheckedCast<BenchWire::CounterPrx>(
            call.adapter->addWithUUID(std::make_shared<counter_servant>(start)));
    }

    std::shared_ptr<BenchWire::BenchPrx> next(const Ice::Current& call) override {
        return Ice::uncheckedCast<BenchWire::BenchPrx>(call.adapter->createProxy(call.id));
    }
};

} // namespace

int main() {
    try {
        Ice::InitializationData settings;
        settings.properties = Ice::createProperties();
        settings.properties->setProperty("Ice.MessageSizeMax", "4096"); // KiB; 1024 is too small
        settings.properties->setProperty("Ice.ACM.Server.Timeout", "0");
        const Ice::CommunicatorHolder communicator(settings);
        const auto adapter =
            communicator->createObjectAdapterWithEndpoints("bench", "tcp -h 127.0.0.1 -p 0");
        adapter->add(std::make_shared<bench_servant>(), Ice::stringToIdentity("bench"));
        adapter->activate();
        const auto info = adapter->getEndpoints().front()->getInfo();
        const auto tcp = std::dynamic_pointer_cast<Ice::TCPEndpointInfo>(info);
        bench::announce(static_cast<unsigned>(tcp->port));
        bench::wait_for_the_end();
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "ice-server: %s\n", failure.what());
        return 1;
    }
}
