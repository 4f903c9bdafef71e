// Calls by run-time schema over a session: what src/object/dynamic_test.cpp tries within one process.
#include <gtest/gtest.h>

#include "beckon/object/dynamic_call.hpp"
#include "beckon/object/dynamic_interface.hpp"
#include "beckon/object/dynamic_servant.hpp"
#include "beckon/schema/binary.hpp"
#include "beckon/session/session.hpp"
#include "conformance_fixture.hpp"

namespace conformance {
namespace {

using beckon::call_arguments;
using beckon::call_dynamic;
using beckon::call_dynamic_and_wait;
using beckon::errc;
using beckon::value;

/// Knows of the peer only what the peer tells.
struct Dynamic : conformance_fixture {
    beckon::object target = find(session, "conformance");

    static beckon::object find(const beckon::connected& at, const std::string& name) {
        const beckon::bytes described = at.services()->describe(name);
        const auto interface =
            beckon::dynamic_interface::create(beckon::schema::decode(described).value(),
                                              name == "conformance" ? "Conformance" : "Counter")
                .value();
        beckon::object found = at.services()->get(name, "", {});
        EXPECT_TRUE(interface.bind(found));
        return found;
    }
    value call(std::string_view method, value arguments) {
        auto outcome = call_dynamic_and_wait(target, method, std::move(arguments));
        if (!outcome) beckon::throw_error(std::move(outcome).error());
        return std::move(outcome).value();
    }
    /// Waits until the peer has let go of what was dropped: the release overtakes nothing, so one call will do.
    std::size_t imports_left() {
        static_cast<void>(call("whoami", value::list()));
        return session.stats().imports;
    }
};

TEST_F(Dynamic, calls_with_arguments_of_every_shape) {
    EXPECT_EQ(call("add", value::list({2, 3})), value(5));
    EXPECT_EQ(call("add", value::map({{"b", 3}, {"a", 2}})), value(5));
    EXPECT_EQ(call("sum", value::list({value::list({1, 0.5})})), value(1.5));
    const value bolt = value::map({{"name", "bolt"},
                                   {"count", 2},
                                   {"tags", value::list()},
                                   {"at", nullptr},
                                   {"mood", "busy"}});
    EXPECT_EQ(call("restock", value::list({bolt, 3}))["count"], value(5));
    EXPECT_EQ(call("word_count", value::list({"a b a"})), value::map({{"a", 2}, {"b", 1}}));
    EXPECT_EQ(call("echo", value::list({value::tuple({1, "x"})})), value::tuple({1, "x"}));
}

TEST_F(Dynamic, names_the_argument_that_does_not_fit) {
    const auto outcome = call_dynamic_and_wait(target, "add", value::list({2, "three"}));
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code(), errc::type_mismatch);
    EXPECT_NE(outcome.error().to_string().find("writing argument b"), std::string::npos)
        << outcome.error().to_string();
    EXPECT_EQ(call("add", value::list({2, 3})), value(5)); // the session has not suffered
}

TEST_F(Dynamic, gets_declared_exceptions_with_their_fields) {
    const value bolt = value::map(
        {{"name", "bolt"}, {"count", 2}, {"tags", value::list()}, {"at", nullptr}, {"mood", 0}});
    const auto outcome = call_dynamic_and_wait(target, "restock", value::list({bolt, -5}));
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().type_name(), "OutOfStock");
    EXPECT_EQ(beckon::declared_fields(outcome.error())["wanted"], value(5));
}

TEST_F(Dynamic, follows_references_and_lets_go_of_them) {
    {
        const auto counter = call("make_counter", value::list({5})).as<beckon::object>();
        EXPECT_EQ(counter.interface_name(), "Counter");
        EXPECT_EQ(call_dynamic(counter, "increment", value::list({2})).get(), value(7));
        EXPECT_EQ(call("live_objects", value::list()), value(1));
    }
    EXPECT_EQ(call("live_objects", value::list()), value(0));
}

TEST_F(Dynamic, calls_on_a_result_before_it_is_there) {
    auto making = call_dynamic(target, "make_counter", value::list({5}));
    const auto counter = beckon::promised_object(making).value();
    auto first = call_dynamic(counter, "increment", value::list({2}));
    EXPECT_EQ(first.get(), value(7));
    EXPECT_EQ(making.get().as<beckon::object>(), counter);

    auto failing = call_dynamic(target, "fail", value::list({"boom"}));
    EXPECT_FALSE(beckon::promised_object(failing));
}

TEST_F(Dynamic, releases_the_result_of_a_call_that_was_given_up) {
    const std::size_t before = imports_left();
    call_dynamic(target, "make_counter", value::list({1})).cancel();
    EXPECT_EQ(imports_left(), before);
    EXPECT_EQ(call("live_objects", value::list()), value(0));
}

TEST_F(Dynamic, streams_in_both_directions) {
    auto counted = call("count_to", value::list({3})).as<beckon::stream<value>>();
    std::vector<value> items;
    for (const value& item : counted) items.push_back(item);
    EXPECT_EQ(items, (std::vector<value>{1, 2, 3}));
    EXPECT_EQ(call("total", value::list({value(beckon::stream_of(std::vector<value>{4, 5}))})),
              value(9));
    const auto wrong = call_dynamic_and_wait(
        target, "total", value::list({value(beckon::stream_of(std::vector<value>{4, "five"}))}));
    ASSERT_FALSE(wrong);
    EXPECT_EQ(call("add", value::list({2, 3})), value(5));
}

TEST_F(Dynamic, is_called_back_by_an_object_without_generated_code) {
    std::vector<std::string> events;
    beckon::dynamic_handlers handlers;
    handlers["on_event"] = [&](const call_arguments& given) -> value {
        events.push_back(given["text"].as<std::string>());
        return {};
    };
    const auto listener = beckon::dynamic_interface::of(target).value().sibling("Listener").value();
    const auto object = beckon::make_dynamic_object(listener, std::move(handlers)).value();
    EXPECT_EQ(call("call_back", value::list({object, 2})), value(2));
    EXPECT_EQ(events, (std::vector<std::string>{"event 1", "event 2"}));
}

TEST_F(Dynamic, keeps_the_schema_no_longer_than_its_objects) {
    beckon::intrusive_ptr<const beckon::dynamic_schema> schema;
    {
        const auto own = beckon::dynamic_interface::of(find(session, "bench")).value();
        schema = own.schema();
    }
    static_cast<void>(imports_left());
    EXPECT_EQ(schema->use_count(), 1u);
}

/// A server that implements a Conformance of its own by names, and passes another on.
struct DynamicServer : conformance_fixture {
    beckon::dynamic_interface interface =
        beckon::dynamic_interface::create(beckon::describe_interface<Conformance>(), "Conformance")
            .value();
    beckon::server second;
    beckon::connected client = (listen(), beckon::connect("memory:second"));

    void listen() {
        beckon::dynamic_handlers handlers;
        handlers["add"] = [](const call_arguments& given) {
            return value(given["a"].as<std::int64_t>() * 100 + given["b"].as<std::int64_t>());
        };
        handlers["make_counter"] = [this](const call_arguments& given) {
            return call_dynamic(service, "make_counter", given.list()).get();
        };
        handlers["call_back"] = [](const call_arguments& given) -> value {
            const auto listener = given["listener"].as<beckon::object>();
            call_dynamic(listener, "on_event", value::list({7, "seven"})).get();
            return given["times"];
        };
        handlers["restock"] = [](const call_arguments& given) -> value {
            beckon::throw_error(beckon::declared_error(
                "OutOfStock",
                value::map(
                    {{"name", given["item"]["name"]}, {"wanted", given["by"]}, {"available", 0}})));
        };
        handlers["concat"] = [](const call_arguments&) { return value(5); };
        handlers["count_to"] = [](const call_arguments& given) {
            return value(beckon::stream_of(std::vector<value>{given["n"], given["n"]}));
        };
        handlers["total"] = [](const call_arguments& given) {
            std::int64_t sum = 0;
            for (const value& item : given["numbers"].as<beckon::stream<value>>())
                sum += item.as<std::int64_t>();
            return value(sum);
        };
        second.publish("conformance",
                       beckon::make_dynamic_object(interface, std::move(handlers)).value());
        second.publish("passed on", Dynamic::find(session, "conformance"));
        static_cast<void>(second.listen("memory:second"));
    }
};

TEST_F(DynamicServer, serves_a_typed_client) {
    const auto served = client.get<Conformance>("conformance");
    EXPECT_EQ(served->add(2, 3), 203);
    const Item bolt{"bolt", 2, {}, {}, Mood::calm};
    EXPECT_THROW(static_cast<void>(served->restock(bolt, 1)), OutOfStock);
    EXPECT_THROW(static_cast<void>(served->whoami()), beckon::unknown_method);
    EXPECT_THROW(static_cast<void>(served->concat("a", "b")), beckon::exception);
    EXPECT_EQ(served->add(2, 3), 203);
}

TEST_F(DynamicServer, gets_and_gives_references_and_streams) {
    const auto served = client.get<Conformance>("conformance");
    EXPECT_EQ(served->make_counter(5)->increment(2), 7); // of a third party
    struct listening {
        std::string last;
        void on_event(std::int64_t, const std::string& text) { last = text; }
    };
    const auto listener = std::make_shared<listening>();
    EXPECT_EQ(served->call_back(beckon::make_ref<Listener>(listener), 4), 4);
    EXPECT_EQ(listener->last, "seven");
    std::int64_t sum = 0;
    for (const std::int64_t item : served->count_to(4)) sum += item;
    EXPECT_EQ(sum, 8);
    EXPECT_EQ(served->total(beckon::stream_of(std::vector<std::int64_t>{1, 2})), 3);
}

TEST_F(DynamicServer, passes_calls_on_to_where_the_object_lives) {
    const auto passed = client.get<Conformance>("passed on");
    EXPECT_EQ(passed->add(2, 3), 5);
    EXPECT_EQ(passed->make_counter(1)->increment(1), 2);
    try {
        passed->fail("boom");
        FAIL() << "nothing was thrown";
    } catch (const beckon::remote_error& thrown) {
        EXPECT_EQ(thrown.message(), "boom");
    }
    auto slept = passed.async()->sleep(60'000);
    slept.cancel();
    EXPECT_EQ(passed->add(2, 3), 5); // or the sleeper would still have the session's turn
}

} // namespace
} // namespace conformance
