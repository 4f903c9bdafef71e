// RPyC's two dialects through a relay: a client of one at a server of the other.
#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

#include "bridge/relay_fixture.hpp"
#include "protocol/rpyc/frame.hpp"
#include "protocol/rpyc/message.hpp"
#include "protocol/rpyc/relay.hpp"

namespace beckon::bridge_test {

namespace {

using rpyc::dialect;
using rpyc::handler;

[[nodiscard]] std::string framed(const std::string& message, bool compress = false) {
    buffer out;
    const std::size_t start = rpyc::begin_frame(out);
    out.append(as_bytes(message));
    EXPECT_TRUE(rpyc::finish_frame(out, start, compress, 1u << 30));
    return std::string(as_text(out.view()));
}
/// Its arguments are text of that size.
[[nodiscard]] std::string request_in(dialect spoken, int number, handler asked,
                                     std::size_t size = 0) {
    buffer out;
    rpyc::put_request(out, {spoken, false}, number, asked);
    std::string arguments = "\x11\x51\x02";
    if (size != 0) {
        arguments = "\x11\x51\x10\x08\x0f"s;
        for (unsigned i = 4; i-- > 0;) arguments += static_cast<char>(size >> (8 * i));
        arguments += std::string(size, 'x');
    }
    return std::string(as_text(out.view())) + arguments;
}
[[nodiscard]] std::string reply_in(dialect spoken, int number) {
    buffer out;
    buffer sequence;
    brine::put_integer(sequence, number);
    rpyc::put_envelope(out, {spoken, false}, rpyc::message_kind::reply, sequence.view());
    return std::string(as_text(out.view())) + "\x11\x51\x58";
}
constexpr std::pair<dialect, dialect> differing[] = {{dialect::v5, dialect::v6},
                                                     {dialect::v6, dialect::v5}};

[[nodiscard]] std::string option(dialect spoken) {
    return spoken == dialect::v5 ? "?dialect=5" : "?dialect=6";
}
/// Two memory connections, whose server's dialect the endpoint tells, or not.
[[nodiscard]] relay_rules rules_to(const std::shared_ptr<context>& inside,
                                   const std::string& server_option) {
    return rules(inside, "rpyc+memory:a", "rpyc+memory:b" + server_option);
}

/// A relay whose server can be called again: each call is another connection.
struct callable_server {
    explicit callable_server(const std::string& client_option = "") {
        relay_rules made = rules(inside, "rpyc+memory:a" + client_option, "rpyc+memory:b");
        made.dialling_waits = false;
        made.dial_again = [this](const limits&) -> result<stream> {
            ends again = over_memory("server again");
            const std::lock_guard lock(mutex);
            servers.push_back(std::move(again.mine));
            called.notify_all();
            return std::move(again.relayed);
        };
        made.understood = [this](std::size_t way) { way_found = static_cast<int>(way); };
        both.emplace(std::move(made));
    }
    /// Its next connection.
    [[nodiscard]] stream again() {
        std::unique_lock lock(mutex);
        if (!called.wait_for(lock, patience, [&] { return !servers.empty(); })) {
            ADD_FAILURE() << "nobody called";
            return over_memory().mine;
        }
        stream next = std::move(servers.front());
        servers.pop_front();
        return next;
    }
    [[nodiscard]] std::size_t more_calls() {
        const std::lock_guard lock(mutex);
        return servers.size();
    }

    std::shared_ptr<context> inside = *context::create();
    std::mutex mutex;
    std::condition_variable called;
    std::deque<stream> servers;
    std::atomic<int> way_found{-1};
    std::optional<relayed> both;
};

} // namespace

TEST(relay_rpyc, changes_each_message_into_the_dialect_of_the_other_side) {
    for (const auto& [client, server] : differing) {
        const auto inside = *context::create();
        relayed both(rules_to(inside, option(server)));
        for (int i = 0; i < 300; ++i) {
            say(*both.client, framed(request_in(client, i, handler::get_root)));
            const std::string asked = framed(request_in(server, i, handler::get_root));
            EXPECT_EQ(hear(*both.server, asked.size()), asked);
            say(*both.server, framed(reply_in(server, i)));
            const std::string answered = framed(reply_in(client, i));
            EXPECT_EQ(hear(*both.client, answered.size()), answered);
        }
        // Requests of the server to the client, several in one write.
        std::string asked;
        std::string heard;
        for (int i = 0; i < 50; ++i) {
            asked += framed(request_in(server, i, handler::ping, 100));
            heard += framed(request_in(client, i, handler::ping, 100));
        }
        say(*both.server, asked);
        EXPECT_EQ(hear(*both.client, heard.size()), heard);
    }
}

TEST(relay_rpyc, changes_large_and_compressed_messages) {
    for (const auto& [client, server] : differing) {
        const auto inside = *context::create();
        relayed both(rules_to(inside, option(server)));
        const std::string asked = request_in(client, 7, handler::ping, 5u << 20);
        const std::string wanted = request_in(server, 7, handler::ping, 5u << 20);
        std::thread speaks([&] {
            say(*both.client, framed(asked));
            say(*both.client, framed(asked, true));
        });
        EXPECT_TRUE(hear(*both.server, wanted.size() + 6) == framed(wanted));
        speaks.join();
        const std::string head = hear(*both.server, 5);
        EXPECT_EQ(head[4], 1) << "what came compressed leaves so";
        const std::size_t size = rpyc::frame_size(as_bytes(head));
        const std::string frame = head + hear(*both.server, size - 5);
        const limits allowed{.max_message_bytes = 64u << 20};
        rpyc::frame_reader reads(allowed);
        const auto found = reads.take(as_bytes(frame));
        ASSERT_TRUE(found);
        EXPECT_TRUE(as_text(found->message) == wanted);
    }
}

TEST(relay_rpyc, passes_bytes_as_they_are_between_sides_of_one_dialect) {
    for (const dialect spoken : {dialect::v5, dialect::v6}) {
        const auto inside = *context::create();
        relayed both(rules_to(inside, ""));
        const std::string asked = framed(request_in(spoken, 0, handler::get_root));
        const std::string answered = framed(reply_in(spoken, 0));
        say(*both.client, asked);
        EXPECT_EQ(hear(*both.server, asked.size()), asked);
        say(*both.server, answered);
        EXPECT_EQ(hear(*both.client, answered.size()), answered);
        // From now on nothing is looked at any more.
        say(*both.client, "\xff\xff\xff\xff these are no frames");
        EXPECT_EQ(hear(*both.server, 24), "\xff\xff\xff\xff these are no frames");
        say(*both.server, "nor these");
        EXPECT_EQ(hear(*both.client, 9), "nor these");
    }
}

TEST(relay_rpyc, calls_a_server_again_that_hangs_up) {
    callable_server peer;
    const std::string asked = framed(request_in(dialect::v5, 0, handler::get_root));
    say(*peer.both->client, asked);
    EXPECT_EQ(hear(*peer.both->server, asked.size()), asked) << "the client's own dialect first";
    peer.both->server->close();
    const stream again = peer.again();
    const std::string wanted = framed(request_in(dialect::v6, 0, handler::get_root));
    EXPECT_EQ(hear(*again, wanted.size()), wanted);
    say(*again, framed(reply_in(dialect::v6, 0)));
    const std::string answered = framed(reply_in(dialect::v5, 0));
    EXPECT_EQ(hear(*peer.both->client, answered.size()), answered);
    EXPECT_EQ(peer.way_found, 0) << "6 is the first way";
}

TEST(relay_rpyc, calls_a_server_again_that_answers_in_the_other_dialect) {
    callable_server peer;
    std::string asked;
    std::string wanted;
    for (int i = 0; i < 3; ++i) {
        asked += framed(request_in(dialect::v6, i, handler::ping, 10));
        wanted += framed(request_in(dialect::v5, i, handler::ping, 10));
    }
    say(*peer.both->client, asked);
    EXPECT_EQ(hear(*peer.both->server, asked.size()), asked);
    say(*peer.both->server, framed(request_in(dialect::v5, 0, handler::close)));
    const stream again = peer.again();
    EXPECT_EQ(hear(*again, wanted.size()), wanted) << "all that the client has said";
    say(*again, framed(reply_in(dialect::v5, 0)));
    const std::string answered = framed(reply_in(dialect::v6, 0));
    EXPECT_EQ(hear(*peer.both->client, answered.size()), answered);
    EXPECT_EQ(peer.way_found, 1);
    EXPECT_EQ(peer.more_calls(), 0u);
}

TEST(relay_rpyc, keeps_to_what_the_endpoint_says_of_its_clients) {
    callable_server peer("?dialect=5");
    // Even where the server speaks before the client has.
    say(*peer.both->server, framed(request_in(dialect::v6, 0, handler::get_root)));
    const std::string asked = framed(request_in(dialect::v5, 0, handler::get_root));
    EXPECT_EQ(hear(*peer.both->client, asked.size()), asked);

    callable_server silent("?dialect=5");
    say(*silent.both->client, framed(request_in(dialect::v5, 0, handler::get_root)));
    silent.both->server->close();
    const stream again = silent.again();
    const std::string wanted = framed(request_in(dialect::v6, 0, handler::get_root));
    EXPECT_EQ(hear(*again, wanted.size()), wanted);
}

TEST(relay_rpyc, calls_a_server_again_only_once) {
    callable_server peer;
    say(*peer.both->client, framed(request_in(dialect::v6, 0, handler::get_root)));
    peer.both->server->close();
    peer.again()->close();
    EXPECT_EQ(hear(*peer.both->client), "");
    EXPECT_EQ(peer.more_calls(), 0u);
    EXPECT_EQ(peer.way_found, -1);
}

TEST(relay_rpyc, does_not_call_again_where_only_goodbye_was_said) {
    callable_server peer;
    const std::string goodbye = framed(request_in(dialect::v6, 0, handler::close));
    say(*peer.both->client, goodbye);
    EXPECT_EQ(hear(*peer.both->server, goodbye.size()), goodbye);
    peer.both->server->close();
    EXPECT_EQ(hear(*peer.both->client), "");
    EXPECT_EQ(peer.more_calls(), 0u);
    peer.both->client->close();
    EXPECT_EQ(peer.both->over.why(), "");
}

TEST(relay_rpyc, keeps_only_so_much_for_a_server_that_has_said_nothing) {
    callable_server peer;
    const std::string first = framed(request_in(dialect::v6, 0, handler::ping, 300'000));
    std::thread hears([&] { EXPECT_EQ(hear(*peer.both->server, first.size()), first); });
    say(*peer.both->client, first);
    hears.join();
    // It hears a part of what follows, and no more, however much of it it takes.
    const std::string piece = framed(request_in(dialect::v6, 1, handler::ping, 20'000));
    std::string heard;
    std::size_t taken = 0;
    for (int round = 0; round < 5; ++round) {
        taken += fill(*peer.both->client, piece);
        heard += hear_now(*peer.both->server);
    }
    EXPECT_EQ(heard, piece + piece + piece);
    EXPECT_LT(taken, 65'536u * 4);
    // Once it is understood all of it passes.
    const std::string answer = framed(reply_in(dialect::v6, 0));
    say(*peer.both->server, answer);
    EXPECT_EQ(hear(*peer.both->client, answer.size()), answer);
    EXPECT_EQ(hear(*peer.both->server, taken - heard.size()).size(), taken - heard.size());
}

TEST(relay_rpyc, lets_a_server_speak_first) {
    const auto inside = *context::create();
    relayed both(rules_to(inside, ""));
    const std::string asked = framed(request_in(dialect::v6, 0, handler::get_root));
    say(*both.server, asked);
    EXPECT_EQ(hear(*both.client, asked.size()), asked);
    // The client turns out to speak otherwise: that is known from now on.
    say(*both.client, framed(reply_in(dialect::v5, 0)));
    const std::string answered = framed(reply_in(dialect::v6, 0));
    EXPECT_EQ(hear(*both.server, answered.size()), answered);
}

TEST(relay_rpyc, refuses_frames_that_claim_or_become_too_much) {
    limits allowed;
    allowed.max_message_bytes = 100'000;
    for (const bool bomb : {false, true}) {
        const auto inside = *context::create();
        relayed both(rules_to(inside, "?dialect=5"), over_memory(), over_memory(), allowed);
        say(*both.client, bomb ? framed(request_in(dialect::v6, 0, handler::ping, 200'000), true)
                               : "\xff\xff\xff\xff\x00"s);
        const std::string why = both.over.why();
        EXPECT_NE(why.find(bomb ? "that inflates to more than 100000 bytes (max_message_bytes)"
                                : "peer declared a message of 4294967295 bytes; limit is 100000"),
                  std::string::npos)
            << why;
        EXPECT_NE(why.find("relaying what the client says"), std::string::npos) << why;
        EXPECT_EQ(hear(*both.server), "");
        EXPECT_EQ(hear(*both.client), "");
    }
}

TEST(relay_rpyc, ends_both_where_a_message_of_the_other_dialect_cannot_be_read) {
    const auto inside = *context::create();
    relayed both(rules_to(inside, "?dialect=5"));
    const std::string good = framed(request_in(dialect::v6, 0, handler::get_root));
    say(*both.client, good + framed("\x01 this is no brine"));
    EXPECT_EQ(hear(*both.server), framed(request_in(dialect::v5, 0, handler::get_root)));
    EXPECT_NE(both.over.why().find("protocol_error"), std::string::npos);
}

TEST(relay_rpyc, keeps_the_threads_of_messages_that_name_them) {
    const auto inside = *context::create();
    relayed both(
        rules(inside, "rpyc+memory:a?bind_threads", "rpyc+memory:b?bind_threads&dialect=5"));
    const std::string threads = "\0\0\0\0\0\0\0\x07\0\0\0\0\0\0\0\x09"s;
    say(*both.client, framed(threads + request_in(dialect::v6, 0, handler::get_root)));
    const std::string wanted = framed(threads + request_in(dialect::v5, 0, handler::get_root));
    EXPECT_EQ(hear(*both.server, wanted.size()), wanted);
}

} // namespace beckon::bridge_test
