// JSON text to values, to C++ objects and back, beside RapidJSON on the same documents.
//
// RapidJSON takes its fast settings: SSE2, and a buffer that is kept. `strict` adds what Beckon always does: doubles exact to
// the last digit and a check of the encoding.
#define RAPIDJSON_SSE2
#include <benchmark/benchmark.h>
#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "beckon/codec/json_decode.hpp"
#include "codec/documents_bench.hpp"

namespace {

void count(benchmark::State& state, std::size_t bytes) {
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * bytes));
    state.SetLabel(bench::document_names[static_cast<std::size_t>(state.range(0))]);
}

void parse_beckon(benchmark::State& state) {
    const std::string& text = bench::json_document(state.range(0));
    for (auto _ : state) {
        auto parsed = beckon::json::parse(text);
        if (!parsed) state.SkipWithError(parsed.error().message().c_str());
        benchmark::DoNotOptimize(parsed);
    }
    count(state, text.size());
}

template <unsigned Flags>
void parse_rapidjson(benchmark::State& state) {
    const std::string& text = bench::json_document(state.range(0));
    for (auto _ : state) {
        rapidjson::Document parsed;
        parsed.Parse<Flags>(text.data(), text.size());
        if (parsed.HasParseError()) state.SkipWithError("refused");
        benchmark::DoNotOptimize(parsed);
    }
    count(state, text.size());
}

template <typename T>
void decode(benchmark::State& state, const std::string& text) {
    for (auto _ : state) {
        auto read = beckon::json::decode<T>(text);
        if (!read) state.SkipWithError(read.error().message().c_str());
        benchmark::DoNotOptimize(read);
    }
}

void decode_beckon(benchmark::State& state) {
    const std::string& text = bench::json_document(state.range(0));
    switch (static_cast<bench::documents>(state.range(0))) {
    case bench::documents::items: decode<std::vector<shop::Item>>(state, text); break;
    case bench::documents::integers: decode<std::vector<std::int64_t>>(state, text); break;
    case bench::documents::doubles:
    case bench::documents::short_doubles: decode<std::vector<double>>(state, text); break;
    case bench::documents::short_strings: decode<std::vector<std::string>>(state, text); break;
    case bench::documents::long_string: decode<std::string>(state, text); break;
    }
    count(state, text.size());
}

void write_beckon(benchmark::State& state) {
    const beckon::value parsed = bench::plain_document(state.range(0));
    beckon::buffer out;
    for (auto _ : state) {
        out.clear();
        if (!beckon::json::write(out, parsed)) state.SkipWithError("refused");
        benchmark::DoNotOptimize(out.data());
    }
    count(state, out.size());
}

void write_rapidjson(benchmark::State& state) {
    const std::string& text = bench::json_document(state.range(0));
    rapidjson::Document parsed;
    parsed.Parse<rapidjson::kParseFullPrecisionFlag>(text.data(), text.size());
    rapidjson::StringBuffer out;
    for (auto _ : state) {
        out.Clear();
        rapidjson::Writer<rapidjson::StringBuffer> writer(out);
        parsed.Accept(writer);
        benchmark::DoNotOptimize(out.GetString());
    }
    count(state, out.GetSize());
}

constexpr unsigned strict =
    rapidjson::kParseFullPrecisionFlag | rapidjson::kParseValidateEncodingFlag;

BENCHMARK(parse_beckon)->Name("parse/beckon")->DenseRange(0, bench::last_document);
BENCHMARK_TEMPLATE(parse_rapidjson, rapidjson::kParseDefaultFlags)
    ->Name("parse/rapidjson")
    ->DenseRange(0, bench::last_document);
BENCHMARK_TEMPLATE(parse_rapidjson, strict)
    ->Name("parse/rapidjson_strict")
    ->DenseRange(0, bench::last_document);
BENCHMARK(decode_beckon)->Name("decode/beckon")->DenseRange(0, bench::last_document);
BENCHMARK(write_beckon)->Name("write/beckon")->DenseRange(0, bench::last_document);
BENCHMARK(write_rapidjson)->Name("write/rapidjson")->DenseRange(0, bench::last_document);

} // namespace

BENCHMARK_MAIN();
