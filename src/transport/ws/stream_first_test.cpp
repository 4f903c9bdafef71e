// What a WebSocket tells of what its peer begins with, and that nothing of it is lost.
#include "transport/ws/frame_heads_test.hpp"
#include "transport/ws/pair_test.hpp"

namespace beckon::transport::ws {
namespace {

using namespace heads;
using io::first_content;

struct first : testing::Test {
    raw_peer peer{role::server, nullptr, false};

    first_content found() { return peer.near->begins_with(); }
    /// Byte by byte, until it tells.
    first_content found_in(std::string_view said) {
        EXPECT_EQ(found(), first_content::nothing);
        for (std::size_t i = 0; i < said.size(); ++i) {
            peer.say(said.substr(i, 1));
            const first_content now = found();
            if (now == first_content::bytes || now == first_content::messages) {
                peer.say(said.substr(i + 1));
                return now;
            }
        }
        return found();
    }
    bool tells_of_input() {
        return io::wait_readable(peer.near->read_descriptor(), steady_clock_source().now()).ready;
    }
};

TEST_F(first, texts_are_messages_and_are_kept_whole) {
    const std::string said = frame(fin | ping, "?") + frame(fin | pong, "") +
                             frame(fin | text, "one") + frame(fin | text, "two");
    EXPECT_EQ(found_in(said), first_content::messages);
    EXPECT_EQ(found(), first_content::messages) << "as often as it is asked";
    EXPECT_TRUE(tells_of_input());
    EXPECT_EQ(peer.hear(), frame(fin | pong, "?", false));
    static_cast<void>(peer.near->keep_messages());
    std::string got;
    for (std::string part; (part = peer.read()) != "nothing";) got += part;
    EXPECT_EQ(got, sized("one") + sized("two"));
}

TEST_F(first, binary_messages_are_bytes) {
    EXPECT_EQ(found_in(frame(fin | ping, "") + frame(binary, "on") + frame(fin | 0, "e")),
              first_content::bytes);
    EXPECT_TRUE(tells_of_input());
    std::string got;
    for (std::string part; (part = peer.read()) != "nothing";) got += part;
    EXPECT_EQ(got, "one");
}

TEST_F(first, a_head_that_is_cut_has_begun_and_tells_no_more) {
    peer.say(frame(fin | text, "").substr(0, 1));
    EXPECT_EQ(found(), first_content::begun);
    EXPECT_EQ(found(), first_content::begun);
    EXPECT_FALSE(tells_of_input()) << "nobody need look again";
}

TEST_F(first, an_end_is_found_by_reading) {
    EXPECT_EQ(found_in(frame(fin | close_frame, "")), first_content::bytes);
    EXPECT_EQ(peer.read(), "end");
}

TEST_F(first, so_is_what_breaks_a_rule) {
    EXPECT_EQ(found_in(frame(fin | ping, std::string(126, 'x'))), first_content::bytes);
    EXPECT_EQ(peer.read(), "failed");
}

TEST_F(first, pings_alone_are_answered_and_are_no_beginning) {
    std::string all;
    for (int i = 0; i < 1000; ++i) all += frame(fin | ping, "many");
    peer.say(all);
    while (found() == first_content::begun) {
    }
    EXPECT_EQ(found(), first_content::nothing);
    EXPECT_EQ(peer.hear().size(), 1000 * frame(fin | pong, "many", false).size());
}

} // namespace
} // namespace beckon::transport::ws
