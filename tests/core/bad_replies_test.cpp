// A server by hand that answers a client with nonsense: the call that it concerns fails, and no other.
#include "core/raw_peer.hpp"

namespace beckon::core_test {
namespace {

class bad_replies : public raw_client_test {};

TEST_F(bad_replies, a_result_that_cannot_be_read_fails_its_call_alone) {
    open();
    const auto lab = lab_of(*peer_);
    auto pending = lab.async()->echo("x");
    const raw_frame asked = peer_->await(frame_type::call);
    peer_->send_frame(frame_type::reply, 0, 0, asked.header.call, 0,
                      raw(u32{2}, u8{0xc0}, u8{0x80}));
    EXPECT_EQ(pending.result().error().to_string(),
              "protocol_error: peer sent a string that is not UTF-8 at byte 20; while reading the "
              "result");
    auto second = lab.async()->echo("y");
    const raw_frame next = peer_->await(frame_type::call);
    peer_->send_frame(frame_type::reply, 0, 0, next.header.call, 0, content_of(std::string("z")));
    EXPECT_EQ(second.get(), "z");
}

TEST_F(bad_replies, an_error_that_cannot_be_read_fails_its_call_alone) {
    open();
    const auto lab = lab_of(*peer_);
    auto pending = lab.async()->echo("x");
    const raw_frame asked = peer_->await(frame_type::call);
    peer_->send_frame(frame_type::error, 0, 0, asked.header.call, 0, raw(u32{1}));
    const std::string text = pending.result().error().to_string();
    EXPECT_EQ(text.substr(0, 14), "protocol_error");
    EXPECT_NE(text.find("reading an error frame; while calling lab.echo at "), std::string::npos);
    auto second = lab.async()->echo("y");
    const raw_frame next = peer_->await(frame_type::call);
    peer_->send_frame(frame_type::reply, 0, 0, next.header.call, 0, content_of(std::string("z")));
    EXPECT_EQ(second.get(), "z");
}

TEST_F(bad_replies, error_codes_of_later_versions_are_read_as_internal) {
    open();
    const auto lab = lab_of(*peer_);
    auto pending = lab.async()->echo("x");
    const raw_frame asked = peer_->await(frame_type::call);
    peer_->send_frame(frame_type::error, 0, 0, asked.header.call, 0,
                      raw(u32{999}) +
                          content_of(std::string(), std::string("from the future"), std::string()) +
                          raw(u32{0}, u8{0}));
    EXPECT_EQ(pending.result().error().to_string(),
              concat("internal: from the future; while calling lab.echo at ", name_));
}

TEST_F(bad_replies, a_second_reply_to_one_call_is_dropped) {
    open();
    const auto lab = lab_of(*peer_);
    auto pending = lab.async()->echo("x");
    const raw_frame asked = peer_->await(frame_type::call);
    for (int i = 0; i < 2; ++i)
        peer_->send_frame(frame_type::reply, 0, 0, asked.header.call, 0,
                          content_of(std::string(i == 0 ? "first" : "second")));
    EXPECT_EQ(pending.get(), "first");
    EXPECT_TRUE(eventually([&] { return session_.stats().oddities == 1; }));
    EXPECT_EQ(session_.stats().calls_in_flight, 0u);
}

TEST_F(bad_replies, a_server_that_speaks_something_else_fails_the_calls_that_wait) {
    open();
    auto pending = session_.services().async()->list();
    peer_->send(raw(u64{0x0a0d'3030'3420'5054}));
    const std::string text = pending.result().error().to_string();
    EXPECT_EQ(
        text,
        concat(
            "disconnected: protocol_error: peer began with \"TP 400\\x0d\\x0a\"; expected the "
            "native protocol's \"\\x89BKN\\x0d\\x0a\\x1a\\x0a\"; while awaiting directory.list at ",
            name_));
}

TEST_F(bad_replies, a_server_that_goes_away_mid_message_says_so) {
    open();
    const auto lab = lab_of(*peer_);
    auto pending = lab.async()->echo("x");
    const raw_frame asked = peer_->await(frame_type::call);
    bytes reply = raw_peer::frame(frame_type::reply, 0, 0, asked.header.call, 0,
                                  content_of(std::string(100, 'x')));
    reply.resize(40);
    peer_->send(reply);
    peer_->close();
    EXPECT_EQ(
        pending.result().error().to_string(),
        concat("disconnected: peer closed the connection, 40 bytes into a message; while reading "
               "from ",
               name_, "; while awaiting lab.echo at ", name_));
}

TEST_F(bad_replies, a_chain_of_five_calls_leaves_before_any_answer) {
    open();
    const auto lab = lab_of(*peer_);
    auto first = lab.async()->make(1);
    auto second = first.async()->next();
    auto third = second.async()->next();
    auto fourth = third.async()->next();
    auto last = fourth.async()->value();
    std::vector<u32> objects;
    std::vector<u32> promised;
    raw_frame asked;
    for (int i = 0; i < 5; ++i) {
        asked = peer_->await(frame_type::call);
        objects.push_back(asked.header.object);
        // Deadline first, then the promise: see the flags.
        EXPECT_EQ((asked.header.flags & native::flags::promise) != 0, i < 4);
        u32 number = 0;
        if (i < 4) std::memcpy(&number, asked.content.data() + 4, 4);
        promised.push_back(number);
    }
    EXPECT_EQ(objects, (std::vector<u32>{5, promised[0], promised[1], promised[2], promised[3]}));
    peer_->send_frame(frame_type::reply, 0, 0, asked.header.call, 0, raw(std::int64_t{4}));
    EXPECT_EQ(last.get(), 4) << "the answer to the last is enough";
}

TEST_F(bad_replies, an_answer_before_the_call_was_sent_is_dropped) {
    open();
    peer_->send_hello({.max_calls = 1});
    peer_->send_frame(frame_type::ping, 0, 0, 1, 0);
    static_cast<void>(peer_->await(frame_type::pong)); // so the hello has been read too
    auto first = session_.services().async()->list();
    const raw_frame asked = peer_->await(frame_type::call);
    auto second = session_.services().async()->list(); // waits for credit
    const u32 guessed = (asked.header.call & 0xffff'0000u) | 1;
    peer_->send_frame(frame_type::reply, 0, 0, guessed, 0, raw(u32{0}));
    EXPECT_TRUE(eventually([&] { return session_.stats().oddities == 1; }));
    EXPECT_FALSE(second.ready());
    peer_->send_frame(frame_type::reply, 0, 0, asked.header.call, 0, raw(u32{0}));
    EXPECT_TRUE(first.get().empty());
    const raw_frame now = peer_->await(frame_type::call);
    peer_->send_frame(frame_type::reply, 0, 0, now.header.call, 0, raw(u32{0}));
    EXPECT_TRUE(second.get().empty());
}

} // namespace
} // namespace beckon::core_test
