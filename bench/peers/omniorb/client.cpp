// omniORB's calls are synchronous, so calls in flight are threads. They share connections
// (oneCallPerConnection=0) as the workload wants.

#include <omniORB4/CORBA.h>

#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "bench.hh"
#include "common/client.hpp"

namespace {

using bench::figure;
using bench::options;
using bench::quota;

/// CORBA's exceptions are no standard ones.
template <class Work>
figure translated(Work&& work) {
    try {
        return work();
    } catch (const CORBA::Exception& failure) {
        throw std::runtime_error(failure._name());
    }
}

class client {
public:
    client(const options& chosen, int connections) {
        const std::string limit = std::to_string(connections);
        const char* settings[][2] = {{"maxGIOPConnectionPerServer", limit.c_str()},
                                     {"oneCallPerConnection", "0"},
                                     // Else the first call on each reference is two.
                                     {"verifyObjectExistsAndType", "0"},
                                     {nullptr, nullptr}};
        char name[] = "omniorb-client";
        char* arguments[] = {name, nullptr};
        int count = 1;
        orb_ = CORBA::ORB_init(count, arguments, "omniORB4", settings);
        const std::string url = "corbaloc::1.2@127.0.0.1:" + std::to_string(chosen.port) + "/bench";
        CORBA::Object_var object = orb_->string_to_object(url.c_str());
        server_ = bench_wire::Bench::_narrow(object);
        if (CORBA::is_nil(server_)) throw std::runtime_error("the server has no object \"bench\"");
    }

    ~client() { orb_->destroy(); }

    bench_wire::Bench_ptr server() { return server_; }

private:
    CORBA::ORB_var orb_;
    bench_wire::Bench_var server_;
};

bench_wire::Octets octets(std::size_t bytes) {
    bench_wire::Octets made;
    made.length(static_cast<CORBA::ULong>(bytes));
    for (CORBA::ULong i = 0; i < made.length(); ++i) made[i] = 'x';
    return made;
}

/// Repeats `call` on so many threads until the quota is used up.
template <class Call>
figure side_by_side(const options& chosen, int threads, std::string unit, double scale,
                    Call&& call) {
    const auto drive = [&](quota& left) {
        std::vector<std::jthread> callers;
        for (int i = 0; i < threads; ++i)
            callers.emplace_back([&] {
                while (left.take()) call();
            });
    };
    return bench::measure_throughput(chosen, std::move(unit), scale, drive);
}

figure throughput(const options& chosen, int connections, int each, std::size_t bytes,
                  std::string unit, double scale) {
    return translated([&] {
        client made(chosen, connections);
        const bench_wire::Octets sent = octets(bytes);
        return side_by_side(chosen, connections * each, std::move(unit), scale, [&] {
            const bench_wire::Octets_var reply = made.server()->echo(sent);
        });
    });
}

figure latency_echo64(const options& chosen) {
    return translated([&] {
        client made(chosen, 1);
        const bench_wire::Octets sent = octets(64);
        return bench::measure_latency(
            chosen, [&] { const bench_wire::Octets_var reply = made.server()->echo(sent); });
    });
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

/// No pipelining and no counting of references: three calls make, use and destroy an object.
figure object_churn(const options& chosen) {
    return translated([&] {
        client made(chosen, 1);
        return side_by_side(chosen, 64, "objects/s", 1, [&] {
            bench_wire::Counter_var counter = made.server()->make(1);
            counter->increment(2);
            counter->destroy();
        });
    });
}

/// Without pipelining a chain is five round trips.
figure chain5(const options& chosen) {
    return translated([&] {
        client made(chosen, 1);
        const auto single = [&] { bench_wire::Bench_var next = made.server()->next(); };
        const auto chain = [&] {
            bench_wire::Bench_var at = made.server()->next();
            for (int i = 1; i < 5; ++i) at = at->next();
        };
        return bench::measure_chain(chosen, chain, single);
    });
}

figure reference_memory(const options& chosen) {
    return translated([&] {
        client made(chosen, 1);
        std::vector<bench_wire::Counter_var> held;
        return bench::hold(chosen, [&](std::uint64_t start) {
            held.emplace_back(made.server()->make(static_cast<CORBA::LongLong>(start)));
        });
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
                               {"reference_memory", reference_memory}});
}
