#include "beckon/transport/tls/tls.hpp"

#include <gtest/gtest.h>

#include "transport/tls/certificate.hpp"
#include "transport/tls/pair_test.hpp"

namespace beckon::transport::tls {
namespace {

using io::io_result;
using io::io_status;
using namespace std::chrono_literals;

test_authority& files() { return test_authority::shared(); }
std::string by_server() { return "cert=" + files().server_file; }
std::string by_client() { return "ca=" + files().ca; }

std::string pin_of(const made_certificate& certificate) {
    return "pin=sha256:" + to_hex(fingerprint_of(*certificate.get()));
}

std::string refusal(const meeting& met) {
    EXPECT_FALSE(met.client);
    return met.client ? "" : met.client.error().message();
}

/// What the client is told when it reads first: where the server has refused it meanwhile.
std::string told_by_reading(const meeting& met) {
    EXPECT_TRUE(met.client) << met.client.error().to_string();
    if (!met.client) return {};
    std::byte letter{};
    io_result got;
    do {
        got = (*met.client)->read_waiting({&letter, 1}, 10s);
    } while (got.status == io_status::would_block);
    EXPECT_EQ(got.status, io_status::failed);
    return (*met.client)->exit_description();
}

TEST(tls, both_ends_name_each_other) {
    const meeting met = meet(by_server(), by_client());
    ASSERT_TRUE(met.client && met.server);
    EXPECT_EQ((*met.client)->peer_name().substr(0, 16), "tls://127.0.0.1:");
    EXPECT_EQ(met.server->peer_name().substr(0, 16), "tls://127.0.0.1:");
    EXPECT_TRUE(met.server->is_local());
    EXPECT_EQ(met.server->identity(), std::nullopt) << "nobody asked the client who it is";
    ASSERT_TRUE((*met.client)->identity());
    EXPECT_EQ((*met.client)->identity()->user, "server");
}

TEST(tls, the_name_of_a_host_counts_where_it_is_in_the_certificate) {
    EXPECT_TRUE(meet(by_server(), by_client(), "localhost").client);
    EXPECT_TRUE(meet(by_server(), by_client() + "&name=localhost").client);
    EXPECT_EQ(refusal(meet(by_server(), by_client() + "&name=example.org")),
              "peer's certificate is for localhost, 127.0.0.1; expected example.org (?name= "
              "expects another name)");
    EXPECT_EQ(refusal(meet(by_server(), by_client() + "&name=10.0.0.1")),
              "peer's certificate is for localhost, 127.0.0.1; expected 10.0.0.1 (?name= expects "
              "another name)");
    const std::string wide = files().issue({.common_name = "w", .alternative = "DNS:*.example.org"},
                                           &files().authority, "wide.pem");
    EXPECT_TRUE(meet("cert=" + wide, by_client() + "&name=a.example.org").client);
    EXPECT_FALSE(meet("cert=" + wide, by_client() + "&name=a.b.example.org").client);
    EXPECT_FALSE(meet("cert=" + wide, by_client() + "&name=example.org").client);
}

TEST(tls, a_self_signed_certificate_is_trusted_by_file_or_by_pin_alone) {
    made_certificate own({.common_name = "alone"});
    const std::string file = own.save(files().folder / "alone.pem");
    const std::string said = refusal(meet("cert=" + file, by_client()));
    EXPECT_EQ(said, "peer's certificate is not trusted: self-signed certificate (subject "
                    "CN=alone); where it is the right one say ?ca=FILE with it, or ?" +
                        pin_of(own));
    EXPECT_EQ(refusal(meet("cert=" + file, "")), said) << "the system trusts nobody of us";
    EXPECT_TRUE(meet("cert=" + file, "ca=" + file).client);
    EXPECT_TRUE(meet("cert=" + file, pin_of(own) + "&name=whoever").client);
    EXPECT_TRUE(meet("cert=" + file, pin_of(own) + "&ca=" + file).client);
    EXPECT_FALSE(meet("cert=" + file, pin_of(own) + "&" + by_client()).client)
        << "with ca both are asked for";
    EXPECT_EQ(refusal(meet(by_server(), pin_of(own))),
              "peer's certificate is " + pin_of(files().server).substr(4) + "; expected " +
                  pin_of(own).substr(4) + " (pin; found subject CN=server)");
    EXPECT_EQ(meet("cert=" + file, by_client()).client.error().code(), errc::access_denied);
}

TEST(tls, an_authority_that_nobody_trusts_is_named) {
    EXPECT_EQ(refusal(meet(by_server(), "ca=" + files().other_ca)),
              "peer's certificate is not trusted: its issuer CN=Test Authority is not among \"" +
                  files().other_ca + "\" (subject CN=server)");
    EXPECT_EQ(refusal(meet(by_server(), "")),
              "peer's certificate is not trusted: its issuer CN=Test Authority is not among the "
              "system's authorities (subject CN=server)");
}

TEST(tls, a_certificate_out_of_its_time_is_refused) {
    const std::string late =
        files().issue({.common_name = "late", .from_seconds = -90'000, .until_seconds = -3'600},
                      &files().authority, "late.pem");
    const std::string early = files().issue({.common_name = "early", .from_seconds = 3'600},
                                            &files().authority, "early.pem");
    const meeting met = meet("cert=" + late, by_client());
    const std::string said = refusal(met);
    EXPECT_EQ(said.substr(0, 54), "peer's certificate has expired: it was valid until 202");
    EXPECT_NE(said.find("Z (subject CN=late)"), std::string::npos) << said;
    ASSERT_EQ(met.log.size(), 2u) << "the server knew, and knows how it ended";
    EXPECT_EQ(met.log[0].substr(0, 17), "[BKN-TLS-EXPIRED]");
    EXPECT_NE(met.log[1].find("peer refused this side's certificate: it has expired"),
              std::string::npos)
        << met.log[1];
    EXPECT_EQ(refusal(meet("cert=" + early, by_client())).substr(0, 55),
              "peer's certificate is not valid yet: it is from 202" +
                  time_text(X509_get0_notBefore(made_certificate({}).get())).substr(3, 4));
}

TEST(tls, a_certificate_for_another_use_is_refused) {
    const std::string use =
        files().issue({.common_name = "use", .usage = "clientAuth"}, &files().authority, "use.pem");
    EXPECT_NE(refusal(meet("cert=" + use, by_client())).find("purpose"), std::string::npos);
}

TEST(tls, without_a_check_everybody_will_do_and_the_log_says_so) {
    kept_log log;
    const auto listening = *listen_tls(by_server());
    std::thread accepting([&] { static_cast<void>(accept_one(*listening)); });
    const auto client =
        connect_tls(listening->local_endpoint().address, "verify=no", {.log = &log});
    accepting.join();
    ASSERT_TRUE(client) << client.error().to_string();
    EXPECT_EQ((*client)->identity(), std::nullopt) << "nothing is proven";
    ASSERT_EQ(log.lines().size(), 1u);
    EXPECT_EQ(log.lines()[0].substr(0, 20), "[BKN-TLS-UNVERIFIED]");
    EXPECT_NE(log.lines()[0].find("reads and changes everything"), std::string::npos);
}

TEST(tls, a_client_that_must_show_a_certificate_is_known_by_it) {
    const std::string wanted = by_server() + "&client_ca=" + files().ca;
    const meeting met = meet(wanted, by_client() + "&cert=" + files().client_file);
    ASSERT_TRUE(met.server);
    const auto who = met.server->identity();
    ASSERT_TRUE(who);
    EXPECT_EQ(who->user, "alice");
    EXPECT_EQ(who->subject, "CN=alice");
    EXPECT_EQ(who->issuer, "CN=Test Authority");
    EXPECT_EQ(who->names, std::vector<std::string>{"email:alice@example.org"});
    EXPECT_EQ("pin=sha256:" + who->fingerprint, pin_of(files().client));

    const meeting bare = meet(wanted, by_client());
    EXPECT_FALSE(bare.server);
    ASSERT_EQ(bare.log.size(), 1u);
    EXPECT_NE(bare.log[0].find("peer showed no certificate; expected one signed by \"" +
                               files().ca + "\" (client_ca)"),
              std::string::npos)
        << bare.log[0];
    EXPECT_EQ(told_by_reading(bare),
              "peer requires a certificate of this side; expected ?cert=FILE&key=FILE");

    const std::string foreign =
        files().issue({.common_name = "mallory"}, &files().other, "mallory.pem");
    const meeting strange = meet(wanted, by_client() + "&cert=" + foreign);
    EXPECT_FALSE(strange.server);
    ASSERT_EQ(strange.log.size(), 1u);
    EXPECT_NE(strange.log[0].find("its issuer CN=Other Authority is not among"), std::string::npos)
        << strange.log[0];
    EXPECT_EQ(told_by_reading(strange),
              "peer refused this side's certificate: it does not know the certificate's issuer");
}

TEST(tls, where_client_certificates_are_optional_only_good_ones_count) {
    const std::string wanted = by_server() + "&client_cert=optional&client_ca=" + files().ca;
    const meeting bare = meet(wanted, by_client());
    ASSERT_TRUE(bare.server);
    EXPECT_EQ(bare.server->identity(), std::nullopt);
    const meeting known = meet(wanted, by_client() + "&cert=" + files().client_file);
    ASSERT_TRUE(known.server);
    EXPECT_EQ(known.server->identity()->user, "alice");
    const std::string own = files().issue({.common_name = "alice"}, nullptr, "posing.pem");
    EXPECT_FALSE(meet(wanted, by_client() + "&cert=" + own).server);
}

TEST(tls, a_client_without_a_common_name_is_known_by_its_first_other_name) {
    const std::string wanted = by_server() + "&client_ca=" + files().ca;
    const std::string file =
        files().issue({.common_name = "", .alternative = "email:bob@example.org,URI:spiffe://b"},
                      &files().authority, "bob.pem");
    const meeting met = meet(wanted, by_client() + "&cert=" + file);
    ASSERT_TRUE(met.server);
    EXPECT_EQ(met.server->identity()->user, "bob@example.org");
    EXPECT_EQ(met.server->identity()->names[1], "URI:spiffe://b");
    const std::string odd =
        files().issue({.common_name = "al\nice"}, &files().authority, "odd.pem");
    const meeting refused = meet(wanted, by_client() + "&cert=" + odd);
    EXPECT_FALSE(refused.server) << "a name that could forge lines of a log";
    ASSERT_EQ(refused.log.size(), 1u);
    EXPECT_NE(refused.log[0].find("a common name that is no text: \"al\\x0aice\""),
              std::string::npos)
        << refused.log[0];
}

TEST(tls, versions_that_do_not_meet_are_told_on_both_sides) {
    auto old_side = make_side(role::client, by_client());
    ::SSL_CTX_set_max_proto_version(old_side->context(), TLS1_2_VERSION);
    auto below = *memory::network::make_pair("old");
    const auto client = *stream::create(old_side, std::move(below.first));
    const auto server =
        *stream::create(make_side(role::server, by_server() + "&min=1.3"), std::move(below.second));
    greet_both(*client, *server);
    ASSERT_TRUE(server->failure() && client->failure());
    EXPECT_EQ(server->failure()->message(),
              "peer knows no version of TLS that this side speaks: TLS 1.3 alone (min)");
    EXPECT_EQ(client->failure()->message(),
              "peer knows no version of TLS that this side speaks: TLS 1.2 and 1.3");
    EXPECT_TRUE(meet(by_server() + "&min=1.3", by_client() + "&min=1.3").client);
}

TEST(tls, sides_agree_on_a_protocol_or_say_that_they_do_not) {
    const meeting met = meet(by_server() + "&alpn=h2,http/1.1", by_client() + "&alpn=http/1.1,x");
    ASSERT_TRUE(met.client && met.server);
    EXPECT_EQ((*met.client)->agreed_protocol(), "http/1.1");
    EXPECT_EQ(met.server->agreed_protocol(), "http/1.1");
    const meeting silent = meet(by_server() + "&alpn=h2", by_client());
    ASSERT_TRUE(silent.server);
    EXPECT_EQ(silent.server->agreed_protocol(), "");
    const meeting apart = meet(by_server() + "&alpn=h2", by_client() + "&alpn=x");
    EXPECT_EQ(refusal(apart), "peer speaks none of the protocols offered (alpn)");
    ASSERT_EQ(apart.log.size(), 1u);
    EXPECT_NE(apart.log[0].find("peer offers none of the protocols h2 (alpn)"), std::string::npos)
        << apart.log[0];
}

TEST(tls, a_cipher_without_a_certificate_does_not_make_everybody_welcome) {
    const std::string nameless = "&ciphers=ADH-AES128-GCM-SHA256:@SECLEVEL%3D0";
    auto old_side = make_side(role::client, by_client() + nameless);
    ::SSL_CTX_set_max_proto_version(old_side->context(), TLS1_2_VERSION);
    auto own = make_side(role::server, by_server() + nameless);
    ::SSL_CTX_set_dh_auto(own->context(), 1);
    auto below = *memory::network::make_pair("nameless");
    const auto client = *stream::create(old_side, std::move(below.first));
    const auto server = *stream::create(own, std::move(below.second));
    greet_both(*client, *server);
    EXPECT_FALSE(server->failure()) << server->failure()->message();
    ASSERT_TRUE(client->failure());
    EXPECT_EQ(client->failure()->message(),
              "peer showed no certificate; expected one for 127.0.0.1");
}

TEST(tls, ciphers_of_1_2_can_be_chosen) {
    auto old_side = make_side(role::client, by_client() + "&ciphers=ECDHE-ECDSA-AES128-GCM-SHA256");
    ::SSL_CTX_set_max_proto_version(old_side->context(), TLS1_2_VERSION);
    auto below = *memory::network::make_pair("ciphers");
    const auto client = *stream::create(old_side, std::move(below.first));
    const auto server = *stream::create(
        make_side(role::server, by_server() + "&ciphers=ECDHE-ECDSA-AES256-GCM-SHA384"),
        std::move(below.second));
    greet_both(*client, *server);
    ASSERT_TRUE(server->failure());
    EXPECT_EQ(server->failure()->message(), "peer and this side share no cipher (ciphers)");
}

} // namespace
} // namespace beckon::transport::tls
