// Options of endpoints: none is taken for one that was left out.
#include <gtest/gtest.h>

#include "core/fixture.hpp"

namespace beckon::core_test {
namespace {

[[nodiscard]] std::string refusal(const std::function<void()>& attempt) {
    try {
        attempt();
    } catch (const beckon::exception& failure) {
        EXPECT_EQ(failure.code(), errc::invalid_argument) << failure.what();
        return failure.what();
    }
    return "nothing was refused";
}

[[nodiscard]] std::string listening(const std::string& endpoint) {
    return refusal([&] { static_cast<void>(server().listen(endpoint)); });
}
[[nodiscard]] std::string connecting(const std::string& endpoint) {
    return refusal([&] { static_cast<void>(connect(endpoint)); });
}

void expect_in(const std::string& text, std::string_view part) {
    EXPECT_NE(text.find(part), std::string::npos) << "found: " << text << "\nexpected: " << part;
}

TEST(endpoint_options, that_are_unknown_are_refused_on_either_side) {
    expect_in(
        listening("tcp://127.0.0.1:0?keepaliv=3"),
        R"(option "keepaliv" is unknown to native and tcp; did you mean keepalive? expected one of keepalive)");
    expect_in(connecting("tcp://127.0.0.1:1?backlog=3"),
              R"(option "backlog" is unknown to native and tcp; expected one of keepalive)");
    expect_in(listening("memory:options?x"),
              "expected one of keepalive_message, keepalive_interval");
    expect_in(listening("unix:/nowhere/x.sock?Mode=0600"), "did you mean mode?");
    expect_in(connecting("exec:true?stdin=pipe"), "did you mean stdio?");
    expect_in(connecting("stdio:?framing=nul"), R"("framing" is unknown to native and stdio)");
}

TEST(endpoint_options, of_one_side_are_unknown_to_the_other) {
    expect_in(connecting("unix:/nowhere/x.sock?mode=0600"), R"("mode" is unknown)");
}

TEST(endpoint_options, of_a_listener_are_not_told_to_those_who_connect) {
    const std::string path = fresh_endpoint("unix");
    server serves;
    EXPECT_EQ(serves.listen(path + "?mode=0600"), path);
}

#if BECKON_HAS_TRANSPORT_TLS
TEST(endpoint_options, mistyped_do_not_leave_a_server_open) {
    expect_in(listening("tls://127.0.0.1:0?cert=server.pem&clientca=ca.pem"),
              R"(option "clientca" is unknown to native and tls and tcp; did you mean client_ca?)");
    expect_in(listening("tls://127.0.0.1:0?cert=server.pem&ca=ca.pem"),
              R"(option "ca" is unknown)");
    expect_in(connecting("tls://127.0.0.1:1?client_ca=ca.pem"), R"("client_ca" is unknown)");
}
#endif

#if BECKON_HAS_PROTOCOL_RPYC && BECKON_HAS_PROTOCOL_JSONRPC && BECKON_HAS_PROTOCOL_MSGPACKRPC
TEST(endpoint_options, of_protocols_are_known_to_them_alone) {
    server serves;
    for (const char* const good :
         {"rpyc+tcp://127.0.0.1:0?dialect=5&compress=no&allow_public_attrs=yes&keepalive=0",
          "jsonrpc+tcp://127.0.0.1:0?framing=nul&lenient&deadlines=no",
          "msgpack+tcp://127.0.0.1:0?errors=neovim&references=no&bad_text_as_bytes=no"})
        EXPECT_NE(serves.listen(good).find("127.0.0.1:"), std::string::npos);
    expect_in(listening("rpyc+tcp://127.0.0.1:0?framing=nul"), R"("framing" is unknown to rpyc)");
    expect_in(listening("jsonrpc+tcp://127.0.0.1:0?framin=nul"), "did you mean framing?");
    expect_in(connecting("msgpack+tcp://127.0.0.1:1?error=text"), "did you mean errors?");
}
#endif

} // namespace
} // namespace beckon::core_test
