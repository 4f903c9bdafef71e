#include "protocol/rpyc/frame.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <random>

#include <zlib.h>

#include "codec/brine_vectors_test.hpp"

namespace beckon::rpyc {
namespace {

using brine::vectors::from_hex;

bytes framed(byte_view message, bool compress, std::size_t most = 1u << 30) {
    buffer out;
    const std::size_t start = begin_frame(out);
    out.append(message);
    const auto finished = finish_frame(out, start, compress, most);
    EXPECT_TRUE(finished);
    return {out.view().begin(), out.view().end()};
}

bytes header(std::size_t size, unsigned flag) {
    bytes made;
    for (unsigned shift : {24u, 16u, 8u, 0u}) made.push_back(std::byte(size >> shift & 0xff));
    made.push_back(std::byte(flag));
    return made;
}

bytes with_header(unsigned flag, byte_view body) {
    bytes made = header(body.size(), flag);
    made.insert(made.end(), body.begin(), body.end());
    made.push_back(std::byte{0x0a});
    return made;
}

bytes deflated(byte_view content, int level = 9) {
    uLongf size = ::compressBound(content.size());
    bytes made(size);
    EXPECT_EQ(::compress2(reinterpret_cast<Bytef*>(made.data()), &size,
                          reinterpret_cast<const Bytef*>(content.data()), content.size(), level),
              Z_OK);
    made.resize(size);
    return made;
}

std::string refusal(byte_view wire, const limits& limits = {.max_message_bytes = 64u << 20}) {
    frame_reader reader(limits);
    const auto got = reader.take(wire);
    return got ? concat("took ", got->bytes, " bytes") : got.error().to_string();
}

TEST(rpyc_frame, every_recorded_frame_is_read_and_written) {
    const value entries = brine::vectors::section("frames");
    ASSERT_EQ(entries.size(), 16u);
    std::size_t compressed = 0;
    for (const value& entry : entries.items()) {
        SCOPED_TRACE(entry["name"].string());
        const bytes payload = brine::vectors::wire(entry["payload"]);
        const bytes wire = brine::vectors::wire(entry["frame"]);
        const limits limits{.max_message_bytes = 64u << 20};
        frame_reader reader(limits);
        EXPECT_EQ(frame_size(wire), wire.size());
        const auto got = reader.take(wire);
        ASSERT_TRUE(got) << got.error().to_string();
        EXPECT_EQ(got->bytes, wire.size());
        EXPECT_TRUE(
            std::equal(payload.begin(), payload.end(), got->message.begin(), got->message.end()));

        const bool compress = entry["compress_enabled"].boolean();
        const bytes written = framed(payload, compress);
        if (!entry["compressed"].boolean()) {
            EXPECT_EQ(written, wire);
            continue;
        }
        ++compressed;
        // Other zlibs make other bytes, and what does not shrink we send plain.
        const auto again = reader.take(written);
        ASSERT_TRUE(again) << again.error().to_string();
        EXPECT_EQ(again->bytes, written.size());
        EXPECT_TRUE(std::equal(payload.begin(), payload.end(), again->message.begin(),
                               again->message.end()));
        EXPECT_LE(written.size(), payload.size() + frame_overhead_bytes);
        EXPECT_EQ(written[4] == std::byte{1}, written.size() < payload.size());
    }
    EXPECT_EQ(compressed, 4u);
}

TEST(rpyc_frame, odd_frames_are_taken_as_rpyc_takes_them) {
    const value entries = brine::vectors::section("frame_decode");
    ASSERT_EQ(entries.size(), 6u);
    std::size_t refused = 0;
    for (const value& entry : entries.items()) {
        SCOPED_TRACE(entry["name"].string());
        const bytes wire = brine::vectors::wire(entry);
        const limits limits{.max_message_bytes = 64u << 20};
        frame_reader reader(limits);
        const auto got = reader.take(wire);
        const value& expected = entry["reference"];
        if (expected.contains("payload_hex")) {
            ASSERT_TRUE(got) << got.error().to_string();
            EXPECT_EQ(to_hex(got->message), expected["payload_hex"].string());
            EXPECT_EQ(got->bytes, wire.size());
        } else if (expected["error"].string() == "EOFError") {
            // More may come: that it does not is for the connection to say.
            ASSERT_TRUE(got);
            EXPECT_EQ(got->bytes, 0u);
        } else {
            ++refused;
            ASSERT_FALSE(got);
            EXPECT_EQ(got.error().code(), errc::protocol_error);
        }
    }
    EXPECT_EQ(refused, 2u);
}

TEST(rpyc_frame, a_frame_that_has_not_all_come_is_waited_for) {
    const bytes wire = framed(as_bytes("0123456789"), false);
    const limits limits{.max_message_bytes = 64u << 20};
    frame_reader reader(limits);
    for (std::size_t size = 0; size < wire.size(); ++size) {
        const byte_view part = byte_view(wire).first(size);
        EXPECT_EQ(frame_size(part), size < frame_header_bytes ? 0 : wire.size()) << size;
        const auto got = reader.take(part);
        ASSERT_TRUE(got) << size;
        EXPECT_EQ(got->bytes, 0u) << size;
    }
    bytes two = wire;
    two.insert(two.end(), wire.begin(), wire.end());
    EXPECT_EQ(reader.take(two)->bytes, wire.size());
}

TEST(rpyc_frame, an_empty_frame_holds_an_empty_message) {
    const limits limits{.max_message_bytes = 64u << 20};
    frame_reader reader(limits);
    const bytes wire = from_hex("00000000000a");
    EXPECT_EQ(reader.take(wire)->bytes, 6u);
    EXPECT_TRUE(reader.take(wire)->message.empty());
    const bytes nothing_compressed = with_header(1, deflated({}));
    EXPECT_EQ(reader.take(nothing_compressed)->bytes, nothing_compressed.size());
    EXPECT_TRUE(reader.take(nothing_compressed)->message.empty());
}

TEST(rpyc_frame, messages_of_any_size_come_back) {
    const limits limits{.max_message_bytes = 64u << 20};
    frame_reader reader(limits);
    std::mt19937 random(7);
    for (const std::size_t size :
         {std::size_t{0}, std::size_t{1}, std::size_t{3000}, std::size_t{3001}, std::size_t{70'000},
          std::size_t{5'000'000}}) {
        for (const unsigned letters : {1u, 4u, 256u}) {
            bytes message(size);
            for (std::byte& each : message) each = std::byte(random() % letters);
            for (const bool compress : {false, true}) {
                const bytes wire = framed(message, compress);
                EXPECT_EQ(wire[4] == std::byte{1}, compress && size > 3000 && letters < 256);
                const auto got = reader.take(wire);
                ASSERT_TRUE(got) << got.error().to_string();
                EXPECT_EQ(got->bytes, wire.size());
                EXPECT_TRUE(std::equal(message.begin(), message.end(), got->message.begin(),
                                       got->message.end()));
            }
        }
    }
    // Memory of a large message is not kept.
    static_cast<void>(reader.take(framed(as_bytes("x"), false)));
    EXPECT_LE(reader.held_bytes(), 64u << 10);
}

TEST(rpyc_frame, a_length_above_the_limit_is_refused_by_the_header_alone) {
    limits small;
    small.max_message_bytes = 1000;
    EXPECT_EQ(refusal(header(1001, 0), small),
              "limit_exceeded: peer declared a message of 1001 bytes; limit is 1000 bytes "
              "(max_message_bytes)");
    EXPECT_EQ(refusal(header(0xffff'ffff, 1), small),
              "limit_exceeded: peer declared a message of 4294967295 bytes; limit is 1000 bytes "
              "(max_message_bytes)");
    EXPECT_EQ(refusal(header(1000, 0), small), "took 0 bytes");
    EXPECT_EQ(frame_size(header(0xffff'ffff, 1)), 0xffff'ffffu + std::size_t{6});
}

TEST(rpyc_frame, a_bomb_costs_no_more_than_the_limit) {
    const bytes zeros(64u << 20);
    const bytes bomb = with_header(1, deflated(zeros));
    ASSERT_LT(bomb.size(), 70'000u);
    limits small;
    small.max_message_bytes = 100'000;
    frame_reader reader(small);
    const auto got = reader.take(bomb);
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().to_string(),
              concat("limit_exceeded: peer sent a message of ", bomb.size() - 6,
                     " bytes that inflates to more than 100000 bytes (max_message_bytes)"));
    EXPECT_LE(reader.held_bytes(), 300'000u);
    // Both sides of the edge.
    for (const std::size_t size : {std::size_t{99'999}, std::size_t{100'000}}) {
        const bytes wire = with_header(1, deflated(byte_view(zeros).first(size)));
        const auto fits = reader.take(wire);
        ASSERT_TRUE(fits) << size;
        EXPECT_EQ(fits->message.size(), size);
    }
    EXPECT_FALSE(reader.take(with_header(1, deflated(byte_view(zeros).first(100'001)))));
}

TEST(rpyc_frame, memory_grows_with_what_comes_out) {
    const limits usual{.max_message_bytes = 64u << 20};
    frame_reader reader(usual);
    const bytes content(200'000, std::byte{'x'});
    const bytes wire = with_header(1, deflated(content));
    ASSERT_TRUE(reader.take(wire));
    EXPECT_LE(reader.held_bytes(), 2 * content.size() + 1024);
}

TEST(rpyc_frame, broken_streams_say_where) {
    const bytes content(5000, std::byte{'x'});
    bytes stream = deflated(content);
    EXPECT_EQ(refusal(with_header(1, byte_view(stream).first(stream.size() - 1))),
              concat("protocol_error: peer sent a compressed message that ends at byte ",
                     stream.size() - 1, ", inside its zlib stream"));
    EXPECT_EQ(refusal(with_header(1, {})), "protocol_error: peer sent a compressed message that "
                                           "ends at byte 0, inside its zlib stream");
    stream.back() ^= std::byte{1};
    EXPECT_EQ(refusal(with_header(1, stream)),
              concat("protocol_error: peer sent a compressed message of ", stream.size(),
                     " bytes that is no zlib stream, seen at byte ", stream.size(),
                     ": incorrect data check"));
    EXPECT_EQ(refusal(with_header(1, from_hex("78bb00000001"))),
              "protocol_error: peer sent a compressed message of 6 bytes that is no zlib stream, "
              "seen at byte 6: it needs a dictionary");
}

TEST(rpyc_frame, a_message_of_ours_above_the_limit_leaves_nothing_behind) {
    buffer out;
    out.append(as_bytes("before"));
    const std::size_t start = begin_frame(out);
    out.append(as_bytes("0123456789"));
    const auto refused = finish_frame(out, start, true, 9);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().to_string(),
              "limit_exceeded: message of 10 bytes; limit is 9 bytes (max_message_bytes)");
    EXPECT_EQ(as_text(out.view()), "before");
}

} // namespace
} // namespace beckon::rpyc
