// Brine to values and back. It has no lists and no maps, so these documents are tuples, and each item one of five.
#include "beckon/codec/brine.hpp"

#include <benchmark/benchmark.h>

#include "codec/documents_bench.hpp"

namespace {

beckon::value as_tuples(const beckon::value& from) {
    switch (from.kind()) {
    case beckon::value_kind::list: {
        std::vector<beckon::value> items;
        for (const beckon::value& item : from.items()) items.push_back(as_tuples(item));
        return beckon::value::tuple(std::move(items));
    }
    case beckon::value_kind::map: {
        std::vector<beckon::value> items;
        for (const auto& entry : from.entries()) items.push_back(as_tuples(entry.mapped));
        return beckon::value::tuple(std::move(items));
    }
    default: return from;
    }
}

beckon::buffer document(std::int64_t which) {
    beckon::buffer out;
    beckon::brine::write(out, as_tuples(bench::plain_document(which))).value();
    return out;
}

void count(benchmark::State& state, std::size_t bytes) {
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * bytes));
    state.SetLabel(bench::document_names[static_cast<std::size_t>(state.range(0))]);
}

void read_beckon(benchmark::State& state) {
    const beckon::buffer wire = document(state.range(0));
    for (auto _ : state) {
        auto made = beckon::brine::read(wire.view(), beckon::limits{});
        if (!made) state.SkipWithError(made.error().message().c_str());
        benchmark::DoNotOptimize(made);
    }
    count(state, wire.size());
}

void write_beckon(benchmark::State& state) {
    const beckon::value made = as_tuples(bench::plain_document(state.range(0)));
    beckon::buffer out;
    for (auto _ : state) {
        out.clear();
        if (!beckon::brine::write(out, made)) state.SkipWithError("refused");
        benchmark::DoNotOptimize(out.data());
    }
    count(state, out.size());
}

BENCHMARK(read_beckon)->Name("read/beckon")->DenseRange(0, bench::last_document);
BENCHMARK(write_beckon)->Name("write/beckon")->DenseRange(0, bench::last_document);

} // namespace

BENCHMARK_MAIN();
