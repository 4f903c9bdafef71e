// Sessions over TLS: who the caller is, large messages, many threads, and what a user is told when it does not come about.
#if BECKON_HAS_TRANSPORT_TLS
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "conformance/service.hpp"
#include "core/fixture.hpp"
#include "transport/tls/certificates_test.hpp"

namespace beckon::core_test {
namespace {

using conformance::Conformance;
using transport::tls::test_authority;

test_authority& files() { return test_authority::shared(); }
std::string by_server() { return "cert=" + files().server_file; }
std::string by_client() { return "?ca=" + files().ca; }

/// A server with TLS, and what its log says.
class tls_server {
public:
    explicit tls_server(const std::string& options, server_options settings = {},
                        const std::string& protocol = "") {
        settings.context = *context::create({.log = log});
        served = std::make_unique<server>(std::move(settings));
        conformance::publish(*served);
        const std::string real =
            served->listen(protocol + "tls://127.0.0.1:0?" + by_server() + options);
        address = real.substr(0, real.find('?'));
    }
    kept_log log{log_level::warning};
    std::unique_ptr<server> served;
    std::string address;
};

std::string whoami(const std::string& endpoint) {
    const connected session = connect(endpoint);
    return session.get<Conformance>("conformance")->whoami();
}

std::string failure_of(const std::string& endpoint, const connect_options& options = {}) {
    const auto made = try_connect(endpoint, options);
    EXPECT_FALSE(made);
    return made ? "" : made.error().to_string();
}

class Tls : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(over, Tls, testing::Values("", "rpyc+"), [](const auto& each) {
    return std::string(each.param).empty() ? "native" : "rpyc";
});

#if BECKON_HAS_TRANSPORT_WS && BECKON_HAS_TRANSPORT_HTTP
TEST(tls, below_websocket_and_http_it_checks_both_sides_as_well) {
    for (const std::string scheme : {"wss", "jsonrpc+wss", "quickrpc+wss", "jsonrpc+https"}) {
        SCOPED_TRACE(scheme);
        const kept_log log(log_level::warning);
        server_options settings;
        settings.context = *context::create({.log = log});
        server served(settings);
        conformance::publish(served);
        const std::string real = served.listen(scheme + "://127.0.0.1:0/here?" + by_server() +
                                               "&client_cert=optional&client_ca=" + files().ca);
        const std::string address = real.substr(0, real.find('?'));
        EXPECT_EQ(whoami(address + by_client()), "anonymous");
        EXPECT_EQ(whoami(address + by_client() + "&cert=" + files().client_file), "alice");
        const std::string said = failure_of(address + "?ca=" + files().other_ca);
        EXPECT_NE(said.find("certificate is not trusted"), std::string::npos) << said;
        EXPECT_FALSE(try_connect(address)) << "the system's authorities do not know it";
        EXPECT_EQ(whoami(address + "?verify=no"), "anonymous");
    }
}
#endif

TEST_P(Tls, a_checked_certificate_is_the_user_that_handlers_see) {
    const tls_server strict("&client_ca=" + files().ca, {}, GetParam());
    EXPECT_EQ(whoami(strict.address + by_client() + "&cert=" + files().client_file), "alice");
    const tls_server open("&client_cert=optional&client_ca=" + files().ca, {}, GetParam());
    EXPECT_EQ(whoami(open.address + by_client() + "&cert=" + files().client_file), "alice");
    EXPECT_EQ(whoami(open.address + by_client()), "anonymous");
    const tls_server unasking("", {}, GetParam());
    EXPECT_EQ(whoami(unasking.address + by_client() + "&cert=" + files().client_file), "anonymous")
        << "nobody has checked it";
}

TEST_P(Tls, a_client_without_the_certificate_that_is_asked_for_is_told_so) {
    const tls_server strict("&client_ca=" + files().ca, {}, GetParam());
    std::string said;
    try {
        static_cast<void>(whoami(strict.address + by_client()));
    } catch (const access_denied& refused) { // not disconnected: to try again is no remedy
        said = refused.what();
    }
    EXPECT_NE(said.find("peer requires a certificate of this side; expected ?cert=FILE&key=FILE"),
              std::string::npos)
        << said;
    // Nor is another dialect of RPyC.
    const std::string lines = strict.log.lines();
    EXPECT_EQ(lines.find("BKN-TLS-HANDSHAKE"), lines.rfind("BKN-TLS-HANDSHAKE")) << lines;
}

TEST_P(Tls, large_messages_go_both_ways_at_once_from_many_threads) {
    const tls_server at("", {}, GetParam());
    const connected session = connect(at.address + by_client());
    const auto service = session.get<Conformance>("conformance");
    std::atomic<int> wrong{0};
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 6; ++thread) {
        threads.emplace_back([&, thread] {
            for (int i = 0; i < 12; ++i) {
                bytes sent(static_cast<std::size_t>(1 + i * i * 30'000 + thread));
                sent.front() = std::byte(thread + 1);
                const bytes got = service->reverse(sent);
                if (got.size() != sent.size() || got.back() != sent.front()) ++wrong;
                for (int k = 0; k < 20; ++k) wrong += service->add(thread, k) != thread + k;
            }
        });
    }
    for (auto& each : threads) each.join();
    EXPECT_EQ(wrong, 0);
}

TEST_P(Tls, many_sessions_come_and_go_at_once) {
    const tls_server at("", {}, GetParam());
    std::atomic<int> wrong{0};
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 8; ++thread) {
        threads.emplace_back([&, thread] {
            for (int i = 0; i < 6; ++i) {
                const connected session = connect(at.address + by_client());
                wrong += session.get<Conformance>("conformance")->add(thread, i) != thread + i;
            }
        });
    }
    for (auto& each : threads) each.join();
    EXPECT_EQ(wrong, 0);
    EXPECT_TRUE(eventually([&] { return at.served->connection_count() == 0; }));
    EXPECT_EQ(at.log.lines(), "");
}

TEST(tls, an_authenticator_sees_what_the_certificate_has_proven) {
    server_options settings;
    settings.authenticator = std::make_shared<function<result<std::string>(const greeting&)>>(
        [](const greeting& said) -> result<std::string> {
            if (!said.proven || said.proven->user != "alice")
                return fail(errc::access_denied, "only alice may");
            return said.proven->user + " as " + said.user;
        });
    const tls_server at("&client_cert=optional&client_ca=" + files().ca, settings);
    connect_options claims;
    claims.user = "admin";
    const connected session =
        connect(at.address + by_client() + "&cert=" + files().client_file, claims);
    EXPECT_EQ(session.get<Conformance>("conformance")->whoami(), "alice as admin");
    ASSERT_TRUE(session.core()->proven()) << "and the client knows the server";
    EXPECT_EQ(session.core()->proven()->issuer, "CN=Test Authority");
    EXPECT_THROW(static_cast<void>(whoami(at.address + by_client())), beckon::exception);
}

TEST(tls, a_connection_that_does_not_come_about_says_why_and_where) {
    const tls_server at("");
    const std::string said = failure_of(at.address + "?ca=" + files().other_ca);
    EXPECT_EQ(said,
              "access_denied: peer's certificate is not trusted: its issuer CN=Test Authority "
              "is not among \"" +
                  files().other_ca + "\" (subject CN=server); while greeting " + at.address +
                  "; while connecting to " + at.address + "?ca=" + files().other_ca);
    EXPECT_TRUE(eventually([&] {
        return at.log.lines().find("BKN-TLS-HANDSHAKE: connection from tls://127.0.0.1:") == 0 &&
               at.log.lines().find("it does not know the certificate's issuer") !=
                   std::string::npos;
    })) << at.log.lines();
    server listens;
    const auto bare = listens.try_listen("tls://127.0.0.1:0");
    ASSERT_FALSE(bare);
    EXPECT_EQ(bare.error().to_string(),
              "invalid_argument: a TLS listener needs a certificate; expected ?cert=FILE&key=FILE; "
              "while listening on tls://127.0.0.1:0");
}

TEST(tls, plain_peers_and_tls_peers_tell_each_other_apart) {
    const tls_server at("");
    const std::string port = at.address.substr(at.address.rfind(':'));
    try {
        static_cast<void>(connect("tcp://127.0.0.1" + port).list());
        ADD_FAILURE() << "a plain client was understood";
    } catch (const std::exception& refused) {
        EXPECT_NE(std::string(refused.what()).find("(it speaks TLS: say tls:// on both sides)"),
                  std::string::npos)
            << refused.what();
    }
    server plain;
    const std::string address = plain.listen("tcp://127.0.0.1:0").substr(3);
    EXPECT_NE(failure_of("tls" + address + by_client())
                  .find("peer does not speak TLS; its first bytes are \"\\x89BKN"),
              std::string::npos);
    const kept_log log(log_level::warning);
    server_options settings;
    settings.context = *context::create({.log = log});
    server rpyc(settings);
    conformance::publish(rpyc);
    const std::string silent = rpyc.listen("rpyc+tcp://127.0.0.1:0").substr(8);
    connect_options hurried;
    hurried.limits.handshake_within = std::chrono::seconds(5);
    static_cast<void>(failure_of("tls" + silent + by_client(), hurried));
    EXPECT_TRUE(eventually([&] {
        return log.lines().find("it speaks TLS, so say rpyc+tls://") != std::string::npos;
    })) << log.lines();
}

TEST(tls, a_listener_that_others_reach_warns_unless_it_asks_for_certificates) {
    for (const bool asks : {false, true}) {
        const kept_log log(log_level::warning);
        server_options settings;
        settings.context = *context::create({.log = log});
        server at(settings);
        at.listen("tls://0.0.0.0:0?" + by_server() + (asks ? "&client_ca=" + files().ca : ""));
        EXPECT_EQ(log.lines().find("BKN-LISTEN-OPEN") != std::string::npos, !asks) << log.lines();
    }
}

} // namespace
} // namespace beckon::core_test
#endif
