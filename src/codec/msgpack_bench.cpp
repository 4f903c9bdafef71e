// MessagePack to values and back, beside msgpack-cxx where that is installed, on the documents that json_bench reads.
#include <benchmark/benchmark.h>

#include "beckon/codec/msgpack.hpp"
#include "beckon/codec/msgpack_scan.hpp"
#include "codec/documents_bench.hpp"

#if __has_include(<msgpack.hpp>)
#define MSGPACK_NO_BOOST
#include <msgpack.hpp>
#define BECKON_BENCH_MSGPACK_CXX
#endif

namespace {

beckon::byte_view document(std::int64_t which) {
    static const auto wires = [] {
        std::array<beckon::buffer, bench::document_names.size()> made;
        for (std::size_t i = 0; i < made.size(); ++i) {
            beckon::msgpack::write(made[i], bench::plain_document(static_cast<std::int64_t>(i)))
                .value();
        }
        return made;
    }();
    return wires[static_cast<std::size_t>(which)].view();
}

void count(benchmark::State& state, std::size_t bytes) {
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * bytes));
    state.SetLabel(bench::document_names[static_cast<std::size_t>(state.range(0))]);
}

void read_beckon(benchmark::State& state) {
    const beckon::byte_view wire = document(state.range(0));
    for (auto _ : state) {
        auto made = beckon::msgpack::read(wire);
        if (!made) state.SkipWithError(made.error().message().c_str());
        benchmark::DoNotOptimize(made);
    }
    count(state, wire.size());
}

void scan_beckon(benchmark::State& state) {
    const beckon::byte_view wire = document(state.range(0));
    for (auto _ : state) {
        beckon::msgpack::scanner scanner;
        const auto whole = scanner.look(wire, 64u << 20);
        if (!whole || !*whole) state.SkipWithError("not found");
        benchmark::DoNotOptimize(scanner);
    }
    count(state, wire.size());
}

void write_beckon(benchmark::State& state) {
    const auto made = beckon::msgpack::read(document(state.range(0)));
    beckon::buffer out;
    for (auto _ : state) {
        out.clear();
        if (!beckon::msgpack::write(out, *made)) state.SkipWithError("refused");
        benchmark::DoNotOptimize(out.data());
    }
    count(state, out.size());
}

BENCHMARK(read_beckon)->Name("read/beckon")->DenseRange(0, bench::last_document);
BENCHMARK(scan_beckon)->Name("scan/beckon")->DenseRange(0, bench::last_document);
BENCHMARK(write_beckon)->Name("write/beckon")->DenseRange(0, bench::last_document);

#if defined(BECKON_BENCH_MSGPACK_CXX)
// The objects copy their strings, as values do: they outlive the message.
void read_msgpack_cxx(benchmark::State& state) {
    const beckon::byte_view wire = document(state.range(0));
    for (auto _ : state) {
        const auto made = msgpack::unpack(reinterpret_cast<const char*>(wire.data()), wire.size());
        benchmark::DoNotOptimize(made.get());
    }
    count(state, wire.size());
}

void write_msgpack_cxx(benchmark::State& state) {
    const beckon::byte_view wire = document(state.range(0));
    const auto made = msgpack::unpack(reinterpret_cast<const char*>(wire.data()), wire.size());
    msgpack::sbuffer out;
    for (auto _ : state) {
        out.clear();
        msgpack::pack(out, made.get());
        benchmark::DoNotOptimize(out.data());
    }
    count(state, out.size());
}

BENCHMARK(read_msgpack_cxx)->Name("read/msgpack_cxx")->DenseRange(0, bench::last_document);
BENCHMARK(write_msgpack_cxx)->Name("write/msgpack_cxx")->DenseRange(0, bench::last_document);
#endif

} // namespace

BENCHMARK_MAIN();
