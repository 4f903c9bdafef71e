#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "common/clock.hpp"
#include "common/marks.hpp"
#include "common/options.hpp"
#include "common/percentiles.hpp"
#include "common/quota.hpp"

namespace bench {

/// One measured figure; `details` are printed beside it and enter no ratio.
struct figure {
    double value = 0;
    std::string unit;
    std::vector<std::pair<std::string, double>> details = {};
};

/// p50 round trip of `call`, one at a time.
template <class Call>
figure measure_latency(const options& chosen, Call&& call) {
    for (quota warmup(chosen.warmup, UINT64_MAX); warmup.take();) call();
    samples taken(1 << 20);
    marks mark(chosen);
    mark.begin();
    quota left(chosen.seconds, chosen.calls);
    std::uint64_t before = now_ns();
    while (left.take()) {
        call();
        const std::uint64_t after = now_ns();
        taken.add(after - before);
        before = after;
    }
    mark.end(left.taken());
    return {taken.microseconds_at(0.50),
            "us",
            {{"p90", taken.microseconds_at(0.90)},
             {"p99", taken.microseconds_at(0.99)},
             {"calls", static_cast<double>(taken.count())}}};
}

/// p50 of a chain of calls, with a single call measured in turn with it, so that their ratio does
/// not depend on what else the machine did meanwhile.
template <class Chain, class Single>
figure measure_chain(const options& chosen, Chain&& chain, Single&& single) {
    for (quota warmup(chosen.warmup, UINT64_MAX); warmup.take();) chain(), single();
    samples chains(1 << 18);
    samples singles(1 << 18);
    for (quota left(chosen.seconds, chosen.calls); left.take();) {
        const std::uint64_t start = now_ns();
        chain();
        const std::uint64_t between = now_ns();
        single();
        const std::uint64_t after = now_ns();
        chains.add(between - start);
        singles.add(after - between);
    }
    const double chain_us = chains.microseconds_at(0.50);
    const double single_us = singles.microseconds_at(0.50);
    return {chain_us, "us", {{"single_us", single_us}, {"chain_to_single", chain_us / single_us}}};
}

/// Completed calls a second, times `scale`. `drive(quota&)` keeps its calls in flight, asks the
/// quota before each, and returns when the last reply is there.
template <class Drive>
figure measure_throughput(const options& chosen, std::string unit, double scale, Drive&& drive) {
    quota warmup(chosen.warmup, UINT64_MAX);
    drive(warmup);
    marks mark(chosen);
    mark.begin();
    quota left(chosen.seconds, chosen.calls);
    const std::uint64_t start = now_ns();
    drive(left);
    const double elapsed = seconds_since(start);
    mark.end(left.taken());
    const auto calls = static_cast<double>(left.taken());
    return {calls * scale / elapsed, std::move(unit), {{"calls", calls}, {"seconds", elapsed}}};
}

/// Holds `chosen.calls` things that `make(i)` makes alive between the two marks; what they cost is
/// read from the server's memory by the driver. `make` has been called `chosen.calls / 10` times
/// before the first mark, so that one-time costs are not divided among the things.
template <class Make>
figure hold(const options& chosen, Make&& make) {
    const std::uint64_t before = chosen.calls / 10;
    for (std::uint64_t i = 0; i < before; ++i) make(i);
    marks mark(chosen);
    mark.begin();
    for (std::uint64_t i = 0; i < chosen.calls; ++i) make(before + i);
    mark.end(chosen.calls);
    return {static_cast<double>(chosen.calls), "held"};
}

} // namespace bench
