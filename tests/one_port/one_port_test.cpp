// Several protocols at one address, told apart by what their peers say first.
#include "one_port_fixture.hpp"

#include <filesystem>
#include <thread>

namespace one_port_test {
namespace {

TEST_F(one_port, serves_what_was_listened_for_one_after_the_other) {
    listen("tcp");
    const auto early = beckon::connect(concat("tcp://", at), {.context = inside});
    listen("rpyc+tcp");
    listen("jsonrpc+tcp");
    listen("jsonrpc+http", "/rpc");
    listen("jsonrpc+ws", "/ws");
    listen("quickrpc+tcp");
    for (const char* const each : {"tcp", "rpyc+tcp", "jsonrpc+tcp", "quickrpc+tcp"})
        EXPECT_EQ(add(each), 5) << each;
    EXPECT_EQ(add("jsonrpc+http", "/rpc"), 5);
    EXPECT_EQ(add("jsonrpc+ws", "/ws"), 5);
    EXPECT_EQ(early.get<conformance::Conformance>("conformance")->add(1, 1), 2);
    const std::vector<std::string> told{concat("tcp://", at),
                                        concat("rpyc+tcp://", at),
                                        concat("jsonrpc+tcp://", at),
                                        concat("jsonrpc+http://", at, "/rpc"),
                                        concat("jsonrpc+ws://", at, "/ws"),
                                        concat("quickrpc+tcp://", at)};
    EXPECT_EQ(server.endpoints(), told);
}

TEST_F(one_port, serves_all_there_are) {
    listen("any+tcp");
    for (const char* const each :
         {"tcp", "rpyc+tcp", "jsonrpc+tcp", "msgpack+tcp", "quickrpc+tcp", "pyrpc+tcp",
          "jsonrpc+http", "jsonrpc+ws", "ws", "rpyc+ws", "msgpack+ws", "pyrpc+ws"})
        EXPECT_EQ(add(each), 5) << each;
    EXPECT_EQ(add("rpyc+tcp", "?dialect=5"), 5);
    EXPECT_EQ(add("jsonrpc+tcp", "?framing=content-length"), 5);
    EXPECT_EQ(add("quickrpc+tcp", "?codec=terse"), 5);
}

TEST_F(one_port, serves_inside_tls_too) {
    const std::string certificate = concat("?cert=", test_authority::shared().server_file);
    const std::string authority = concat("?ca=", test_authority::shared().ca);
    listen("any+tls", certificate);
    listen("any+tcp");
    for (const char* const each : {"tls", "rpyc+tls", "jsonrpc+tls", "msgpack+tls", "quickrpc+tls",
                                   "pyrpc+tls", "jsonrpc+https", "jsonrpc+wss", "wss", "rpyc+wss"})
        EXPECT_EQ(add(each, authority), 5) << each;
    for (const char* const each : {"tcp", "rpyc+tcp", "jsonrpc+http", "jsonrpc+ws", "pyrpc+tcp"})
        EXPECT_EQ(add(each), 5) << each;
}

TEST_F(one_port, may_be_a_file) {
    const std::string file = concat("/tmp/one_port.", ::getpid());
    server.listen(concat("unix:", file));
    server.listen(concat("rpyc+unix:", file));
    server.listen(concat("msgpack+unix:", file));
    for (const char* const each : {"unix:", "rpyc+unix:", "msgpack+unix:"}) {
        const auto session = beckon::connect(concat(each, file), {.context = inside});
        EXPECT_EQ(session.get<conformance::Conformance>("conformance")->add(2, 3), 5) << each;
    }
    server.stop();
    EXPECT_FALSE(std::filesystem::exists(file));
}

TEST_F(one_port, is_found_by_the_name_of_its_host) {
    listen("tcp");
    const std::string port = at.substr(at.rfind(':'));
    EXPECT_FALSE(server.try_listen(concat("rpyc+tcp://localhost", port)))
        << "another name than the one that it was listened by";
    server.stop();
    beckon::server named(with({}));
    conformance::publish(named);
    const std::string real = named.listen("tcp://localhost:0");
    at = real.substr(real.find("//") + 2);
    named.listen(concat("rpyc+tcp://", at));
    EXPECT_EQ(add("rpyc+tcp"), 5);
}

TEST_F(one_port, goes_on_as_it_was_where_another_protocol_is_refused) {
    listen("rpyc+tcp");
    listen("jsonrpc+tcp");
    EXPECT_EQ(refused("jsonrpc+tcp", "?lenient=yes"),
              concat("jsonrpc+tcp://", at, " and jsonrpc+tcp://", at,
                     "?lenient=yes cannot be told apart at one address: messages of both are JSON "
                     "with the same delimiter"));
    EXPECT_EQ(refused("rpyc+tcp"),
              concat("rpyc+tcp://", at, " and rpyc+tcp://", at,
                     " cannot be told apart at one address: their conversations may begin with the "
                     "same bytes"));
    EXPECT_NE(refused("tls", "?cert=/nowhere.pem").find("/nowhere.pem"), std::string::npos);
    EXPECT_NE(refused("tcp", "?keepalive=no").find("option keepalive of tcp is another one"),
              std::string::npos)
        << refused("tcp", "?keepalive=no");
    EXPECT_EQ(server.endpoints().size(), 2u);
    EXPECT_EQ(add("rpyc+tcp"), 5);
    EXPECT_EQ(add("jsonrpc+tcp"), 5);
}

TEST_F(one_port, has_one_tls_for_all) {
    listen("tls", concat("?cert=", test_authority::shared().server_file));
    EXPECT_NE(refused("rpyc+tls", "?cert=/another.pem").find("option cert of TLS is another one"),
              std::string::npos);
    listen("rpyc+tls");
    EXPECT_EQ(add("rpyc+tls", concat("?ca=", test_authority::shared().ca)), 5);
}

TEST_F(one_port, tells_json_from_json_behind_a_message_of_any_size) {
    listen("jsonrpc+tcp");
    listen("quickrpc+tcp");
    const std::string text(3'000'000, '"');
    for (const char* const each : {"jsonrpc+tcp", "quickrpc+tcp"}) {
        const auto session = beckon::connect(concat(each, "://", at), {.context = inside});
        EXPECT_EQ(session.get<conformance::Conformance>("conformance")->concat(text, ""), text)
            << each;
    }
}

TEST_F(one_port, ends_what_it_does_not_know) {
    listen("any+tcp");
    const auto peer = raw();
    say(*peer, "\xff\x01 nothing that is known");
    EXPECT_EQ(hear(*peer), "");
    EXPECT_NE(
        logged().find(
            "peer begins with \"\\xff\\x01 nothing that is known\", which tells none of these: "),
        std::string::npos)
        << logged();
    EXPECT_EQ(add("tcp"), 5);
}

TEST_F(one_port, is_warned_of_once_where_others_reach_it) {
    server.listen("any+tcp://0.0.0.0:0");
    const std::string first = server.endpoints().front();
    const std::string port = first.substr(first.rfind(':') + 1);
    server.listen(concat("jsonrpc+ws://0.0.0.0:", port, "/one/more"));
    const std::string told = logged();
    EXPECT_EQ(std::count(told.begin(), told.end(), '\n'), 1) << told;
    EXPECT_TRUE(log.has(concat("any+tcp://0.0.0.0:", port, " is open to other machines"))) << told;
}

TEST_F(one_port, lets_a_peer_be_cut_off_in_its_first_bytes) {
    listen("any+tcp");
    const auto peer = raw();
    say(*peer, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"add\",\"params\":[2,3]}");
    peer->shutdown_write();
    EXPECT_EQ(hear(*peer), "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":5}\n");
}

TEST_F(hurried_port, ends_what_begins_and_does_not_go_on_and_keeps_what_is_silent) {
    listen("any+tcp");
    const auto silent = raw();
    const auto slow = raw();
    say(*slow, "PO");
    EXPECT_EQ(hear(*slow), "");
    EXPECT_NE(logged().find("peer did not go on within 100 ms (handshake_within) after \"PO\""),
              std::string::npos)
        << logged();
    say(*silent, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"add\",\"params\":[2,3]}\n");
    silent->shutdown_write();
    EXPECT_EQ(hear(*silent), "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":5}\n");
}

TEST_F(hurried_port, counts_the_silent_as_connections) {
    listen("any+tcp");
    const auto first = raw();
    const auto second = raw();
    const auto third = raw();
    EXPECT_EQ(hear(*third), "");
    EXPECT_NE(logged().find("there are 2; limit is 2 (max_connections)"), std::string::npos)
        << logged();
    server.stop();
    EXPECT_EQ(hear(*first), "");
    EXPECT_EQ(hear(*second), "");
    EXPECT_EQ(server.connection_count(), 0u);
}

TEST_F(hurried_port, makes_room_when_the_silent_go) {
    listen("any+tcp");
    for (int i = 0; i < 20; ++i) {
        const auto peer = raw();
        peer->shutdown_write();
        EXPECT_EQ(hear(*peer), "");
    }
    EXPECT_EQ(add("rpyc+tcp"), 5);
    EXPECT_EQ(logged(), "") << "to look whether somebody listens is nothing odd";
}

class judged_port : public one_port {
protected:
    static beckon::server_options judged() {
        beckon::server_options made;
        made.connection_authenticator =
            [](beckon::raw_connection& peer) -> beckon::result<std::string> {
            const std::string line = peer.read_line(32);
            if (line == "open sesame") return "ali";
            return beckon::fail(beckon::errc::access_denied, "not the word");
        };
        return made;
    }
    judged_port() : one_port(judged()) {}
};

TEST_F(judged_port, asks_who_comes_before_what_they_speak) {
    listen("jsonrpc+tcp");
    listen("quickrpc+tcp");
    const auto peer = raw();
    say(*peer, "open sesame\n{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"add\",\"params\":[2,3]}\n");
    peer->shutdown_write();
    EXPECT_EQ(hear(*peer), "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":5}\n");
    const auto other = raw();
    say(*other, "please\n");
    EXPECT_EQ(hear(*other), "");
    EXPECT_NE(refused("jsonrpc+http").find("with an authenticator of connections"),
              std::string::npos);
}

TEST_F(one_port, is_left_by_those_who_come_and_by_the_server) {
    listen("any+tcp");
    std::vector<std::thread> callers;
    for (int i = 0; i < 4; ++i) {
        callers.emplace_back([this, i] {
            constexpr const char* spoken[] = {"tcp", "rpyc+tcp", "msgpack+tcp", "pyrpc+tcp"};
            for (int j = 0; j < 10; ++j) EXPECT_EQ(add(spoken[i]), 5);
        });
    }
    for (auto& each : callers) each.join();
    const auto silent = raw();
    server.drain(1s);
    EXPECT_EQ(hear(*silent), "");
}

TEST(one_port_of_a_server_for_one, is_closed_when_that_one_has_come) {
    beckon::server server({.connections_in_all = 1});
    conformance::publish(server);
    const std::string real = server.listen("any+tcp://127.0.0.1:0");
    const std::string at = real.substr(real.find("//"));
    {
        const auto session = beckon::connect("rpyc+tcp:" + at);
        EXPECT_EQ(session.get<conformance::Conformance>("conformance")->add(2, 3), 5);
    }
    server.run();
    EXPECT_TRUE(server.is_finished());
}

TEST_F(one_port, answers_requests_that_name_the_whole_address) {
    listen("any+tcp");
    const auto peer = raw();
    const std::string body = R"({"jsonrpc":"2.0","id":1,"method":"add","params":[2,3]})";
    say(*peer, concat("POST http://", at, "/ HTTP/1.1\r\nHost: ", at,
                      "\r\nConnection: close\r\nContent-Type: application/json\r\n"
                      "Content-Length: ",
                      body.size(), "\r\n\r\n", body));
    const std::string answer = hear(*peer);
    EXPECT_EQ(answer.substr(0, 12), "HTTP/1.1 200") << answer;
    EXPECT_NE(answer.find(R"("result":5)"), std::string::npos) << answer;
}

TEST_F(one_port, tells_who_begins_with_http_2_that_it_is_not_spoken) {
    listen("any+tcp");
    const auto peer = raw();
    say(*peer, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    EXPECT_EQ(hear(*peer).substr(0, 12), "HTTP/1.1 505");
}

} // namespace
} // namespace one_port_test
