// What no peer should send: each ends its conversation in words, or is noted, and others go on.
#include <algorithm>

#include "board.hpp"
#include "loaded.hpp"

namespace remcall_test {
namespace {

const std::string hello = concat("1000010000003f", std::string(64, '0'));

struct served_board {
    explicit served_board(const beckon::limits& allowed = {})
        : served({.context = at.inside, .limits = allowed}) {
        served.publish<remcall_board::Main>(
            "board", beckon::partial(std::make_shared<remcall_board::board>()));
        served.listen(at.endpoint("?check=none"));
    }
    place at;
    beckon::server served;
};

struct attack {
    std::string name;
    std::string bytes;
    std::string says; ///< In the log.
};

std::vector<attack> attacks() {
    const std::string beckon = concat(knock, hello);
    const std::string call = "0500000001"; // the first request
    return {
        {"a string of 4 GiB", call + "000d00000001ffffffff",
         "string of 4294967295 bytes; limit is"},
        {"an array of 4 GiB", beckon + call + "000700000001ffffffff", "elements; limit is"},
        {"hello of who has not knocked", hello,
         "peer sent command 0x10, which is Beckon's, and did not begin as a Beckon does"},
        {"seven noops and hello", concat("07070707070707", hello), "did not begin as a Beckon"},
        {"a release before hello", concat(knock, "1200000000"),
         "peer sent command 0x12 before its HELLO"},
        {"hello of no version", concat(knock, "1000000000003f", std::string(64, '0')),
         "peer said HELLO in version 0"},
        {"releases without end", beckon + "12ffffffff", "peer released 4294967295 objects"},
        {"what is no schema", "01" + std::string(200, '0'), "peer sent what is no schema"},
        {"a schema without end", concat("01", "52454d43414c4c534348454d41", "ffffffff"),
         "peer sent what is no schema"},
        {"another schema", concat("01", named("schemas", "minimal")["hex"].string(), "0a"),
         "peer sent command 0x0a"}, // check=none
        {"an answer twice", beckon + "0600000000", "peer answered request 0, which"},
        {"an extended argument before hello", concat(knock, call, "000e0000000101"),
         "whose arguments only Beckons"},
    };
}

TEST(RemcallHostile, EachEndsItsConversationInWordsAndNoOther) {
    for (const attack& each : attacks()) {
        SCOPED_TRACE(each.name);
        served_board server;
        wire_peer other = server.at.connect();
        wire_peer peer = server.at.connect();
        peer.send(each.bytes);
        EXPECT_TRUE(peer.read_all().ends_with("08")) << "it says goodbye";
        EXPECT_TRUE(server.at.log.has(each.says)) << server.at.log.lines();
        other.send("050000000100170000000101"); // Slow(1)
        other.expect(knock);
        other.expect("060000000101");
    }
}

TEST(RemcallHostile, OddThingsThatDoNoHarmAreNoted) {
    const std::vector<attack> odd{
        {"a failure of nothing",
         "11000000090000000000000000"
         "0000000000",
         "peer failed request 9, which this side has not made"},
        {"a release of nothing", "12000000010000000700000001", "peer released object 7 1 times"},
        {"hello again", hello, "peer said HELLO twice"},
        {"a cancellation of nothing", "1300000009", ""},
    };
    for (const attack& each : odd) {
        SCOPED_TRACE(each.name);
        served_board server;
        wire_peer peer = server.at.connect();
        peer.send(concat(knock, hello, each.bytes));
        peer.expect(knock);
        static_cast<void>(peer.read(39));
        peer.send("050000000100170000000101");
        peer.expect("060000000101");
        EXPECT_TRUE(each.says.empty() || server.at.log.has(each.says)) << server.at.log.lines();
    }
}

TEST(RemcallHostile, APieceAtATimeIsAsGoodAsAllAtOnce) {
    served_board server;
    wire_peer peer = server.at.connect();
    const std::string all =
        concat(knock, hello, "0500000001000d000000010000000374776f", // Find("two")
               "05000000020007000000010000000301ff02",               // Array
               "01", named("schemas", "board")["hex"].string(), "07",
               "1400ffffff0000000300170000000101"); // Slow(1), with a deadline
    for (std::size_t i = 0; i < all.size(); i += 2) peer.send(all.substr(i, 2));
    peer.expect(knock);
    static_cast<void>(peer.read(39));
    // Calls start when they come, and end in any order.
    const std::string answers[] = {"060000000100000000", "06000000020000000301ff02",
                                   "060000000301"};
    std::string got = peer.read(9 + 12 + 6);
    for (const std::string& each : answers) {
        const std::size_t at = got.find(each);
        ASSERT_NE(at, std::string::npos) << each << " in " << got;
        got.erase(at, each.size());
    }
    EXPECT_EQ(got, "");
}

TEST(RemcallHostile, CallsThatRunAreBounded) {
    beckon::limits allowed;
    allowed.max_calls_in_flight = 1; // 16 of them wait
    served_board server(allowed);
    wire_peer peer = server.at.connect();
    std::string all = concat(knock, hello);
    for (int i = 10; i < 28; ++i)                       // their numbers, whatever these digits mean
        all += concat("05000000", i, "001700000001ff"); // Slow(255)
    peer.send(all);
    peer.expect(knock);
    static_cast<void>(peer.read(39));
    EXPECT_TRUE(peer.read(6).starts_with("11000000")) << "one is refused at once";
}

} // namespace
} // namespace remcall_test
