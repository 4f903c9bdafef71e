#include <gtest/gtest.h>

#include "codec/brine_vectors_test.hpp"

#include "beckon/codec/brine_reader.hpp"

namespace beckon::brine {
namespace {

using vectors::from_hex;

std::string refusal(const bytes& wire, const limits& limits = {}) {
    const auto got = read(wire, limits);
    return got ? concat("read ", got->to_text()) : got.error().to_string();
}
std::string refusal(std::string_view hex, const limits& limits = {}) {
    return refusal(from_hex(hex), limits);
}

bytes repeated(std::string_view unit, std::size_t times, std::string_view end) {
    std::string hex;
    for (; times > 0; --times) hex += unit;
    return from_hex(hex + std::string(end));
}

TEST(brine_read, refusals_name_the_byte_what_was_found_and_what_was_expected) {
    EXPECT_EQ(refusal(""),
              "protocol_error: peer sent a message that ends at byte 0; expected a value");
    EXPECT_EQ(refusal("115007"), "protocol_error: peer sent tag 0x07 at byte 2; expected a value");
    EXPECT_EQ(refusal("0e0a616263"), "protocol_error: peer sent a message that ends at byte 5; "
                                     "expected 10 bytes of a byte string at byte 2, found 3");
    EXPECT_EQ(refusal("0850"),
              "protocol_error: peer sent tag 0x50 at byte 1; expected the byte string of a text");
    EXPECT_EQ(refusal("080b41ff"), "protocol_error: peer sent a text that is not utf-8 at byte 3");
    EXPECT_EQ(refusal("1603313b32"),
              "protocol_error: peer sent \";\" at byte 3; expected a decimal digit");
    EXPECT_EQ(refusal("16012d"), "protocol_error: peer sent an integer of no digits at byte 2; "
                                 "expected at least one");
    EXPECT_EQ(refusal("15ffffffff50"),
              "protocol_error: peer declared a tuple of 4294967295 items at byte 0; expected at "
              "most 1, one for each byte that is left");
    EXPECT_EQ(refusal("19115051"),
              "protocol_error: peer sent a slice of 2 items at byte 1; expected 3");
    EXPECT_EQ(refusal("190c616263"),
              "protocol_error: peer sent tag 0x0c at byte 1; expected the tuple of a slice");
    EXPECT_EQ(refusal("1a1a02"),
              "protocol_error: peer sent tag 0x1a at byte 1; expected the tuple of a frozenset");
    EXPECT_EQ(refusal("1a"), "protocol_error: peer sent a message that ends at byte 1; expected "
                             "the tuple of a frozenset");
}

TEST(brine_read, bytes_behind_the_value_are_left_to_the_caller) {
    std::size_t used = 0;
    const bytes wire = from_hex("11505107");
    const auto got = read(wire, limits(), &used);
    ASSERT_TRUE(got);
    EXPECT_EQ(*got, value::tuple({0, 1}));
    EXPECT_EQ(used, 3u);
}

TEST(brine_read, nesting_ends_at_the_limit_for_tuples_sets_and_slices) {
    const std::string refused = "limit_exceeded: peer sent values nested deeper than 128 at byte ";
    EXPECT_TRUE(read(repeated("10", 127, "02"), limits()));
    EXPECT_TRUE(read(repeated("10", 128, "50"), limits()));
    EXPECT_EQ(refusal(repeated("10", 128, "02")), refused + "129 (max_depth)");
    EXPECT_EQ(refusal(repeated("10", 1'000'000, "02")), refused + "129 (max_depth)");
    EXPECT_EQ(refusal(repeated("1a10", 1'000'000, "02")), refused + "258 (max_depth)");
    EXPECT_EQ(refusal(repeated("1912", 1'000'000, "02")), refused + "258 (max_depth)");
    limits shallow;
    shallow.max_depth = 3;
    EXPECT_TRUE(read(repeated("10", 6, "50"), shallow));
    EXPECT_EQ(refusal(repeated("10", 7, "50"), shallow),
              "limit_exceeded: peer sent values nested deeper than 6 at byte 7 (max_depth)");
}

TEST(brine_read, values_and_memory_are_counted) {
    limits few;
    few.max_nodes = 10;
    EXPECT_TRUE(read(from_hex("1409505050505050505050"), few));
    EXPECT_EQ(refusal("140a50505050505050505050", few),
              "limit_exceeded: peer sent a message of more than 10 values (max_nodes)");
    limits small;
    small.min_decoded_bytes = 100;
    small.decoded_bytes_factor = 0;
    EXPECT_TRUE(read(from_hex("13080a61080a61080a61080a61"), small));
    const std::string refused = "limit_exceeded: peer sent a message that decodes to more than "
                                "100 bytes (min_decoded_bytes, decoded_bytes_factor)";
    EXPECT_EQ(refusal("140850505050505050"
                      "50",
                      small),
              refused);
    bytes text = from_hex("080e64");
    text.resize(text.size() + 100, std::byte{'a'});
    EXPECT_EQ(refusal(text, small), refused);
    text[1] = std::byte{0x01}; // shows that the text was what cost too much
    EXPECT_TRUE(read(text, small));
}

TEST(brine_read, a_count_costs_no_memory_before_its_items_come) {
    // Each level claims all bytes that are left.
    limits small;
    small.min_decoded_bytes = 4096;
    small.decoded_bytes_factor = 1;
    bytes wire;
    for (std::size_t level = 0; level < 100; ++level) {
        for (const int each : {0x15, 0, 0, 1, 0}) wire.push_back(static_cast<std::byte>(each));
    }
    wire.resize(wire.size() + 256, std::byte{0x50});
    EXPECT_EQ(refusal(wire, small).substr(0, 15), "limit_exceeded:");
}

TEST(brine_read, integers_of_about_as_many_digits_as_fit_64_bits_are_exact) {
    for (const std::string written :
         {"0", "-0", "-49", "160", "-00161", "999999999999999999", "-99999999999999999",
          "-999999999999999999", "9223372036854775807", "-9223372036854775808",
          "000000000000000000000012", "18446744073709551616"}) {
        bytes wire{std::byte{0x16}, static_cast<std::byte>(written.size())};
        for (const char digit : written) wire.push_back(static_cast<std::byte>(digit));
        const auto got = read(wire, limits{});
        ASSERT_TRUE(got) << got.error().message();
        EXPECT_EQ(*got, *value::integer(written)) << written;
    }
    const auto got = read(from_hex("16032d3039"), limits{});
    ASSERT_TRUE(got);
    EXPECT_EQ(*got, value(-9));
}

TEST(brine_read, integers_of_any_size_are_read_up_to_the_limit_of_values) {
    std::string digits(max_written_digits, '7');
    bytes wire = from_hex("17000010cc");
    for (const char digit : digits) wire.push_back(static_cast<std::byte>(digit));
    const auto got = read(wire, limits());
    ASSERT_TRUE(got) << got.error().to_string();
    EXPECT_EQ(got->decimal(), digits);
    wire[4] = std::byte{0xce}; // a sign may come besides
    for (int i = 0; i < 2; ++i) wire.push_back(std::byte{'7'});
    EXPECT_EQ(refusal(wire), "limit_exceeded: peer sent an integer of 4302 digits at byte 5; the "
                             "most is 4300");
}

TEST(brine_reader, a_message_is_taken_apart_item_by_item) {
    // (7, (3, (b"x", "name", None, True, 2.5, (...), {1}, NotImplemented))), as the message layer does.
    buffer out;
    put_tuple(out, 2);
    put_integer(out, 1'000);
    put_tuple(out, 8);
    ASSERT_TRUE(put_bytes(out, as_bytes("x")));
    ASSERT_TRUE(put_text(out, "name"));
    put_none(out);
    put_boolean(out, true);
    put_float(out, 2.5);
    ASSERT_TRUE(write(out, value::tuple({1, value::slice(1, 2, 3)})));
    ASSERT_TRUE(write(out, value::frozen_set({1})));
    ASSERT_TRUE(write(out, not_implemented()));
    const limits limits;
    reader in(out.view(), limits);
    in.get_tuple_of(2);
    EXPECT_EQ(in.peek(), item::integer);
    EXPECT_EQ(in.get_integer(), 1'000);
    EXPECT_EQ(in.get_tuple(), 8u);
    EXPECT_EQ(in.peek(), item::byte_string);
    EXPECT_EQ(as_text(in.get_bytes()), "x");
    EXPECT_EQ(in.peek(), item::text);
    EXPECT_EQ(in.get_text(), "name");
    EXPECT_EQ(in.peek(), item::none);
    in.get_none();
    EXPECT_EQ(in.peek(), item::boolean);
    EXPECT_TRUE(in.get_boolean());
    EXPECT_EQ(in.peek(), item::floating);
    EXPECT_EQ(in.get_float(), 2.5);
    EXPECT_EQ(in.peek(), item::tuple);
    EXPECT_EQ(in.get_value(), value::tuple({1, value::slice(1, 2, 3)}));
    EXPECT_EQ(in.peek(), item::frozen_set);
    in.skip();
    EXPECT_EQ(in.peek(), item::not_implemented);
    EXPECT_TRUE(is_not_implemented(in.get_value()));
    EXPECT_EQ(in.peek(), item::end);
    in.finish();
    EXPECT_FALSE(in.failed());
    EXPECT_EQ(in.offset(), out.size());
}

TEST(brine_reader, the_first_failure_is_kept_and_reads_give_nothing_after_it) {
    const limits limits;
    const bytes wire = from_hex("12080a6150"
                                "51");
    reader in(wire, limits);
    in.get_tuple_of(3);
    EXPECT_EQ(in.get_integer(), 0);
    EXPECT_TRUE(in.failed());
    EXPECT_EQ(in.get_text(), "");
    EXPECT_EQ(in.get_tuple(), 0u);
    EXPECT_EQ(in.get_float(), 0);
    EXPECT_FALSE(in.get_boolean());
    EXPECT_TRUE(in.get_bytes().empty());
    EXPECT_TRUE(in.get_value().is_null());
    EXPECT_FALSE(in.enter());
    in.finish();
    EXPECT_EQ(in.peek(), item::end);
    EXPECT_EQ(in.take_failure().to_string(),
              "protocol_error: peer sent tag 0x08 at byte 1; expected an integer");
}

TEST(brine_reader, each_read_refuses_other_kinds) {
    const limits limits;
    const auto failure = [&](std::string_view hex, auto get) {
        const bytes wire = from_hex(hex);
        reader in(wire, limits);
        get(in);
        return in.failed() ? in.take_failure().message() : std::string("none");
    };
    EXPECT_EQ(failure("03", [](reader& in) { in.get_none(); }),
              "peer sent tag 0x03 at byte 0; expected None");
    EXPECT_EQ(failure("00", [](reader& in) { static_cast<void>(in.get_boolean()); }),
              "peer sent tag 0x00 at byte 0; expected a boolean");
    EXPECT_EQ(failure("50", [](reader& in) { static_cast<void>(in.get_float()); }),
              "peer sent tag 0x50 at byte 0; expected a float");
    EXPECT_EQ(failure("0a61", [](reader& in) { static_cast<void>(in.get_text()); }),
              "peer sent tag 0x0a at byte 0; expected a text");
    EXPECT_EQ(failure("080a61", [](reader& in) { static_cast<void>(in.get_bytes()); }),
              "peer sent tag 0x08 at byte 0; expected a byte string");
    EXPECT_EQ(failure("1a02", [](reader& in) { static_cast<void>(in.get_tuple()); }),
              "peer sent tag 0x1a at byte 0; expected a tuple");
    EXPECT_EQ(failure("115051", [](reader& in) { in.get_tuple_of(3); }),
              "peer sent a tuple of 2 items at byte 0; expected 3");
    EXPECT_EQ(failure("161339323233333732303336383534373735383038",
                      [](reader& in) { static_cast<void>(in.get_integer()); }),
              "peer sent an integer of 19 characters at byte 2; expected one that fits 64 bits");
    EXPECT_EQ(failure("5050",
                      [](reader& in) {
                          static_cast<void>(in.get_integer());
                          in.finish();
                      }),
              "peer sent a message with 1 bytes behind its end at byte 1; expected none");
}

TEST(brine_reader, nesting_is_counted_across_the_callers_levels_and_whole_values) {
    limits shallow;
    shallow.max_depth = 2;
    const bytes wire = repeated("10", 5, "50");
    reader in(wire, shallow);
    for (int level = 0; level < 2; ++level) {
        in.get_tuple_of(1);
        EXPECT_TRUE(in.enter());
    }
    EXPECT_TRUE(in.get_value().is_null());
    ASSERT_TRUE(in.failed());
    EXPECT_EQ(in.take_failure().message(),
              "peer sent values nested deeper than 4 at byte 5 (max_depth)");
    reader enough(byte_view(wire).subspan(1), shallow);
    for (int level = 0; level < 2; ++level) {
        enough.get_tuple_of(1);
        EXPECT_TRUE(enough.enter());
    }
    EXPECT_EQ(enough.get_value(), value::tuple({value::tuple({0})}));
}

} // namespace
} // namespace beckon::brine
