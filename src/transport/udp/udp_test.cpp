#include "beckon/transport/udp/udp.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "io/socket_address.hpp"
#include "transport/listening_test.hpp"
#include "transport/many_streams_test.hpp"

namespace beckon::transport {
namespace {

using io::io_status;
using std::chrono::seconds;

/// A message as byte_stream::keep_messages has it.
std::string framed(std::string_view content) {
    std::string out;
    for (int i = 0; i < 4; ++i) out += static_cast<char>(content.size() >> (8 * i) & 0xff);
    return out.append(content);
}

io::io_result put(io::byte_stream& to, std::string_view text) {
    const byte_view view = as_bytes(text);
    return to.write({&view, 1});
}

/// Reads until so many bytes are there.
std::string get(io::byte_stream& from, std::size_t size) {
    std::string out;
    const time_point end = steady_clock_source().now() + seconds(20);
    while (out.size() < size && steady_clock_source().now() < end) {
        bytes into(size - out.size());
        const io::io_result got = from.read_waiting(into, seconds(1));
        if (got.status == io_status::would_block) continue;
        if (got.status != io_status::ok) return out + " and then the end";
        out += as_text(byte_view(into).first(got.size));
    }
    return out;
}

/// The streams of a listener get their input by its accept.
std::unique_ptr<io::byte_stream> accepted(io::listener& from) {
    auto stream = accept_one(from);
    EXPECT_TRUE(stream);
    stream->keep_messages();
    return stream;
}

struct pair {
    std::unique_ptr<io::listener> listens;
    std::unique_ptr<io::byte_stream> near;
    std::unique_ptr<io::byte_stream> far;
};

pair connected_pair(const std::string& options = {}) {
    pair out;
    out.listens = *udp::listen(at("udp://127.0.0.1:0" + options));
    out.near = *udp::connect(out.listens->local_endpoint());
    EXPECT_EQ(out.near->keep_messages(), io::message_mode::free);
    EXPECT_EQ(put(*out.near, framed("first")).status, io_status::ok);
    out.far = accepted(*out.listens);
    EXPECT_EQ(get(*out.far, 9), framed("first"));
    return out;
}

/// Has a listener take what came for those who are known.
void take_in(io::listener& by) {
    ASSERT_TRUE(
        io::wait_readable(by.descriptor(), steady_clock_source().now() + seconds(20)).ready);
    auto more = by.accept();
    ASSERT_TRUE(more);
    EXPECT_FALSE(*more) << "nobody new";
}

TEST(udp, messages_go_both_ways_each_in_a_datagram) {
    const pair ends = connected_pair();
    EXPECT_EQ(put(*ends.far, framed("answer") + framed("") + framed("more")).size, 10u + 4 + 8);
    EXPECT_EQ(get(*ends.near, 10), framed("answer"));
    EXPECT_EQ(get(*ends.near, 8), framed("more")) << "an empty datagram is no message";
    EXPECT_EQ(put(*ends.near, framed("a") + framed("bc")).size, 11u);
    take_in(*ends.listens);
    EXPECT_EQ(get(*ends.far, 11), framed("a") + framed("bc"));
    EXPECT_TRUE(ends.near->is_local());
    EXPECT_EQ(ends.far->peer_name().substr(0, 16), "udp://127.0.0.1:");
    EXPECT_EQ(ends.far->max_message_bytes(), udp::max_datagram_bytes);
}

TEST(udp, a_message_may_be_written_and_read_in_pieces) {
    const pair ends = connected_pair();
    const std::string whole = framed("hello") + framed("x");
    for (const char letter : whole) EXPECT_EQ(put(*ends.near, {&letter, 1}).size, 1u);
    take_in(*ends.listens);
    std::string read;
    for (std::size_t i = 0; i < whole.size(); ++i) {
        std::byte letter{};
        ASSERT_EQ(ends.far->read({&letter, 1}).size, 1u);
        read += static_cast<char>(letter);
    }
    EXPECT_EQ(read, whole);
    std::byte letter{};
    EXPECT_EQ(ends.far->read({&letter, 1}).status, io_status::would_block);
}

TEST(udp, the_largest_datagram_goes_and_a_larger_message_is_lost_alone) {
    kept_log log;
    const auto listens = *udp::listen(at("udp://127.0.0.1:0"), {.log = &log});
    const auto near = *udp::connect(listens->local_endpoint(), {.log = &log});
    near->keep_messages();
    const std::string largest = framed(std::string(udp::max_datagram_bytes, 'x'));
    const std::string larger = framed(std::string(udp::max_datagram_bytes + 1, 'y'));
    EXPECT_EQ(put(*near, larger + largest).size, larger.size() + largest.size());
    const auto far = accepted(*listens);
    EXPECT_EQ(get(*far, largest.size()), largest);
    ASSERT_EQ(log.lines().size(), 1u);
    EXPECT_NE(log.lines()[0].find("[BKN-UDP-LOST] a message of 65508 bytes to udp://127.0.0.1:"),
              std::string::npos)
        << log.lines()[0];
}

TEST(udp, without_messages_contents_follow_each_other) {
    const auto listens = *udp::listen(at("udp://127.0.0.1:0"));
    const auto near = *udp::connect(listens->local_endpoint());
    put(*near, "ab");
    put(*near, "c");
    const auto far = accept_one(*listens);
    EXPECT_EQ(get(*far, 2), "ab");
    auto none = listens->accept();
    ASSERT_TRUE(none);
    EXPECT_EQ(get(*far, 1), "c");
}

TEST(udp, strangers_are_bounded_and_the_idlest_makes_room) {
    kept_log log;
    const auto tight = *udp::listen(at("udp://127.0.0.1:0?peers=2"), {.log = &log});
    std::vector<std::unique_ptr<io::byte_stream>> clients, streams;
    for (int i = 0; i < 3; ++i) {
        clients.push_back(*udp::connect(tight->local_endpoint()));
        put(*clients.back(), "x");
        ASSERT_TRUE(
            io::wait_readable(tight->descriptor(), steady_clock_source().now() + seconds(20))
                .ready);
        auto stream = tight->accept();
        ASSERT_TRUE(stream);
        EXPECT_EQ(*stream != nullptr, i < 2) << i;
        if (*stream) streams.push_back(std::move(*stream));
    }
    ASSERT_EQ(log.lines().size(), 1u);
    EXPECT_NE(log.lines()[0].find("was dropped: there are as many peers as may be (peers)"),
              std::string::npos);

    const auto roomy = *udp::listen(at("udp://127.0.0.1:0?peers=2&idle=0"), {.log = &log});
    streams.clear();
    for (int i = 0; i < 3; ++i) {
        clients.push_back(*udp::connect(roomy->local_endpoint()));
        put(*clients.back(), "x");
        streams.push_back(accept_one(*roomy));
    }
    EXPECT_EQ(get(*streams[0], 2), "x and then the end") << "its last words are heard";
    std::byte letter{};
    EXPECT_EQ(streams[1]->read({&letter, 1}).size, 1u);
    EXPECT_EQ(streams[1]->read({&letter, 1}).status, io_status::would_block);
}

TEST(udp, a_reader_that_is_behind_loses_what_comes_on_top) {
    kept_log log;
    const auto listens = *udp::listen(at("udp://127.0.0.1:0"), {.log = &log});
    const auto near = *udp::connect(listens->local_endpoint());
    std::unique_ptr<io::byte_stream> far;
    for (std::size_t i = 0; i < udp::max_queued + 1; ++i) {
        put(*near, "x");
        if (!far) {
            far = accept_one(*listens);
        } else {
            take_in(*listens);
        }
    }
    EXPECT_EQ(get(*far, udp::max_queued), std::string(udp::max_queued, 'x'));
    std::byte letter{};
    EXPECT_EQ(far->read({&letter, 1}).status, io_status::would_block);
    ASSERT_EQ(log.lines().size(), 1u);
    EXPECT_NE(log.lines()[0].find("its stream's reader is behind"), std::string::npos);
    put(*near, "y");
    take_in(*listens);
    EXPECT_EQ(get(*far, 1), "y") << "and hears what comes later";
}

TEST(udp, streams_go_on_where_newcomers_are_refused_and_end_with_their_listener) {
    pair ends = connected_pair();
    ends.listens->refuse_newcomers();
    const auto stranger = *udp::connect(ends.listens->local_endpoint());
    put(*stranger, "who");
    take_in(*ends.listens);
    put(*ends.near, framed("later"));
    take_in(*ends.listens);
    EXPECT_EQ(get(*ends.far, 9), framed("later"));
    EXPECT_EQ(put(*ends.far, framed("yes")).status, io_status::ok);
    EXPECT_EQ(get(*ends.near, 7), framed("yes"));
    EXPECT_EQ(ends.listens->reach("127.0.0.1:9").error().code(), errc::disconnected);
    put(*ends.near, framed("last"));
    take_in(*ends.listens);
    ends.listens->close();
    EXPECT_EQ(ends.listens->accept().error().code(), errc::disconnected);
    EXPECT_TRUE(io::wait_readable(ends.far->read_descriptor(), steady_clock_source().now()).ready);
    EXPECT_EQ(get(*ends.far, 8), framed("last")) << "what came before is heard";
    std::byte letter{};
    EXPECT_EQ(ends.far->read({&letter, 1}).status, io_status::end);
    EXPECT_EQ(put(*ends.far, framed("bye")).status, io_status::ok);
    EXPECT_EQ(get(*ends.near, 7), framed("bye")) << "and last words leave";
}

TEST(udp, all_who_come_at_once_are_taken_though_nobody_comes_after_them) {
    const auto listens = *udp::listen(at("udp://127.0.0.1:0?peers=200"));
    std::vector<std::unique_ptr<io::byte_stream>> clients, streams;
    for (int i = 0; i < 84; ++i) {
        clients.push_back(*udp::connect(listens->local_endpoint()));
        put(*clients.back(), "x");
    }
    // As a loop does: so many at a time, and again whenever the descriptor tells.
    while (streams.size() < clients.size()) {
        ASSERT_TRUE(
            io::wait_readable(listens->descriptor(), steady_clock_source().now() + seconds(20))
                .ready)
            << streams.size();
        for (int i = 0; i < 10; ++i) {
            auto next = listens->accept();
            ASSERT_TRUE(next);
            if (!*next) break;
            streams.push_back(std::move(*next));
        }
    }
    EXPECT_FALSE(io::wait_readable(listens->descriptor(), steady_clock_source().now()).ready);
}

TEST(udp, each_of_very_many_peers_is_heard_also_while_newcomers_are_refused) {
    const descriptors_allowed room(very_many * 10 + 100);
    if (!room.enough()) GTEST_SKIP() << "the system allows too few descriptors";
    const auto listens = *udp::listen(at("udp://127.0.0.1:0?peers=1000"));
    std::vector<std::unique_ptr<io::byte_stream>> clients, streams;
    watched_descriptors loop;
    for (std::size_t i = 0; i < very_many; ++i) {
        clients.push_back(*udp::connect(listens->local_endpoint()));
        put(*clients.back(), "x");
        streams.push_back(accept_one(*listens));
        loop.add(streams.back()->read_descriptor());
        ASSERT_EQ(get(*streams.back(), 1), "x");
    }
    EXPECT_EQ(loop.readable(), 0u);
    listens->refuse_newcomers();
    for (const auto& each : clients) {
        put(*each, "y");
        take_in(*listens);
    }
    EXPECT_EQ(loop.readable(), very_many);
    for (const auto& each : streams) ASSERT_EQ(get(*each, 1), "y");
    EXPECT_EQ(loop.readable(), 0u);
    listens->close();
    EXPECT_EQ(loop.readable(), very_many) << "each is told the end";
}

/// Looks at the listener that it is told of, as a program's sink may.
class curious_log final : public log_sink {
public:
    [[nodiscard]] bool wants(log_level) const noexcept override { return true; }
    void write(log_level, std::string_view id, std::string_view) noexcept override {
        ids.emplace_back(id);
        static_cast<void>(about->reach("127.0.0.1:9"));
    }
    io::listener* about = nullptr;
    std::vector<std::string> ids;
};

TEST(udp, what_is_dropped_is_told_without_a_lock) {
    curious_log log;
    const auto listens = *udp::listen(at("udp://127.0.0.1:0?peers=1"), {.log = &log});
    log.about = listens.get();
    const auto one = *udp::connect(listens->local_endpoint());
    put(*one, "x");
    const auto stream = accept_one(*listens);
    const auto stranger = *udp::connect(listens->local_endpoint());
    put(*stranger, "x");
    take_in(*listens);
    EXPECT_EQ(log.ids, std::vector<std::string>{"BKN-UDP-DROPPED"});
}

TEST(udp, a_closed_stream_ends_and_its_peer_may_come_again) {
    const pair ends = connected_pair();
    ends.far->close();
    std::byte letter{};
    EXPECT_EQ(ends.far->read({&letter, 1}).status, io_status::end);
    EXPECT_EQ(put(*ends.far, framed("x")).os_error, EPIPE);
    put(*ends.near, framed("again"));
    const auto anew = accepted(*ends.listens);
    EXPECT_EQ(get(*anew, 9), framed("again"));
}

TEST(udp, a_clients_peer_that_is_not_there_ends_its_stream) {
    std::unique_ptr<io::byte_stream> near;
    {
        const auto listens = *udp::listen(at("udp://127.0.0.1:0"));
        near = *udp::connect(listens->local_endpoint());
    }
    put(*near, "x");
    std::byte letter{};
    io::io_result got{};
    for (int i = 0; i < 20; ++i) {
        got = near->read_waiting({&letter, 1}, seconds(1));
        if (got.status != io_status::would_block) break;
    }
    EXPECT_EQ(got.status, io_status::failed);
    EXPECT_EQ(got.os_error, ECONNREFUSED);
}

TEST(udp, everybody_at_a_port_hears_what_is_for_everybody) {
    const auto one = *udp::listen(at("udp:0?broadcast=127.255.255.255"));
    const auto all = accept_one(*one);
    EXPECT_EQ(all->reaches(), io::audience::everybody);
    EXPECT_EQ(all->peer_name(), "udp://127.255.255.255");
    const auto another = *udp::listen(
        at(concat("udp:", one->local_endpoint().address, "?broadcast=127.255.255.255")));
    const auto theirs = accept_one(*another);
    all->keep_messages();
    put(*all, framed("hello"));
    for (io::listener* const each : {one.get(), another.get()}) {
        const auto heard = accepted(*each);
        EXPECT_EQ(heard->peer_name(), "udp://127.0.0.1") << "by its address alone";
        EXPECT_EQ(heard->reaches(), io::audience::aside);
        EXPECT_EQ(get(*heard, 9), framed("hello"));
    }
}

TEST(udp, a_client_of_a_broadcast_address_hears_whoever_answers) {
    const auto listens = *udp::listen(at("udp:0?broadcast=127.255.255.255"));
    const auto all = accept_one(*listens);
    const auto asks =
        *udp::connect(at(concat("udp://127.255.255.255:", listens->local_endpoint().address)));
    EXPECT_EQ(asks->reaches(), io::audience::everybody);
    put(*asks, "anybody?");
    // Who asks from another port than everybody's is answered at that of everybody.
    const auto heard = accept_one(*listens);
    EXPECT_EQ(get(*heard, 8), "anybody?");
    const auto direct = *udp::listen(at("udp://0.0.0.0:0"));
    const auto mine = *udp::connect(at(concat(
        "udp://127.255.255.255:", at(to_string(direct->local_endpoint())).address.substr(8))));
    put(*mine, "you?");
    const auto answers = accept_one(*direct);
    EXPECT_EQ(get(*answers, 4), "you?");
    put(*answers, "me");
    EXPECT_EQ(get(*mine, 2), "me");
}

TEST(udp, one_begins_with_a_host_that_has_sent_nothing) {
    const auto listens = *udp::listen(at("udp://127.0.0.1:0"));
    const auto other = *udp::listen(at("udp://127.0.0.1:0"));
    const auto to_other = *listens->reach(other->local_endpoint().address);
    put(*to_other, "knock");
    const auto heard = accept_one(*other);
    EXPECT_EQ(get(*heard, 5), "knock");
    EXPECT_EQ(listens->reach(other->local_endpoint().address).error().code(), errc::address_in_use);
    EXPECT_EQ(listens->reach("no port").error().code(), errc::parse_error);
}

TEST(udp, endpoints_that_mean_nothing_are_refused) {
    EXPECT_EQ(udp::connect(at("udp:5000")).error().to_string(),
              "invalid_argument: endpoint \"udp:5000\" is everybody's port, which is listened at; "
              "expected udp://HOST:PORT");
    EXPECT_EQ(udp::listen(at("udp:x")).error().to_string(),
              "parse_error: endpoint \"udp:x\" has a bad port: found \"x\", expected udp:PORT with "
              "a number from 0 to 65535, or udp://HOST:PORT");
    EXPECT_EQ(udp::listen(at("udp:5000?broadcast=x")).error().code(), errc::invalid_argument);
    EXPECT_EQ(udp::listen(at("udp://:0?peers=0")).error().code(), errc::invalid_argument);
    const auto taken = *udp::listen(at("udp://127.0.0.1:0"));
    EXPECT_EQ(udp::listen(taken->local_endpoint()).error().code(), errc::address_in_use);
}

} // namespace
} // namespace beckon::transport
