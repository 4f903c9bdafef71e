// JSON text to values and back, beside RapidJSON on the same documents of one megabyte.
#include <benchmark/benchmark.h>
#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <random>
#include <string>

#include "beckon/codec/json.hpp"
#include "beckon/codec/json_decode.hpp"
#include "value/test_types.hpp"

namespace {

constexpr std::size_t document_bytes = 1'000'000;

template <typename Append>
std::string list_of(Append append) {
    std::mt19937_64 random(1);
    std::string out = "[";
    while (out.size() < document_bytes) {
        if (out.size() > 1) out += ',';
        append(out, random);
    }
    return out + ']';
}

std::string word(std::mt19937_64& random, std::size_t least, std::size_t most) {
    std::string out;
    const std::size_t size = least + random() % (most - least + 1);
    while (out.size() < size) out += static_cast<char>('a' + random() % 26);
    return out;
}

void append_item(std::string& out, std::mt19937_64& random) {
    out += beckon::concat(R"({"name":")", word(random, 4, 20), R"(","count":)", random() % 100'000,
                          R"(,"tags":[)");
    const std::size_t tags = random() % 4;
    for (std::size_t i = 0; i < tags; ++i) {
        out += beckon::concat(i == 0 ? "\"" : ",\"", word(random, 3, 10), '"');
    }
    out += R"(],"at":)";
    if (random() % 3 == 0) {
        out += "null";
    } else {
        out += beckon::concat(R"({"x":)", static_cast<double>(random() % 100'000) / 100 + 0.001,
                              R"(,"y":)", static_cast<double>(random() % 100'000) / 1000 + 0.0001,
                              '}');
    }
    constexpr const char* moods[] = {"calm", "busy", "broken"};
    out += beckon::concat(R"(,"mood":")", moods[random() % 3], "\"}");
}

const std::string& document(std::int64_t which) {
    static const std::string documents[] = {
        list_of(append_item),
        list_of([](std::string& out, std::mt19937_64& random) {
            beckon::append_text(out, static_cast<std::int64_t>(random()) >> (random() % 60));
        }),
        list_of([](std::string& out, std::mt19937_64& random) {
            beckon::append_text(out, static_cast<double>(random() >> 11) * 0x1p-53 * 1000);
        }),
        list_of([](std::string& out, std::mt19937_64& random) {
            out += '"' + word(random, 1, 24) + '"';
        }),
        '"' + std::string(document_bytes, 'x') + '"',
        list_of([](std::string& out, std::mt19937_64& random) {
            beckon::append_text(out, static_cast<double>(random() % 100'000) / 100 + 0.001);
        }),
    };
    return documents[which];
}

const char* name_of(std::int64_t which) {
    constexpr const char* names[] = {"items",         "integers",    "doubles",
                                     "short strings", "long string", "short doubles"};
    return names[which];
}

void count(benchmark::State& state, std::size_t bytes) {
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * bytes));
    state.SetLabel(name_of(state.range(0)));
}

void parse_beckon(benchmark::State& state) {
    const std::string& text = document(state.range(0));
    for (auto _ : state) {
        auto parsed = beckon::json::parse(text);
        if (!parsed) state.SkipWithError(parsed.error().message().c_str());
        benchmark::DoNotOptimize(parsed);
    }
    count(state, text.size());
}

void parse_rapidjson(benchmark::State& state) {
    const std::string& text = document(state.range(0));
    for (auto _ : state) {
        rapidjson::Document parsed;
        parsed.Parse(text.data(), text.size());
        if (parsed.HasParseError()) state.SkipWithError("refused");
        benchmark::DoNotOptimize(parsed);
    }
    count(state, text.size());
}

void parse_rapidjson_strict(benchmark::State& state) {
    // With what Beckon always does: exact doubles and a check of the encoding.
    const std::string& text = document(state.range(0));
    for (auto _ : state) {
        rapidjson::Document parsed;
        parsed.Parse<rapidjson::kParseFullPrecisionFlag | rapidjson::kParseValidateEncodingFlag>(
            text.data(), text.size());
        if (parsed.HasParseError()) state.SkipWithError("refused");
        benchmark::DoNotOptimize(parsed);
    }
    count(state, text.size());
}

void decode_beckon(benchmark::State& state) {
    const std::string& text = document(0);
    for (auto _ : state) {
        auto read = beckon::json::decode<std::vector<shop::Item>>(text);
        if (!read) state.SkipWithError(read.error().message().c_str());
        benchmark::DoNotOptimize(read);
    }
    count(state, text.size());
}

void write_beckon(benchmark::State& state) {
    const std::string& text = document(state.range(0));
    const auto parsed = beckon::json::parse(text);
    std::size_t written = 0;
    beckon::buffer out;
    for (auto _ : state) {
        out.clear();
        if (!beckon::json::write(out, *parsed)) state.SkipWithError("refused");
        benchmark::DoNotOptimize(out.data());
        written = out.size();
    }
    count(state, written);
}

void write_rapidjson(benchmark::State& state) {
    const std::string& text = document(state.range(0));
    rapidjson::Document parsed;
    parsed.Parse(text.data(), text.size());
    std::size_t written = 0;
    rapidjson::StringBuffer out;
    for (auto _ : state) {
        out.Clear();
        rapidjson::Writer<rapidjson::StringBuffer> writer(out);
        parsed.Accept(writer);
        benchmark::DoNotOptimize(out.GetString());
        written = out.GetSize();
    }
    count(state, written);
}

BENCHMARK(parse_beckon)->DenseRange(0, 5);
BENCHMARK(parse_rapidjson)->DenseRange(0, 5);
BENCHMARK(parse_rapidjson_strict)->DenseRange(0, 5);
BENCHMARK(decode_beckon)->DenseRange(0, 0);
BENCHMARK(write_beckon)->DenseRange(0, 5);
BENCHMARK(write_rapidjson)->DenseRange(0, 5);

} // namespace

BENCHMARK_MAIN();
