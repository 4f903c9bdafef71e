// What RPyC itself wrote and how it read odd bytes: our writer gives the same bytes, our reader the same values.
#include "codec/brine_vectors_test.hpp"

#include "beckon/codec/brine_reader.hpp"

namespace beckon::brine {
namespace {

TEST(brine_vectors, every_recorded_value_is_written_and_read_byte_for_byte) {
    const value entries = vectors::section("brine");
    ASSERT_EQ(entries.size(), 166u);
    for (const value& entry : entries.items()) {
        SCOPED_TRACE(entry["py"].string());
        const bytes wire = vectors::wire(entry);
        const value expected = vectors::typed(entry["value"]);
        EXPECT_TRUE(is_brinable(expected));

        buffer out;
        const auto written = write(out, expected);
        ASSERT_TRUE(written) << written.error().to_string();
        EXPECT_EQ(to_hex(out.view().first(std::min<std::size_t>(out.size(), 400))),
                  to_hex(byte_view(wire).first(std::min<std::size_t>(wire.size(), 400))));
        EXPECT_TRUE(std::equal(wire.begin(), wire.end(), out.view().begin(), out.view().end()));

        std::size_t used = 0;
        const auto got = read(wire, limits(), &used);
        ASSERT_TRUE(got) << got.error().to_string();
        EXPECT_EQ(*got, expected) << got->to_text();
        EXPECT_EQ(used, wire.size());

        const limits limits;
        reader over(wire, limits);
        over.skip();
        over.finish();
        EXPECT_FALSE(over.failed());
    }
}

TEST(brine_vectors, every_truncation_of_a_recorded_value_is_refused) {
    const value entries = vectors::section("brine");
    for (const value& entry : entries.items()) {
        SCOPED_TRACE(entry["py"].string());
        const bytes wire = vectors::wire(entry);
        const limits limits;
        for (std::size_t size = 0; size < std::min<std::size_t>(wire.size(), 600); ++size) {
            const byte_view cut = byte_view(wire).first(size);
            EXPECT_FALSE(read(cut, limits)) << size;
            reader over(cut, limits);
            over.skip();
            EXPECT_TRUE(over.failed()) << size;
        }
    }
}

TEST(brine_vectors, odd_bytes_are_taken_or_refused_as_recommended) {
    const value entries = vectors::section("brine_decode");
    ASSERT_EQ(entries.size(), 54u);
    std::size_t accepted = 0;
    for (const value& entry : entries.items()) {
        SCOPED_TRACE(concat(entry["hex"].string(), " ", entry["note"].string()));
        const bytes wire = vectors::wire(entry);
        const auto got = read(wire, limits());
        if (entry["recommended"].string().starts_with("accept")) {
            ++accepted;
            ASSERT_TRUE(got) << got.error().to_string();
            EXPECT_EQ(*got, vectors::typed(entry["reference"]["accepts"])) << got->to_text();
        } else {
            ASSERT_FALSE(got) << got->to_text();
            EXPECT_EQ(got.error().code(), errc::protocol_error);
            EXPECT_NE(got.error().message().find(" byte "), std::string::npos)
                << got.error().message();
        }
    }
    EXPECT_GE(accepted, 20u);
    EXPECT_LT(accepted, 30u);
}

} // namespace
} // namespace beckon::brine
