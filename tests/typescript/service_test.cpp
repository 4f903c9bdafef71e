// The conformance service in TypeScript (tests/typescript/server.ts), a child process, called through the C++ of this tree:
// every method.
#include <gtest/gtest.h>

#include <condition_variable>
#include <cstdlib>
#include <mutex>

#include "conformance/service.hpp"
#include "interop/python.hpp"

namespace conformance {
namespace {

using beckon::interop::python;

/// Where the test programs of this folder are, compiled; or why they are not.
struct compiled_programs {
    std::string folder;
    std::optional<std::string> missing;
};

compiled_programs compiled() {
    const char* const tree = std::getenv("BECKON_SOURCE_DIR");
    const std::string script =
        beckon::concat(tree == nullptr ? "." : tree, "/tests/typescript/generated.py");
    const python finder("import runpy, sys; sys.argv[0] = sys.argv.pop(1); "
                        "runpy.run_path(sys.argv[0], run_name='__main__')",
                        {script});
    const std::string said = finder.line();
    if (said.starts_with("/")) return {said, std::nullopt};
    return {"", said.empty() ? "nothing was compiled" : said};
}

struct OfTypeScript : testing::Test {
    void SetUp() override {
        const compiled_programs programs = compiled();
        BECKON_NEEDS_PEER("typescript", programs.missing);
        beckon::connect_options patient; // Node takes its time on a busy machine
        patient.limits.handshake_within = std::chrono::seconds(60);
        session.emplace(beckon::connect(
            beckon::concat("exec:node ", programs.folder, "/server.js stdio:"), patient));
        service = session->get<Conformance>("conformance");
    }

    std::optional<beckon::connected> session;
    beckon::ref<Conformance> service;
};

struct recorder {
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<std::string> events;
    void on_event(std::int64_t sequence, const std::string& text) {
        const std::lock_guard lock(mutex);
        events.push_back(beckon::concat(sequence, ":", text));
        changed.notify_all();
    }
};

TEST_F(OfTypeScript, carries_values_records_and_exceptions) {
    const beckon::value given = beckon::value::map(
        {{"list", beckon::value::list({1, 2.5, nullptr, true})}, {"bytes", beckon::bytes(3)}});
    EXPECT_EQ(service->echo(given), given);
    EXPECT_EQ(service->add(INT64_MAX, INT64_MIN), -1);
    EXPECT_THROW(static_cast<void>(service->add(INT64_MAX, 1)), beckon::remote_error);
    EXPECT_EQ(service->concat("a", "b"), "ab");
    EXPECT_EQ(service->sum({0.5, 1, 2}), 3.5);
    EXPECT_EQ(service->reverse({std::byte{1}, std::byte{2}}),
              (beckon::bytes{std::byte{2}, std::byte{1}}));
    EXPECT_EQ(service->word_count(" a b\n a\t"),
              (std::map<std::string, std::int64_t>{{"a", 2}, {"b", 1}}));
    EXPECT_EQ(service->whoami(), "anonymous");
    const Item bolt{"bolt", 2, {"m4"}, Point{1, 2}, Mood::busy};
    const Item nail{"nail", 2, {}, {}, Mood::calm};
    EXPECT_EQ(service->restock(bolt, 3).count, 5);
    EXPECT_EQ(service->sort_items({nail, bolt}), (std::vector{bolt, nail}));
    try {
        static_cast<void>(service->restock(bolt, -3));
        FAIL() << "nothing was thrown";
    } catch (const OutOfStock& thrown) {
        EXPECT_EQ(thrown.name, "bolt");
        EXPECT_EQ(thrown.wanted, 3);
        EXPECT_EQ(thrown.available, 2);
    }
    try {
        service->fail("boom");
        FAIL() << "nothing was thrown";
    } catch (const beckon::remote_error& thrown) {
        EXPECT_EQ(thrown.message(), "boom");
    }
}

TEST_F(OfTypeScript, ends_calls_and_lends_objects_and_calls_back_and_streams) {
    EXPECT_EQ(service->sleep(5), "slept 5 ms");
    const auto brief = service.with(beckon::timeout(std::chrono::milliseconds(20)));
    EXPECT_THROW(static_cast<void>(brief->sleep(60'000)), beckon::timeout_error);
    {
        const auto first = service->make_counter(5);
        const auto second = service->make_counter(7);
        EXPECT_EQ(first->increment(2), 7);
        EXPECT_EQ(second->value(), 7);
        EXPECT_NE(first, second);
        EXPECT_EQ(service->live_objects(), 2);
    }
    while (service->live_objects() != 0) continue; // released by another thread
    EXPECT_EQ(service.async()->make_counter(5).async()->increment(2).get(), 7);

    const auto listener = std::make_shared<recorder>();
    EXPECT_EQ(service->call_back(beckon::make_ref<Listener>(listener), 3), 3);
    EXPECT_EQ(listener->events, (std::vector<std::string>{"1:event 1", "2:event 2", "3:event 3"}));
    service->subscribe(beckon::make_ref<Listener>(listener), 2, 1);
    std::unique_lock lock(listener->mutex);
    EXPECT_TRUE(listener->changed.wait_for(lock, std::chrono::seconds(10),
                                           [&] { return listener->events.size() == 5; }));
    lock.unlock();
    EXPECT_EQ(service->nest(nullptr, 0), 0);
    EXPECT_EQ(service->nest(make_conformance(), 20), 20);

    std::int64_t sum = 0;
    for (const std::int64_t number : service->count_to(20'000)) sum += number;
    EXPECT_EQ(sum, 200'010'000);
    EXPECT_EQ(service->total(beckon::stream_of(std::vector<std::int64_t>{1, 2, 3})), 6);
    EXPECT_EQ(service->total(beckon::stream_of(std::vector<std::int64_t>(20'000, 2))), 40'000);
}

} // namespace
} // namespace conformance
