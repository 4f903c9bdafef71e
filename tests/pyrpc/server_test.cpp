// A server of ours, and clients of pyrpc by hand.
#include <gtest/gtest.h>

#include <condition_variable>

#include "conformance/service.hpp"
#include "demo.hpp"
#include "frame_peer.hpp"

namespace pyrpc_test {
namespace {

[[nodiscard]] value call(const std::string& method, value arguments = value::tuple()) {
    return value::tuple({method, std::move(arguments), value::map()});
}
[[nodiscard]] beckon::exception_parts exception_in(const value& reply) {
    EXPECT_TRUE(reply[1].is(value_kind::exception)) << reply.to_text(200);
    return reply[1].is(value_kind::exception) ? reply[1].exception() : beckon::exception_parts();
}

TEST(PyrpcServer, objects_of_any_kind_are_callees) {
    served ours;
    conformance::publish(ours.server);
    EXPECT_EQ(ours.ask("add", value::tuple({2, 3}))[0], value(5));
    EXPECT_EQ(ours.ask("conformance.add", value::tuple({2, 3}))[0], value(5));
    EXPECT_EQ(ours.ask("add", value::tuple(), value::map({{"b", 3}, {"a", 2}}))[0], value(5));
    ours.server.publish("demo", make_demo());
    EXPECT_EQ(ours.ask("demo.hi")[0], value("hi"));
}

TEST(PyrpcServer, functions_are_attached_while_it_runs) {
    served ours;
    ours.server.publish("demo", make_demo());
    EXPECT_EQ(exception_in(ours.ask("half", value::tuple({3}))).type, "builtins.AttributeError");
    ours.server.publish("half", beckon::make_function([](double of) { return of / 2; }, "half"));
    EXPECT_EQ(ours.ask("half", value::tuple({3}))[0], value(1.5));
    EXPECT_EQ(ours.ask("hi")[0], value("hi"));
}

TEST(PyrpcServer, only_what_is_registered_can_be_reached) {
    served ours;
    ours.server.publish("demo", make_demo());
    for (const char* const each : {"__class__", "__init__", "start", "shutdown", "shutdown_sync",
                                   "get_call_logging_func", "nope", ""}) {
        const auto parts = exception_in(ours.ask(each));
        EXPECT_EQ(parts.type, "builtins.AttributeError") << each;
    }
    EXPECT_EQ(exception_in(ours.ask("nope")).text, "'Demo' object has no attribute 'nope'");
}

TEST(PyrpcServer, says_that_it_is_there_whatever_it_serves) {
    served ours;
    EXPECT_EQ(ours.ask("connected"), value::tuple({true, nullptr}));
    EXPECT_EQ(exception_in(ours.ask("add")).type,
              "builtins.AttributeError"); // nothing is published
}

TEST(PyrpcServer, names_what_it_has) {
    served ours;
    conformance::publish(ours.server);
    const value names = ours.ask("__dir__")[0];
    EXPECT_TRUE(names.contains("restock")) << names.to_text(400);
}

TEST(PyrpcServer, records_and_declared_exceptions_travel_as_dicts_and_attributes) {
    served ours;
    conformance::publish(ours.server);
    const value bolt = value::map({{"name", "bolt"},
                                   {"count", 2},
                                   {"tags", value::set({"m4"})},
                                   {"at", nullptr},
                                   {"mood", "busy"}});
    const value more = ours.ask("restock", value::tuple({bolt, 3}))[0];
    EXPECT_EQ(more, value::map({{"name", "bolt"},
                                {"count", 5},
                                {"tags", value::list({"m4"})},
                                {"at", nullptr},
                                {"mood", "busy"}}));
    const auto parts = exception_in(ours.ask("restock", value::tuple({bolt, -5})));
    EXPECT_EQ(parts.type, "builtins.Exception");
    EXPECT_EQ(parts.fields["className"], value("OutOfStock"));
    EXPECT_EQ(parts.fields["wanted"], value(5));
    EXPECT_EQ(parts.fields["available"], value(2));
}

TEST(PyrpcServer, streams_are_lists) {
    served ours;
    conformance::publish(ours.server);
    EXPECT_EQ(ours.ask("count_to", value::tuple({4}))[0], value::list({1, 2, 3, 4}));
    EXPECT_EQ(ours.ask("count_to", value::tuple({0}))[0], value::list());
    EXPECT_EQ(ours.ask("total", value::tuple({value::list({1, 2, 3})}))[0], value(6));
    EXPECT_EQ(exception_in(ours.ask("total", value::tuple({value::list({1, "two"})}))).type,
              "builtins.TypeError");
}

TEST(PyrpcServer, a_stream_that_is_too_long_for_a_list_is_refused) {
    served ours("", {.max_nodes = 1000});
    conformance::publish(ours.server);
    EXPECT_EQ(ours.ask("count_to", value::tuple({1000}))[0].size(), 1000u);
    const auto parts = exception_in(ours.ask("count_to", value::tuple({1001})));
    EXPECT_EQ(parts.fields["className"], value("beckon.LimitExceeded"));
    EXPECT_EQ(parts.text,
              "a stream goes as a list in pyrpc, and has more than 1000 items (max_nodes)");
}

TEST(PyrpcServer, exceptions_of_python_are_themselves_and_others_named) {
    struct own : std::runtime_error {
        using runtime_error::runtime_error;
    };
    served ours;
    ours.server.publish(
        "demo", beckon::object_builder("Demo")
                    .method("range", []() -> int { throw std::out_of_range("beyond"); })
                    .method("own", []() -> int { throw own("mine"); })
                    .method("system",
                            []() -> int {
                                throw std::system_error(ENOENT, std::generic_category(),
                                                        "opening x");
                            })
                    .method("index", []() -> int { throw beckon::python::index_error("no such"); })
                    .method("exit", []() -> int { throw beckon::python::system_exit("bye"); })
                    .build());
    EXPECT_EQ(exception_in(ours.ask("range")).type, "builtins.IndexError");
    EXPECT_EQ(exception_in(ours.ask("index")).type, "builtins.IndexError");
    EXPECT_EQ(exception_in(ours.ask("system")).type, "builtins.FileNotFoundError");
    const auto parts = exception_in(ours.ask("own"));
    EXPECT_EQ(parts.type, "builtins.Exception");
    EXPECT_EQ(parts.arguments, value::tuple({"mine"}));
    EXPECT_TRUE(parts.fields["className"].string().find("own") != std::string_view::npos);
    // It would end the peer's program.
    EXPECT_EQ(exception_in(ours.ask("exit")).type, "builtins.Exception");
}

TEST(PyrpcServer, the_first_request_alone_counts_and_the_end_follows_the_reply) {
    served ours;
    ours.server.publish("demo", make_demo());
    hand_connection peer = ours.connect();
    bytes twice = frame_of(call("hi"));
    const bytes second = frame_of(call("nothing"));
    twice.insert(twice.end(), second.begin(), second.end());
    ASSERT_TRUE(peer.send(twice));
    EXPECT_EQ(*beckon::pickle::read(*peer.read_frame()), value::tuple({"hi", nullptr}));
    EXPECT_EQ(peer.read(), bytes());
}

TEST(PyrpcServer, requests_are_whole_however_they_come) {
    served ours;
    ours.server.publish("demo", make_demo());
    hand_connection peer = ours.connect();
    for (const std::byte each : frame_of(call("hi"))) ASSERT_TRUE(peer.send({&each, 1}));
    EXPECT_EQ(*beckon::pickle::read(*peer.read_frame()), value::tuple({"hi", nullptr}));
}

TEST(PyrpcServer, who_has_ended_his_side_gets_the_reply_of_a_slow_method) {
    served ours;
    std::mutex mutex;
    std::condition_variable changed;
    bool may_end = false;
    ours.server.publish("wait", beckon::make_function([&] {
                            std::unique_lock lock(mutex);
                            changed.wait_for(lock, 20s, [&] { return may_end; });
                            return "waited";
                        }));
    hand_connection peer = ours.connect();
    ASSERT_TRUE(peer.send(frame_of(call("wait"))));
    peer.end_output();
    {
        const std::lock_guard lock(mutex);
        may_end = true;
    }
    changed.notify_all();
    EXPECT_EQ(*beckon::pickle::read(*peer.read_frame()), value::tuple({"waited", nullptr}));
}

TEST(PyrpcServer, callers_who_hang_up_do_no_harm) {
    served ours;
    ours.server.publish("demo", make_demo());
    for (int i = 0; i < 20; ++i) {
        hand_connection peer = ours.connect();
        const bytes whole = frame_of(call("hi"));
        static_cast<void>(
            peer.send(byte_view(whole).first(static_cast<std::size_t>(i) % (whole.size() + 1))));
    }
    EXPECT_EQ(ours.ask("hi")[0], value("hi"));
}

TEST(PyrpcServer, hostile_pickles_are_refused_by_name_and_never_executed) {
    served ours;
    ours.server.publish("demo", make_demo());
    const value hostile = beckon::pickle::vectors::section("hostile");
    std::size_t seen = 0;
    for (const value& each : hostile.items()) {
        const bytes pickled = beckon::pickle::vectors::from_hex(each["hex"].string());
        const auto reply = ours.answer_to(framed(pickled));
        ASSERT_TRUE(reply) << each["name"].string();
        const auto parts = exception_in(*reply);
        EXPECT_TRUE(parts.type == "builtins.ValueError" || parts.type == "builtins.Exception")
            << each["name"].string() << ": " << parts.type;
        ++seen;
    }
    EXPECT_EQ(seen, hostile.size());
    const bytes executes = beckon::pickle::vectors::from_hex(
        "636f730a73797374656d0a2853276563686f2070776e6564270a74522e");
    EXPECT_EQ(exception_in(*ours.answer_to(framed(executes))).text.substr(0, 41),
              "peer sent a pickle that names \"os.system\"");
}

TEST(PyrpcServer, limits_are_told_to_the_caller) {
    served ours("", {.max_message_bytes = 100});
    ours.server.publish("demo", make_demo());
    EXPECT_EQ(
        exception_in(*ours.answer_to(frame_of(call("echo", value::tuple({std::string(200, 'x')})))))
            .text,
        "peer announced a request of 214 bytes; limit is 100 bytes (max_message_bytes)");
    ours.server.publish("much", beckon::make_function([] { return std::string(200, 'x'); }));
    EXPECT_EQ(exception_in(ours.ask("much")).fields["className"], value("beckon.LimitExceeded"));
}

TEST(PyrpcServer, calls_are_logged_as_pyrpc_does) {
    served ours;
    std::mutex mutex;
    std::vector<std::string> lines;
    const auto keep = [&](std::string_view line) {
        const std::lock_guard lock(mutex);
        lines.emplace_back(line);
    };
    ours.server.publish(
        "demo", beckon::pyrpc::logged(make_demo(), {.of_calls = keep, .of_exceptions = keep}));
    EXPECT_EQ(ours.ask("echo", value::tuple({1}), value::map({{"foo", "foo"}}))[1], value());
    EXPECT_EQ(exception_in(ours.ask("boom", value::tuple({"bad", 3}))).type, "builtins.ValueError");
    EXPECT_EQ(ours.ask("echo", value::tuple({std::string(200, 'x')}))[1], value());
    const std::lock_guard lock(mutex);
    ASSERT_EQ(lines.size(), 3u);
    EXPECT_EQ(lines[0], "echo(args=(1,), kwargs={'foo': 'foo'}) -> ((1,), {'foo': 'foo'})");
    EXPECT_EQ(lines[1], "boom(args=('bad', 3), kwargs={}) -> ValueError('bad', 3)");
    EXPECT_EQ(lines[2].size(), 120u);
    EXPECT_EQ(lines[2].substr(0, 64), "echo(args=('" + std::string(48, 'x') + "...)");
}

} // namespace
} // namespace pyrpc_test
