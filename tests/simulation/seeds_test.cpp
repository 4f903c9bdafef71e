// Random programs by seed. BECKON_SIM_SEEDS=N runs N of them, from the one that BECKON_SIM_FIRST names (1) on;
// BECKON_SIM_SEED=N runs exactly that one, with its story.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>

#include "simulation/program.hpp"

namespace beckon::simulation {
namespace {

// The seeds are dealt out to so many tests, which ctest may run at the same time.
constexpr std::uint64_t shards = 4;

std::uint64_t number_of(const char* variable, std::uint64_t otherwise) {
    const char* const text = std::getenv(variable);
    return text == nullptr || *text == '\0' ? otherwise : std::strtoull(text, nullptr, 10);
}

bool wants_one_seed() { return std::getenv("BECKON_SIM_SEED") != nullptr; }

class Seeds : public ::testing::TestWithParam<std::uint64_t> {};

} // namespace

TEST_P(Seeds, each_keeps_every_promise) {
    if (wants_one_seed()) GTEST_SKIP() << "BECKON_SIM_SEED is set: only that one runs";
    const std::uint64_t seeds = number_of("BECKON_SIM_SEEDS", 2000);
    const std::uint64_t first = number_of("BECKON_SIM_FIRST", 1);
    std::size_t run = 0, operations = 0, calls = 0, successes = 0, faults = 0;
    std::uint64_t events = 0, digest = 0;
    int failed = 0;
    for (std::uint64_t seed = first + GetParam(); seed < first + seeds; seed += shards) {
        const program_outcome outcome = run_program(seed);
        ++run, operations += outcome.operations, calls += outcome.calls;
        successes += outcome.successes, faults += outcome.faults, events += outcome.events;
        digest = digest * 31 + outcome.digest;
        ASSERT_GE(outcome.operations, 200u) << "seed " << seed << " has done too little";
        ASSERT_GE(outcome.faults, 3u) << "seed " << seed << " has suffered too little";
        if (outcome.violations.empty()) continue;
        ADD_FAILURE() << "seed " << seed << ": " << outcome.violations.front() << " ("
                      << outcome.violations.size() << " in all)\nreplay: BECKON_SIM_SEED=" << seed
                      << " simulation_tests --gtest_filter='*one_replays*'";
        if (++failed == 10) break;
    }
    EXPECT_GE(successes * 2, calls) << "most calls must succeed, or little is tried";
    // The digest is the same in every process and every build: a difference means that something is left to chance.
    std::printf("%zu seeds: %zu operations, %zu calls, %zu successes, %zu faults, %llu events, "
                "digest %016llx\n",
                run, operations, calls, successes, faults, static_cast<unsigned long long>(events),
                static_cast<unsigned long long>(digest));
}

INSTANTIATE_TEST_SUITE_P(Shard, Seeds, ::testing::Range<std::uint64_t>(0, shards));

TEST(Seed, one_replays_with_its_story) {
    if (!wants_one_seed()) GTEST_SKIP() << "BECKON_SIM_SEED is not set";
    program_options options;
    options.keep_trace = true;
    const program_outcome outcome =
        run_program(number_of("BECKON_SIM_SEED", 1), std::move(options));
    for (const std::string& line : outcome.trace) std::printf("%s\n", line.c_str());
    for (const std::string& line : outcome.violations) ADD_FAILURE() << line;
}

TEST(Seed, replays_event_for_event) {
    const auto run = [](std::uint64_t seed) {
        program_options options;
        options.keep_trace = true;
        return run_program(seed, std::move(options));
    };
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        const program_outcome first = run(seed), second = run(seed);
        EXPECT_EQ(first.trace, second.trace) << "seed " << seed;
        EXPECT_EQ(first.digest, second.digest) << "seed " << seed;
        EXPECT_EQ(first.digest, run_program(seed).digest)
            << "keeping the trace changes the run of seed " << seed;
    }
    EXPECT_NE(run(3).digest, run(4).digest);
}

} // namespace beckon::simulation
