// How a WebSocket ends a peer that is not for anybody, and one that begins a frame and does not go on.
#include "transport/ws/frame_heads_test.hpp"
#include "transport/ws/pair_test.hpp"

namespace beckon::transport::ws {
namespace {

using namespace heads;
using namespace std::chrono_literals;

/// A close frame of a server.
std::string closing(unsigned code, std::string_view reason) {
    const std::string number{static_cast<char>(code >> 8), static_cast<char>(code & 0xff)};
    return frame(fin | close_frame, number + std::string(reason), false);
}

struct refusal {
    errc why;
    unsigned code;
};

TEST(ws_parting, the_code_says_why_and_the_text_for_whom) {
    for (const refusal each :
         {refusal{errc::protocol_error, 1002}, refusal{errc::unsupported, 1003},
          refusal{errc::limit_exceeded, 1009}, refusal{errc::timeout, 1008},
          refusal{errc::access_denied, 1008}, refusal{errc::schema_mismatch, 1002},
          refusal{errc::parse_error, 1007}, refusal{errc::disconnected, 1001},
          refusal{errc::internal, 1011}, refusal{errc::io_error, 1011},
          refusal{errc::overloaded, 1013}, refusal{errc::cancelled, 1000}}) {
        raw_peer peer(role::server, nullptr, false);
        peer.near->end_because(each.why, "nobody here");
        peer.near->end_because(errc::internal, "nor is a second word said");
        peer.near->close();
        EXPECT_EQ(peer.hear(), closing(each.code, "nobody here")) << each.code;
    }
}

TEST(ws_parting, a_peer_that_has_closed_gets_its_own_code) {
    raw_peer peer(role::server, nullptr, false);
    peer.say(frame(fin | close_frame, "\x03\xe9"));
    EXPECT_EQ(peer.read(), "end");
    peer.near->end_because(errc::protocol_error, "nobody here");
    EXPECT_EQ(peer.hear(), closing(1001, ""));
}

TEST(ws_parting, a_long_text_is_cut_between_letters) {
    raw_peer peer(role::server, nullptr, false);
    std::string text = "x";
    while (text.size() < 200) text += "\xc3\xa4";
    peer.near->end_because(errc::protocol_error, text);
    EXPECT_EQ(peer.hear(), closing(1002, text.substr(0, 123)));
    raw_peer other(role::server, nullptr, false);
    other.near->end_because(errc::protocol_error, text.substr(1));
    EXPECT_EQ(other.hear(), closing(1002, text.substr(1, 122)));
}

struct hurried {
    explicit hurried(bool keep) : peer(role::server, within(20ms), keep) {}
    static std::shared_ptr<const side> within(nanoseconds time) {
        auto own = std::const_pointer_cast<side>(side_of(role::server));
        own->messages.within = time;
        return own;
    }
    raw_peer peer;
};

struct beginning {
    const char* name;
    bool keeps;
    std::string said;
};
class WsBeginnings : public testing::TestWithParam<beginning> {};
INSTANTIATE_TEST_SUITE_P(
    of, WsBeginnings,
    testing::Values(
        beginning{"a_text", true, frame(fin | text, "x").substr(0, 2)},
        beginning{"a_long_text", true, std::string("\x81\xff\0\0\0\0\0\1\0\0mas", 13)},
        beginning{"a_second_text", true, frame(fin | text, "one") + std::string(1, '\x81')},
        beginning{"a_ping", true, frame(fin | ping, "long").substr(0, 7)},
        beginning{"bytes", false, frame(fin | binary, "x").substr(0, 1)},
        beginning{"bytes_of_which_there_are_none", false, frame(fin | binary, "x").substr(0, 6)},
        beginning{"a_ping_among_bytes", false, frame(fin | ping, "long").substr(0, 9)}),
    [](const auto& each) { return std::string(each.param.name); });

TEST_P(WsBeginnings, have_to_go_on) {
    hurried over(GetParam().keeps);
    over.peer.say(GetParam().said);
    std::string got = read_in_time(over.peer);
    if (got == sized("one")) got = read_in_time(over.peer);
    EXPECT_EQ(got, "failed");
    EXPECT_EQ(over.peer.hear(), closing(1008, "a frame began and did not go on"));
    EXPECT_EQ(
        over.peer.near->exit_description(),
        concat("peer ", over.peer.near->peer_name(),
               " began a frame of WebSocket and did not go on within 20 ms (message_within)"));
}

TEST(ws_parting, a_message_in_pieces_has_to_go_on_too) {
    hurried over(true);
    over.peer.say(frame(text, "begun"));
    EXPECT_EQ(read_in_time(over.peer), "failed");
    EXPECT_EQ(over.peer.hear(), closing(1008, "a message began and did not go on"));
}

/// Both clocks run: what matters is that the one of the frame is over before the pings' would be.
TEST(ws_parting, those_that_go_on_live) {
    hurried over(false);
    const std::string each = frame(fin | ping, "?");
    over.peer.say(each.substr(0, 3));
    for (int looks = 0; looks < 5; ++looks) {
        ASSERT_TRUE(
            io::wait_readable(over.peer.near->read_descriptor(), steady_clock_source().now() + 20s)
                .ready);
        over.peer.say(each.substr(3) + each.substr(0, 3)); // before it looks at the time
        ASSERT_EQ(over.peer.read(), "nothing");
    }
    over.peer.say(each.substr(3) + frame(fin | binary, "still here"));
    EXPECT_EQ(over.peer.read(), "still here");
}

TEST(ws_parting, what_is_known_above_is_watched_there) {
    const auto begun_after = [](bool keeps, const std::string& said) {
        frames read(role::server);
        if (keeps) read.keep_messages(1u << 20);
        std::byte into[64];
        static_cast<void>(read.read(as_bytes(said), into));
        return read.begun();
    };
    const std::string one = frame(fin | text, "one");
    EXPECT_EQ(begun_after(true, one), 0u);
    EXPECT_EQ(begun_after(true, one + one.substr(0, 1)), 2u);
    EXPECT_EQ(begun_after(true, one + one.substr(0, 6)), 0u) << "its size is told";
    EXPECT_EQ(begun_after(false, frame(fin | binary, "many").substr(0, 6)), 1u);
    EXPECT_EQ(begun_after(false, frame(fin | binary, "many").substr(0, 7)), 0u);
    EXPECT_EQ(begun_after(false, frame(fin | ping, "many").substr(0, 9)), 1u);
    EXPECT_EQ(begun_after(false, frame(fin | ping, "many")), 0u);
    EXPECT_EQ(begun_after(false, frame(fin | close_frame, "")), 0u) << "nothing more is read";
}

} // namespace
} // namespace beckon::transport::ws
