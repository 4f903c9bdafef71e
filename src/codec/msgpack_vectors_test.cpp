// What MessagePack's other implementations wrote: our writer gives the same bytes, our reader the same values.
#include "codec/msgpack_vectors_test.hpp"

#include "beckon/codec/msgpack_reader.hpp"
#include "beckon/codec/msgpack_scan.hpp"

namespace beckon::msgpack {
namespace {

std::string written(const value& from) {
    buffer out;
    const auto done = write(out, from);
    return done ? to_hex(out.view()) : done.error().to_string();
}

TEST(msgpack_vectors, every_value_is_written_and_read_byte_for_byte) {
    const value entries = vectors::section("encode");
    ASSERT_EQ(entries.size(), 93u);
    for (const value& entry : entries.items()) {
        SCOPED_TRACE(entry["name"].string());
        const value expected = vectors::typed(entry["value"]);
        EXPECT_EQ(written(expected), entry["hex"].string());
        const bytes wire = vectors::from_hex(entry["hex"].string());
        const auto got = read(wire);
        ASSERT_TRUE(got) << got.error().to_string();
        EXPECT_EQ(*got, expected) << got->to_text();
        EXPECT_EQ(got->kind(), expected.kind());
    }
}

TEST(msgpack_vectors, longer_forms_are_read_and_written_again_in_the_shortest) {
    const value entries = vectors::section("decode");
    ASSERT_EQ(entries.size(), 31u);
    for (const value& entry : entries.items()) {
        SCOPED_TRACE(entry["name"].string());
        const bytes wire = vectors::from_hex(entry["hex"].string());
        const auto got = read(wire);
        ASSERT_TRUE(got) << got.error().to_string();
        EXPECT_EQ(*got, vectors::typed(entry["value"])) << got->to_text();
        // A float of single precision stays one; all else gets shorter.
        const value& shortest = entry["reencoded"];
        EXPECT_EQ(written(*got), shortest.is_null() ? entry["hex"].string() : shortest.string());
    }
}

TEST(msgpack_vectors, what_is_invalid_is_refused_for_its_reason) {
    const value entries = vectors::section("invalid");
    ASSERT_EQ(entries.size(), 30u);
    for (const value& entry : entries.items()) {
        SCOPED_TRACE(entry["name"].string());
        const bytes wire = vectors::from_hex(entry["hex"].string());
        const std::string_view reason = entry["reason"].string();
        const auto got = read(wire);
        ASSERT_FALSE(got) << got->to_text();
        const std::string& text = got.error().message();
        const read_options usual;
        reader again(wire, usual);
        static_cast<void>(again.get_value());
        EXPECT_EQ(again.ran_out(), reason == "truncated") << text;

        scanner scan;
        const auto looked = scan.look(wire, 64u << 20);
        if (reason == "truncated") {
            EXPECT_NE(text.find("ended at byte"), std::string::npos) << text;
            // On a stream it waits for more, unless what is announced can never fit.
            if (looked) {
                EXPECT_FALSE(*looked);
            } else {
                EXPECT_EQ(looked.error().code(), errc::limit_exceeded);
            }
        } else if (reason == "bad_format") {
            EXPECT_NE(text.find("0xc1"), std::string::npos) << text;
            ASSERT_FALSE(looked);
            EXPECT_EQ(looked.error().code(), errc::parse_error);
        } else if (reason == "trailing_data") {
            EXPECT_NE(text.find("found 1 bytes after the value"), std::string::npos) << text;
            EXPECT_TRUE(looked && *looked && scan.size() == 1);
        } else if (reason == "bad_utf8") {
            EXPECT_NE(text.find("not utf-8"), std::string::npos) << text;
            const auto lenient = read(wire, {.bad_text = bad_text::as_bytes});
            ASSERT_TRUE(lenient) << lenient.error().to_string();
            EXPECT_EQ(*lenient, value(byte_view(wire).subspan(1)));
        } else if (reason == "bad_timestamp") {
            EXPECT_NE(text.find("timestamp"), std::string::npos) << text;
        } else {
            EXPECT_EQ(got.error().code(), errc::limit_exceeded) << reason;
            EXPECT_NE(text.find("max_depth"), std::string::npos) << text;
        }
    }
}

TEST(msgpack_vectors, every_truncation_runs_out_and_no_more) {
    const read_options usual;
    const value entries = vectors::section("encode");
    for (const value& entry : entries.items()) {
        SCOPED_TRACE(entry["name"].string());
        const bytes wire = vectors::from_hex(entry["hex"].string());
        for (std::size_t size = 0; size < wire.size(); ++size) {
            const byte_view cut = byte_view(wire).first(size);
            reader from(cut, usual);
            static_cast<void>(from.get_value());
            EXPECT_TRUE(from.failed() && from.ran_out()) << size;
            reader over(cut, usual);
            over.skip();
            EXPECT_TRUE(over.failed() && over.ran_out()) << size;
            scanner scan;
            const auto looked = scan.look(cut, 64u << 20);
            ASSERT_TRUE(looked);
            EXPECT_FALSE(*looked) << size;
        }
    }
}

} // namespace
} // namespace beckon::msgpack
