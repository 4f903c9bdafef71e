#include "protocol/rpyc/message.hpp"

#include <gtest/gtest.h>

#include "codec/brine_vectors_test.hpp"

namespace beckon::rpyc {
namespace {

using brine::vectors::from_hex;

constexpr layout v5{dialect::v5, false};
constexpr layout v6{dialect::v6, false};
constexpr layout v6_bound{dialect::v6, true};

const std::string threads = "00000000000000070000000000000009";

std::string refusal(std::string_view hex, layout laid_out) {
    const limits limits;
    const bytes message = from_hex(hex);
    const auto got = read_envelope(message, laid_out, limits);
    return got ? concat("read to ", got->body.offset()) : got.error().to_string();
}

TEST(rpyc_message, the_first_byte_tells_the_dialect) {
    for (const std::string_view hex : {"0111501153115102", "02", "03"}) {
        EXPECT_EQ(dialect_of(from_hex(hex), false), dialect::v6) << hex;
        EXPECT_EQ(dialect_of(from_hex(threads + std::string(hex)), true), dialect::v6) << hex;
    }
    EXPECT_EQ(dialect_of(from_hex("1251501153115102"), false), dialect::v5);
    EXPECT_EQ(dialect_of(from_hex(threads + "12"), true), dialect::v5);
    for (const std::string_view hex : {"", "00", "04", "10", "11", "13", "47455420", "16030100"}) {
        EXPECT_EQ(dialect_of(from_hex(hex), false), std::nullopt) << hex;
    }
    EXPECT_EQ(dialect_of(from_hex(threads), true), std::nullopt);
}

TEST(rpyc_message, a_sequence_of_any_kind_comes_back_as_it_was) {
    // Of the last: a tuple of text, which RPyC would echo as well.
    const std::vector<std::pair<std::string, std::optional<std::int64_t>>> sequences{
        {"50", 0},
        {"1603313630", 160},
        {"16022d35", -5},
        {"160430303037", 7},
        {"161639393939393939393939393939393939393939393939", std::nullopt},
        {"080a78", std::nullopt},
        {"00", std::nullopt},
        {"11080a7818" + std::string(16, '0'), std::nullopt},
    };
    const limits limits;
    for (const auto& [sequence, number] : sequences) {
        SCOPED_TRACE(sequence);
        for (const layout laid_out : {v5, v6, v6_bound}) {
            std::string hex = laid_out.bind_threads ? threads : "";
            hex += laid_out.dialect == dialect::v5 ? "1252" : "0211";
            hex += sequence + "115100";
            const bytes message = from_hex(hex);
            const auto got = read_envelope(message, laid_out, limits);
            ASSERT_TRUE(got) << got.error().to_string();
            EXPECT_EQ(got->kind, message_kind::reply);
            EXPECT_EQ(to_hex(got->sequence), sequence);
            EXPECT_EQ(got->number, number);
            EXPECT_EQ(got->body.left(), 3u);
            EXPECT_EQ(got->threads.sender, laid_out.bind_threads ? 7u : 0u);
            EXPECT_EQ(got->threads.target, laid_out.bind_threads ? 9u : 0u);

            buffer out;
            put_envelope(out, laid_out, got->kind, got->sequence, got->threads);
            EXPECT_EQ(to_hex(out.view()), hex.substr(0, hex.size() - 6));
        }
    }
}

TEST(rpyc_message, requests_are_written_as_rpyc_writes_them) {
    buffer out;
    put_request(out, v6, 0, handler::get_root);
    EXPECT_EQ(to_hex(out.view()), "0111501153");
    out.clear();
    put_request(out, v5, 160, handler::close);
    EXPECT_EQ(to_hex(out.view()), "12511603313630"
                                  "1152");
    out.clear();
    put_request(out, v6_bound, 1, handler::ping, {7, 9});
    EXPECT_EQ(to_hex(out.view()), threads + "0111511151");
}

TEST(rpyc_message, what_is_no_message_is_refused_with_its_place) {
    EXPECT_EQ(refusal("", v6),
              "protocol_error: peer sent a message of 0 bytes; expected more than 1");
    EXPECT_EQ(refusal(threads + "01", v6_bound),
              "protocol_error: peer sent a message of 17 bytes; expected more than 17");
    EXPECT_EQ(refusal("0411501153115102", v6),
              "protocol_error: peer sent a message of type 4; expected 1 (request), 2 (reply) or 3 "
              "(exception)");
    EXPECT_EQ(refusal("1254501153115102", v5),
              "protocol_error: peer sent a message of type 4; expected 1 (request), 2 (reply) or 3 "
              "(exception)");
    EXPECT_EQ(refusal("1251501153115102", v6),
              "protocol_error: peer sent a message of type 18; expected 1 (request), 2 (reply) or "
              "3 (exception)");
    EXPECT_EQ(refusal("0111501153115102", v5),
              "protocol_error: peer sent tag 0x01 at byte 0; expected a tuple");
    EXPECT_EQ(refusal("01125050", v6), "protocol_error: peer sent a tuple of 3 items at byte 0; "
                                       "expected 2");
    EXPECT_EQ(refusal("0111", v6),
              "protocol_error: peer sent a message that ends at byte 1; expected a value");
}

TEST(rpyc_message, every_truncation_is_refused_or_leaves_the_body_short) {
    const limits limits;
    const bytes message = from_hex("01111603313630115311510211");
    for (std::size_t size = 0; size < message.size() - 1; ++size) {
        const byte_view cut = byte_view(message).first(size);
        const bool whole = size >= 12;
        EXPECT_EQ(is_brine(cut, v6, limits), whole) << size;
    }
}

TEST(rpyc_message, a_strange_body_is_told_from_a_broken_one) {
    const limits limits;
    const auto handler_of = [&](const bytes& message) {
        auto envelope = read_envelope(message, v6, limits);
        EXPECT_TRUE(envelope);
        return read_handler(envelope->body);
    };
    // The body is a number; the handler is a text; there are no arguments.
    for (const std::string_view hex : {"01115055", "01115011080a6102", "0111501053"}) {
        const bytes message = from_hex(hex);
        EXPECT_FALSE(handler_of(message)) << hex;
        EXPECT_TRUE(is_brine(message, v6, limits)) << hex;
    }
    // The text has no end.
    const bytes broken = from_hex("01115011080b61");
    EXPECT_FALSE(handler_of(broken));
    EXPECT_FALSE(is_brine(broken, v6, limits));
    // A number that names no handler is for the caller to say.
    EXPECT_EQ(*handler_of(from_hex("0111501116033939390002")), 999);
}

} // namespace
} // namespace beckon::rpyc
