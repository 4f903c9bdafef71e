// Conversations in each protocol, replayed to the server that they were held with, and to another version of it.
#include "recorded.hpp"

namespace record_tests {
namespace {

using kind = beckon::replay_difference::kind;

/// What protocols can do besides values.
struct place {
    const char* listen;
    bool has_references = true;
    bool has_callbacks = true;
};

void PrintTo(const place& each, std::ostream* out) { *out << each.listen; }

std::vector<place> places() {
    return {
        {"tcp://127.0.0.1:0"},
        {"rpyc+tcp://127.0.0.1:0"},
        {"rpyc+tcp://127.0.0.1:0?dialect=5"},
        {"rpyc+tcp://127.0.0.1:0?compress"},
        {"jsonrpc+tcp://127.0.0.1:0"},
        {"jsonrpc+tcp://127.0.0.1:0?framing=content-length"},
        {"jsonrpc+tcp://127.0.0.1:0?framing=nul"},
        {"jsonrpc+tcp://127.0.0.1:0?framing=none"},
        {"jsonrpc+ws://127.0.0.1:0/shop"},
        {"jsonrpc+http://127.0.0.1:0/shop", true, false},
        {"msgpack+tcp://127.0.0.1:0"},
        {"quickrpc+tcp://127.0.0.1:0"},
        {"quickrpc+tcp://127.0.0.1:0?codec=msgpack"},
        {"quickrpc+tcp://127.0.0.1:0?codec=terse", false, false},
        {"pyrpc+tcp://127.0.0.1:0", false, false},
        {"basic+tcp://127.0.0.1:0", false, false},
    };
}

struct Replay : testing::TestWithParam<place> {
    scratch_folder folder;
    const std::string file = folder.file("shop.rec");

    void talk(const beckon::connected& session) const {
        const auto at = session.get<Shop>("shop");
        EXPECT_EQ(at->say("hello"), "hello");
        EXPECT_EQ(at->say(std::string(5'000, 'x')).size(), 5'000u);
        EXPECT_EQ(at->price("nails"), 3);
        EXPECT_THROW(static_cast<void>(at->say("fail")), beckon::remote_error);
        if (GetParam().has_references) {
            auto first = at->make_counter(5);
            auto second = at->make_counter(70);
            EXPECT_EQ(second->increment(1), 71);
            EXPECT_EQ(first->increment(2), 7);
        }
        if (GetParam().has_callbacks) {
            auto heard = std::make_shared<listener>();
            EXPECT_EQ(at->call_back(beckon::make_ref<Listener>(heard), 3), 10);
            std::int64_t sum = 0;
            for (const std::int64_t each : at->count_to(3)) sum += each;
            EXPECT_EQ(sum, 6);
        }
    }
    void record(const std::string& endpoint) const {
        record_talk(endpoint, file, [this](const auto& session) { talk(session); });
    }
    [[nodiscard]] beckon::replay_report replay(const std::string& endpoint) const {
        beckon::replay_options options;
        options.timeout = std::chrono::seconds(20);
        return beckon::replay(file, endpoint, options);
    }
};
INSTANTIATE_TEST_SUITE_P(over, Replay, testing::ValuesIn(places()));

std::string told(const beckon::replay_report& report) {
    std::string all;
    for (const auto& each : report.differences) all += each.to_string() + '\n';
    return all;
}

/// An endpoint that a client would name.
std::string to_connect(const std::string& listening, const char* listen) {
    const std::string whole = listen;
    const std::size_t options = whole.find('?');
    if (options == std::string::npos || listening.find('?') != std::string::npos) return listening;
    return listening + whole.substr(options);
}

TEST_P(Replay, finds_no_differences_at_the_server_that_was_recorded) {
    const served_shop at(GetParam().listen);
    const std::string endpoint = to_connect(at.endpoint, GetParam().listen);
    record(endpoint);
    for (int i = 0; i < 2; ++i) {
        const auto report = replay(endpoint);
        EXPECT_EQ(told(report), "") << content_of(file);
        EXPECT_GE(report.compared, 4u);
        EXPECT_GE(report.sent, 4u);
        EXPECT_FALSE(report.is_cut_short);
    }
}

TEST_P(Replay, finds_what_another_version_says_otherwise_and_nothing_else) {
    {
        const served_shop at(GetParam().listen);
        record(to_connect(at.endpoint, GetParam().listen));
    }
    const served_shop later(GetParam().listen, {.nails = 4});
    const auto report = replay(to_connect(later.endpoint, GetParam().listen));
    ASSERT_EQ(report.differences.size(), 1u) << told(report) << content_of(file);
    const auto& found = report.differences[0];
    EXPECT_EQ(found.what, kind::differs);
    EXPECT_NE(found.line, 0u);
    EXPECT_NE(found.recorded, found.actual);
}

TEST_P(Replay, follows_references_to_objects_that_another_server_calls_otherwise) {
    if (!GetParam().has_references) GTEST_SKIP() << "values alone";
    {
        const served_shop at(GetParam().listen);
        record(to_connect(at.endpoint, GetParam().listen));
    }
    const served_shop later(GetParam().listen, {.step = 11});
    const auto report = replay(to_connect(later.endpoint, GetParam().listen));
    EXPECT_EQ(report.differences.size(), 2u) << told(report) << content_of(file);
}

TEST_P(Replay, tells_of_a_call_that_was_not_recorded) {
    if (!GetParam().has_callbacks) GTEST_SKIP() << "the server does not call";
    {
        const served_shop at(GetParam().listen);
        record(to_connect(at.endpoint, GetParam().listen));
    }
    const served_shop later(GetParam().listen, {.says_more = true});
    const auto report = replay(to_connect(later.endpoint, GetParam().listen));
    ASSERT_EQ(report.differences.size(), 1u) << told(report) << content_of(file);
    EXPECT_EQ(report.differences[0].what, kind::surplus);
}

} // namespace
} // namespace record_tests
