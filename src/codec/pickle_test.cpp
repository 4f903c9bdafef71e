#include "beckon/codec/pickle.hpp"

#include <gtest/gtest.h>

#include "codec/vector_file_test.hpp"

namespace beckon::pickle {
namespace {

using beckon::vectors::from_hex;

std::string refusal(std::string_view hex, const read_options& options = {}) {
    const auto got = read(from_hex(hex), options);
    return got ? concat("read: ", got->to_text()) : got.error().to_string();
}
value got(std::string_view hex, const read_options& options = {}) {
    auto made = read(from_hex(hex), options);
    EXPECT_TRUE(made) << made.error().to_string();
    return made ? *made : value();
}
std::string written(const value& from) {
    buffer out;
    const auto done = write(out, from);
    EXPECT_TRUE(done || out.empty());
    return done ? to_hex(out.view()) : done.error().to_string();
}
std::string repeated(std::string_view what, std::size_t times) {
    std::string made;
    for (; times != 0; --times) made += what;
    return made;
}

TEST(pickle, names_the_class_that_it_refuses_and_where) {
    EXPECT_EQ(refusal("80048c05706f7369788c0673797374656d938c0161855"
                      "22e"),
              "protocol_error: peer sent a pickle that names \"posix.system\"; expected plain "
              "data, uuid.UUID or an "
              "exception of Python's own, at byte 17");
    EXPECT_EQ(refusal("8002285d"), "protocol_error: peer sent a pickle that ends at byte 4; "
                                   "expected 1 byte of an opcode at byte 4");
    EXPECT_EQ(refusal("80048dffffffffffffffff61"),
              "protocol_error: peer sent a pickle that declares 18446744073709551615 bytes of a "
              "str where 1 are left, at byte 11");
    EXPECT_EQ(refusal("80024b05512e"), "protocol_error: peer sent a pickle that has the opcode "
                                       "0x51, which plain data does not need, at byte 4");
}

TEST(pickle, names_the_class_of_an_object_that_is_filled_as_no_plain_one_is) {
    // (collections.OrderedDict(a=1), None)
    EXPECT_EQ(
        refusal("80048c0b636f6c6c656374696f6e738c0b4f726465726564446963749329528c01614b01734e862e",
                {.is_reply = true}),
        "protocol_error: peer sent a pickle that has an object of class "
        "\"collections.OrderedDict\" where a dict is expected, at byte 36");
}

TEST(pickle, a_reply_may_hold_other_classes_in_its_exception_alone) {
    const std::string object = "8c01618c01429329"
                               "52";
    EXPECT_EQ(got("80044e" + object + "862e", {.is_reply = true})[1].exception().type, "a.B");
    EXPECT_NE(refusal("8004" + object + "4e862e", {.is_reply = true}).find("outside an exception"),
              std::string::npos);
    EXPECT_NE(refusal("8004" + object + "2e", {.is_reply = true}).find("outside an exception"),
              std::string::npos);
    EXPECT_NE(
        refusal("80044e" + object + "4e872e", {.is_reply = true}).find("outside an exception"),
        std::string::npos);
    // The same object in both places.
    EXPECT_NE(refusal("8004" + object +
                          "94680086"
                          "2e",
                      {.is_reply = true})
                  .find("outside an exception"),
              std::string::npos);
    EXPECT_NE(
        refusal("80044e8c01618c014293862e", {.is_reply = true}).find("class \"a.B\" as a value"),
        std::string::npos);
}

TEST(pickle, depth_is_limited_on_both_sides_of_the_edge) {
    const auto nested = [](std::size_t depth) {
        return "80025d" + repeated("5d", depth - 1) + repeated("61", depth - 1) + "2e";
    };
    EXPECT_TRUE(got(nested(256)).is(value_kind::list));
    EXPECT_EQ(refusal(nested(257)),
              "limit_exceeded: peer sent a pickle that nests deeper than 256 (max_depth)");
    EXPECT_TRUE(got(nested(3), {.max_depth = 3}).is(value_kind::list));
    EXPECT_NE(refusal(nested(4), {.max_depth = 3}).find("(max_depth)"), std::string::npos);
    // What was made at a shallow place and is put deeper by the memo.
    const std::string shared = "80025d"
                               "5d5d5d6161"
                               "7101"
                               "61"
                               "5d5d68016161"
                               "612e"; // [m, [[m]]] where m is 3 deep
    EXPECT_TRUE(got(shared, {.max_depth = 6}).is(value_kind::list));
    EXPECT_NE(refusal(shared, {.max_depth = 5}).find("(max_depth)"), std::string::npos);
}

TEST(pickle, values_are_counted_where_they_are_shared_too) {
    const auto of = [](std::size_t items) { return "80025d28" + repeated("4e", items) + "652e"; };
    EXPECT_EQ(got(of(9), {.max_nodes = 10}).size(), 9u);
    EXPECT_NE(refusal(of(10), {.max_nodes = 10}).find("(max_nodes)"), std::string::npos);
    const std::string twice = "80025d285d284e4e4e6571016801652e"; // [m, m] where m has 3 items
    EXPECT_EQ(got(twice, {.max_nodes = 9}).size(), 2u);
    EXPECT_NE(refusal(twice, {.max_nodes = 8}).find("(max_nodes)"), std::string::npos);
    // What is made and thrown away costs as well.
    EXPECT_NE(refusal("8002" + repeated("4e30", 30) + "4e2e", {.max_nodes = 10})
                  .find("makes more than 10 values"),
              std::string::npos);
}

TEST(pickle, texts_are_counted_where_they_are_shared_too) {
    // 10 bytes, three times in a list that is twice in another.
    for (const std::string_view leaf : {"580a00000061616161616161616161", // a str
                                        "430a61616161616161616161",       // bytes
                                        "8a0a01020304050607080901"}) {    // an int
        const std::string hex =
            concat("8003", leaf, "710030", "5d2868006800680065710130", "5d2868016801652e");
        EXPECT_EQ(got(hex, {.max_content_bytes = 60}).size(), 2u);
        EXPECT_EQ(refusal(hex, {.max_content_bytes = 59}),
                  "limit_exceeded: peer sent a pickle of more than 59 bytes of text and numbers, "
                  "shared ones counted at each place (max_message_bytes)");
    }
}

TEST(pickle, memory_is_not_taken_for_copies_that_cost_the_peer_little) {
    // One text of 300 bytes, encoded over and over by five bytes each time.
    std::string hex = "80025d28"
                      "582c010000" +
                      repeated("61", 300) +
                      "7100"
                      "5806000000"
                      "6c6174696e31"
                      "7101"
                      "635f636f646563730a656e636f64650a7102";
    for (int i = 0; i < 20; ++i)
        hex += "68026800680186"
               "52";
    EXPECT_NE(refusal(hex + "652e", {.min_decoded_bytes = 2000, .decoded_bytes_factor = 1})
                  .find("decoded"),
              std::string::npos);
}

TEST(pickle, keys_are_equal_where_python_says_so) {
    // {1: 'a', True: 'b', 1.0: 'c', 2: 'd'}
    const value map = got("80047d28"
                          "4b018c0161"
                          "888c0162"
                          "473ff0000000000000"
                          "8c0163"
                          "4b028c0164"
                          "752e");
    EXPECT_EQ(map, value::map({{1, "c"}, {2, "d"}}));
    // {(1, 0), (True, -0.0)} and {0.5, (0.5+0j)}
    const value set = got("80048f28"
                          "4b014b0086"
                          "88478000000000000000"
                          "86"
                          "902e");
    EXPECT_EQ(set, value::set({value::tuple({1, 0})}));
    const value numbers =
        got("80048f28"
            "473fe0000000000000"
            "8c086275696c74696e738c07636f6d706c657893473fe00000000000004700000000000000008652"
            "902e");
    EXPECT_EQ(numbers, value::set({0.5}));
}

TEST(pickle, exceptions_keep_what_python_knows_of_them) {
    exception_parts parts;
    parts.type = "builtins.KeyError";
    parts.arguments = value::tuple({"bolt"});
    parts.fields = value::map({{"hint", 7}});
    parts.trace = "somewhere";
    buffer out;
    ASSERT_TRUE(write(out, value::exception(parts)));
    const exception_parts back = read(out.view())->exception();
    EXPECT_EQ(back.type, "builtins.KeyError");
    EXPECT_EQ(back.text, "bolt");
    EXPECT_EQ(back.arguments, parts.arguments);
    EXPECT_EQ(back.fields, parts.fields);
    EXPECT_EQ(back.trace, "somewhere");
}

TEST(pickle, exceptions_that_a_peer_could_not_load_or_survive_go_as_others) {
    const auto sent = [](std::string_view type, value arguments) {
        buffer out;
        EXPECT_TRUE(write(
            out, value::exception(
                     {.type = std::string(type), .text = {}, .arguments = std::move(arguments)})));
        const exception_parts back = read(out.view())->exception();
        const value* const name = back.fields.find("className");
        return concat(back.type, name != nullptr ? concat(" of ", name->string()) : "");
    };
    EXPECT_EQ(sent("OutOfStock", value::tuple({"bolt"})), "builtins.Exception of OutOfStock");
    EXPECT_EQ(sent("shop.OutOfStock", value::tuple({"bolt"})),
              "builtins.Exception of shop.OutOfStock");
    EXPECT_EQ(sent("builtins.SystemExit", value::tuple({3})),
              "builtins.Exception of builtins.SystemExit");
    EXPECT_EQ(sent("builtins.KeyboardInterrupt", value::tuple()),
              "builtins.Exception of builtins.KeyboardInterrupt");
    EXPECT_EQ(sent("builtins.UnicodeDecodeError", value::tuple({"bad"})),
              "builtins.Exception of builtins.UnicodeDecodeError");
    EXPECT_EQ(
        sent("builtins.UnicodeDecodeError", value::tuple({"utf-8", to_bytes("x"), 0, 1, "bad"})),
        "builtins.UnicodeDecodeError");
    EXPECT_EQ(sent("builtins.ExceptionGroup", value::tuple({"many"})),
              "builtins.Exception of builtins.ExceptionGroup");
    EXPECT_EQ(
        sent("builtins.ExceptionGroup",
             value::tuple({"many", value::list({value::exception({.type = "builtins.OSError"})})})),
        "builtins.ExceptionGroup");
    EXPECT_EQ(sent("socket.timeout", value::tuple({"timed out"})), "socket.timeout");
    EXPECT_EQ(sent("builtins.eval", value::tuple({"1"})), "builtins.Exception of builtins.eval");
    EXPECT_EQ(sent("socketXtimeout", value::tuple()), "builtins.Exception of socketXtimeout");
}

TEST(pickle, values_without_a_counterpart_travel_as_the_mapping_says_or_are_refused) {
    EXPECT_EQ(written(value::record("Item", {{"name", "x"}})),
              written(value::map({{"name", "x"}})));
    EXPECT_EQ(written(value::enumeration("Colour", "red", 3)), written("red"));
    EXPECT_EQ(written(value::variant("circle", 2)), written(value::tuple({"circle", 2})));
    EXPECT_EQ(written(date{0}), written("1970-01-01"));
    EXPECT_EQ(written(0.5f), written(0.5));
    EXPECT_EQ(written(value::tuple({1, value::list({value::slice(1, 2, 3)})})),
              "unsupported: [1][0]: slice has no form in pickle");
    const value slice = value::slice(1, 2, 3);
    EXPECT_EQ(written(value::map({{"whole", 1}, {"part", value::map({{7, slice}})}})),
              "unsupported: [\"part\"][7]: slice has no form in pickle");
    EXPECT_EQ(written(value::map({{"whole", 1}, {slice, 2}})),
              "unsupported: [key 1]: slice has no form in pickle");
    EXPECT_EQ(written(value::extension(5, {})), "unsupported: extension 5 has no form in pickle");
    EXPECT_EQ(written("\xff"), "invalid_argument: string of 1 bytes is not utf-8 at byte 0");
    EXPECT_EQ(written("\xed\xa0\x80"), "80048c03eda0802e");
}

TEST(pickle, integers_take_the_fewest_bytes_and_are_limited) {
    const std::pair<std::string_view, std::string_view> numbers[] = {
        {"2147483648", "8a050000008000"},
        {"-2147483649", "8a05ffffff7fff"},
        {"549755813887", "8a05ffffffff7f"},
        {"549755813888", "8a06000000008000"},
        {"-549755813888", "8a050000000080"},
        {"-9223372036854775808", "8a080000000000000080"},
        {"9223372036854775808", "8a09000000000000008000"},
        {"-9223372036854775809", "8a09ffffffffffffff7fff"},
        {"-18446744073709551616", "8a09000000000000"
                                  "0000ff"},
        {"18446744073709551615", "8a09ffffffffffffffff00"},
    };
    for (const auto& [decimal, bytes] : numbers) {
        const value number = *value::integer(decimal);
        EXPECT_EQ(written(number), concat("8004", bytes, "2e")) << decimal;
        EXPECT_EQ(got(written(number)), number);
    }
    const value largest = value::big_integer(false, bytes(max_integer_bytes, std::byte{0x7f}));
    EXPECT_EQ(got(written(largest)), largest);
    const value beyond = value::big_integer(false, bytes(max_integer_bytes + 1, std::byte{0x7f}));
    EXPECT_EQ(written(beyond), "limit_exceeded: integer of 2049 bytes; the most is 2048");
}

TEST(pickle, a_uuid_is_written_as_text_for_people) {
    const bytes number = from_hex("12345678123446789234567812345678");
    const value made = uuid(std::span<const std::byte, 16>(number.data(), 16));
    EXPECT_TRUE(is_uuid(made));
    EXPECT_EQ(uuid_text(made), "12345678-1234-4678-9234-567812345678");
    EXPECT_EQ(got(written(made)), made);
    EXPECT_FALSE(is_uuid(value::extension(uuid_type, {})));
}

} // namespace
} // namespace beckon::pickle
