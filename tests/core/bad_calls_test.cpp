// Calls, answers and releases that make no sense: the session lives on, in step.
#include <algorithm>

#include "core/raw_peer.hpp"

namespace beckon::core_test {

enum class Mood { calm, busy, broken = 7 };
BECKON_ENUM(Mood, calm, busy, broken)
struct Patient {
    std::int64_t is(Mood mood);
};
BECKON_INTERFACE(Patient, (is, mood))

namespace {

constexpr u16 add = method_number<Lab>("add"), echo = method_number<Lab>("echo"),
              keep = method_number<Lab>("keep"), block = method_number<Lab>("block"),
              note = method_number<Lab>("note"), make = method_number<Lab>("make"),
              shuffle = method_number<Lab>("shuffle");

class bad_calls : public raw_server_test {
protected:
    bad_calls() { expected_left_ = 2; } // with peer_

    /// What a call is refused with; the session must be in step after it.
    std::string refusal(const bytes& call) {
        peer_.send(call);
        const raw_frame said = peer_.answer(2);
        peer_.send_frame(frame_type::call, 0, add, 3, lab_, raw(1.0, 2.0));
        EXPECT_EQ(peer_.answer(3).content, raw(3.0)) << "the session goes on";
        EXPECT_EQ(said.type(), frame_type::error);
        untaken_ = (said.header.flags & native::flags::untaken) != 0;
        return said.error_text();
    }
    [[nodiscard]] bytes call(u16 method, bytes content, u8 flags = 0) const {
        return raw_peer::frame(frame_type::call, flags, method, 2, lab_, std::move(content));
    }
    raw_peer peer_ = greeted();
    u32 lab_ = peer_.get("lab");
    bool untaken_ = false;
};

TEST_F(bad_calls, an_unknown_method_is_named_by_number) {
    EXPECT_EQ(refusal(call(22, {})),
              "unknown_method: interface Lab has 22 methods; the peer called "
              "number 22");
    EXPECT_TRUE(untaken_);
}

TEST_F(bad_calls, an_unknown_object_is_named_by_number) {
    EXPECT_EQ(
        refusal(raw_peer::frame(frame_type::call, 0, add, 2, 12345, raw(1.0, 2.0))).substr(0, 39),
        "unknown_object: no object #12345 is len");
    EXPECT_TRUE(untaken_);
}

TEST_F(bad_calls, an_unknown_name_lists_what_there_is) {
    EXPECT_EQ(refusal(raw_peer::frame(frame_type::call, 0, 0, 2, 0,
                                      content_of(std::string("lap"), std::string(), bytes{}))),
              "unknown_object: nothing is published as \"lap\"; there is lab, slow");
}

TEST_F(bad_calls, arguments_that_end_too_soon_say_where) {
    EXPECT_EQ(refusal(call(add, raw(1.0))),
              "protocol_error: peer sent a message that ends at byte 24; expected 8 more bytes at "
              "byte 24; while reading the arguments of add");
    EXPECT_EQ(
        refusal(call(echo, raw(u32{1000}, u32{0}))),
        "protocol_error: peer sent a message that ends at byte 24; expected 1000 more bytes at "
        "byte 20; while reading the arguments of echo");
}

TEST_F(bad_calls, a_string_that_is_not_utf_8_says_where) {
    EXPECT_EQ(refusal(call(echo, raw(u32{4}, u8{'a'}, u8{'b'}, u8{0xc3}, u8{'c'}))),
              "protocol_error: peer sent a string that is not UTF-8 at byte 22; while reading the "
              "arguments of echo");
}

TEST_F(bad_calls, an_unknown_value_of_an_enum_is_named_by_number) {
    struct patient {
        std::int64_t is(Mood mood) { return static_cast<std::int64_t>(mood); }
    };
    far_->there.publish<Patient>("patient", std::make_shared<patient>());
    const u32 there = peer_.get("patient", 5);
    peer_.send_frame(frame_type::call, 0, 0, 6, there, raw(std::int32_t{7}));
    EXPECT_EQ(peer_.answer(6).content, raw(std::int64_t{7}));
    EXPECT_EQ(refusal(raw_peer::frame(frame_type::call, 0, 0, 2, there, raw(std::int32_t{2}))),
              "protocol_error: peer sent 2 as Mood at byte 16; that enum has no such value; "
              "while reading the arguments of is");
    EXPECT_TRUE(untaken_);
}

TEST_F(bad_calls, the_head_of_a_call_may_be_malformed_without_harm) {
    EXPECT_EQ(
        refusal(call(echo, raw(u32{1}, u32{1}, u8{0xff}), native::flags::metadata)),
        "protocol_error: peer declared 1 elements at byte 16, each of at least 8 bytes; 5 bytes "
        "are left; while reading the head of a call frame");
    EXPECT_EQ(
        refusal(call(echo, raw(u32{1}, u32{1}, u8{0xff}, u32{0}), native::flags::metadata)),
        "protocol_error: peer sent a string that is not UTF-8 at byte 24; while reading the head "
        "of a call frame");
    EXPECT_EQ(
        refusal(call(echo, {}, native::flags::deadline)),
        "protocol_error: peer sent a message that ends at byte 16; expected 4 more bytes at byte "
        "16; while reading the head of a call frame");
}

TEST_F(bad_calls, references_that_make_no_sense_are_refused) {
    EXPECT_EQ(refusal(call(keep, raw(u8{9}))),
              "protocol_error: peer sent a reference of kind 9 at byte 16; expected 0 to 3; while "
              "reading the arguments of keep");
    EXPECT_EQ(
        refusal(call(keep, raw(u8{1}, u32{0}))),
        "protocol_error: peer lent object #0; that is its directory; while reading a reference at "
        "byte 16; while reading the arguments of keep");
    EXPECT_EQ(
        refusal(call(keep, raw(u8{2}, u32{777}))),
        "unknown_object: peer passed back object #777, which is not lent to it; while reading a "
        "reference at byte 16; while reading the arguments of keep");
    EXPECT_EQ(
        refusal(call(keep, raw(u8{2}, lab_))),
        "type_mismatch: peer sent a reference to a Lab; expected a Listener; while reading the "
        "arguments of keep");
    EXPECT_EQ(refusal(call(keep, raw(u8{3}))),
              "protocol_error: peer sent a promised result that was not asked for; while reading a "
              "reference at byte 16; while reading the arguments of keep");
}

TEST_F(bad_calls, what_a_refused_call_lent_was_never_received) {
    // give_back(Listener) with a good reference first, in a record that turns bad: nothing may be released.
    const bytes basket = content_of(std::string("b")) + raw(u8{1}, u32{40}) + raw(u32{0xffff'ffff});
    EXPECT_EQ(refusal(call(shuffle, raw(static_cast<u32>(basket.size())) + basket)).substr(0, 14),
              "protocol_error");
    EXPECT_TRUE(untaken_) << "so the peer counts object 40 as not lent";
    peer_.send_frame(frame_type::ping, 0, 0, 5, 0);
    while (const auto frame = peer_.read()) {
        EXPECT_NE(frame->type(), frame_type::release);
        if (frame->type() == frame_type::pong) break;
    }
}

TEST_F(bad_calls, numbers_of_promised_results_must_be_free_and_the_peers_own) {
    const u8 promise = native::flags::promise;
    EXPECT_EQ(
        refusal(call(make, raw(u32{17}, u32{0}, std::int64_t{1}), promise)),
        "protocol_error: peer asked for the result as object #17, which is no free number of its "
        "own");
    peer_.send_frame(frame_type::call, promise, make, 4, lab_,
                     raw(0x8000'0001u, u32{0}, std::int64_t{1}));
    EXPECT_EQ(peer_.answer(4).content, raw(u8{3})) << "promised";
    EXPECT_EQ(
        refusal(call(make, raw(0x8000'0001u, u32{0}, std::int64_t{1}), promise)),
        "protocol_error: peer asked for the result as object #2147483649, which is no free number "
        "of its own");
}

TEST_F(bad_calls, one_way_calls_that_fail_are_logged) {
    peer_.send_frame(frame_type::call, native::flags::oneway, note, 0, lab_);
    peer_.send_frame(frame_type::call, 0, add, 3, lab_, raw(1.0, 2.0));
    EXPECT_EQ(peer_.answer(3).content, raw(3.0));
    EXPECT_NE(far_->log.lines().find("BKN-ONEWAY-FAILED"), std::string::npos) << far_->log.lines();
}

// --- Replies, releases, cancellations that fit nothing ---

TEST_F(bad_calls, replies_to_no_call_are_logged_and_dropped) {
    peer_.send_frame(frame_type::reply, 0, 0, 4711, 0);
    peer_.send_frame(frame_type::error, 0, 0, 4712, 0);
    peer_.send_frame(frame_type::cancel, 0, 0, 4713, 0);
    peer_.send_frame(frame_type::call, 0, add, 3, lab_, raw(1.0, 2.0));
    EXPECT_EQ(peer_.answer(3).content, raw(3.0));
    const std::string said = far_->log.lines();
    EXPECT_NE(said.find("BKN-REPLY-STRAY"), std::string::npos);
    EXPECT_NE(said.find("peer replied to call 4711, which is not in flight"), std::string::npos);
    EXPECT_NE(said.find("peer answered call 4712, which is not in flight"), std::string::npos);
}

TEST_F(bad_calls, a_double_release_is_logged_and_no_more) {
    const u32 slow = peer_.get("slow", 5);
    peer_.send_frame(frame_type::release, 0, 0, 0, 1, raw(slow, u32{1}));
    peer_.send_frame(frame_type::release, 0, 0, 0, 1, raw(slow, u32{1}));
    peer_.send_frame(frame_type::release, 0, 0, 0, 1, raw(lab_, u32{1000}));
    peer_.send_frame(frame_type::call, 0, add, 3, lab_, raw(1.0, 2.0));
    EXPECT_EQ(peer_.answer(3).error_text().substr(0, 26), "unknown_object: no object ");
    const std::string said = far_->log.lines();
    EXPECT_NE(said.find(concat("peer released object #", slow, ", which is not lent to it")),
              std::string::npos)
        << said;
    EXPECT_NE(said.find(concat("peer released object #", lab_, " 1000 times; it holds it 1 times")),
              std::string::npos)
        << said;
    EXPECT_NE(peer_.get("lab", 6), 0u) << "it can be had again";
}

TEST_F(bad_calls, oddities_without_end_do_not_fill_the_log) {
    constexpr u32 count = 45;
    for (u32 i = 0; i < count; ++i) peer_.send_frame(frame_type::reply, 0, 0, 4000 + i, 0);
    peer_.send_frame(frame_type::call, 0, add, 3, lab_, raw(1.0, 2.0));
    EXPECT_EQ(peer_.answer(3).content, raw(3.0));
    const std::string said = far_->log.lines();
    EXPECT_EQ(std::count(said.begin(), said.end(), '\n'), 12) << "the first 10, the 20th, the 40th";
    EXPECT_NE(said.find("call 4008, which is not in flight\n"), std::string::npos) << said;
    EXPECT_NE(said.find("call 4009, which is not in flight (the 10th oddity of this session; of "
                        "the next ones only the 20th is told)"),
              std::string::npos)
        << said;
    EXPECT_EQ(said.find("call 4010,"), std::string::npos);
    EXPECT_NE(said.find("call 4019, which is not in flight (the 20th oddity"), std::string::npos);
    EXPECT_NE(said.find("call 4039, which is not in flight (the 40th oddity"), std::string::npos);
}

TEST_F(bad_calls, a_release_that_crosses_a_reference_leaves_the_object) {
    const u32 slow = peer_.get("slow", 5);
    EXPECT_EQ(peer_.get("slow", 6), slow) << "the same object has the same number";
    // As if the second reference had been on its way while this side let go of the first.
    peer_.send_frame(frame_type::release, 0, 0, 0, 1, raw(slow, u32{1}));
    EXPECT_EQ(peer_.get("slow", 7), slow);
    peer_.send_frame(frame_type::release, 0, 0, 0, 1, raw(slow, u32{2}));
    EXPECT_EQ(refusal(raw_peer::frame(frame_type::call, 0, 0, 2, slow)).substr(0, 27),
              "unknown_object: no object #");
    EXPECT_EQ(far_->log.lines(), "");
}

TEST_F(bad_calls, a_call_number_used_twice_harms_only_who_does_it) {
    peer_.send(call(block, content_of(std::string("twice"))) +
               call(block, content_of(std::string("twice"))));
    far_->lab_object->gate.await("twice");
    peer_.send_frame(frame_type::cancel, 0, 0, 2, 0);
    far_->lab_object->gate.open("twice");
    EXPECT_NE(peer_.answer(2).header.size, 0u);
}

TEST_F(bad_calls, a_ring_of_callers_is_not_followed_for_ever) {
    // Calls that name each other as their cause, at a serial object.
    far_->there.publish<Listener>("serial", std::make_shared<listener>(), policy::serial);
    const u32 serial = peer_.get("serial", 5);
    for (u32 i = 0; i < 4; ++i) {
        peer_.send_frame(frame_type::call, native::flags::parent, 0, 10 + i, serial,
                         raw(u32{10 + (i + 1) % 4}, u32{0}, std::int64_t{1}));
    }
    EXPECT_EQ(peer_.answer(13).type(), frame_type::reply);
}

} // namespace
} // namespace beckon::core_test
