// Beckon's client for the benchmarks, through the public typed API with default limits and deadlines.

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "bench_interface.hpp"
#include "common/client.hpp"

namespace {

using bench::figure;
using bench::options;
using bench::quota;

std::shared_ptr<beckon::context> context_for(const options& chosen) {
    beckon::runtime_options runs;
    if (chosen.spin) runs.spin = std::chrono::hours(1);
    return beckon::context::create(runs).value();
}

struct connection {
    explicit connection(const options& chosen, const std::shared_ptr<beckon::context>& context)
        : session(beckon::connect(
              "tcp://127.0.0.1:" + std::to_string(chosen.port),
              {.context = context, .limits = {}, .user = {}, .secret = {}, .published = {}})),
          server(session.get<Bench>("bench")) {}
    beckon::connected session;
    beckon::ref<Bench> server;
};

/// Counts down the coroutines of a run; the main thread waits for the last.
class countdown {
public:
    explicit countdown(std::size_t count) : left_(count) {}
    void done() {
        const std::lock_guard lock(mutex_);
        if (--left_ == 0) changed_.notify_all();
    }
    void wait() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return left_ == 0; });
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::size_t left_;
};

/// One of the calls in flight: calls again as soon as the reply is there.
beckon::task<> echo_again(beckon::ref<Bench> server, beckon::byte_view data, quota& left,
                          countdown& running) {
    while (left.take()) {
        const beckon::bytes back = co_await server.async()->echo(data);
        if (back.size() != data.size()) std::abort();
    }
    running.done();
}

figure throughput(const options& chosen, std::size_t connections, std::size_t each,
                  std::size_t size, std::string unit, double scale) {
    const auto context = context_for(chosen);
    const beckon::bytes data(size, std::byte{'x'});
    std::vector<std::unique_ptr<connection>> open;
    for (std::size_t i = 0; i < connections; ++i)
        open.push_back(std::make_unique<connection>(chosen, context));
    return bench::measure_throughput(chosen, std::move(unit), scale, [&](quota& left) {
        countdown running(connections * each);
        for (std::size_t i = 0; i < each; ++i) {
            for (const auto& one : open)
                beckon::start(echo_again(one->server, data, left, running)).detach();
        }
        running.wait();
    });
}

figure latency_echo64(const options& chosen) {
    const auto context = context_for(chosen);
    const connection open(chosen, context);
    const beckon::bytes data(64, std::byte{'x'});
    return bench::measure_latency(chosen, [&] {
        if (open.server->echo(data).size() != 64) std::abort();
    });
}

figure inflight64_echo32(const options& chosen) {
    return throughput(chosen, 1, 64, 32, "calls/s", 1);
}
figure conns64x8_echo32(const options& chosen) {
    return throughput(chosen, 64, 8, 32, "calls/s", 1);
}
figure bulk_echo1m(const options& chosen) {
    return throughput(chosen, 1, 4, 1u << 20, "MB/s", (1 << 20) / 1e6);
}

beckon::task<> churn(beckon::ref<Bench> server, quota& left, countdown& running) {
    while (left.take()) {
        auto made = server.async()->make(1);
        const std::int64_t count = co_await made.async()->increment(2);
        if (count != 3) std::abort();
        made.detach();
    }
    running.done();
}

figure object_churn(const options& chosen) {
    const auto context = context_for(chosen);
    const connection open(chosen, context);
    return bench::measure_throughput(chosen, "objects/s", 1, [&](quota& left) {
        countdown running(64);
        for (int i = 0; i < 64; ++i) beckon::start(churn(open.server, left, running)).detach();
        running.wait();
    });
}

figure chain5(const options& chosen) {
    const auto context = context_for(chosen);
    const connection open(chosen, context);
    return bench::measure_chain(
        chosen,
        [&] {
            auto first = open.server.async()->next();
            auto second = first.async()->next();
            auto third = second.async()->next();
            auto fourth = third.async()->next();
            static_cast<void>(fourth->next());
        },
        [&] { static_cast<void>(open.server->next()); });
}

figure idle_memory(const options& chosen) {
    const auto context = context_for(chosen);
    std::vector<std::unique_ptr<connection>> held;
    const beckon::bytes data(32, std::byte{'x'});
    return bench::hold(chosen, [&](std::uint64_t) {
        held.push_back(std::make_unique<connection>(chosen, context));
        static_cast<void>(held.back()->server->echo(data));
    });
}

figure reference_memory(const options& chosen) {
    const auto context = context_for(chosen);
    const connection open(chosen, context);
    std::vector<beckon::ref<Counter>> held;
    return bench::hold(chosen, [&](std::uint64_t i) {
        held.push_back(open.server->make(static_cast<std::int64_t>(i)));
    });
}

class local_counter {
public:
    std::int64_t increment(std::int64_t by) { return value_ += by; }
    std::int64_t value() const { return value_; }

private:
    std::int64_t value_ = 0;
};

figure local_call(const options& chosen) {
    const auto counter = beckon::make_ref<Counter>(std::make_shared<local_counter>());
    constexpr int batch = 1000;
    figure measured = bench::measure_throughput(chosen, "ns", 1, [&](quota& left) {
        while (left.take()) {
            for (int i = 0; i < batch; ++i) static_cast<void>(counter->increment(1));
        }
    });
    measured.value = 1e9 / (measured.value * batch);
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
                               {"reference_memory", reference_memory},
                               {"local_call", local_call}});
}
