// Options and files that will not do.
#include "transport/tls/settings.hpp"

#include <gtest/gtest.h>

#include "transport/tls/pair_test.hpp"

namespace beckon::transport::tls {
namespace {

test_authority& files() { return test_authority::shared(); }

std::string of_client(const std::string& options) {
    const auto made = connect_tls("127.0.0.1:1", options);
    EXPECT_FALSE(made);
    return made ? "" : made.error().message();
}

std::string of_server(const std::string& options) {
    const auto made = listen_tls(options);
    EXPECT_FALSE(made) << options;
    return made ? "" : made.error().message();
}

TEST(tls_settings, options_that_make_no_sense_are_refused) {
    EXPECT_EQ(of_client("min=1.1"), "option min is \"1.1\"; expected 1.2 or 1.3");
    EXPECT_EQ(of_client("ca="), "option ca is empty; expected a file or folder of certificates");
    EXPECT_EQ(of_client("verify=no&ca=x"),
              "option verify=no makes ca useless; expected one of the two alone");
    EXPECT_EQ(of_client("key=x"),
              "option key is given without cert; expected the certificate of that key too");
    EXPECT_EQ(of_client("alpn=a,,b"),
              "option alpn holds a name of 0 bytes; expected 1 to 255, and commas between names");
    EXPECT_EQ(of_client("ciphers=none-such"),
              "option ciphers is \"none-such\", which names no cipher that OpenSSL knows; expected "
              "a list such as ECDHE+AESGCM");
    EXPECT_EQ(of_server(""), "a TLS listener needs a certificate; expected ?cert=FILE&key=FILE");
    EXPECT_EQ(of_server("cert=x&client_cert=optional"),
              "option client_cert is given without client_ca; expected the authority that signs "
              "clients' certificates too");
    EXPECT_EQ(of_server("cert=x&client_ca=y&client_cert=maybe"),
              "option client_cert is \"maybe\"; expected required or optional");
}

TEST(tls_settings, a_pin_is_64_digits_with_or_without_colons) {
    const std::string digits(64, 'a');
    for (const std::string& wrong : {digits, "sha256:" + digits + "a", "sha256:" + digits.substr(1),
                                     "sha256:" + digits.substr(1) + "g", std::string("sha1:aa")}) {
        EXPECT_EQ(of_client("pin=" + wrong).substr(0, 14), "option pin is ") << wrong;
    }
    const auto plain = read_client_settings(at("tls://h:1?pin=sha256:" + digits), {});
    std::string colons = "sha256:";
    for (int i = 0; i < 32; ++i) colons += i == 0 ? "AA" : ":AA";
    const auto spaced = read_client_settings(at("tls://h:1?pin=" + colons), {});
    ASSERT_TRUE(plain && spaced);
    EXPECT_EQ(plain->pin, spaced->pin);
    EXPECT_EQ((*plain->pin)[31], std::byte{0xaa});
}

TEST(tls_settings, files_that_cannot_be_used_are_named_with_the_reason) {
    const std::string none = files().folder / "none.pem";
    const std::string text = files().folder / "text.pem";
    { std::unique_ptr<FILE, freed_by<std::fclose>>(std::fopen(text.c_str(), "w")); }
    EXPECT_EQ(of_client("ca=" + none), "file of authorities \"" + none +
                                           "\" cannot be read: no such file or directory (ENOENT)");
    EXPECT_EQ(of_client("ca=" + text).substr(0, 20 + text.size() + 1),
              "file of authorities \"" + text);
    EXPECT_EQ(of_server("cert=" + none),
              "certificate file \"" + none +
                  "\" cannot be read: no such file or directory (ENOENT)");
    EXPECT_NE(of_server("cert=" + text).find("cannot be used as a chain of certificates"),
              std::string::npos);
    EXPECT_EQ(of_server("cert=" + files().server_file + "&key=" + none),
              "private key file \"" + none +
                  "\" cannot be read: no such file or directory (ENOENT)");
    EXPECT_NE(of_server("cert=" + files().ca).find("holds no private key in PEM form"),
              std::string::npos)
        << "without key= the file is to hold both";
    EXPECT_EQ(of_server("cert=" + files().server_file + "&key=" + files().client_file),
              "private key file \"" + files().client_file +
                  "\" does not belong to the certificate of \"" + files().server_file +
                  "\" (subject CN=server)");
    const std::string locked = files().folder / "locked.pem";
    files().server.save_key(locked, "secret");
    EXPECT_NE(of_server("cert=" + files().server_file + "&key=" + locked).find("is encrypted"),
              std::string::npos);
}

TEST(tls_settings, a_key_that_everybody_can_read_is_warned_of) {
    const std::string open = files().folder / "open.pem";
    files().server.save_key(open);
    kept_log log;
    ASSERT_TRUE(listen_tls("cert=" + files().server_file + "&key=" + open, {.log = &log}));
    EXPECT_TRUE(log.lines().empty());
    ASSERT_EQ(::chmod(open.c_str(), 0644), 0);
    ASSERT_TRUE(listen_tls("cert=" + files().server_file + "&key=" + open, {.log = &log}));
    ASSERT_EQ(log.lines().size(), 1u);
    EXPECT_EQ(log.lines()[0].substr(0, 22), "[BKN-TLS-KEY-READABLE]");
}

TEST(tls_settings, a_folder_of_authorities_will_do) {
    const std::string folder = files().folder / "authorities";
    std::filesystem::create_directory(folder);
    char name[32];
    std::snprintf(name, sizeof name, "/%08lx.0", X509_subject_name_hash(files().authority.get()));
    files().authority.save_certificate(folder + name);
    EXPECT_TRUE(meet("cert=" + files().server_file, "ca=" + folder).client);
    const meeting met = meet("cert=" + files().server_file + "&client_ca=" + folder,
                             "ca=" + folder + "&cert=" + files().client_file);
    EXPECT_TRUE(met.server);
}

} // namespace
} // namespace beckon::transport::tls
