// A client of ours, and servers of pyrpc by hand or of ours.
#include <gtest/gtest.h>

#include <condition_variable>

#include "conformance/service.hpp"
#include "demo.hpp"
#include "frame_peer.hpp"

namespace pyrpc_test {
namespace {

using beckon::arg;
using beckon::errc;

/// A server of ours and a client of it.
struct pair_of_both : testing::Test, served {
    pair_of_both() { server.publish("demo", make_demo()); }
    [[nodiscard]] beckon::connected connect_client(const std::string& options = {}) const {
        return beckon::connect(endpoint() + options, {.context = inside});
    }
};

struct PyrpcBoth : pair_of_both {
    const beckon::connected conversation = connect_client();
    const beckon::pyrpc::client client{conversation.root()};
};

[[nodiscard]] beckon::error failure_of(const std::function<value()>& call) {
    auto outcome = outcome_of(call);
    EXPECT_FALSE(outcome);
    return outcome ? beckon::fail(errc::internal, "it did not fail") : std::move(outcome).error();
}

TEST_F(PyrpcBoth, methods_are_called_by_name_with_all_kinds_of_values) {
    EXPECT_EQ(client.call("echo", 1, arg("foo", "foo")).content(),
              value::tuple({value::tuple({1}), value::map({{"foo", "foo"}})}));
    EXPECT_EQ(client.call("add", 2, arg("b", 3)).as<int>(), 5);
    EXPECT_TRUE(client.call("nothing").is_null());
    const value all =
        value::list({nullptr, true, -1, *value::integer("1180591620717411303424"), 1.5, "\u00e9",
                     beckon::bytes(3), value::tuple({1}), value::set({3}), value::frozen_set({4}),
                     value::complex(1, 2), value::map({{value(1), value("a")}})});
    EXPECT_EQ(client.call("echo", all).content()[0][0], all);
}

TEST_F(PyrpcBoth, builtin_exceptions_are_caught_as_themselves) {
    try {
        client.call("boom", "bad", 3);
        FAIL() << "nothing was thrown";
    } catch (const beckon::python::value_error& thrown) {
        EXPECT_EQ(thrown.arguments(), value::tuple({"bad", 3}));
    }
    EXPECT_THROW(client.call("key"), beckon::python::key_error);
    EXPECT_THROW(client.call("openfile"), beckon::python::file_not_found_error);
    EXPECT_THROW(client.call("nope"), beckon::python::attribute_error);
    EXPECT_THROW(client.call("add", 1), beckon::python::type_error);
    EXPECT_THROW(client.call("unpicklable"), beckon::python::type_error);
}

TEST_F(PyrpcBoth, what_cannot_be_written_is_told_by_its_own_place) {
    const auto told = [&](auto&&... arguments) {
        return failure_of([&] { return client.call(arguments...).content(); }).message();
    };
    EXPECT_EQ(told("unpicklable"),
              "reference to function has no form in pickle; pyrpc cannot carry the result");
    const value slice = value::slice(1, 2, 3);
    EXPECT_EQ(told("echo", 1, 2, value::list({slice})),
              "[2][0]: slice has no form in pickle; pyrpc cannot carry the arguments");
    for (const char* const method : {"echo", "nb_echo"}) {
        EXPECT_EQ(told(method, 1, arg("part", slice)),
                  "[\"part\"]: slice has no form in pickle; pyrpc cannot carry the arguments");
    }
}

TEST_F(PyrpcBoth, exceptions_of_programs_keep_name_and_arguments) {
    try {
        client.call("custom");
        FAIL() << "nothing was thrown";
    } catch (const beckon::python::exception& thrown) {
        EXPECT_EQ(thrown.type_name(), "DemoError");
        EXPECT_EQ(thrown.arguments(), value::tuple({42, "custom failure"}));
    }
}

TEST_F(PyrpcBoth, errors_of_the_toolkit_keep_their_codes) {
    conformance::publish(server);
    const auto service = conversation.get<conformance::Conformance>("conformance");
    EXPECT_THROW(static_cast<void>(service->restock({"bolt", 2, {}, {}, {}}, -5)),
                 conformance::OutOfStock);
    const auto narrow =
        beckon::connect(endpoint(), {.context = inside, .limits = {.max_message_bytes = 100}});
    EXPECT_EQ(
        failure_of([&] {
            return beckon::dynamic(narrow.root()).call("echo", std::string(200, 'x')).content();
        }).code(),
        errc::limit_exceeded);
}

TEST_F(PyrpcBoth, traces_are_told_where_the_server_tells_them) {
    server.publish("traced", beckon::make_function([]() -> int {
                       beckon::error failure =
                           raised("builtins.ValueError", value::tuple({"x"}), "x");
                       failure.set_trace("where it was");
                       beckon::throw_error(std::move(failure));
                   }));
    EXPECT_EQ(failure_of([&] { return client.call("traced").content(); }).trace(), "");
    beckon::server telling({.context = inside, .send_traces = true});
    telling.publish("traced", beckon::make_function([]() -> int {
                        beckon::error failure =
                            raised("builtins.ValueError", value::tuple({"x"}), "x");
                        failure.set_trace("where it was");
                        beckon::throw_error(std::move(failure));
                    }));
    const auto there =
        beckon::connect(telling.listen("pyrpc+memory:" + fresh_name()), {.context = inside});
    EXPECT_EQ(
        failure_of([&] { return beckon::dynamic(there.root()).call("traced").content(); }).trace(),
        "where it was");
}

TEST_F(PyrpcBoth, it_is_asked_whether_it_is_there_and_to_end) {
    EXPECT_TRUE(client.connected(10s));
    EXPECT_FALSE(client.connected(0s)) << "no time is not the usual time";
    std::atomic<double> after = 0;
    server.publish("shutdown", beckon::make_function(beckon::callable(
                                   [&](double delay) { after = delay; }, {"delay"})));
    client.shutdown(250ms);
    EXPECT_EQ(after, 0.25);
    server.stop();
    EXPECT_FALSE(client.connected(10s));
    const auto failure = failure_of([&] { return client.call("hi").content(); });
    EXPECT_EQ(failure.code(), errc::disconnected);
    EXPECT_EQ(failure.type_name(), "pyrpc.ut.NoSocket");
    EXPECT_EQ(beckon::python::parts_of(failure).arguments, value::tuple({"connect Client.hi()"}));
}

TEST_F(PyrpcBoth, calls_at_one_time_have_a_connection_each) {
    constexpr int count = 20;
    std::mutex mutex;
    std::condition_variable changed;
    int there = 0;
    server.publish("meet", beckon::make_function([&](int number) {
                       std::unique_lock lock(mutex);
                       ++there;
                       changed.notify_all();
                       // Each goes on when all have come.
                       EXPECT_TRUE(changed.wait_for(lock, 20s, [&] { return there == count; }));
                       return number;
                   }));
    std::vector<beckon::future<beckon::dynamic>> all;
    for (int i = 0; i < count; ++i) all.push_back(client.async("meet", i));
    for (int i = 0; i < count; ++i) EXPECT_EQ(all[static_cast<std::size_t>(i)].get().as<int>(), i);
}

TEST_F(PyrpcBoth, streams_go_as_lists) {
    conformance::publish(server);
    const auto service = conversation.get<conformance::Conformance>("conformance");
    std::vector<std::int64_t> counted;
    for (const std::int64_t each : service->count_to(1000)) counted.push_back(each);
    EXPECT_EQ(counted.size(), 1000u);
    EXPECT_EQ(service->total(beckon::stream_of(std::vector<std::int64_t>(1000, 2))), 2000);
    EXPECT_EQ(
        client.call("echo", value(beckon::stream_of(std::vector<int>{1, 2})), "x").content()[0],
        value::tuple({value::list({1, 2}), "x"}));
}

TEST_F(PyrpcBoth, calls_are_logged_as_pyrpc_does) {
    std::vector<std::string> lines;
    const auto keep = [&](std::string_view line) { lines.emplace_back(line); };
    const beckon::pyrpc::client told(conversation.root(),
                                     {.log = {.of_calls = keep, .of_exceptions = keep},
                                      .nolog_methods = {"nothing"},
                                      .name = "Demo"});
    told.call("echo", 1);
    told.call("nothing");
    EXPECT_TRUE(told.connected(10s));
    EXPECT_THROW(told.call("boom"), beckon::python::value_error); // without a traceback
    EXPECT_EQ(lines, (std::vector<std::string>{"    echo -> ((1,), {})"}));
}

TEST(PyrpcClient, exceptions_are_logged_with_their_tracebacks) {
    const value exception = value::exception({.type = "builtins.ValueError",
                                              .arguments = value::tuple({"bad"}),
                                              .trace = "Traceback:\n  here\n"});
    const scripted server({say(frame_of(value::tuple({nullptr, exception})))});
    const auto conversation = server.connect();
    std::string told;
    const beckon::pyrpc::client client(
        conversation.root(),
        {.log = {.of_calls = {}, .of_exceptions = [&](std::string_view text) { told = text; }}});
    EXPECT_THROW(client.call("echo", 1), beckon::python::value_error);
    EXPECT_EQ(told, "Client: echo(args=(1,), kwargs={})\nTraceback:\n  here\n");
}

TEST(PyrpcClient, keywords_for_it_are_taken_out_of_the_call) {
    const scripted server({say(frame_of(value::tuple({1, nullptr})))});
    const auto conversation = server.connect();
    const beckon::pyrpc::client client(conversation.root());
    client.call("echo", 1, arg("call_timeout", 20), arg("socket_connect_timeout", 3.5),
                arg("socket_send_timeout", nullptr), arg("socket_recv_timeout", 0.2),
                arg("nolog", true), arg("nb_fetch_tick", 2), arg("other", 0));
    ASSERT_EQ(server.asked().size(), 1u);
    EXPECT_EQ(*beckon::pickle::read(server.asked()[0]),
              value::tuple(
                  {"echo", value::tuple({1}), value::map({{"nb_fetch_tick", 2}, {"other", 0}})}));
    const auto refused =
        failure_of([&] { return client.call("echo", arg("call_timeout", "long")).content(); });
    EXPECT_EQ(refused.code(), errc::invalid_argument);
    EXPECT_EQ(refused.message(), "call_timeout is \"long\"; expected a number of seconds above 0");
}

TEST(PyrpcClient, what_takes_too_long_has_pyrpcs_class) {
    const scripted server({say_and_stay(), say_and_stay(bytes{std::byte{0}, std::byte{0},
                                                              std::byte{0}, std::byte{9}})});
    const auto conversation = server.connect("?call_timeout=0.05");
    const beckon::dynamic root(conversation.root());
    const auto header = failure_of([&] { return root.call("echo").content(); });
    EXPECT_EQ(header.code(), errc::timeout);
    EXPECT_EQ(header.type_name(), "pyrpc.ut.Timeout");
    EXPECT_EQ(header.message(), "peer did not answer within 50 ms (call_timeout)");
    EXPECT_EQ(beckon::python::parts_of(header).arguments,
              value::tuple({"read_header Client.echo()"}));
    // Long enough for the four bytes to come.
    const auto body =
        failure_of([&] { return root.call("echo", beckon::arg("call_timeout", 2)).content(); });
    EXPECT_EQ(body.message(),
              "peer did not send its whole answer within 2000 ms (call_timeout): 4 bytes came");
    EXPECT_EQ(beckon::python::parts_of(body).arguments, value::tuple({"read_body"}));
}

TEST(PyrpcClient, a_connection_that_closes_inside_an_answer_tells_how_far_it_was) {
    const scripted server({say(bytes(2)), say(frame_of(value(nullptr))), say(frame_of(value(1)))});
    const auto conversation = server.connect();
    const beckon::dynamic root(conversation.root());
    const auto header = failure_of([&] { return root.call("echo").content(); });
    EXPECT_EQ(header.code(), errc::disconnected);
    EXPECT_EQ(header.message(), "peer closed the connection after 2 bytes of its reply");
    EXPECT_EQ(beckon::python::parts_of(header).arguments,
              value::tuple({"read_header Client.echo()"}));
    EXPECT_EQ(failure_of([&] { return root.call("echo").content(); }).message(),
              "peer sent a reply that is null; expected a pair of result and exception");
    EXPECT_EQ(failure_of([&] { return root.call("echo").content(); }).message(),
              "peer sent a reply that is int64; expected a pair of result and exception");
}

TEST(PyrpcClient, calls_that_were_given_up_leave_room_for_others) {
    constexpr int count = 50;
    std::vector<scripted::step> steps(count, [](hand_connection&, const bytes&) {});
    steps.push_back(say(frame_of(value::tuple({"here", nullptr}))));
    const scripted server(steps);
    const auto conversation = server.connect();
    const beckon::dynamic root(conversation.root());
    for (int i = 0; i < count; ++i) {
        auto given_up = root.async().call("echo");
        while (server.asked().size() != static_cast<std::size_t>(i) + 1) std::this_thread::yield();
        given_up.cancel();
    }
    EXPECT_EQ(root.call("echo").content(), value("here"));
    EXPECT_EQ(conversation.stats().calls_in_flight, 0u);
}

TEST(PyrpcClient, endpoints_say_what_is_usual_and_nothing_else) {
    const scripted server({});
    const auto refusal = [&](const std::string& options) {
        try {
            static_cast<void>(server.connect(options));
        } catch (const beckon::exception& thrown) {
            return std::string(thrown.what());
        }
        return std::string("nothing was refused");
    };
    for (const char* const good :
         {"?call_timeout=1", "?socket_connect_timeout=0.5&socket_send_timeout=2",
          "?nb_fetch_tick=3", "?nb_fetch_timeout=9&socket_recv_timeout=0.1&read_header_tick=0.01",
          "?retype_exceptions=true&nonblocking=no&request_clean_interval=60"})
        EXPECT_EQ(refusal(good), "nothing was refused") << good;
    EXPECT_NE(refusal("?call_timout=1").find("did you mean call_timeout?"), std::string::npos);
    EXPECT_NE(
        refusal("?call_timeout=never").find("option call_timeout is \"never\"; expected seconds"),
        std::string::npos);
    EXPECT_NE(refusal("?call_timeout=0").find("expected seconds above 0"), std::string::npos);
    EXPECT_NE(refusal("?keepalive_message=x").find("is not for pyrpc"), std::string::npos);
    const auto over = [](const std::string& endpoint) {
        const auto made = beckon::try_connect(endpoint);
        return made ? std::string("connected") : made.error().to_string();
    };
    EXPECT_NE(over("pyrpc+exec:true").find("makes a connection for each call"), std::string::npos);
    EXPECT_NE(over("pyrpc+signed+tcp://127.0.0.1:1").find("carry no headers"), std::string::npos);
}

TEST(PyrpcClient, peers_without_anything_there_are_told_at_once) {
    const auto inside = *beckon::context::create({});
    const auto made = beckon::try_connect("pyrpc+memory:nobody", {.context = inside});
    ASSERT_FALSE(made);
}

TEST(PyrpcClient, many_calls_over_real_sockets_one_after_the_other_and_at_once) {
    beckon::server server;
    server.publish("demo", make_demo());
    for (const std::string& listen : {std::string("pyrpc+tcp://127.0.0.1:0"),
                                      concat("pyrpc+unix:/tmp/beckon-pyrpc-", ::getpid())}) {
        const auto conversation = beckon::connect(server.listen(listen));
        const beckon::pyrpc::client client(conversation.root());
        for (int i = 0; i < 100; ++i) EXPECT_EQ(client.call("add", i, 1).as<int>(), i + 1);
        std::vector<beckon::future<beckon::dynamic>> all;
        for (int i = 0; i < 200; ++i) all.push_back(client.async("add", i, 1));
        for (int i = 0; i < 200; ++i)
            EXPECT_EQ(all[static_cast<std::size_t>(i)].get().as<int>(), i + 1);
        const std::string large(8u << 20, 'x');
        EXPECT_EQ(client.call("echo", large).content()[0][0].size(), large.size());
    }
}

} // namespace
} // namespace pyrpc_test
