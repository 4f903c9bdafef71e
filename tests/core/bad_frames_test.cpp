// Peers that break the rules before the conversation, or in its frames: who is blamed, for what, where; and nobody else
// notices.
#include "core/raw_peer.hpp"

namespace beckon::core_test {
namespace {

class bad_frames : public raw_server_test {};

constexpr u16 add = method_number<Lab>("add"), echo = method_number<Lab>("echo");

// --- Before the conversation ---

TEST_F(bad_frames, a_peer_that_speaks_something_else_is_told_what_was_expected) {
    raw_peer peer = silent();
    peer.send(raw(u64{0x5448'2f20'5445'4721})); // "!GET /HT"
    EXPECT_EQ(peer.reason_of_end(), "protocol_error: peer began with \"!GET /HT\"; expected the "
                                    "native protocol's \"\\x89"
                                    "BKN\\x0d\\x0a\\x1a\\x0a\"");
}

TEST_F(bad_frames, a_single_wrong_byte_is_enough) {
    raw_peer peer = silent();
    peer.send(raw(u8{'x'}));
    EXPECT_EQ(peer.reason_of_end().substr(0, 36), "protocol_error: peer began with \"x\";");
}

TEST_F(bad_frames, the_first_frame_must_be_hello) {
    raw_peer peer = silent();
    peer.send(raw_peer::magic());
    peer.send_frame(frame_type::call, 0, 1, 1, 0);
    EXPECT_EQ(peer.reason_of_end(), "protocol_error: peer sent a call frame first; expected hello; "
                                    "while reading the call frame at byte 8 of the conversation");
}

TEST_F(bad_frames, a_second_hello_ends_the_session) {
    raw_peer peer = greeted();
    peer.send(raw_peer::hello_frame({}));
    EXPECT_EQ(peer.reason_of_end(), "protocol_error: peer sent a second hello; while reading the "
                                    "hello frame at byte 72 of the conversation");
}

TEST_F(bad_frames, versions_that_do_not_meet_are_named) {
    raw_peer newer = silent();
    newer.send_hello({.oldest = 7, .newest = 9});
    EXPECT_EQ(newer.reason_of_end(), "protocol_error: peer speaks versions 7 to 9 of the native "
                                     "protocol; this side speaks 1 to 1; while reading the hello "
                                     "frame at byte 8 of the conversation");
    raw_peer wide = silent();
    wide.send_hello({.oldest = 0, .newest = 9});
    EXPECT_EQ(wide.read()->type(), frame_type::hello);
    EXPECT_NE(wide.get("lab"), 0u) << "unknown versions beside a known one do no harm";
}

TEST_F(bad_frames, features_that_nobody_knows_are_not_used) {
    raw_peer peer = silent();
    peer.send(raw_peer::magic());
    bytes content =
        raw(u16{1}, u16{1}, u32{0}, ~u64{0}, 16u << 20, u32{1024}, 32u << 20, 256u << 10) +
        content_of(std::string("raw"), std::string(), bytes{}) +
        raw(u64{0x1234}); // what a later version appends
    peer.send_frame(frame_type::hello, 0, 0, 0, 0, content);
    EXPECT_NE(peer.get("lab"), 0u);
}

TEST_F(bad_frames, limits_below_the_least_are_refused) {
    raw_peer small = silent();
    small.send_hello({.max_message_bytes = 1023});
    EXPECT_EQ(small.reason_of_end(),
              "protocol_error: peer takes messages of 1023 bytes and 1024 calls "
              "in flight; the least allowed is 1024 bytes and 1 call; while reading the hello "
              "frame at byte 8 of the conversation");
    raw_peer none = silent();
    none.send_hello({.max_calls = 0});
    EXPECT_EQ(none.reason_of_end(),
              "protocol_error: peer takes messages of 16777216 bytes and 0 calls "
              "in flight; the least allowed is 1024 bytes and 1 call; while reading the hello "
              "frame at byte 8 of the conversation");
    raw_peer least = silent();
    least.send_hello({.max_message_bytes = 1024, .max_calls = 1});
    EXPECT_NE(least.get("lab"), 0u);
}

TEST_F(bad_frames, a_hello_that_is_cut_short_says_where) {
    raw_peer peer = silent();
    peer.send(raw_peer::magic());
    peer.send_frame(frame_type::hello, 0, 0, 0, 0, raw(u16{1}, u16{1}, u32{0}));
    EXPECT_EQ(peer.reason_of_end(), "protocol_error: peer sent a message that ends at byte 24; "
                                    "expected 8 more bytes at byte 24; while reading the hello "
                                    "frame at byte 8 of the conversation");
    raw_peer bad_name = silent();
    bad_name.send_hello({.software = "\xff"});
    EXPECT_EQ(bad_name.reason_of_end(),
              "protocol_error: peer sent a string that is not UTF-8 at byte "
              "52; while reading the hello frame at byte 8 of the conversation");
}

TEST_F(bad_frames, a_peer_that_never_says_hello_is_let_go) {
    limits hasty;
    hasty.handshake_within = 20ms;
    start(hasty);
    raw_peer peer = silent();
    EXPECT_EQ(peer.reason_of_end().substr(0, 45), "timeout: peer memory:" + url_.substr(7, 24));
    raw_peer slow = silent();
    slow.send(raw_peer::magic());
    EXPECT_NE(slow.reason_of_end().find("sent no greeting within 20 ms (handshake_within)"),
              std::string::npos);
}

TEST_F(bad_frames, before_the_hello_little_is_gathered) {
    raw_peer peer = silent();
    peer.send(raw_peer::magic());
    peer.send_frame(frame_type::hello, 0, 0, 0, 0, {}, (64u << 10) + 1);
    EXPECT_EQ(peer.reason_of_end(),
              "limit_exceeded: peer declared a hello frame of 65537 bytes; limit "
              "is 65536 bytes (before the hello); while reading the frame header at byte 8 of the "
              "conversation");
}

// --- Frames ---

TEST_F(bad_frames, a_frame_smaller_than_its_header_ends_the_session) {
    raw_peer peer = greeted();
    peer.send_frame(frame_type::ping, 0, 0, 0, 0, {}, 15);
    EXPECT_EQ(peer.reason_of_end(),
              "protocol_error: peer sent a frame of 15 bytes; a frame has at "
              "least 16; while reading the frame header at byte 72 of the conversation");
}

TEST_F(bad_frames, a_frame_that_never_ends_is_reported_by_where_it_stopped) {
    raw_peer peer = greeted();
    bytes whole =
        raw_peer::frame(frame_type::call, 0, echo, 1, 1, content_of(std::string(100, 'x')));
    whole.resize(50);
    peer.send(whole);
    peer.close();
    EXPECT_TRUE(eventually([&] { return far_->there.connection_count() == 1; }));
}

TEST_F(bad_frames, frames_of_unknown_type_end_the_session_unless_they_may_be_ignored) {
    raw_peer peer = greeted();
    const u32 lab = peer.get("lab");
    peer.send_frame(static_cast<frame_type>(0x80), 0, 0, 0, 0, raw(u64{1}));
    peer.send_frame(static_cast<frame_type>(0xff), 0, 0, 0, 0);
    peer.send_frame(frame_type::call, 0, add, 2, lab, raw(1.0, 2.0));
    EXPECT_EQ(peer.answer(2).content, raw(3.0));
    EXPECT_NE(far_->log.lines().find("BKN-FRAME-IGNORED: "), std::string::npos);
    EXPECT_NE(far_->log.lines().find("peer sent a frame of type 128, which may be ignored and is"),
              std::string::npos);
    peer.send_frame(static_cast<frame_type>(77), 0, 0, 0, 0);
    EXPECT_EQ(peer.reason_of_end(), "protocol_error: peer sent a frame of unknown type 77; while "
                                    "reading the unknown frame at byte 176 of the conversation");
}

TEST_F(bad_frames, frames_without_content_may_have_none) {
    for (const auto type : {frame_type::cancel, frame_type::ping, frame_type::pong,
                            frame_type::stream_credit, frame_type::stream_stop, frame_type::bye}) {
        raw_peer peer = greeted();
        peer.send_frame(type, 0, 0, 1, 0, raw(u64{1}));
        EXPECT_EQ(peer.reason_of_end(),
                  concat("protocol_error: peer sent a ", native::name_of(type),
                         " frame of 24 bytes; expected 16; while reading the ",
                         native::name_of(type), " frame at byte 72 of the conversation"));
    }
    raw_peer peer = greeted();
    peer.send_frame(frame_type::release, 0, 0, 0, 2, raw(u32{1}, u32{1}));
    EXPECT_EQ(peer.reason_of_end(),
              "protocol_error: peer sent a release frame of 24 bytes for 2 objects; expected 32; "
              "while reading the release frame at byte 72 of the conversation");
}

TEST_F(bad_frames, pings_without_end_whose_answers_nobody_takes_end_the_session) {
    limits small;
    small.max_unsent_bytes = 50'000;
    start(small);
    raw_peer peer = greeted();
    const bytes ping = raw_peer::frame(frame_type::ping, 0, 0, 1, 0);
    bytes many;
    for (int i = 0; i < 1000; ++i) many.insert(many.end(), ping.begin(), ping.end());
    const std::string said =
        "limit_exceeded: peer left 50032 bytes of pongs and refusals untaken; limit is 50000 bytes "
        "(max_unsent_bytes)";
    for (int i = 0; i < 10; ++i) peer.send(many);
    EXPECT_TRUE(eventually([&] { return far_->log.lines().find(said) != std::string::npos; }))
        << far_->log.lines();
    // Who takes them may go on for ever.
    raw_peer honest = greeted();
    for (int i = 0; i < 20; ++i) {
        honest.send(many);
        for (int k = 0; k < 1000; ++k) EXPECT_EQ(honest.read()->type(), frame_type::pong);
    }
}

TEST_F(bad_frames, pings_are_answered_with_their_number) {
    raw_peer peer = greeted();
    peer.send_frame(frame_type::ping, 0, 0, 0x1234'5678, 0x9abc'def0);
    const raw_frame pong = peer.await(frame_type::pong);
    EXPECT_EQ(pong.header.call, 0x1234'5678u);
    EXPECT_EQ(pong.header.object, 0x9abc'def0u);
}

TEST_F(bad_frames, input_in_single_bytes_is_the_same_input) {
    raw_peer peer = silent();
    bytes all = raw_peer::magic() + raw_peer::hello_frame({}) +
                raw_peer::frame(frame_type::call, 0, 0, 9, 0,
                                content_of(std::string("lab"), std::string(), bytes{}));
    for (const std::byte each : all) peer.send({&each, 1});
    EXPECT_EQ(peer.answer(9).type(), frame_type::reply);
}

} // namespace
} // namespace beckon::core_test
