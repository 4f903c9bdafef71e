#include "beckon/codec/native/value_codec.hpp"

#include <gtest/gtest.h>

#include "codec/native/samples_test.hpp"

namespace beckon::native {
namespace {

using samples::message;

bytes written(const value& from) {
    return message([&](writer& out) { codec<value>::write(out, from); });
}

// What is read of the bytes: the value, or the error's text.
result<value> read_back(byte_view from, const limits& limits = {}) {
    samples::fake_session session;
    reader in(from, limits, &session);
    value back = 1;
    codec<value>::read(in, back);
    if (!in.failed()) return back;
    EXPECT_TRUE(back.is_null());
    return in.take_failure();
}

std::string failure(std::initializer_list<int> from, const limits& limits = {}) {
    bytes content;
    for (const int each : from) content.push_back(static_cast<std::byte>(each));
    const auto outcome = read_back(content, limits);
    return outcome ? "read " + outcome->to_text() : outcome.error().to_string();
}

value nested(std::size_t depth) {
    value inner = 1;
    for (std::size_t i = 0; i < depth; ++i) {
        std::vector<value> items;
        items.push_back(std::move(inner));
        items.emplace_back("x");
        inner = value::list(std::move(items));
    }
    return inner;
}

TEST(value_codec, keeps_small_values_small) {
    EXPECT_EQ(written(nullptr).size(), 1u);
    EXPECT_EQ(written(-32).size(), 1u);
    EXPECT_EQ(written(-33).size(), 2u);
    EXPECT_EQ(written(1000).size(), 3u);
    EXPECT_EQ(written("word").size(), 5u);
    EXPECT_EQ(written(value::map({{"id", 7}})).size(), 1u + 4 + 3 + 1);
}

TEST(value_codec, packs_lists_of_one_kind_of_number_and_no_others) {
    std::vector<value> numbers(1000, value(0.5));
    EXPECT_EQ(written(value::list(std::vector<value>(numbers))).size(), 8u + 8000);
    numbers.back() = 1;
    EXPECT_EQ(written(value::list(std::move(numbers))).size(), 5u + 999 * 9 + 1);
    EXPECT_EQ(written(value::list(std::vector<value>(1000, value(-5)))).size(), 5u + 1000);
    EXPECT_EQ(written(value::list(std::vector<value>(1000, value(300)))).size(), 6u + 2000);
    EXPECT_EQ(written(value::list({1, 2, 3, UINT64_MAX})).size(), 5u + 3 + 9);
}

TEST(value_codec, aligns_packed_numbers_from_the_start_of_the_message) {
    const value numbers = value::list({0.5, 1.0, 1.5, 2.0});
    for (std::size_t before = 0; before < 9; ++before) {
        const bytes all = message([&](writer& out) {
            for (std::size_t i = 0; i < before; ++i) out.put<std::uint8_t>(0xee);
            codec<value>::write(out, numbers);
        });
        EXPECT_EQ(all.size() % 8, 0u);
        samples::fake_session session;
        const limits limits;
        reader in(all, limits, &session);
        in.skip_to(before);
        value back;
        codec<value>::read(in, back);
        EXPECT_EQ(back, numbers);
    }
}

TEST(value_codec, takes_integers_in_any_width_that_holds_them) {
    EXPECT_EQ(failure({0x06, 5, 0, 0, 0, 0, 0, 0, 0}), "read 5");
    EXPECT_EQ(failure({0x07, 5, 0, 0, 0, 0, 0, 0, 0}), "read 5");
    EXPECT_EQ(failure({0x08, 1, 2, 0, 0, 0, 0, 5}), "read -5");
    EXPECT_EQ(failure({0x30, 1, 0, 0, 0, 5}), "read [5]");
}

TEST(value_codec, keeps_float32_apart_from_float64) {
    const auto back = read_back(written(value::list({
        0.5F,
        0.5F,
        0.5F,
        0.5F,
    })));
    ASSERT_TRUE(back);
    EXPECT_TRUE((*back)[3].is_float32());
    EXPECT_FALSE(read_back(written(0.5))->is_float32());
}

TEST(value_codec, refuses_kinds_that_it_does_not_know) {
    EXPECT_EQ(failure({0x14}), "protocol_error: peer sent a value of kind 20 at byte 0; the native "
                               "protocol has no such kind");
    EXPECT_EQ(failure({0x20, 1, 0, 0, 0, 0x7f}),
              "protocol_error: peer sent a value of kind 127 at byte 5; the native protocol has no "
              "such kind");
}

TEST(value_codec, refuses_what_may_not_stand_where_it_stands) {
    EXPECT_EQ(failure({0x26, 0xe0, 0x81, 'x', 0xe0}),
              "protocol_error: peer sent int64 before byte 2; expected a string as an enum's name");
    EXPECT_EQ(
        failure({0x26, 0x81, 'M', 0x81, 'x', 0x81, 'y'}),
        "protocol_error: peer sent string before byte 7; expected an int64 as an enum's number");
    EXPECT_EQ(
        failure({0x27, 1, 0, 0, 0, 0x81, 'P', 0xe0, 0xe0}),
        "protocol_error: peer sent int64 before byte 8; expected a string as a record's name");
    EXPECT_EQ(
        failure({0x28, 0x00, 0xe0}),
        "protocol_error: peer sent null before byte 2; expected a string as a variant's case");
    EXPECT_EQ(failure({0x29, 0x80, 0xe0}),
              "protocol_error: peer sent int64 before byte 3; expected a string as part of an "
              "exception");
    EXPECT_EQ(failure({0x2a, 0xe0, 0x80}),
              "protocol_error: peer sent string before byte 3; expected bytes as an extension's "
              "content");
    EXPECT_EQ(failure({0x12, 0xe0}),
              "protocol_error: peer sent no interface name at byte 1; expected a string");
}

TEST(value_codec, refuses_keys_and_items_that_come_twice) {
    EXPECT_EQ(failure({0x24, 2, 0, 0, 0, 0xe1, 0, 0xe1, 0}),
              "protocol_error: peer sent a map with the same key twice before byte 9");
    EXPECT_EQ(failure({0x22, 2, 0, 0, 0, 0x81, 'a', 0x81, 'a'}),
              "protocol_error: peer sent a set with the same key twice before byte 9");
    // With so many keys that they are found by hash.
    bytes many{std::byte{0x23}, std::byte{41}, {}, {}, {}};
    for (int i = 0; i < 40; ++i) {
        many.push_back(std::byte{0x03});
        many.push_back(static_cast<std::byte>(i));
    }
    many.push_back(std::byte{0xe5});
    const auto outcome = read_back(many);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().message(), "peer sent a set with the same key twice before byte 86");
    many[1] = std::byte{40};
    many.pop_back();
    const auto set = read_back(many);
    ASSERT_TRUE(set);
    EXPECT_TRUE(set->contains(39));
}

TEST(value_codec, refuses_text_that_is_not_utf8_in_both_directions) {
    EXPECT_EQ(failure({0x82, 'a', 0xff}),
              "protocol_error: peer sent a string that is not UTF-8 at byte 2");
    EXPECT_EQ(failure({0x0c, 2, 0, 0, 0, 'a', 0xff}),
              "protocol_error: peer sent a string that is not UTF-8 at byte 6");
    for (const std::size_t size : {std::size_t{3}, std::size_t{100}}) {
        buffer out;
        writer to(out);
        codec<value>::write(to, value::list({std::string(size, '\xff')}));
        ASSERT_TRUE(to.failed());
        EXPECT_EQ(to.take_failure().code(), errc::invalid_argument);
    }
}

TEST(value_codec, refuses_references_where_the_message_carries_none) {
    buffer out;
    writer to(out);
    codec<value>::write(to, value::list({value(samples::counter())}));
    ASSERT_TRUE(to.failed());
    EXPECT_EQ(to.take_failure().to_string(), "unsupported: this message cannot carry references");
}

TEST(value_codec, tells_the_reader_of_references_which_interface_was_sent) {
    const bytes sent = written(value(samples::counter()));
    samples::fake_session session;
    const limits limits;
    reader in(sent, limits, &session);
    value back;
    codec<value>::read(in, back);
    EXPECT_EQ(back.object(), samples::counter().get());
    EXPECT_EQ(session.asked_for, "Counter");
}

TEST(value_codec, writes_streams_that_this_side_produces_and_no_others) {
    EXPECT_EQ(written(value::stream(samples::source())).size(), 5u);
    // What is no producer is what a peer's stream was read as.
    buffer out;
    samples::fake_session session;
    writer to(out, &session);
    codec<value>::write(to, value::stream(samples::counter()));
    ASSERT_TRUE(to.failed());
    EXPECT_EQ(to.take_failure().to_string(),
              "unsupported: a stream that comes from a peer cannot be "
              "sent; read it, and send what it holds");
}

TEST(value_codec, reads_nesting_up_to_the_limit_and_no_deeper) {
    EXPECT_TRUE(read_back(written(nested(64))));
    const auto outcome = read_back(written(nested(65)));
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().message(),
              "peer sent values nested deeper than 64 at byte 325 (max_depth)");
}

TEST(value_codec, counts_depth_by_what_is_open_not_by_what_was) {
    std::vector<value> side_by_side(1000, value::list({value::list({})}));
    EXPECT_TRUE(read_back(written(value::list(std::move(side_by_side)))));
}

TEST(value_codec, needs_no_stack_for_depth) {
    limits deep;
    deep.max_depth = 1'000'000;
    deep.max_nodes = 10'000'000;
    const value whole = nested(300'000);
    const bytes sent = written(whole);
    const auto back = read_back(sent, deep);
    ASSERT_TRUE(back) << back.error().to_string();
    EXPECT_EQ(*back, whole);
    // And where it breaks off at the bottom, all that is open is freed.
    EXPECT_FALSE(read_back(byte_view(sent).first(sent.size() / 2), deep));
}

TEST(value_codec, refuses_counts_that_the_message_cannot_hold) {
    EXPECT_EQ(failure({0x20, 0xff, 0xff, 0xff, 0xff, 0}),
              "protocol_error: peer declared 4294967295 elements at byte 1, each of at least 1 "
              "bytes; 1 bytes are left");
    EXPECT_EQ(failure({0x24, 1, 0, 0, 0, 0}),
              "protocol_error: peer declared 1 elements at byte 1, each of at least 2 bytes; 1 "
              "bytes are left");
    EXPECT_EQ(failure({0x35, 1, 0, 0, 0, 0, 0, 0, 0}),
              "protocol_error: peer declared 1 elements at byte 1, each of at least 8 bytes; 4 "
              "bytes are left");
    EXPECT_EQ(failure({0x0d, 0xff, 0xff, 0xff, 0xff}),
              "protocol_error: peer sent a message that ends at byte 5; expected 4294967295 more "
              "bytes at byte 5");
}

TEST(value_codec, counts_every_value_against_the_limit) {
    const value flat = value::list(std::vector<value>(99, value(nullptr)));
    limits tight;
    tight.max_nodes = 100; // the list's items and the list
    EXPECT_TRUE(read_back(written(flat), tight));
    tight.max_nodes = 99;
    const auto outcome = read_back(written(flat), tight);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().to_string(),
              "limit_exceeded: peer sent a message of more than 99 values (max_nodes)");
    tight.max_nodes = 50;
    EXPECT_FALSE(read_back(written(value::list(std::vector<value>(51, value(1)))), tight));
    EXPECT_FALSE(read_back(written(value::map({{"a", value::list({})}, {"b", 1}})), [] {
        beckon::limits few;
        few.max_nodes = 4;
        return few;
    }()));
}

TEST(value_codec, counts_the_memory_of_values_against_the_limit) {
    limits tight;
    tight.min_decoded_bytes = 0;
    tight.decoded_bytes_factor = 16;
    // An item takes 16 bytes in memory for one on the wire; the list itself is too much.
    const value flat = value::list(std::vector<value>(1000, value(nullptr)));
    EXPECT_TRUE(read_back(written(flat), tight));
    tight.decoded_bytes_factor = 15;
    const auto outcome = read_back(written(flat), tight);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code(), errc::limit_exceeded);
    tight.decoded_bytes_factor = 1;
    EXPECT_FALSE(read_back(written(std::string(100, 'x')), tight));
}

} // namespace
} // namespace beckon::native
