// The conformance service in Python (tests/python/service.py), a child process, called through the C++ of this tree: every
// method, by functions and by coroutines.
#include <gtest/gtest.h>

#include <condition_variable>
#include <cstdlib>
#include <mutex>

#include "conformance/service.hpp"

namespace conformance {
namespace {

std::string endpoint(const std::string& how) {
    const char* const tree = std::getenv("BECKON_SOURCE_DIR");
    return beckon::concat("exec:/usr/bin/env python3 ", tree == nullptr ? "." : tree,
                          "/tests/python/service.py stdio:", how);
}

/// An interpreter takes its time on a busy machine.
beckon::connect_options patient() {
    beckon::connect_options options;
    options.limits.handshake_within = std::chrono::seconds(60);
    return options;
}

/// One program for each test: the parameter goes to it behind its endpoint.
struct OfPython : testing::TestWithParam<const char*> {
    beckon::connected session = beckon::connect(endpoint(GetParam()), patient());
    beckon::ref<Conformance> service = session.get<Conformance>("conformance");
};
INSTANTIATE_TEST_SUITE_P(by, OfPython, testing::Values("", " async"), [](const auto& each) {
    return std::string(*each.param == '\0' ? "functions" : "coroutines");
});

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

TEST_P(OfPython, carries_values) {
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
}

TEST_P(OfPython, carries_records_and_exceptions) {
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

TEST_P(OfPython, ends_calls_at_their_deadline) {
    EXPECT_EQ(service->sleep(5), "slept 5 ms");
    const auto brief = service.with(beckon::timeout(std::chrono::milliseconds(20)));
    EXPECT_THROW(static_cast<void>(brief->sleep(60'000)), beckon::timeout_error);
    EXPECT_EQ(service->add(1, 1), 2);
}

TEST_P(OfPython, lends_objects_and_gets_them_back) {
    {
        const auto first = service->make_counter(5);
        const auto second = service->make_counter(7);
        EXPECT_EQ(first->increment(2), 7);
        EXPECT_EQ(second->value(), 7);
        EXPECT_NE(first, second);
        EXPECT_EQ(service->live_objects(), 2);
    }
    while (service->live_objects() != 0) continue; // released by another thread of the program's
    // Called before it is there.
    EXPECT_EQ(service.async()->make_counter(5).async()->increment(2).get(), 7);
}

TEST_P(OfPython, calls_back) {
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
}

TEST_P(OfPython, streams_in_both_directions) {
    std::int64_t sum = 0;
    for (const std::int64_t number : service->count_to(20'000)) sum += number;
    EXPECT_EQ(sum, 200'010'000);
    EXPECT_EQ(service->total(beckon::stream_of(std::vector<std::int64_t>{1, 2, 3})), 6);
    EXPECT_EQ(service->total(beckon::stream_of(std::vector<std::int64_t>(20'000, 2))), 40'000);
}

} // namespace
} // namespace conformance
