// Tests of the test: with a defect planted into one end of each conversation, the seeds must fail, and soon.
#include <gtest/gtest.h>

#include <cstdio>
#include <optional>
#include <ostream>

#include "simulation/defects.hpp"

namespace beckon::simulation {
namespace {

struct planted {
    const char* name;
    program_options (*options)();
    friend std::ostream& operator<<(std::ostream& out, const planted& self) {
        return out << self.name;
    }
};

constexpr std::uint64_t most_seeds = 40;

struct catch_of {
    std::uint64_t seed;
    std::vector<std::string> violations;
};

/// The first seed that fails, and how.
std::optional<catch_of> first_caught(program_options (*options)()) {
    for (std::uint64_t seed = 1; seed <= most_seeds; ++seed) {
        program_outcome outcome = run_program(seed, options());
        if (!outcome.violations.empty()) return catch_of{seed, std::move(outcome.violations)};
    }
    return {};
}

class Defect : public ::testing::TestWithParam<planted> {};

} // namespace

TEST_P(Defect, is_caught_by_the_seeds) {
    const auto caught = first_caught(GetParam().options);
    ASSERT_TRUE(caught) << GetParam().name << " passed " << most_seeds << " seeds unnoticed";
    std::printf("caught by seed %llu: %s\n", static_cast<unsigned long long>(caught->seed),
                caught->violations.front().c_str());
    // The number is all that is needed to see it again.
    EXPECT_EQ(run_program(caught->seed, GetParam().options()).violations, caught->violations);
}

INSTANTIATE_TEST_SUITE_P(
    Planted, Defect,
    ::testing::Values(
        planted{"lost_release", &with_defect<defects::lost_release>},
        planted{"release_counted_twice", &with_defect<defects::release_counted_twice>},
        planted{"lost_reply", &with_defect<defects::lost_reply>},
        planted{"doubled_reply", &with_defect<defects::doubled_reply>},
        planted{"reply_to_the_wrong_call", &with_defect<defects::reply_to_the_wrong_call>},
        planted{"reordered_call", &with_defect<defects::reordered_call>},
        planted{"call_executed_twice", &with_defect<defects::call_executed_twice>},
        planted{"lost_call", &with_defect<defects::lost_call>},
        planted{"lost_call_on_a_promise", &with_defect<defects::lost_call_on_a_promise>},
        planted{"forgotten_cancel", &with_defect<defects::forgotten_cancel>},
        planted{"ignored_deadline", &with_defect<defects::ignored_deadline>},
        planted{"stretched_deadline", &with_defect<defects::stretched_deadline>},
        planted{"credit_not_given_back", &with_defect<defects::credit_not_given_back>},
        planted{"stream_credit_not_given_back",
                &with_defect<defects::stream_credit_not_given_back>},
        planted{"lost_stream_item", &with_defect<defects::lost_stream_item>},
        planted{"references_of_refused_calls_lost",
                &with_defect<defects::references_of_refused_calls_lost>},
        planted{"exports_of_dead_sessions_kept", &deaf_drivers}),
    [](const auto& each) { return std::string(each.param.name); });

// The same wrapped protocol without a defect: what the tests above catch is the defect, not its wrapping.
TEST(Defects, none_planted_is_none_caught) {
    const auto caught = first_caught(&with_defect<broken_protocol>);
    EXPECT_FALSE(caught) << "seed " << caught->seed << ": " << caught->violations.front();
}

} // namespace beckon::simulation
