// beckon bench: how fast a peer's `bench` object answers.
#include <CLI/CLI.hpp>

#include <algorithm>
#include <latch>

#include "beckon/beckon.hpp"
#include "beckon/codec/json.hpp"
#include "beckon/object/task.hpp"
#include "command.hpp"
#include "conformance/bench.hpp"
#include "reach.hpp"

namespace command {

namespace {

using clock = std::chrono::steady_clock;
using conformance::Bench;

struct bench_options {
    std::string endpoint;
    std::string object = "bench";
    std::string length = "2s";
    bool json = false;
};

struct latency_figures {
    std::size_t calls = 0;
    double p50 = 0, p99 = 0; // microseconds
};

latency_figures measure_latency(const beckon::ref<Bench>& target, beckon::nanoseconds length) {
    const beckon::bytes payload(64);
    std::vector<double> times;
    const auto end = clock::now() + length;
    for (auto before = clock::now(); before < end;) {
        static_cast<void>(target->echo(payload));
        const auto after = clock::now();
        times.push_back(std::chrono::duration<double, std::micro>(after - before).count());
        before = after;
    }
    std::ranges::sort(times);
    return {times.size(), times[times.size() / 2], times[times.size() * 99 / 100]};
}

struct window {
    beckon::ref<Bench> target;
    clock::time_point end;
    std::atomic<std::size_t> calls{0};
    std::latch left{64};
};

beckon::task<void> keep_calling(window& shared) {
    const beckon::bytes payload(32);
    while (clock::now() < shared.end) {
        auto pending = shared.target.async()->echo(payload);
        static_cast<void>(co_await pending);
        shared.calls.fetch_add(1, std::memory_order_relaxed);
    }
}

double measure_in_flight(const beckon::ref<Bench>& target, beckon::nanoseconds length) {
    window shared{target, clock::now() + length};
    const auto begin = clock::now();
    std::atomic<bool> failed{false};
    for (int i = 0; i < 64; ++i) {
        beckon::start(keep_calling(shared))
            .then([&](const beckon::result<void>& outcome) {
                if (!outcome) failed = true;
                shared.left.count_down();
            })
            .detach();
    }
    shared.left.wait();
    if (failed)
        throw failure{status::failed, beckon::fail(beckon::errc::disconnected,
                                                   "a call failed while 64 were in flight")};
    return static_cast<double>(shared.calls) /
           std::chrono::duration<double>(clock::now() - begin).count();
}

/// The first call shows whether the peer speaks the protocol at all.
beckon::ref<Bench> found(beckon::result<beckon::ref<Bench>> outcome) {
    if (!outcome) throw first_failure(std::move(outcome).error());
    return std::move(outcome).value();
}

void bench(const bench_options& options) {
    const auto length = parse_duration(options.length, "--for");
    const beckon::connected session = reach(options.endpoint);
    const auto target = found(session.try_get<Bench>(options.object));
    static_cast<void>(measure_latency(target, length / 10)); // warm
    const latency_figures latency = measure_latency(target, length);
    const double rate = measure_in_flight(target, length);
    if (options.json) {
        using beckon::value;
        return print_line(
            beckon::json::to_string(value::list({value::map({{"workload", "latency_echo64"},
                                                             {"calls", latency.calls},
                                                             {"p50_us", latency.p50},
                                                             {"p99_us", latency.p99}}),
                                                 value::map({{"workload", "inflight64_echo32"},
                                                             {"calls_per_s", rate}})}))
                .value());
    }
    char line[160];
    std::snprintf(line, sizeof line, "latency_echo64     p50 %.1f us, p99 %.1f us (%zu calls)",
                  latency.p50, latency.p99, latency.calls);
    print_line(line);
    std::snprintf(line, sizeof line, "inflight64_echo32  %.0f calls/s", rate);
    print_line(line);
}

} // namespace

void add_bench(CLI::App& app) {
    auto* const sub = app.add_subcommand(
        "bench", "Measure a peer's bench object, as `beckon serve` publishes it.");
    auto options = std::make_shared<bench_options>();
    sub->add_option("endpoint", options->endpoint, "Where the peer is")->required();
    sub->add_option("--object", options->object, "The object")->capture_default_str();
    sub->add_option("--for", options->length, "How long each workload runs")
        ->type_name("TIME")
        ->capture_default_str();
    sub->add_flag("--json", options->json, "Print JSON; errors too");
    sub->callback([options] { bench(*options); });
}

} // namespace command
