// A typed interface over basic-socket-rpc: its methods are commands by their places or by the numbers that it gives, its types travel as the mapping says.
#include "conformance/service.hpp"
#include "wire_peer.hpp"

namespace numbered {
struct Greeter {
    std::string hello(std::string name);
    std::uint32_t sum(std::uint32_t a, std::uint32_t b);
    void after();
};
BECKON_INTERFACE(Greeter, (hello, name), (sum, a, b), (after))
BECKON_COMMANDS(Greeter, (hello, 700), (sum, 3))
} // namespace numbered

namespace basic_test {
namespace {

using namespace beckon::basic;
using conformance::Conformance;

struct greeter {
    std::string hello(const std::string& name) { return "hi " + name; }
    std::uint32_t sum(std::uint32_t a, std::uint32_t b) { return a + b; }
    void after() {}
};

struct typed : place {
    typed() : server({.context = inside}) {
        conformance::publish(server);
        server.set_root("conformance");
        static_cast<void>(server.listen(endpoint()));
        beckon::connect_options chosen;
        chosen.context = inside;
        session = beckon::connect(endpoint(), chosen);
        service = session.get<Conformance>("conformance");
    }
    beckon::server server;
    beckon::connected session;
    beckon::ref<Conformance> service;
};

TEST(basic_typed, calls_of_an_interface_are_commands_by_their_places) {
    typed at;
    EXPECT_EQ(at.service->add(2, 3), 5);
    EXPECT_EQ(at.service->add(-7, 3), -4);
    EXPECT_EQ(at.service->concat("a", "b"), "ab");
    EXPECT_EQ(at.service->sum({1.5, 2}), 3.5);
    EXPECT_EQ(at.service->reverse(beckon::to_bytes("abc")), beckon::to_bytes("cba"));
    EXPECT_EQ(at.service->whoami(), "anonymous");
    EXPECT_EQ(at.service->live_objects(), 0);
    EXPECT_EQ(at.service->sleep(1), "slept 1 ms");
    const auto counted = at.service->word_count("a b a");
    EXPECT_EQ(counted.at("a"), 2);
    const conformance::Item bolt{
        "bolt", 2, {"m4"}, conformance::Point{1, 2}, conformance::Mood::busy};
    const conformance::Item more = at.service->restock(bolt, 3);
    EXPECT_EQ(more.count, 5);
    EXPECT_EQ(more.at->y, 2);
    EXPECT_EQ(more.mood, conformance::Mood::busy);
    EXPECT_EQ(at.service->sort_items({more, bolt}).front().count, 2);
}

TEST(basic_typed, the_bytes_are_those_of_the_mapping) {
    typed at;
    wire_peer peer = at.connect();
    EXPECT_EQ(peer.ask(init).hex(), let_in);
    // 1 add(int64 a, int64 b)
    EXPECT_EQ(peer.ask("1700000001010002000000000000000300000000000000").hex(),
              "0d000000010500000000000000");
    // 5 restock(Item{"n", 1, ["t"], no Point, Mood::broken}, 1)
    const std::string name = "010000006e";
    const std::string tags = concat("09000000", "01000000", "0100000074");
    const std::string nowhere = "0400000000000000";
    EXPECT_EQ(peer.ask(concat("35000000", "01", "0500", name, "0100000000000000", tags, nowhere,
                              "02000000", "0100000000000000"))
                  .hex(),
              concat("2b000000", "01", name, "0200000000000000", tags, nowhere, "02000000"));
}

TEST(basic_typed, what_has_no_form_is_refused_by_whoever_would_send_it) {
    typed at;
    const auto refused = [](auto&& call) {
        try {
            call();
        } catch (const beckon::exception& thrown) {
            return thrown.failure().to_string();
        }
        return std::string("nothing");
    };
    EXPECT_NE(refused([&] { static_cast<void>(at.service->make_counter(1)); })
                  .find("unsupported: basic-socket-rpc cannot carry command 10 (make_counter): the "
                        "result is Counter"),
              std::string::npos);
    EXPECT_NE(refused([&] {
                  static_cast<void>(at.service->echo(value(1)));
              }).find("command 0 (echo): argument what is any"),
              std::string::npos);
    EXPECT_EQ(at.service->add(2, 3), 5);
    // To others such a command is not there.
    wire_peer peer = at.connect();
    EXPECT_EQ(peer.ask(init).hex(), let_in);
    const told_exception told = peer.ask("07000000010000").exception();
    EXPECT_EQ(told.name, "ProtocolError");
    EXPECT_EQ(told.text,
              "Unknown command with id: 0 (echo cannot be carried: argument what is any)");
    EXPECT_EQ(peer.ask("07000000011200").exception().text, "Unknown command with id: 18");
}

TEST(basic_typed, failures_have_the_names_that_clients_know) {
    typed at;
    wire_peer peer = at.connect();
    EXPECT_EQ(peer.ask(init).hex(), let_in);
    // 8 fail("boom") throws std::runtime_error
    const told_exception told = peer.ask("0f00000001080004000000626f6f6d").exception();
    EXPECT_EQ(told.name, "RuntimeError");
    EXPECT_EQ(told.text, "boom");
    try {
        at.service->fail("boom");
        FAIL() << "nothing was thrown";
    } catch (const beckon::remote_error& thrown) {
        EXPECT_EQ(thrown.message(), "boom");
        EXPECT_EQ(thrown.type_name(), "builtins.RuntimeError");
    }
    const conformance::Item bolt{"bolt", 2, {}, {}, conformance::Mood::calm};
    try {
        static_cast<void>(at.service->restock(bolt, -5));
        FAIL() << "nothing was thrown";
    } catch (const beckon::remote_error& thrown) {
        EXPECT_EQ(thrown.type_name(), "OutOfStock");
    }
}

TEST(basic_typed, arguments_that_do_not_fit_are_told_by_command_and_byte) {
    typed at;
    wire_peer peer = at.connect();
    EXPECT_EQ(peer.ask(init).hex(), let_in);
    const told_exception told = peer.ask("0f000000010100"
                                         "0200000000000000")
                                    .exception();
    EXPECT_EQ(told.name, "ValueError");
    EXPECT_EQ(told.text,
              "argument b of command 1 (add) at byte 8: expected i64 of 8 bytes, found 0 "
              "bytes");
    EXPECT_EQ(peer.ask("0800000001100078").exception().text,
              "Unknown command with id: 16 (total cannot be carried: argument numbers is "
              "stream<int64>)");
    EXPECT_EQ(
        peer.ask("0800000001110078").exception().text,
        "arguments of command 17 (whoami) at byte 0: expected the end of the arguments, found "
        "1 byte more");
    // sort_items of an item whose mood is none
    EXPECT_EQ(
        peer.ask(concat("30000000", "01", "0600", "25000000", "01000000", "010000006e",
                        "0100000000000000", "0400000000000000", "0400000000000000", "09000000"))
            .exception()
            .text,
        "argument items of command 6 (sort_items) at byte 37: expected Mood, found index 9 of "
        "3");
}

TEST(basic_typed, commands_can_be_called_by_number_with_their_bytes) {
    typed at;
    const beckon::object root = at.session.root();
    const auto ask = [&](std::string name, value arguments) {
        beckon::dynamic_request request;
        request.name = std::move(name);
        request.arguments = std::move(arguments);
        return beckon::operate_and_wait(root, std::move(request));
    };
    const auto answer = ask("#1", value::list({from_hex("02000000000000000300000000000000")}));
    ASSERT_TRUE(answer) << answer.error().to_string();
    EXPECT_EQ(*answer, value(from_hex("0500000000000000")));
    EXPECT_EQ(ask("#1", value::list({2, 3})).error().code(), errc::type_mismatch);
    EXPECT_EQ(ask("add", value::list({2, 3})).error().code(), errc::unsupported);
    EXPECT_EQ(ask("#65536", value::list()).error().code(), errc::unsupported);
}

TEST(basic_typed, a_schema_may_give_the_numbers_that_a_server_has) {
    place at;
    service<> original;
    original.respond(command(700, "hello", str, str),
                     [](const std::string& name) { return "hello " + name; });
    original.respond(command(3, "sum", seq(u32, u32), u32),
                     [](std::uint32_t a, std::uint32_t b) { return a + b; });
    const beckon::basic::server served(original, at.endpoint(), {.context = at.inside});
    beckon::connect_options chosen;
    chosen.context = at.inside;
    const auto session = beckon::connect(at.endpoint(), chosen);
    const auto greeter = session.get<numbered::Greeter>("");
    EXPECT_EQ(greeter->hello("Ann"), "hello Ann");
    EXPECT_EQ(greeter->sum(2, 3), 5u);
    try {
        greeter->after();
        FAIL() << "nothing was thrown";
    } catch (const beckon::exception& thrown) {
        EXPECT_EQ(thrown.failure().message(), "Unknown command with id: 4");
    }
}

TEST(basic_typed, an_object_answers_the_numbers_of_its_schema_and_no_others) {
    place at;
    beckon::server server({.context = at.inside});
    server.publish<numbered::Greeter>("greeter", std::make_shared<greeter>());
    static_cast<void>(server.listen(at.endpoint()));
    wire_peer peer = at.connect();
    EXPECT_EQ(peer.ask(init).hex(), let_in);
    EXPECT_EQ(peer.ask("0f000000010300"
                       "02000000"
                       "03000000")
                  .hex(),
              "090000000105000000");
    EXPECT_EQ(peer.ask("07000000010400").hex(), "0500000001");
    EXPECT_EQ(
        peer.ask("0b00000001bc02"
                 "09000000")
            .exception()
            .text,
        "argument name of command 700 (hello) at byte 4: expected str of 9 bytes, found 0 bytes");
    for (const char* const place : {"0000", "0100", "0200"})
        EXPECT_TRUE(peer.ask(concat("0700000001", place)).exception().text.starts_with("Unknown"));
}

} // namespace
} // namespace basic_test
