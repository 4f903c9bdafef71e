// The conformance service, through typed stubs over an in-process network.
#include <gtest/gtest.h>

#include "beckon/object/dynamic.hpp"
#include "beckon/schema/binary.hpp"
#include "beckon/schema/parse.hpp"
#include "beckon/session/session.hpp"
#include "conformance/service.hpp"
#include "conformance_fixture.hpp"

namespace conformance {
namespace {

using beckon::errc;

TEST(ConformanceTypes, have_the_digests_of_the_idl) {
    const auto parsed = beckon::schema::parse(conformance_idl(), "conformance.bk");
    ASSERT_TRUE(parsed) << parsed.error().to_string();
    const auto& typed = beckon::descriptor_of<Conformance>();
    EXPECT_EQ(beckon::schema::digest_of_interface(*parsed, "Conformance").value(),
              typed.schema_digest(typed));
}

/// What every protocol carries: values, and no references.
struct Values : conformance_over {};
INSTANTIATE_TEST_SUITE_P(over, Values, testing::ValuesIn(places()), place_name);
INSTANTIATE_TEST_SUITE_P(over_answers, Values, testing::ValuesIn(places_that_answer()), place_name);
INSTANTIATE_TEST_SUITE_P(over_values, Values, testing::ValuesIn(places_without_references()),
                         place_name);
INSTANTIATE_TEST_SUITE_P(across, Values, testing::ValuesIn(bridges()), place_name);
INSTANTIATE_TEST_SUITE_P(across_values, Values, testing::ValuesIn(bridges_without_references()),
                         place_name);
/// Streams of values, which those have as lists.
struct Streams : conformance_over {};
INSTANTIATE_TEST_SUITE_P(over, Streams, testing::ValuesIn(places()), place_name);
INSTANTIATE_TEST_SUITE_P(over_values, Streams, testing::ValuesIn(places_without_references()),
                         place_name);
INSTANTIATE_TEST_SUITE_P(across, Streams, testing::ValuesIn(bridges()), place_name);
INSTANTIATE_TEST_SUITE_P(across_values, Streams, testing::ValuesIn(bridges_without_references()),
                         place_name);
struct Service : conformance_over {};
INSTANTIATE_TEST_SUITE_P(across, Service, testing::ValuesIn(bridges()), place_name);
INSTANTIATE_TEST_SUITE_P(over, Service, testing::ValuesIn(places()), place_name);
INSTANTIATE_TEST_SUITE_P(over_answers, Service, testing::ValuesIn(places_that_answer()),
                         place_name);
/// What a server that only answers, over HTTP, cannot do: call, and send a stream's items.
struct BothWays : conformance_over {};
INSTANTIATE_TEST_SUITE_P(over, BothWays, testing::ValuesIn(places()), place_name);
INSTANTIATE_TEST_SUITE_P(across, BothWays, testing::ValuesIn(bridges()), place_name);

TEST_P(Values, echoes_any_value_with_its_type) {
    const beckon::value given = beckon::value::map(
        {{"list", beckon::value::list({1, 2.5, nullptr, true})}, {"bytes", beckon::bytes(3)}});
    beckon::value same = service->echo(given);
    // In RPyC a container is an object, which comes home as such; across a bridge a copy of it does.
    if (same.is(beckon::value_kind::reference)) same = beckon::dynamic(same).fetch({.depth = 8});
    EXPECT_EQ(same, given);
    EXPECT_EQ(service->echo(beckon::value(1.0)).kind(), beckon::value_kind::floating);
}

TEST_P(Values, adds_and_never_wraps) {
    EXPECT_EQ(service->add(2, 3), 5);
    EXPECT_EQ(service->add(INT64_MAX, INT64_MIN), -1);
    EXPECT_THROW(service->add(INT64_MAX, 1), beckon::remote_error);
}

TEST_P(Values, computes_on_strings_bytes_and_lists) {
    EXPECT_EQ(service->concat("a", "b"), "ab");
    EXPECT_EQ(service->sum({0.5, 1, 2}), 3.5);
    EXPECT_EQ(service->reverse({std::byte{1}, std::byte{2}}),
              (beckon::bytes{std::byte{2}, std::byte{1}}));
    EXPECT_EQ(service->word_count(" a b\n a\t"),
              (std::map<std::string, std::int64_t>{{"a", 2}, {"b", 1}}));
}

TEST_P(Values, restocks_and_throws_out_of_stock) {
    const Item bolt{"bolt", 2, {"m4"}, Point{1, 2}, Mood::busy};
    Item more = bolt;
    more.count = 5;
    EXPECT_EQ(service->restock(bolt, 3), more);
    try {
        static_cast<void>(service->restock(bolt, -3));
        FAIL() << "nothing was thrown";
    } catch (const OutOfStock& thrown) {
        EXPECT_EQ(thrown.name, "bolt");
        EXPECT_EQ(thrown.wanted, 3);
        EXPECT_EQ(thrown.available, 2);
    }
}

TEST_P(Values, sorts_items_by_name_then_count) {
    const auto item = [](std::string name, std::int64_t count) {
        return Item{std::move(name), count, {}, {}, Mood::calm};
    };
    EXPECT_EQ(service->sort_items({item("b", 1), item("a", 2), item("a", 1)}),
              (std::vector{item("a", 1), item("a", 2), item("b", 1)}));
}

TEST_P(Values, fails_with_the_message) {
    try {
        service->fail("boom");
        FAIL() << "nothing was thrown";
    } catch (const beckon::remote_error& thrown) {
        EXPECT_EQ(thrown.message(), "boom");
    }
}

TEST_P(Values, sleeps_and_says_for_how_long) {
    EXPECT_EQ(service->sleep(5), "slept 5 ms");
    EXPECT_EQ(service->sleep(0), "slept 0 ms");
}

TEST_P(Service, counts_the_counters_that_are_alive) {
    {
        const auto first = service->make_counter(5);
        const auto second = service->make_counter(7);
        EXPECT_EQ(first->increment(2), 7);
        EXPECT_EQ(second->value(), 7);
        EXPECT_NE(first, second);
        EXPECT_EQ(service->live_objects(), 2);
    }
    static_cast<void>(service->whoami()); // in RPyC releases go out behind the next call
    EXPECT_EQ(service->live_objects(), 0);
}

struct recorder {
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<std::string> events;
    void on_event(std::int64_t sequence, const std::string& text) {
        const std::lock_guard lock(mutex);
        events.push_back(std::to_string(sequence) + ":" + text);
        changed.notify_all();
    }
};

TEST_P(BothWays, calls_a_listener_back_in_order) {
    const auto listener = std::make_shared<recorder>();
    EXPECT_EQ(service->call_back(beckon::make_ref<Listener>(listener), 3), 3);
    EXPECT_EQ(listener->events, (std::vector<std::string>{"1:event 1", "2:event 2", "3:event 3"}));
}

TEST_P(BothWays, calls_a_subscribed_listener_after_it_has_returned) {
    const auto listener = std::make_shared<recorder>();
    service->subscribe(beckon::make_ref<Listener>(listener), 3, 1);
    std::unique_lock lock(listener->mutex);
    ASSERT_TRUE(listener->changed.wait_for(lock, std::chrono::seconds(10),
                                           [&] { return listener->events.size() == 3; }));
    EXPECT_EQ(listener->events.back(), "3:event 3");
}

TEST_P(BothWays, nests_calls_of_both_sides) {
    EXPECT_EQ(service->nest(nullptr, 0), 0);
    const auto ours = make_conformance();
    EXPECT_EQ(service->nest(ours, 20), 20);
}

TEST_P(Streams, streams_in_both_directions) {
    std::vector<std::int64_t> counted;
    for (const std::int64_t number : service->count_to(5)) counted.push_back(number);
    EXPECT_EQ(counted, (std::vector<std::int64_t>{1, 2, 3, 4, 5}));
    EXPECT_EQ(service->total(beckon::stream_of(std::vector<std::int64_t>{1, 2, 3})), 6);
    EXPECT_EQ(service->total(beckon::stream_of(std::vector<std::int64_t>{})), 0);
}

TEST_P(Values, knows_nobody_without_an_identity) { EXPECT_EQ(service->whoami(), "anonymous"); }

/// Where references have no form.
struct WithoutReferences : conformance_over {};
INSTANTIATE_TEST_SUITE_P(over, WithoutReferences, testing::ValuesIn(places_without_references()),
                         place_name);

TEST_P(WithoutReferences, refuses_them_before_anything_is_sent) {
    const auto listener = std::make_shared<recorder>();
    const auto refused = [](const auto& call) {
        try {
            call();
        } catch (const beckon::exception& thrown) {
            return std::string(thrown.what());
        }
        return std::string("nothing was refused");
    };
    EXPECT_NE(refused([&] {
                  static_cast<void>(service->call_back(beckon::make_ref<Listener>(listener), 3));
              }).find("unsupported: "),
              std::string::npos);
    EXPECT_TRUE(listener->events.empty());
    EXPECT_NE(refused([&] { static_cast<void>(service->make_counter(5)); }).find("has no form in"),
              std::string::npos);
    EXPECT_EQ(service->live_objects(), 0);
    EXPECT_EQ(service->nest(nullptr, 0), 0);
}

/// Whether a bridge's other side addresses its objects by names.
bool is_bridged_by_name(std::string_view parameter) {
    const std::size_t mark = parameter.find('|');
    const std::string_view far =
        mark == parameter.npos ? std::string_view() : parameter.substr(mark + 1);
    return !far.empty() && far != "rpyc+";
}

TEST_P(Service, publishes_what_benchmarks_call) {
    const auto bench = session.get<Bench>("bench");
    EXPECT_EQ(bench->say("hello"), "hello");
    EXPECT_EQ(bench->echo(beckon::bytes(9)).size(), 9u);
    EXPECT_EQ(bench->make(1)->increment(1), 2);
    const auto next = bench->next();
    EXPECT_EQ(next->next(), next);
    // Where names are addresses, nobody says that a name and a reference mean the same object.
    if (!session.core()->traits().addresses_by_name && !is_bridged_by_name(GetParam())) {
        EXPECT_EQ(next, bench);
    }
}

} // namespace
} // namespace conformance
