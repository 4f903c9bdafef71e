// The two ends of HTTP, each against raw bytes, and against one another.
#include "beckon/transport/http/http.hpp"

#include <gtest/gtest.h>

#include "io/forwarding_stream.hpp"
#include "transport/http/ends_test.hpp"

namespace beckon::transport::http {
namespace {

using namespace std::chrono_literals;

TEST(http_server, gives_a_body_and_sends_the_answer) {
    raw_client client;
    EXPECT_EQ(client.ask(post("Content-Length: 2\r\n", "{}")), sized("{}"));
    EXPECT_EQ(read_from(*client.near), "nothing");
    write_to(*client.near, sized("[1]"));
    EXPECT_EQ(all_from(*client.raw), "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                                     "Content-Length: 3\r\n\r\n[1]");
    EXPECT_EQ(client.ask(post("Content-Length: 2\r\n", "{}")), sized("{}"));
    write_to(*client.near, sized(""));
    EXPECT_EQ(all_from(*client.raw), "HTTP/1.1 204 No Content\r\n\r\n");
}

TEST(http_server, takes_chunks_however_they_are_cut) {
    const std::string text =
        post("Transfer-Encoding: Chunked\r\n", "3;x=y\r\n{\"a\r\n4\r\n\":1}\r\n0\r\nT: x\r\n\r\n");
    for (const std::size_t step : {std::size_t(1), std::size_t(7), text.size()}) {
        raw_client client;
        std::string given = "nothing";
        for (std::size_t at = 0; at < text.size(); at += step) {
            EXPECT_EQ(given, "nothing");
            write_to(*client.raw, std::string_view(text).substr(at, step));
            given = read_from(*client.near);
        }
        EXPECT_EQ(given, sized("{\"a\":1}"));
    }
}

TEST(http_server, answers_requests_that_come_at_once_in_their_order) {
    raw_client client;
    const std::string both =
        post("Content-Length: 1\r\n", "1") + post("Content-Length: 1\r\n", "2");
    EXPECT_EQ(client.ask(both), sized("1"));
    EXPECT_EQ(read_from(*client.near), "nothing") << "the first is not answered yet";
    EXPECT_FALSE(
        io::wait_readable(client.near->read_descriptor(), steady_clock_source().now()).ready);
    write_to(*client.near, sized("a"));
    EXPECT_TRUE(
        io::wait_readable(client.near->read_descriptor(), steady_clock_source().now()).ready);
    EXPECT_EQ(read_from(*client.near), sized("2"));
    write_to(*client.near, sized("b"));
    const std::string answers = all_from(*client.raw);
    EXPECT_LT(answers.find("\r\n\r\na"), answers.find("\r\n\r\nb"));
}

TEST(http_server, keeps_the_connection_as_the_version_has_it) {
    const auto stays = [](std::string_view fields, std::string_view version) {
        raw_client client;
        EXPECT_EQ(client.ask(post(concat("Content-Length: 1\r\n", fields), "1", version)),
                  sized("1"));
        write_to(*client.near, sized("x"));
        const std::string answer = all_from(*client.raw);
        const bool says_close = answer.find("Connection: close") != std::string::npos;
        std::byte letter{};
        const bool ended = client.raw->read({&letter, 1}).status == io::io_status::end;
        EXPECT_EQ(says_close, ended);
        return !ended;
    };
    EXPECT_TRUE(stays("", "1.1"));
    EXPECT_FALSE(stays("Connection: Close\r\n", "1.1"));
    EXPECT_FALSE(stays("", "1.0"));
    EXPECT_TRUE(stays("Connection: keep-alive\r\n", "1.0"));
}

struct no_request {
    const char* name;
    std::string text;
    const char* status;
    bool ends;
};
class HttpRefusal : public testing::TestWithParam<no_request> {};
INSTANTIATE_TEST_SUITE_P(
    of, HttpRefusal,
    testing::Values(
        no_request{"get", "GET / HTTP/1.1\r\nHost: h\r\n\r\n", "405", false},
        no_request{"head", "HEAD / HTTP/1.1\r\nHost: h\r\n\r\n", "405", false},
        no_request{"options", "OPTIONS / HTTP/1.1\r\nHost: h\r\n\r\n", "405", false},
        no_request{"a_path", "POST /x HTTP/1.1\r\nHost: h\r\n\r\n", "404", false},
        no_request{"no_length", post("", ""), "411", false},
        no_request{"a_type", "POST / HTTP/1.1\r\nHost: h\r\nContent-Type: text/plain\r\n\r\n",
                   "415", false},
        no_request{"no_type", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nx", "415",
                   true},
        no_request{"a_coding", post("Content-Encoding: gzip\r\nContent-Length: 1\r\n", "x"), "415",
                   true},
        no_request{"a_large_body", post("Content-Length: 1001\r\n", ""), "413", true},
        no_request{"large_chunks",
                   post("Transfer-Encoding: chunked\r\n",
                        "3e8\r\n" + std::string(1000, 'x') + "\r\n1\r\nx"),
                   "413", true},
        no_request{"a_huge_chunk", post("Transfer-Encoding: chunked\r\n", "ffffffffffffffff\r\n"),
                   "413", true},
        no_request{"an_expectation", post("Expect: 200-ok\r\nContent-Length: 1\r\n", "x"), "417",
                   true},
        no_request{"an_origin", post("Origin: http://evil.example\r\nContent-Length: 1\r\n", "x"),
                   "403", true},
        no_request{"both_lengths",
                   post("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), "400",
                   true},
        no_request{"two_lengths", post("Content-Length: 1\r\nContent-Length: 2\r\n", "xx"), "400",
                   true},
        no_request{"the_same_length_twice", post("Content-Length: 1\r\nContent-Length: 1\r\n", "x"),
                   "400", true},
        no_request{"a_list_of_lengths", post("Content-Length: 1, 1\r\n", "x"), "400", true},
        no_request{"a_signed_length", post("Content-Length: +1\r\n", "x"), "400", true},
        no_request{"a_negative_length", post("Content-Length: -1\r\n", "x"), "400", true},
        no_request{"a_length_beyond_64_bits", post("Content-Length: 18446744073709551617\r\n", "x"),
                   "400", true},
        no_request{"an_empty_length", post("Content-Length:\r\n", "x"), "400", true},
        no_request{"codings", post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"), "501",
                   true},
        no_request{"a_coding_like_chunked", post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"),
                   "501", true},
        no_request{"chunks_in_1_0", post("Transfer-Encoding: chunked\r\n", "0\r\n\r\n", "1.0"),
                   "400", true},
        no_request{"a_bad_chunk_size", post("Transfer-Encoding: chunked\r\n", "0x1\r\nx\r\n"),
                   "400", true},
        no_request{"a_negative_chunk", post("Transfer-Encoding: chunked\r\n", "-1\r\nx\r\n"), "400",
                   true},
        no_request{"an_empty_chunk_size", post("Transfer-Encoding: chunked\r\n", "\r\nx\r\n"),
                   "400", true},
        no_request{"a_long_chunk", post("Transfer-Encoding: chunked\r\n", "1\r\nxy\r\n0\r\n\r\n"),
                   "400", true},
        no_request{"chunks_with_bare_lf", post("Transfer-Encoding: chunked\r\n", "1\nx\n0\n\n"),
                   "400", true},
        no_request{"bare_lf", "POST / HTTP/1.1\nHost: h\n\n", "400", true},
        no_request{"a_folded_field", post("A: b\r\n c\r\nContent-Length: 1\r\n", "x"), "400", true},
        no_request{"a_blank_before_the_colon", post("Content-Length : 1\r\n", "x"), "400", true},
        no_request{"no_host", "POST / HTTP/1.1\r\n\r\n", "400", true},
        no_request{"two_hosts", "POST / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "400", true},
        no_request{"a_version", "POST / HTTP/2.0\r\n", "505", true},
        no_request{"a_long_head", "POST / HTTP/1.1\r\nA: " + std::string(9000, 'x'), "431", true}),
    [](const auto& each) { return std::string(each.param.name); });

TEST_P(HttpRefusal, has_its_status_and_no_second_meaning) {
    raw_client client;
    const no_request& sent = GetParam();
    const std::string answer = client.ask(sent.text);
    EXPECT_EQ(answer.substr(0, 13), concat("HTTP/1.1 ", sent.status, " ")) << answer;
    // What stands behind is no request of anybody's.
    write_to(*client.raw, post("Content-Length: 2\r\n", "{}"));
    const std::string next = read_from(*client.near);
    if (sent.ends) {
        EXPECT_NE(answer.find("Connection: close\r\n"), std::string::npos) << answer;
        EXPECT_EQ(next, "nothing");
        std::byte letter{};
        EXPECT_EQ(client.raw->read({&letter, 1}).status, io::io_status::end);
    } else {
        EXPECT_EQ(next, sized("{}"));
    }
}

TEST(http_server, asks_for_a_body_that_waits_to_be_asked_for) {
    raw_client client;
    EXPECT_EQ(client.ask(post("Expect: 100-continue\r\nContent-Length: 2\r\n", "")),
              "HTTP/1.1 100 Continue\r\n\r\n");
    EXPECT_EQ(client.ask("{}"), sized("{}"));
    raw_client hasty;
    EXPECT_EQ(hasty.ask(post("Expect: 100-continue\r\nContent-Length: 2\r\n", "{}")), sized("{}"));
    raw_client large;
    EXPECT_EQ(large.ask(post("Expect: 100-continue\r\nContent-Length: 2000\r\n", "")).substr(0, 12),
              "HTTP/1.1 413");
}

TEST(http_server, lets_pages_call_that_are_named) {
    auto rules = rules_for_tests();
    rules->cors.allowed = {"https://app.example"};
    raw_client client(rules);
    const std::string asked =
        client.ask("OPTIONS / HTTP/1.1\r\nHost: h\r\nOrigin: https://app.example\r\n"
                   "Access-Control-Request-Method: POST\r\n\r\n");
    EXPECT_TRUE(asked.starts_with("HTTP/1.1 204 ")) << asked;
    EXPECT_NE(asked.find("Access-Control-Allow-Origin: https://app.example\r\n"),
              std::string::npos);
    EXPECT_NE(asked.find("Access-Control-Allow-Methods: POST\r\n"), std::string::npos);
    EXPECT_EQ(client.ask(post("Origin: https://app.example\r\nContent-Length: 1\r\n", "1")),
              sized("1"));
    write_to(*client.near, sized("2"));
    EXPECT_NE(all_from(*client.raw).find("Access-Control-Allow-Origin: https://app.example\r\n"),
              std::string::npos);
    EXPECT_EQ(client.ask(post("Content-Length: 1\r\n", "1")), sized("1"));
    write_to(*client.near, sized("2"));
    EXPECT_EQ(all_from(*client.raw).find("Access-Control"), std::string::npos);
}

TEST(http_server, an_answer_that_nobody_asked_for_is_a_failure) {
    raw_client client;
    const std::string text = sized("x");
    const byte_view view = as_bytes(text);
    EXPECT_EQ(client.near->write({&view, 1}).os_error, EPROTO);
}

TEST(http_server, a_client_that_goes_while_a_large_answer_leaves_ends_the_connection) {
    raw_client client;
    EXPECT_EQ(client.ask(post("Content-Length: 1\r\n", "1")), sized("1"));
    const std::string large = sized(std::string(4u << 20, 'x'));
    byte_view rest = as_bytes(large);
    io::io_result wrote;
    while ((wrote = client.near->write({&rest, 1})).status == io::io_status::ok) {
        rest = rest.subspan(wrote.size);
        ASSERT_FALSE(rest.empty()) << "the client takes nothing";
    }
    ASSERT_EQ(wrote.status, io::io_status::would_block);
    client.raw = {};
    ASSERT_EQ(client.near->write({&rest, 1}).status, io::io_status::failed);
    ASSERT_TRUE(
        io::wait_readable(client.near->read_descriptor(), steady_clock_source().now() + 20s).ready);
    EXPECT_EQ(read_from(*client.near), "end");
}

TEST(http_server, a_request_that_does_not_go_on_and_a_connection_without_one_have_their_time) {
    for (const std::string_view begun :
         {"POST / HT", "POST / HTTP/1.1\r\nHost: h\r\nContent-Type: "
                       "application/json\r\nContent-Length: 9\r\n\r\n12"}) {
        auto rules = rules_for_tests();
        rules->head_within = rules->message_within = 20ms;
        raw_client slow(rules);
        write_to(*slow.raw, begun);
        EXPECT_EQ(read_from(*slow.near), "nothing");
        std::string said;
        while (said.empty()) {
            ASSERT_TRUE(
                io::wait_readable(slow.near->read_descriptor(), steady_clock_source().now() + 20s)
                    .ready);
            EXPECT_EQ(read_from(*slow.near), "nothing");
            said = all_from(*slow.raw);
        }
        EXPECT_TRUE(said.starts_with("HTTP/1.1 408 ")) << said;
    }
    auto rules = rules_for_tests();
    rules->idle = 20ms;
    raw_client idle(rules);
    EXPECT_EQ(read_from(*idle.near), "nothing");
    ASSERT_TRUE(
        io::wait_readable(idle.near->read_descriptor(), steady_clock_source().now() + 20s).ready);
    EXPECT_EQ(read_from(*idle.near), "end");
}

/// What tcp is like: who has gone and who has only said all look alike until something is written.
class shown_by_writing final : public io::forwarding_stream {
public:
    explicit shown_by_writing(std::unique_ptr<io::byte_stream> over)
        : forwarding_stream(*over), over_(std::move(over)) {}
    io::io_result write(std::span<const byte_view> gathered) noexcept override {
        has_written_ = true;
        return over_->write(gathered);
    }
    [[nodiscard]] io::reader_state peer_reads() const noexcept override {
        return has_written_ && over_->peer_reads() == io::reader_state::gone
                   ? io::reader_state::gone
                   : io::reader_state::shown_by_writing;
    }

private:
    const std::unique_ptr<io::byte_stream> over_;
    bool has_written_ = false;
};

/// Reads as the session does while it has not answered, until there is something.
std::string await_from(io::byte_stream& near) {
    const time_point until = steady_clock_source().now() + 20s;
    std::string got;
    while ((got = read_from(near)) == "nothing" && steady_clock_source().now() < until)
        static_cast<void>(io::wait_readable(near.read_descriptor(), until));
    return got;
}

TEST(http_server, a_client_that_goes_before_it_is_answered_ends_the_connection) {
    raw_client client;
    EXPECT_EQ(client.ask(post("Content-Length: 3\r\n", "[1]")), sized("[1]"));
    client.raw.reset();
    EXPECT_EQ(await_from(*client.near), "end");
    EXPECT_NE(client.near->exit_description().find("went before it was answered"),
              std::string::npos)
        << client.near->exit_description();
}

TEST(http_server, a_client_that_may_have_gone_is_written_to_and_then_is_known_to_have) {
    auto below = *memory::network::make_pair("http");
    auto near = *server_stream::create(rules_for_tests(),
                                       std::make_unique<shown_by_writing>(std::move(below.first)));
    write_to(*below.second, post("Content-Length: 3\r\n", "[1]"));
    below.second->shutdown_write();
    EXPECT_EQ(read_from(*near), sized("[1]"));
    std::string said;
    while (said.empty()) {
        ASSERT_TRUE(
            io::wait_readable(near->read_descriptor(), steady_clock_source().now() + 20s).ready);
        EXPECT_EQ(read_from(*near), "nothing");
        said = all_from(*below.second);
    }
    EXPECT_EQ(said, "HTTP/1.1 100 Continue\r\n\r\n");
    write_to(*near, sized("[2]"));
    EXPECT_TRUE(all_from(*below.second).starts_with("HTTP/1.1 200 OK\r\n"));
    EXPECT_EQ(await_from(*near), "end");

    below = *memory::network::make_pair("http");
    near = *server_stream::create(rules_for_tests(),
                                  std::make_unique<shown_by_writing>(std::move(below.first)));
    write_to(*below.second, post("Content-Length: 3\r\n", "[1]"));
    EXPECT_EQ(read_from(*near), sized("[1]"));
    below.second.reset();
    EXPECT_EQ(await_from(*near), "end");
}

TEST(http_client, asks_one_thing_after_the_other) {
    raw_server server;
    write_to(*server.near, sized("one") + sized("two"));
    EXPECT_EQ(server.heard(), "POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\none");
    server.say("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1");
    EXPECT_EQ(read_from(*server.near), sized("1"));
    EXPECT_EQ(server.heard(), "POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\ntwo");
    server.say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n2\r\n0\r\n\r\n");
    EXPECT_EQ(read_from(*server.near), sized("2"));
    write_to(*server.near, sized("three"));
    EXPECT_NE(server.heard(), "nothing");
    server.say("HTTP/1.1 204 No Content\r\n\r\n");
    EXPECT_EQ(read_from(*server.near), sized(""));
    EXPECT_EQ(server.raws.size(), 1u);
}

TEST(http_client, comes_again_where_the_server_has_gone) {
    raw_server server;
    write_to(*server.near, sized("one"));
    EXPECT_NE(server.heard(), "nothing");
    server.say("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\n1");
    EXPECT_EQ(read_from(*server.near), sized("1"));
    write_to(*server.near, sized("two"));
    EXPECT_TRUE(server.heard().ends_with("two"));
    EXPECT_EQ(server.raws.size(), 2u);
    server.say("HTTP/1.0 200 OK\r\n\r\nto the end");
    server.raws.back()->close();
    EXPECT_EQ(read_from(*server.near), sized("to the end"));
    write_to(*server.near, sized("three"));
    EXPECT_TRUE(server.heard().ends_with("three"));
    server.raws.back()->close();
    EXPECT_EQ(read_from(*server.near), "failed");
    EXPECT_EQ(server.near->exit_description(),
              "server ended the connection before it had answered");
}

TEST(http_client, what_is_no_answer_is_told_as_text) {
    raw_server server;
    write_to(*server.near, sized("x") + sized("y"));
    EXPECT_NE(server.heard(), "nothing");
    server.say("HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnix\n");
    EXPECT_EQ(read_from(*server.near), sized("HTTP 404 Not Found: \"nix\\x0a\""));
    EXPECT_NE(server.heard(), "nothing");
    server.say(
        "HTTP/1.1 500 Oops\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}");
    EXPECT_EQ(read_from(*server.near), sized("{}"));
}

TEST(http_client, refuses_responses_with_two_meanings) {
    for (const std::string_view said :
         {"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n1", "SSH-2.0-x\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n1",
          "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n", "HTTP/1.1 101 Ho\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n12"}) {
        raw_server server;
        write_to(*server.near, sized("x"));
        EXPECT_NE(server.heard(), "nothing");
        server.say(said);
        std::string got = read_from(*server.near);
        if (got == sized("1")) got = read_from(*server.near);
        EXPECT_EQ(got, "failed") << said;
    }
}

TEST(http_transport, large_messages_cross_both_ways) {
    const auto opened =
        listen(at("http://127.0.0.1:0/rpc"), {}, [](const io::listen_options& below) {
            return tcp::listen(at("tcp://127.0.0.1:0"), below);
        });
    ASSERT_TRUE(opened) << opened.error().to_string();
    const std::string where = (*opened)->local_endpoint().address;
    EXPECT_TRUE(where.ends_with("/rpc"));
    const auto client = *connect(at("http://" + where), {}, [&](const io::connect_options& below) {
        return tcp::connect(at("tcp://" + where.substr(0, where.find('/'))), below);
    });
    const auto server = accept_one(**opened);
    EXPECT_TRUE(client->peer_name().starts_with("http://"));
    const std::string message = sized(std::string(3'000'000, 'x'));
    const auto move_over = [&](io::byte_stream& from, io::byte_stream& to) {
        std::thread writer([&] {
            byte_view left = as_bytes(message);
            while (!left.empty()) {
                const io::io_result wrote = from.write({&left, 1});
                if (wrote.status == io::io_status::would_block)
                    static_cast<void>(io::wait_writable(from.write_descriptor(),
                                                        steady_clock_source().now() + 1s));
                else
                    left = left.subspan(wrote.size);
            }
        });
        std::string got;
        while (got.size() < message.size()) {
            const std::string part = read_from(to);
            if (part != "nothing") {
                got += part;
                continue;
            }
            static_cast<void>(read_from(from));
            static_cast<void>(
                io::wait_readable(to.read_descriptor(), steady_clock_source().now() + 5ms));
        }
        writer.join();
        EXPECT_EQ(got, message);
    };
    move_over(*client, *server);
    move_over(*server, *client);
    move_over(*client, *server);
}

} // namespace
} // namespace beckon::transport::http
