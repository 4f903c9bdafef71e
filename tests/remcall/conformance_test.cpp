// Both sides are Beckons, by the typed interface, over the transports that carry streams.
#include <atomic>

#include "conformance/remcall_service.hpp"
#include "conformance/service.hpp"
#include "wire_peer.hpp"

namespace remcall_test {
namespace {

namespace here = conformance::remcall;
using beckon::ref;

class conformance_over : public testing::TestWithParam<const char*> {
protected:
    conformance_over() {
        conformance::publish(server);
        here::publish(server);
        endpoint = server.listen(nobody_elses(GetParam()));
        session = beckon::connect(endpoint);
        service = session.get<here::Main>("Main");
    }
    /// The tests run side by side.
    [[nodiscard]] static std::string nobody_elses(const std::string& place) {
        if (place.ends_with("memory:")) return place + fresh_name();
        return place.ends_with("unix:") ? concat(place, testing::TempDir(), fresh_name()) : place;
    }
    [[nodiscard]] beckon::connected peer_at_server() const {
        const auto all = server.peers();
        EXPECT_EQ(all.size(), 1u);
        return all.front();
    }
    beckon::server server;
    std::string endpoint;
    beckon::connected session;
    ref<here::Main> service;
};

struct heard {
    std::atomic<int> events{0};
    std::string last;
    void onEvent(std::int64_t sequence, const std::string& text) {
        last = concat(sequence, ": ", text);
        ++events;
    }
};

TEST_P(conformance_over, ValuesGoBothWays) {
    EXPECT_EQ(service->add(2, 3), 5);
    EXPECT_EQ(service->concat("Grü", "ße"), "Grüße");
    EXPECT_EQ(service->half(-5), -2.5);
    EXPECT_EQ(service->mood(conformance::Mood::broken), conformance::Mood::broken);
    EXPECT_EQ(service->whoami(), "anonymous");
    EXPECT_EQ(service->sleep(5), "slept 5 ms");
}

TEST_P(conformance_over, WhatAHandlerThrowsReachesItsCaller) {
    EXPECT_EQ(service->add(1, 1), 2);
    try {
        service->fail("as agreed");
        ADD_FAILURE() << "it did not fail";
    } catch (const beckon::remote_error& failed) {
        EXPECT_NE(std::string(failed.what()).find("as agreed"), std::string::npos);
        EXPECT_EQ(failed.failure().type_name(), "std::runtime_error");
    }
    try {
        static_cast<void>(service->add(INT64_MAX, 1));
        ADD_FAILURE() << "it did not fail";
    } catch (const beckon::remote_error& failed) {
        EXPECT_NE(std::string(failed.what()).find("does not fit int64"), std::string::npos);
    }
    EXPECT_EQ(service->add(1, 1), 2);
}

TEST_P(conformance_over, ObjectsLiveAsLongAsTheirHolders) {
    EXPECT_EQ(service->liveObjects(), 0);
    {
        const ref<conformance::Counter> counter = service->makeCounter(40);
        EXPECT_EQ(counter->increment(2), 42);
        EXPECT_EQ(counter->value(), 42);
        EXPECT_EQ(service->liveObjects(), 1);
        EXPECT_EQ(session.stats().imports, 1u);
    }
    await([&] { return service->liveObjects() == 0; });
    for (int i = 0; i < 1000; ++i) static_cast<void>(service->makeCounter(i));
    await([&] { return service->liveObjects() == 0; });
    EXPECT_EQ(session.stats().imports, 0u);
    EXPECT_EQ(peer_at_server().stats().exports, 0u);
}

TEST_P(conformance_over, TheServerCallsBack) {
    const auto listener = std::make_shared<heard>();
    {
        const auto lent = beckon::make_ref<here::Listener>(listener);
        EXPECT_EQ(service->callBack(lent, 3), 3);
        EXPECT_EQ(listener->last, "3: event 3");
        service->subscribe(lent, 2, 1);
        await([&] { return listener->events == 5; });
    }
    await([&] { return session.stats().exports == 0; });
}

/// Calls the one that called it, and so on.
struct nesting {
    std::int64_t nest(const ref<here::Main>& peer, std::int64_t depth) {
        if (depth <= 0) return 0;
        return 1 + peer->nest(self, depth - 1);
    }
    ref<here::Main> self;
};

TEST_P(conformance_over, CallsNestSixtyFourDeepOnOneConnection) {
    const auto mine = std::make_shared<nesting>();
    mine->self = beckon::make_ref<here::Main>(beckon::partial(mine));
    EXPECT_EQ(service->nest(mine->self, 64), 64);
    mine->self = {};
}

TEST_P(conformance_over, TheMainObjectGoesHomeAsItself) {
    // The server nests with what it is given: itself.
    EXPECT_EQ(service->nest(service, 3), 3);
    EXPECT_EQ(peer_at_server().stats().imports, 0u);
}

TEST_P(conformance_over, CallsStartWhenTheyComeAndEndInAnyOrder) {
    auto slow = service.async()->sleep(60'000);
    auto fast = service.async()->add(1, 2);
    EXPECT_EQ(fast.get(), 3);
    slow.cancel();
}

TEST_P(conformance_over, ACancelledHandlerStops) {
    EXPECT_EQ(service->add(1, 1), 2);
    {
        auto dropped = service.async()->sleep(3'600'000);
        EXPECT_EQ(service->add(1, 1), 2);
    }
    await([&] { return peer_at_server().stats().calls_served == 3; });
}

TEST_P(conformance_over, ADeadlineTravelsAndTheHandlerEndsWithIt) {
    EXPECT_EQ(service->add(1, 1), 2);
    EXPECT_THROW(static_cast<void>(service.with(beckon::timeout(20ms))->sleep(3'600'000)),
                 beckon::timeout_error);
    await([&] { return peer_at_server().stats().calls_served == 2; });
    EXPECT_EQ(service->add(1, 1), 2);
}

constexpr const char* places[] = {
    "remcall+memory:",
    "remcall+tcp://127.0.0.1:0",
    "remcall+unix:",
#if BECKON_HAS_TRANSPORT_WS
    "remcall+ws://127.0.0.1:0/conformance",
#endif
};
INSTANTIATE_TEST_SUITE_P(Remcall, conformance_over, testing::ValuesIn(places),
                         [](const auto& each) {
                             std::string name(each.param + 8);
                             return name.substr(0, name.find(':'));
                         });

} // namespace
} // namespace remcall_test
