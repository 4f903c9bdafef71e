// What passes a bridge as objects: names, references, contents, notifications.
#include "beckon/object/containers.hpp"
#include "beckon/object/dynamic.hpp"
#include "beckon/object/dynamic_call.hpp"
#include "beckon/object/object_builder.hpp"
#include "beckon/protocol/jsonrpc/notify.hpp"
#include "beckon/session/session.hpp"
#include "beckon/transport/memory/memory.hpp"
#include "objects_fixture.hpp"

namespace beckon::bridge_test {
namespace {

using conformance::Conformance;
using conformance::Counter;
using conformance::Listener;

struct thermometer {
    std::int64_t read() { return 21; }
};

} // namespace
} // namespace beckon::bridge_test

struct Thermometer {
    std::int64_t read();
};
BECKON_INTERFACE(Thermometer, (read))

namespace beckon::bridge_test {
namespace {

TEST_F(across, ReferencesAreReleasedOnBothSides) {
    conformance::publish(there);
    bridge made = between("jsonrpc+", "", {});
    const connected client = dial("jsonrpc+");
    const auto service = client.get<Conformance>("conformance");
    {
        std::vector<ref<Counter>> counters;
        for (int i = 0; i < 100; ++i) counters.push_back(service->make_counter(i));
        EXPECT_EQ(counters[7]->increment(1), 8);
        EXPECT_EQ(service->live_objects(), 100);
    }
    await([&] { return service->live_objects() == 0; });
    ASSERT_EQ(there.connection_count(), 1u);
    await([&] { return there.peers().front().stats().exports <= 3; });
}

TEST_F(across, AnObjectComesHomeAsItself) {
    conformance::publish(there);
    bridge made = between("rpyc+", "");
    const connected client = dial("rpyc+");
    const auto bench = client.get<conformance::Bench>("bench");
    EXPECT_EQ(bench->next(), bench);
    // The client's own object goes to the server and back through two sessions.
    struct nesting {
        std::int64_t nest(const ref<Conformance>& peer, std::int64_t depth) {
            return depth <= 0 ? 0 : 1 + peer->nest(self, depth - 1);
        }
        ref<Conformance> self;
    };
    const auto mine = std::make_shared<nesting>();
    mine->self = make_ref<Conformance>(partial(mine));
    EXPECT_EQ(client.get<Conformance>("conformance")->nest(mine->self, 16), 16);
    mine->self = {};
}

TEST_F(across, WhatIsPublishedLaterIsFound) {
    conformance::publish(there);
    bridge made = between("jsonrpc+", "");
    const connected client = dial("jsonrpc+");
    const auto missing = client.try_get("late");
    const auto refused = call_dynamic_and_wait(*missing, "read");
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().to_string().find("bench, conformance"), std::string::npos)
        << refused.error().to_string();
    there.publish<Thermometer>("late", std::make_shared<thermometer>());
    EXPECT_EQ(call_dynamic_and_wait(*missing, "read").value(), value(21));
}

TEST_F(across, AMethodWithoutAnObjectIsTheRoots) {
    conformance::publish(there);
    there.publish<Thermometer>("aaa", std::make_shared<thermometer>());
    there.set_root("conformance");
    bridge made = between("jsonrpc+", "");
    EXPECT_EQ(call_dynamic_and_wait(dial("jsonrpc+").root(), "add", value::list({2, 3})).value(),
              value(5));
}

TEST_F(across, ContainersOfPeersGoByContentWhereTheOtherSideHasNoneOfTheirKind) {
    there.publish(
        "laboratory",
        object_builder("Laboratory")
            .method("samples",
                    [] {
                        return object(lend_container(value::list({1, value::map({{"two", 2}})})));
                    })
            .method("size", [](const dynamic& given) { return given.fetch({.depth = 3}).size(); })
            .build());
    bridge made = between("jsonrpc+", "rpyc+");
    const connected client = dial("jsonrpc+");
    EXPECT_EQ(call_dynamic_and_wait(client.root(), "samples").value(),
              value::list({1, value::map({{"two", 2}})}));
    EXPECT_EQ(call_dynamic_and_wait(client.get("laboratory"), "size",
                                    value::list({value::list({4, 5, 6})}))
                  .value(),
              value(3));
}

TEST_F(across, AttributesLeadToMethodsOfPeersThatAddressByName) {
    conformance::publish(there);
    bridge made = between("rpyc+", "msgpack+");
    const connected client = dial("rpyc+");
    const dynamic root(client.root());
    EXPECT_EQ(root.attr("conformance").call("add", 2, 3).as<int>(), 5);
    EXPECT_EQ(root.attr("conformance").attr("add")(2, 3).as<int>(), 5);
    EXPECT_EQ(root.call("add", 2, 3).as<int>(), 5);
    EXPECT_THROW(static_cast<void>(root.attr("__wrapped__").fetch()), remote_error);
}

TEST_F(across, AttributesOfReferencesThatNobodyTellsTheTypesOfAreTheirMethods) {
    conformance::publish(there);
    for (const std::string far : {"jsonrpc+", "msgpack+", "quickrpc+"}) {
        bridge_options options;
        options.serving.context = inside;
        bridge made(there.listen(concat(far, "memory:", far)), std::move(options));
        made.listen("rpyc+memory:here");
        const connected client = dial("rpyc+");
        const dynamic counter = dynamic(client.root()).call("make_counter", 5);
        const dynamic increment = counter.attr("increment");
        EXPECT_EQ(increment(2).as<int>(), 7) << far;
        EXPECT_EQ(counter.call("increment", 1).as<int>(), 8) << far;
        EXPECT_THROW(static_cast<void>(counter.attr("missing")()), std::exception) << far;
        EXPECT_THROW(static_cast<void>(counter.attr("__wrapped__").fetch()), std::exception) << far;
    }
}

TEST_F(across, ARefusalNamesNoTypeWhereNobodyHasToldOne) {
    conformance::publish(there);
    bridge_options options;
    options.serving.context = inside;
    bridge made(there.listen("jsonrpc+http://127.0.0.1:0"), std::move(options));
    made.listen("msgpack+memory:here");
    const connected client = dial("msgpack+");
    const auto refused = call_dynamic_and_wait(
        client.root(), "call_back", value::list({value(make_function([](int, int) {})), 1}));
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message().find("[0]: reference cannot be carried by HTTP"),
              std::string::npos)
        << refused.error().message();
}

TEST_F(across, ANotificationStaysOne) {
    auto listening = *inside->memory().listen("raw");
    bridge_options options;
    options.serving.context = inside;
    bridge made("msgpack+memory:raw", std::move(options));
    made.listen("jsonrpc+memory:here");
    const connected client = dial("jsonrpc+");
    jsonrpc::notify(client.root(), "tell", 7);
    std::unique_ptr<io::byte_stream> server;
    await([&] {
        if (!server) server = std::move(*listening->accept());
        return server != nullptr;
    });
    std::string heard;
    const std::string expected("\x93\x02\xa4tell\x91\x07", 9);
    await([&] {
        std::byte some[64];
        const auto read = server->read(some);
        if (read.status == io::io_status::ok)
            heard.append(reinterpret_cast<const char*>(some), read.size);
        return heard.size() >= expected.size();
    });
    EXPECT_EQ(heard, expected);
}

TEST_F(across, ThePeerOnTheOtherSideCallsTheClientByName) {
    struct reporter {
        void on_event(std::int64_t sequence, const std::string& text) {
            last = concat(sequence, text);
        }
        std::string last;
    };
    struct asker {
        std::int64_t read() {
            this_call::conversation().get<Listener>("reporter")->on_event(4, "x");
            return 1;
        }
    };
    for (const std::string near : {"", "rpyc+", "jsonrpc+", "msgpack+"}) {
        server apart({.context = inside});
        apart.publish<Thermometer>("asker", std::make_shared<asker>());
        bridge_options options;
        options.serving.context = inside;
        // The other side does not tell what the client's objects are.
        options.schema = types("interface Listener { void on_event(int64 sequence, string text); }"
                               "interface Thermometer { int64 read(); }");
        options.objects = {{"asker", "Thermometer"}, {"reporter", "Listener"}};
        options.passes_messages = false;
        bridge made(apart.listen("memory:apart"), std::move(options));
        made.listen(near + "memory:near");
        const auto mine = std::make_shared<reporter>();
        const auto shown = std::make_shared<publications>();
        shown->publish("reporter", make_ref<Listener>(mine).core());
        const connected client =
            connect(near + "memory:near", {.context = inside, .published = shown});
        EXPECT_EQ(client.get<Thermometer>("asker")->read(), 1) << near;
        EXPECT_EQ(mine->last, "4x") << near;
    }
}

TEST_F(across, TypesAreAskedForWhereNobodyTellsThem) {
    conformance::publish(there);
    bridge_options options;
    options.serving.context = inside;
    bridge made(there.listen("jsonrpc+memory:there"), std::move(options));
    const auto refused = made.try_listen("memory:here");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), errc::unsupported);
    EXPECT_NE(refused.error().to_string().find("give a schema"), std::string::npos)
        << refused.error().to_string();
    EXPECT_TRUE(made.try_listen("rpyc+memory:here"));
}

TEST_F(across, ASchemaThatDoesNotFitIsRefused) {
    const auto refused = [&](bridge_options options) {
        options.serving.context = inside;
        const auto made = bridge::make("jsonrpc+memory:there", std::move(options));
        return made ? std::string() : made.error().to_string();
    };
    bridge_options unnamed;
    unnamed.objects = {{"a", "A"}};
    EXPECT_NE(refused(unnamed).find("no schema says"), std::string::npos) << refused(unnamed);
    bridge_options other = unnamed;
    other.schema = types("interface B { void x(); }");
    EXPECT_NE(refused(other).find("A"), std::string::npos) << refused(other);
    bridge_options empty;
    empty.schema = types("record R { int64 x; }");
    EXPECT_NE(refused(empty).find("no interface"), std::string::npos) << refused(empty);
}

} // namespace
} // namespace beckon::bridge_test
