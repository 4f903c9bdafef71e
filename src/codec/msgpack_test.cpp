#include <gtest/gtest.h>

#include <limits>

#include "beckon/base/text.hpp"
#include "beckon/codec/msgpack.hpp"
#include "beckon/codec/msgpack_reader.hpp"
#include "beckon/value/convert.hpp"
#include "codec/msgpack_vectors_test.hpp"

namespace beckon::msgpack {
namespace {

std::string written(const value& from, const write_options& options = {}) {
    buffer out;
    const auto done = write(out, from, options);
    return done ? to_hex(out.view()) : done.error().to_string();
}

std::string refusal(std::string_view hex, const read_options& options = {}) {
    const bytes wire = vectors::from_hex(hex);
    const auto got = read(wire, options);
    return got ? got->to_text() : got.error().to_string();
}

value nested(std::size_t levels) {
    value made = 1;
    for (; levels > 0; --levels) made = value::list({std::move(made)});
    return made;
}

TEST(msgpack_write, kinds_without_a_form_are_refused_by_name_with_their_path) {
    const bytes large(9, std::byte{0xff});
    EXPECT_EQ(written(value::big_integer(false, large)),
              "unsupported: integer of 9 bytes has no form in msgpack; it carries -2^63 to 2^64-1");
    EXPECT_EQ(written(value::map({{"a", value::list({1, value::complex(1, 2)})}})),
              "unsupported: \"a\"[1]: complex has no form in msgpack");
    EXPECT_EQ(written(value::record("R", {{"part", value::slice(1, 2, 3)}})),
              "unsupported: \"part\": slice has no form in msgpack");
    EXPECT_EQ(written(value::exception({.type = "KeyError"})),
              "unsupported: exception KeyError has no form in msgpack");
    EXPECT_EQ(written(value::extension(128, {})),
              "unsupported: extension 128 has no form in msgpack; its types are -128 to 127");
    EXPECT_EQ(written(value::extension(-1, {})),
              "invalid_argument: extension -1 of 0 bytes is no timestamp");
    EXPECT_EQ(written(value::list({"\xff"})),
              "invalid_argument: [0]: string of 1 bytes is not utf-8 at byte 0");
}

TEST(msgpack_write, after_a_refusal_the_buffer_is_as_it_was) {
    buffer out;
    out.append(as_bytes("before"));
    EXPECT_FALSE(write(out, value::list({1, "text", value::slice(1, 2, 3)})));
    EXPECT_EQ(as_text(out.view()), "before");
}

TEST(msgpack_write, kinds_that_messagepack_lacks_travel_as_their_nearest) {
    const auto text = [](std::string_view letters) { return written(value(letters)); };
    EXPECT_EQ(written(value(0.5f)), "ca3f000000");
    EXPECT_EQ(written(value::enumeration("Colour", "red", 3)), text("red"));
    EXPECT_EQ(written(date{0}), text("1970-01-01"));
    EXPECT_EQ(written(time_of_day{1'500'000'000}), text("00:00:01.5"));
    EXPECT_EQ(written(duration(90'000'000'000)), text("PT1M30S"));
    EXPECT_EQ(written(value::tuple({1, 2})), "920102");
    EXPECT_EQ(written(value::set({1})), "9101");
    EXPECT_EQ(written(value::record("P", {{"x", 1}, {"y", 2}})),
              written(value::map({{"x", 1}, {"y", 2}})));
    EXPECT_EQ(written(value::record("Empty", {})), "80");
}

TEST(msgpack_write, a_variant_is_its_index_and_content_or_its_name_where_the_index_is_not_known) {
    const value named = value::variant("circle", 2);
    EXPECT_EQ(written(named), written(value::list({"circle", 2})));
    using number_or_text = std::variant<std::int64_t, std::string>;
    const value typed = number_or_text("a");
    EXPECT_EQ(written(typed), "9201a161");
    EXPECT_EQ(typed, value::variant("string", "a")); // of which nothing but this can be told
    EXPECT_EQ(typed.hash(), value::variant("string", "a").hash());
    EXPECT_EQ(read(vectors::from_hex("9201a161"))->as<number_or_text>(), number_or_text("a"));
}

TEST(msgpack_write, old_readers_get_text_and_bytes_in_the_forms_that_they_know) {
    const write_options old{.compat_old_spec = true};
    EXPECT_EQ(written(value(bytes(2)), old), "a20000");
    EXPECT_EQ(written(value(std::string(32, 'x')), old).substr(0, 6), "da0020");
    EXPECT_EQ(written(value(bytes(70'000)), old).substr(0, 10), "db00011170");
}

TEST(msgpack_write, depth_ends_where_the_options_say) {
    buffer out;
    EXPECT_TRUE(write(out, nested(256)));
    EXPECT_TRUE(read(out.view()));
    const auto deeper = write(out, nested(257));
    ASSERT_FALSE(deeper);
    EXPECT_EQ(deeper.error().code(), errc::limit_exceeded);
    EXPECT_NE(deeper.error().message().find("nests more than 256 deep"), std::string::npos);
    EXPECT_EQ(written(nested(3), {.max_depth = 2}).substr(0, 15), "limit_exceeded:");
}

TEST(msgpack_read, limits_are_named_in_the_errors_they_raise) {
    EXPECT_EQ(refusal("93010203", {.max_nodes = 4}), "[1, 2, 3]");
    EXPECT_EQ(refusal("93010203", {.max_nodes = 3}),
              "limit_exceeded: msgpack: message has more than 3 values (max_nodes)");
    EXPECT_EQ(refusal("9101", {.max_depth = 1}), "[1]");
    EXPECT_EQ(refusal("919101", {.max_depth = 1}),
              "limit_exceeded: msgpack: values nest deeper than 1 at byte 2 (max_depth)");
    EXPECT_NE(refusal("9390c0c0", {.min_decoded_bytes = 95, .decoded_bytes_factor = 1})
                  .find("decodes to more than 95 bytes (min_decoded_bytes"),
              std::string::npos);
    EXPECT_EQ(refusal("9390c0c0", {.min_decoded_bytes = 96, .decoded_bytes_factor = 1}),
              "[[], null, null]");
}

TEST(msgpack_read, errors_tell_what_was_found_where) {
    EXPECT_EQ(refusal("92c101"), "parse_error: msgpack: found 0xc1 at byte 1; expected a value");
    EXPECT_EQ(refusal("a36162"),
              "parse_error: msgpack: ended at byte 3; expected 1 byte more of text");
    EXPECT_EQ(refusal("c6ffffffff61"), "parse_error: msgpack: ended at byte 6; expected 4294967294 "
                                       "bytes more of bytes");
    EXPECT_EQ(refusal("ddffffffff01"),
              "parse_error: msgpack: ended at byte 6; expected 4294967294 bytes more of an array");
}

TEST(msgpack_read, a_counted_lie_costs_no_memory) {
    // Were memory taken for what is announced, this would need terabytes.
    std::string nest;
    for (int i = 0; i < 200; ++i) nest += "ddffffffff";
    EXPECT_NE(refusal(nest).find("ended at byte"), std::string::npos);
}

TEST(msgpack_read, of_equal_keys_the_last_one_wins) {
    EXPECT_EQ(refusal("82a16101a16102"), "{\"a\": 2}");
}

TEST(msgpack_read, timestamps_at_the_edges_of_datetime_are_told_apart) {
    buffer out;
    const datetime least{{INT32_MIN}, {0}};
    const datetime most{{INT32_MAX}, {86'399'999'999'999}};
    for (const datetime each : {least, most}) {
        out.clear();
        put_timestamp(out, each);
        EXPECT_EQ(*read(out.view()), value(each));
    }
    const value beyond = vectors::timestamp((std::int64_t{INT32_MAX} + 1) * 86'400, 0);
    EXPECT_EQ(beyond.kind(), value_kind::extension);
    out.clear();
    ASSERT_TRUE(write(out, beyond));
    EXPECT_EQ(*read(out.view()), beyond);
}

TEST(msgpack_reader, takes_a_message_apart) {
    buffer out;
    put_array(out, 9);
    put_nil(out);
    put_boolean(out, true);
    put_integer(out, -7);
    put_unsigned(out, UINT64_MAX);
    put_float32(out, 0.5f);
    put_text(out, "text");
    put_bytes(out, as_bytes("bytes"));
    put_map(out, 1);
    put_integer(out, 1);
    put_integer(out, 2);
    put_extension(out, 5, as_bytes("abc"));
    const read_options usual;
    reader in(out.view(), usual);
    EXPECT_EQ(in.peek(), item::array);
    EXPECT_EQ(in.get_array(), 9u);
    in.get_nil();
    EXPECT_TRUE(in.get_boolean());
    EXPECT_EQ(in.get_integer(), -7);
    EXPECT_EQ(in.get_unsigned(), UINT64_MAX);
    EXPECT_EQ(in.get_float(), 0.5);
    EXPECT_EQ(as_text(in.get_bytes()), "text");
    EXPECT_EQ(in.get_text(), "bytes");
    EXPECT_EQ(in.get_map(), 1u);
    EXPECT_EQ(in.get_float(), 1.0);
    in.skip();
    const extension_view extension = in.get_extension();
    EXPECT_EQ(extension.type, 5);
    EXPECT_EQ(as_text(extension.content), "abc");
    in.finish();
    EXPECT_FALSE(in.failed());
    EXPECT_EQ(in.peek(), item::end);
}

TEST(msgpack_reader, keeps_its_first_failure_and_reads_nothing_after_it) {
    const read_options usual;
    const bytes wire = vectors::from_hex("9201ff05");
    reader in(wire, usual);
    EXPECT_EQ(in.get_array(), 2u);
    EXPECT_EQ(in.get_text(), "");
    EXPECT_EQ(in.get_integer(), 0);
    EXPECT_EQ(in.peek(), item::end);
    EXPECT_EQ(in.take_failure().message(), "msgpack: found 0x01 at byte 1; expected text");
    const bytes large = vectors::from_hex("cfffffffffffffffff");
    reader number(large, usual);
    EXPECT_EQ(number.get_integer(), 0);
    EXPECT_EQ(number.take_failure().message(),
              "msgpack: found 0xcf at byte 0; expected an integer that fits int64");
    const bytes negative = vectors::from_hex("d0ff");
    reader unsigned_only(negative, usual);
    EXPECT_EQ(unsigned_only.get_unsigned(), 0u);
    EXPECT_TRUE(unsigned_only.failed());
}

/// A session of which every reference is number 7.
struct known_handles : handle_forms {
    result<void> write(buffer& out, const value&) override {
        put_extension(out, 40, as_bytes("\x07"));
        return {};
    }
    result<void> read(value& form) override {
        if (form.is(value_kind::extension) && form.number() == 40) form = value("object 7");
        if (form.is(value_kind::map) && form.contains("$stream")) form = value("stream");
        if (form.is(value_kind::map) && form.contains("$bad"))
            return fail(errc::unknown_object, "no such object");
        return {};
    }
    ~known_handles() = default;
};

struct nothing final : referent {
    [[nodiscard]] std::string_view interface_name() const noexcept override { return "Thing"; }
};

TEST(msgpack_handles, references_and_streams_are_what_the_session_says) {
    const value object(intrusive_ptr<referent>(make_counted<nothing>()));
    EXPECT_EQ(written(object), "unsupported: reference to Thing has no form in msgpack");
    known_handles handles;
    EXPECT_EQ(written(value::list({object}), {.handles = &handles}), "91d42807");
    EXPECT_EQ(refusal("91d42807", {.handles = &handles}), "[\"object 7\"]");
    EXPECT_EQ(refusal("9181a72473747265616d01", {.handles = &handles}), "[\"stream\"]");
    EXPECT_EQ(refusal("9181a42462616401", {.handles = &handles}), "unknown_object: no such object");
}

} // namespace
} // namespace beckon::msgpack
