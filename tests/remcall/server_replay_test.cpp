// The recorded conversations, with our server in the original's place.
#include <set>

#include "board.hpp"
#include "loaded.hpp"

namespace remcall_test {
namespace {

using remcall_board::board;

/// What a recording was made with.
class recorded_server {
public:
    explicit recorded_server(std::string_view schema, std::string_view options = "?peer=plain")
        : served_({.context = at.inside}) {
        if (schema == "board") {
            board_ = std::make_shared<board>();
            const auto main = beckon::make_ref<remcall_board::Main>(beckon::partial(board_));
            board_->myself = main;
            served_.publish("board", main);
        } else {
            served_.publish("echo", echoing_main(schema));
        }
        served_.listen(at.endpoint(options));
    }
    ~recorded_server() {
        served_.stop();
        if (board_) board_->myself = {};
    }
    void end() { served_.stop(); }
    /// Calls of Slow that take longer wait.
    void let_end(std::uint8_t millis) { board_->slowest_that_ends = millis; }

    place at;

private:
    std::shared_ptr<board> board_;
    beckon::server served_;
};

/// The recordings that hold something which our server does in its own way.
void replay(const value& recording) {
    const std::string_view name = recording["name"].string();
    SCOPED_TRACE(name);
    recorded_server server(recording["schema"].string());
    wire_peer client = server.at.connect();
    const bool in_steps = name == "out_of_order_returns"; // by sleeping, when it was recorded
    if (in_steps) server.let_end(0);
    for (const value& frame : recording["frames"]) {
        const std::string_view hex = frame["hex"].string();
        if (frame["dir"] == value("c2s")) {
            client.send(hex);
            continue;
        }
        if (hex == "07") continue; // nothing makes ours send one
        if (hex == "08") {
            // Who is told of the end first answers, and has nothing to add.
            if (name == "simultaneous_disconnect") continue;
            server.end();
        }
        if (in_steps && !frame["result"].is_null())
            server.let_end(static_cast<std::uint8_t>(frame["result"].int64()));
        client.expect(hex);
    }
    if (name == "request_schema")
        client.expect(concat("01", named("schemas", "minimal")["hex"].string()));
    if (name == "request_schema" || name == "send_schema") client.send("08"), client.expect("09");
    EXPECT_EQ(client.read_all(), "");
}

TEST(RemcallServer, EachRecordedConversationIsHadAgain) {
    for (const value& each : section("communications")) replay(each);
}

TEST(RemcallServer, FailuresOfItsOwnLeaveTheStreamInStepAndAreLogged) {
    // What the original left in the middle of a message, and what ours says in its log instead.
    const std::map<std::string, std::string, std::less<>> told{
        {"boolean_result", "remcall itself cannot carry the result of Main.Truth"},
        {"enum_result_null", "enum Level has no value 7"},
        {"implementation_raises", "implementation failed"},
        {"method_not_implemented", "Missing"},
    };
    std::set<std::string, std::less<>> seen;
    for (const value& each : section("sender_failures")) {
        const std::string name(each["name"].string());
        const auto expected = told.find(name);
        if (expected == told.end()) continue; // the client's
        SCOPED_TRACE(name);
        seen.insert(name);
        recorded_server server("board");
        wire_peer client = server.at.connect();
        client.send(each["frames"][0]["hex"].string());
        client.send("0500000002001100000001");
        client.expect("060000000200000001"); // Myself, and nothing before it
        await([&] { return server.at.log.has("BKN-FAILURE-UNTOLD"); });
        EXPECT_TRUE(server.at.log.has(expected->second)) << server.at.log.lines();
    }
    EXPECT_EQ(seen.size(), told.size());
}

/// What becomes of the bytes that ended the original's loop.
struct fate {
    std::string_view answer{};      ///< What our server says to them.
    bool lives = false;             ///< And whether it goes on.
    std::string_view log{};         ///< What it notes.
    std::string_view failed_with{}; ///< FAIL_METHOD's kind, where the peer can be told.
};

const std::map<std::string, fate, std::less<>>& fates() {
    static const std::map<std::string, fate, std::less<>> made{
        {"end_of_stream", {}},
        {"noop_then_end", {}},
        {"disconnect", {.answer = "09"}},
        {"acknowledge", {}},
        {"bytes_after_disconnect", {.answer = "09"}},
        {"unknown_command_02", {.answer = "08", .log = "peer sent command 0x02, which remcall"}},
        {"unknown_command_03", {.answer = "08", .log = "peer sent command 0x03, which remcall"}},
        {"unknown_command_04", {.answer = "08", .log = "peer sent command 0x04, which remcall"}},
        {"unknown_command_0a", {.answer = "08", .log = "peer sent command 0x0a, which remcall"}},
        {"unknown_command_ff", {.answer = "08", .log = "peer sent command 0xff, which remcall"}},
        {"request_schema", {.lives = true}},
        {"send_schema", {.lives = true}},
        {"truncated_call", {}},
        {"truncated_argument", {}},
        {"unknown_method",
         {.answer = "08", .log = "peer called method number 65535; the schema has those below 27"}},
        {"unknown_object",
         {.lives = true, .log = "object 9 is not lent to the peer", .failed_with = "02"}},
        {"null_object", {.lives = true, .log = "peer called null", .failed_with = "02"}},
        {"negative_object",
         {.lives = true,
          .log = "peer called object -1, which is one of its own",
          .failed_with = "02"}},
        {"wrong_interface",
         {.lives = true,
          .log = "peer called Item.Label of an object of Main",
          .failed_with = "01"}},
        {"enum_out_of_range",
         {.lives = true,
          .log = "argument level of Main.Raise at byte 11: expected Level, found index 9; it has 3",
          .failed_with = "03"}},
        {"string_not_utf8",
         {.lives = true,
          .log = "argument label of Main.Find at byte 15: expected string of utf-8, found ff",
          .failed_with = "03"}},
        {"boolean_argument",
         {.answer = "08", .log = "peer called Main.Flip, whose arguments only Beckons"}},
        {"unsolicited_return",
         {.answer = "08", .log = "peer answered request 42, which this side has not made"}},
        {"good_then_bad", {.answer = "06000000010000000108", .log = "peer sent command 0xff"}},
    };
    return made;
}

TEST(RemcallServer, BytesThatEndedTheOriginalsLoopFailTheirCallOrEndTheConversationInWords) {
    std::size_t seen = 0;
    for (const value& each : section("receiver_failures")) {
        const std::string name(each["name"].string());
        SCOPED_TRACE(name);
        const auto known = fates().find(name);
        ASSERT_NE(known, fates().end());
        ++seen;
        const fate& expected = known->second;
        recorded_server server("board");
        wire_peer client = server.at.connect();
        wire_peer other = server.at.connect();
        client.send(each["input_hex"].string());
        client.expect(expected.answer);
        if (name == "request_schema") { // the same, but for its label
            const std::size_t size = named("schemas", "board")["size"].as<std::size_t>() - 5;
            EXPECT_TRUE(client.read(1 + size).starts_with("0152454d43414c4c534348454d41"));
        }
        if (expected.lives) {
            client.send("0500000002001100000001");
            client.expect("060000000200000001");
        } else if (expected.answer.empty() && name != "acknowledge") {
            client.close();
        } else {
            EXPECT_EQ(client.read_all(), "");
        }
        await([&] { return expected.log.empty() || server.at.log.has(expected.log); });
        // Others go on.
        other.send("0500000001001100000001");
        other.expect("060000000100000001");
    }
    EXPECT_EQ(seen, fates().size());
}

TEST(RemcallServer, AServerThatDialsOutIsTheServerWhereItsEndpointSaysSo) {
    place at;
    auto listener = std::move(at.inside->memory().listen(at.name)).value();
    beckon::server served({.context = at.inside});
    served.publish("echo", echoing_main("refs_1_1"));
    served.listen(concat("restart:1:", at.endpoint("?role=server&peer=plain")));
    std::unique_ptr<beckon::io::byte_stream> stream;
    while (!stream) stream = std::move(listener->accept()).value();
    wire_peer client(std::move(stream));
    client.send("0500000001000101");
    client.expect("060000000101");
}

TEST(RemcallServer, ABeckonIsToldWhichCallFailedAndWhy) {
    constexpr std::size_t hello_size = 39;
    const std::string hello = concat("1000010000003f", std::string(64, '0'));
    for (const value& each : section("receiver_failures")) {
        const auto known = fates().find(each["name"].string());
        if (known == fates().end() || known->second.failed_with.empty()) continue;
        SCOPED_TRACE(known->first);
        recorded_server server("board", "?check=none");
        wire_peer client = server.at.connect();
        client.send(concat(knock, hello, each["input_hex"].string()));
        client.expect(concat(knock, "1000010000003f"));
        static_cast<void>(client.read(hello_size - 7));
        client.expect(concat("1100000001", known->second.failed_with));
        client.send("08");
        EXPECT_TRUE(client.read_all().ends_with("09"));
        EXPECT_FALSE(server.at.log.has("BKN-FAILURE-UNTOLD"));
    }
    // And what the original cannot read is read.
    recorded_server server("board", "?check=none");
    wire_peer client = server.at.connect();
    client.send(
        concat(knock, hello, named("receiver_failures", "boolean_argument")["input_hex"].string()));
    client.expect(knock);
    static_cast<void>(client.read(hello_size));
    client.expect("060000000100");
}

} // namespace
} // namespace remcall_test
