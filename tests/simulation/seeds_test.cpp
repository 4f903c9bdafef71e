// Random programs by seed. BECKON_SIM_SEEDS=N runs N of them, BECKON_SIM_SEED=N exactly that one, with its story.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>

#include "simulation/program.hpp"

namespace beckon::simulation {
namespace {

std::uint64_t number_of(const char* variable, std::uint64_t otherwise) {
    const char* const text = std::getenv(variable);
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

bool wants_one_seed() { return std::getenv("BECKON_SIM_SEED") != nullptr; }

} // namespace

TEST(Seeds, each_keeps_every_promise) {
    if (wants_one_seed()) GTEST_SKIP();
    const std::uint64_t seeds = number_of("BECKON_SIM_SEEDS", 2000);
    std::size_t calls = 0, successes = 0, faults = 0;
    std::uint64_t events = 0;
    int failed = 0;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        const program_outcome outcome = run_program(seed);
        calls += outcome.calls, successes += outcome.successes, faults += outcome.faults,
            events += outcome.events;
        ASSERT_GE(outcome.calls, 200u) << "seed " << seed << " has done too little";
        ASSERT_GE(outcome.faults, 3u) << "seed " << seed << " has suffered too little";
        if (outcome.violations.empty()) continue;
        ADD_FAILURE() << "seed " << seed << ": " << outcome.violations.front() << " ("
                      << outcome.violations.size() << " in all)\nreplay: BECKON_SIM_SEED=" << seed
                      << " simulation_tests --gtest_filter=Seeds.*";
        if (++failed == 10) break;
    }
    std::printf("%llu seeds: %zu calls, %zu successes, %zu faults, %llu events\n",
                static_cast<unsigned long long>(seeds), calls, successes, faults,
                static_cast<unsigned long long>(events));
}

TEST(Seeds, one_replays_with_its_story) {
    if (!wants_one_seed()) GTEST_SKIP() << "BECKON_SIM_SEED is not set";
    program_options options;
    options.keep_trace = true;
    const program_outcome outcome =
        run_program(number_of("BECKON_SIM_SEED", 1), std::move(options));
    for (const std::string& line : outcome.trace) std::printf("%s\n", line.c_str());
    for (const std::string& line : outcome.violations) ADD_FAILURE() << line;
}

} // namespace beckon::simulation
