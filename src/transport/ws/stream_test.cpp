// What a WebSocket makes of a peer that keeps the rules, and of one that does not.
#include "transport/ws/stream.hpp"

#include "transport/flooding_test.hpp"
#include "transport/many_streams_test.hpp"
#include "transport/ws/frame_heads_test.hpp"
#include "transport/ws/pair_test.hpp"

namespace beckon::transport::ws {
namespace {

using namespace heads;
using namespace std::chrono_literals;
constexpr std::string_view opening =
    "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

/// The code of the close frame that a text ends with; 0 where it ends with none.
unsigned closed_with(const std::string& heard) {
    // Of a server, without a reason: 88 02 CODE. With one the code stands behind the first two bytes as well.
    const std::size_t at = heard.rfind(static_cast<char>(fin | close_frame));
    if (at == std::string::npos || at + 4 > heard.size()) return 0;
    return static_cast<unsigned>(static_cast<unsigned char>(heard[at + 2])) << 8 |
           static_cast<unsigned char>(heard[at + 3]);
}

TEST(ws_stream, messages_come_with_their_sizes_however_they_are_cut) {
    const std::string sent = frame(fin | text, "one") + frame(text, "t") + frame(fin | ping, "?") +
                             frame(0, "w") + frame(fin | 0, "o") + frame(fin | text, "") +
                             frame(fin | text, std::string(300, 'x'));
    const std::string expected =
        sized("one") + sized("two") + sized("") + sized(std::string(300, 'x'));
    for (const std::size_t step : {std::size_t(1), std::size_t(2), std::size_t(7), sent.size()}) {
        raw_peer peer(role::server);
        std::string got;
        for (std::size_t at = 0; at < sent.size(); at += step) {
            peer.say(std::string_view(sent).substr(at, step));
            for (std::string part; (part = peer.read()) != "nothing";) got += part;
        }
        EXPECT_EQ(got, expected) << step;
        EXPECT_EQ(peer.hear(), frame(fin | pong, "?", false));
    }
}

TEST(ws_stream, without_messages_contents_follow_each_other) {
    raw_peer peer(role::server, nullptr, false);
    peer.say(frame(fin | binary, "one") + frame(binary, "tw") + frame(fin | 0, "o"));
    EXPECT_EQ(peer.read(), "onetwo");
    const byte_view said = as_bytes("three");
    EXPECT_EQ(peer.near->write({&said, 1}).size, 5u);
    EXPECT_EQ(peer.hear(), frame(fin | binary, "three", false));
}

TEST(ws_stream, what_is_written_leaves_as_one_message_each) {
    for (const std::size_t step : {1u, 3u, 5u, 1000u}) {
        raw_peer peer(role::server);
        const std::string all = sized("one") + sized("") + sized("three");
        for (std::size_t at = 0; at < all.size(); at += step) {
            const byte_view part = as_bytes(std::string_view(all).substr(at, step));
            EXPECT_EQ(peer.near->write({&part, 1}).size, part.size());
        }
        // Put together again by another one.
        std::string got;
        raw_peer other(role::client);
        other.say(peer.hear());
        for (std::string part; (part = other.read()) != "nothing";) got += part;
        EXPECT_EQ(got, all) << step;
    }
}

TEST(ws_stream, a_large_message_leaves_in_frames_that_leave_room_for_pings) {
    frames made(role::server);
    made.keep_messages(1u << 20);
    const std::string all = sized(std::string(most_frame_bytes * 2, 'x'));
    const byte_view view = as_bytes(all);
    for (std::size_t taken = 0; taken < all.size();) {
        const std::size_t now = made.put({&view, 1}, taken);
        EXPECT_LE(now, most_frame_bytes);
        taken += now;
    }
    const std::string heard(as_text(made.out.view()));
    EXPECT_EQ(heard.size(), 2 * most_frame_bytes + 4 + 10 + 2);
    EXPECT_EQ(static_cast<unsigned char>(heard[0]), text);
    EXPECT_EQ(static_cast<unsigned char>(heard[1]), 126);
    EXPECT_EQ(heard.substr(heard.size() - 6), std::string("\x80\x04xxxx", 6));
}

TEST(ws_stream, a_client_masks_with_bytes_that_differ) {
    raw_peer peer(role::client);
    std::string first;
    for (int i = 0; i < 2; ++i) {
        const std::string all = sized("same");
        const byte_view view = as_bytes(all);
        EXPECT_EQ(peer.near->write({&view, 1}).size, all.size());
        const std::string heard = peer.hear();
        ASSERT_EQ(heard.size(), 10u);
        EXPECT_EQ(heard.substr(0, 2), "\x81\x84");
        std::string plain;
        for (std::size_t k = 0; k < 4; ++k) plain += static_cast<char>(heard[6 + k] ^ heard[2 + k]);
        EXPECT_EQ(plain, "same");
        EXPECT_NE(heard, first);
        first = heard;
    }
}

struct broken_rule {
    const char* name;
    std::string sent;
    unsigned code;
};
class WsRules : public testing::TestWithParam<broken_rule> {};
INSTANTIATE_TEST_SUITE_P(
    of, WsRules,
    testing::Values(
        broken_rule{"a_mask", frame(fin | text, "x", false), 1002},
        broken_rule{"an_opcode", frame(fin | 3, "x"), 1002},
        broken_rule{"a_control_opcode", frame(fin | 11, "x"), 1002},
        broken_rule{"a_reserved_bit", frame(fin | 0x40 | text, "x"), 1002},
        broken_rule{"a_start", frame(fin | 0, "x"), 1002},
        broken_rule{"an_end", frame(text, "x") + frame(fin | text, "y"), 1002},
        broken_rule{"a_whole_ping", frame(ping, "x"), 1002},
        broken_rule{"a_short_ping", frame(fin | ping, std::string(126, 'x')), 1002},
        broken_rule{"a_close_code", frame(fin | close_frame, "\x03"), 1002},
        broken_rule{"a_close_code_of_the_wire", frame(fin | close_frame, "\x03\xed"), 1002},
        broken_rule{"utf8_in_a_close_frame", frame(fin | close_frame, "\x03\xe8\xff"), 1007},
        broken_rule{"utf8", frame(fin | text, "\xff"), 1007},
        broken_rule{"utf8_across_frames", frame(text, "\xc3") + frame(fin | 0, "x"), 1007},
        broken_rule{"utf8_to_its_end", frame(fin | text, "\xc3"), 1007},
        broken_rule{"text", frame(fin | binary, "x"), 1003},
        broken_rule{"the_long_form", std::string("\x81\xff\x80\0\0\0\0\0\0\0", 10), 1002},
        broken_rule{"the_shortest_length", std::string("\x81\xfe\0\x01\0\0\0\0x", 9), 1002},
        broken_rule{"a_limit", std::string("\x81\xff\0\0\0\0\0\x10\0\1", 10) + "mask", 1009},
        broken_rule{"a_limit_in_parts",
                    frame(text, "x") + std::string("\x80\xff\0\0\0\0\0\x10\0\0", 10) + "mask",
                    1009}),
    [](const auto& each) { return std::string(each.param.name); });

TEST_P(WsRules, are_kept_or_the_connection_ends_with_the_right_code) {
    raw_peer peer(role::server);
    peer.say(frame(fin | text, "before"));
    EXPECT_EQ(peer.read(), sized("before"));
    peer.say(GetParam().sent + frame(fin | text, "after"));
    std::string got;
    for (std::string part; (part = peer.read()) != "failed";) {
        ASSERT_NE(part, "nothing");
        ASSERT_NE(part, "end");
        got += part;
    }
    EXPECT_EQ(got.find("after"), std::string::npos);
    EXPECT_EQ(closed_with(peer.hear()), GetParam().code);
    EXPECT_NE(peer.near->exit_description(), "");
    const byte_view late = as_bytes("late");
    EXPECT_EQ(peer.near->write({&late, 1}).os_error, EPROTO);
    EXPECT_EQ(peer.read(), "failed");
}

TEST(ws_stream, a_server_that_masks_is_refused_too) {
    raw_peer peer(role::client);
    peer.say(frame(fin | text, "x", true));
    EXPECT_EQ(peer.read(), "failed");
}

TEST(ws_stream, text_where_bytes_are_expected_is_refused) {
    raw_peer peer(role::server, nullptr, false);
    peer.say(frame(fin | text, "x"));
    EXPECT_EQ(peer.read(), "failed");
    EXPECT_EQ(closed_with(peer.hear()), 1003u);
    EXPECT_EQ(
        peer.near->exit_description(),
        "peer sent a text message; expected binary ones for the protocol of this conversation");
}

TEST(ws_stream, a_message_at_the_limit_is_taken) {
    raw_peer peer(role::server, side_of(role::server, "", 200));
    peer.say(frame(fin | text, std::string(200, 'x')));
    EXPECT_EQ(peer.read(), sized(std::string(200, 'x')));
    peer.say(frame(text, std::string(100, 'x')) + frame(fin | 0, std::string(100, 'y')));
    EXPECT_EQ(peer.read().size(), 204u);
    peer.say(frame(fin | text, std::string(201, 'x')));
    EXPECT_EQ(peer.read(), "failed");
    EXPECT_EQ(peer.near->exit_description(),
              "peer sent a message of 201 bytes; limit is 200 bytes (max_message_bytes)");
}

TEST(ws_stream, a_close_is_answered_with_its_code_once_we_have_said_all) {
    raw_peer peer(role::server);
    peer.say(frame(fin | text, "last") + frame(fin | close_frame, "\x03\xe9"
                                                                  "bye"));
    EXPECT_EQ(peer.read(), sized("last"));
    EXPECT_EQ(peer.read(), "end");
    EXPECT_EQ(peer.read(), "end");
    EXPECT_EQ(peer.near->exit_description(), "it closed the WebSocket with 1001, \"bye\"");
    EXPECT_EQ(peer.hear(), "");
    const std::string answer = sized("answer");
    const byte_view view = as_bytes(answer);
    EXPECT_EQ(peer.near->write({&view, 1}).size, answer.size());
    peer.near->close();
    const std::string heard = peer.hear();
    EXPECT_TRUE(heard.starts_with(frame(fin | text, "answer", false)));
    EXPECT_EQ(closed_with(heard), 1001u);
}

TEST(ws_stream, closing_says_so) {
    raw_peer peer(role::server);
    peer.near->close();
    EXPECT_EQ(peer.hear(), std::string("\x88\x02\x03\xe8", 4));
}

TEST(ws_stream, an_end_without_a_close_is_told_from_one_with) {
    raw_peer peer(role::server);
    peer.raw->close();
    EXPECT_EQ(peer.read(), "failed");
    EXPECT_EQ(
        peer.near->exit_description(),
        "peer ended the connection without closing the WebSocket, so what it sent last may be "
        "missing");
}

TEST(ws_stream, a_peer_that_only_pings_and_never_reads_is_dropped) {
    raw_peer peer(role::server);
    const std::string pings = [] {
        std::string many;
        for (int i = 0; i < 300; ++i) many += frame(fin | ping, std::string(125, 'x'));
        return many;
    }();
    std::string got = "nothing";
    for (int i = 0; i < 1000 && got == "nothing"; ++i) {
        peer.say(pings);
        got = peer.read();
    }
    EXPECT_EQ(got, "failed");
    EXPECT_NE(peer.near->exit_description().find("peer sends pings and takes no answers"),
              std::string::npos);
}

TEST(ws_stream, a_silent_peer_is_pinged_and_one_that_stays_silent_is_dead) {
    raw_peer peer(role::server, impatient(role::server, 5ms));
    EXPECT_EQ(read_in_time(peer), "failed");
    const std::string one(std::string("\x89\0", 2));
    EXPECT_EQ(peer.hear(), one + one + one);
    EXPECT_EQ(peer.near->exit_description(),
              "peer answered none of 3 pings, each within 5 ms (ping)");
    EXPECT_TRUE(io::wait_readable(peer.near->read_descriptor(), steady_clock_source().now()).ready);
}

TEST(ws_stream, a_peer_that_answers_pings_lives) {
    raw_peer peer(role::server, impatient(role::server, 20ms));
    int pings = 0;
    while (pings < 5) {
        const auto waited =
            io::wait_readable(peer.near->read_descriptor(), steady_clock_source().now() + 20s);
        ASSERT_TRUE(waited.ready);
        ASSERT_EQ(peer.read(), "nothing");
        if (peer.hear().empty()) continue;
        ++pings;
        peer.say(frame(fin | pong, ""));
    }
    peer.say(frame(fin | text, "still here"));
    EXPECT_EQ(peer.read(), sized("still here"));
}

TEST(ws_stream, what_comes_with_the_handshake_is_not_lost) {
    auto below = *memory::network::make_pair("early");
    auto near = *stream::create(side_of(role::server), std::move(below.first));
    const std::string both =
        "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n" +
        frame(fin | binary, "early");
    const byte_view view = as_bytes(both);
    EXPECT_EQ(below.second->write({&view, 1}).size, both.size());
    EXPECT_EQ(near->advance(), io::greeting::done);
    EXPECT_TRUE(io::wait_readable(near->read_descriptor(), steady_clock_source().now()).ready);
    std::byte into[16];
    const io::io_result got = near->read(into);
    EXPECT_EQ(as_text(byte_view(into).first(got.size)), "early");
    EXPECT_FALSE(io::wait_readable(near->read_descriptor(), steady_clock_source().now()).ready);
}

TEST(ws_stream, messages_of_many_sizes_go_both_ways) {
    const stream_pair pair = connected_pair(false, true);
    for (const std::size_t size : {0u, 1u, 125u, 126u, 65'535u, 65'536u, 1'000'000u}) {
        for (const auto& [from, to] : {std::pair(pair.near.get(), pair.far.get()),
                                       std::pair(pair.far.get(), pair.near.get())}) {
            const std::string message = sized(std::string(size, 'a'));
            std::thread writer([&, from = from] {
                byte_view left = as_bytes(message);
                while (!left.empty()) {
                    const io::io_result wrote = from->write({&left, 1});
                    if (wrote.status == io::io_status::would_block)
                        static_cast<void>(io::wait_writable(from->write_descriptor(),
                                                            steady_clock_source().now() + 1s));
                    else
                        left = left.subspan(wrote.size);
                }
            });
            std::string got;
            bytes into(100'000);
            while (got.size() < message.size()) {
                const io::io_result part = to->read_waiting(into, 10s);
                if (part.status == io::io_status::would_block) continue;
                ASSERT_EQ(part.status, io::io_status::ok);
                got += as_text(byte_view(into).first(part.size));
            }
            writer.join();
            EXPECT_EQ(got, message);
        }
    }
}

TEST(ws_stream, each_of_very_many_tells_what_it_holds) {
    const descriptors_allowed room(very_many * 8 + 100);
    if (!room.enough()) GTEST_SKIP() << "the system allows too few descriptors";
    const auto own = side_of(role::server);
    std::vector<std::unique_ptr<raw_peer>> peers;
    watched_descriptors loop;
    for (std::size_t i = 0; i < very_many; ++i) {
        peers.push_back(std::make_unique<raw_peer>(role::server, own));
        loop.add(peers.back()->near->read_descriptor());
        if (HasFatalFailure()) return;
    }
    EXPECT_EQ(loop.readable(), 0u);
    for (const auto& each : peers) {
        each->say(frame(fin | text, "hello"));
        std::byte letter{};
        ASSERT_EQ(each->near->read({&letter, 1}).size, 1u);
    }
    EXPECT_EQ(loop.readable(), very_many) << "the rest is here already";
    for (const auto& each : peers) ASSERT_EQ(each->read(), sized("hello").substr(1));
    EXPECT_EQ(loop.readable(), 0u);
}

TEST(ws_stream, a_flood_of_what_is_no_input_leaves_others_their_turns) {
    auto many = std::make_unique<flooding>(opening, frame(fin | pong, ""));
    flooding& below = *many;
    auto near = *stream::create(side_of(role::server), std::move(many));
    EXPECT_EQ(near->advance(), io::greeting::done);
    std::byte letter{};
    const unsigned before = below.reads;
    EXPECT_EQ(near->read({&letter, 1}).status, io::io_status::would_block);
    EXPECT_LE(below.reads, before + 16);
    EXPECT_TRUE(io::wait_readable(near->read_descriptor(), steady_clock_source().now()).ready)
        << "there is more";
}

TEST(ws_stream, a_message_in_fragments_must_keep_coming) {
    auto own = std::const_pointer_cast<side>(side_of(role::server));
    own->messages.within = 20ms;
    raw_peer peer(role::server, own);
    peer.say(frame(text, "begun"));
    EXPECT_EQ(peer.read(), "nothing");
    std::string got = "nothing";
    while (got == "nothing") {
        ASSERT_TRUE(
            io::wait_readable(peer.near->read_descriptor(), steady_clock_source().now() + 20s)
                .ready);
        peer.say(frame(0, "")); // which brings nothing further
        got = peer.read();
    }
    EXPECT_EQ(got, "failed");
    EXPECT_NE(peer.near->exit_description().find("left a message unfinished"), std::string::npos)
        << peer.near->exit_description();
}

} // namespace
} // namespace beckon::transport::ws
