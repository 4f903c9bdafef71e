// remcall, whose messages have an end only for who knows the schema.
#include "conformance/remcall_service.hpp"
#include "conformance/service.hpp"
#include "recorded.hpp"

namespace record_tests {
namespace {

using conformance::remcall::Main;

struct heard_events {
    std::int64_t count = 0;
    void onEvent(std::int64_t, const std::string&) { ++count; }
};

struct RemcallReplay : testing::Test {
    RemcallReplay() {
        conformance::publish(server);
        conformance::remcall::publish(server);
        endpoint = server.listen("remcall+tcp://127.0.0.1:0");
    }

    void record(std::shared_ptr<const beckon::schema::document> by) const {
        const auto talk = [](const beckon::connected& session) {
            const auto main = session.get<Main>("");
            EXPECT_EQ(main->add(2, 3), 5);
            EXPECT_THROW(main->fail("no"), beckon::remote_error);
            const auto counter = main->makeCounter(5);
            const auto other = main->makeCounter(70);
            EXPECT_EQ(other->increment(1), 71);
            EXPECT_EQ(counter->increment(2), 7);
            auto heard = std::make_shared<heard_events>();
            EXPECT_EQ(main->callBack(beckon::make_ref<conformance::remcall::Listener>(heard), 2),
                      2);
        };
        record_talk(endpoint, file, talk, {.schema = std::move(by)});
    }
    [[nodiscard]] beckon::replay_report
    replay(std::shared_ptr<const beckon::schema::document> by) const {
        beckon::replay_options options;
        options.timeout = std::chrono::seconds(20);
        options.schema = std::move(by);
        return beckon::replay(file, endpoint, options);
    }

    scratch_folder folder;
    const std::string file = folder.file("main.rec");
    beckon::server server;
    std::string endpoint;
    const std::shared_ptr<const beckon::schema::document> schema =
        std::make_shared<const beckon::schema::document>(
            beckon::descriptor_of<Main>().document(beckon::descriptor_of<Main>()));
};

std::string told(const beckon::replay_report& report) {
    std::string all;
    for (const auto& each : report.differences) all += each.to_string() + '\n';
    return all;
}

TEST_F(RemcallReplay, compares_messages_where_there_is_a_schema) {
    record(schema);
    const std::string text = content_of(file);
    EXPECT_EQ(text.find("\"raw\""), std::string::npos) << text;
    EXPECT_NE(text.find("Main.add of object 1 (a=2, b=3)"), std::string::npos) << text;
    EXPECT_NE(text.find("<Counter>"), std::string::npos) << text;
    const auto report = replay(schema);
    EXPECT_EQ(told(report), "") << text;
    EXPECT_GE(report.compared, 8u) << text;
}

TEST_F(RemcallReplay, tells_what_differs_by_the_place_in_the_message) {
    record(schema);
    std::string text = content_of(file);
    // The answer of Counter.increment, 71, with its eight bytes.
    const std::string was = "0000000000000047\"";
    const std::size_t at = text.find(was);
    ASSERT_NE(at, std::string::npos) << text;
    write_file(file, text.replace(at, was.size(), "0000000000000048\""));
    const auto report = replay(schema);
    ASSERT_EQ(report.differences.size(), 1u) << told(report);
    EXPECT_EQ(report.differences[0].where, "result");
    EXPECT_NE(report.differences[0].recorded.find("72"), std::string::npos) << told(report);
}

TEST_F(RemcallReplay, records_bytes_without_a_schema) {
    record(nullptr);
    EXPECT_NE(content_of(file).find("\"raw\":true"), std::string::npos);
    EXPECT_GE(replay(nullptr).compared, 1u);
}

} // namespace
} // namespace record_tests
