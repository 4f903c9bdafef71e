// Certificates for tests, made when they are needed.
#pragma once

#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <cstdio>
#include <memory>
#include <string>

#include "transport/listening_test.hpp"
#include "transport/tls/openssl.hpp"

namespace beckon::transport::tls {

struct certificate_wish {
    std::string common_name;
    std::string alternative = "DNS:localhost,IP:127.0.0.1"; ///< Empty: none.
    long from_seconds = -3600;                              ///< From now.
    long until_seconds = 365L * 24 * 3600;
    bool authority = false;
    std::string usage{}; ///< "serverAuth"; empty: any.
};

/// OpenSSL begins here in most tests, and must not tidy up at the program's end, when threads still end (openssl.hpp).
[[nodiscard]] inline EVP_PKEY* make_key() {
    start_openssl();
    return EVP_EC_gen("P-256");
}

/// A certificate and its key.
class made_certificate {
public:
    /// Signed by `issuer`; null: by itself.
    explicit made_certificate(const certificate_wish& wish,
                              const made_certificate* issuer = nullptr)
        : key_(make_key()), certificate_(X509_new()) {
        X509* const made = certificate_.get();
        static long serial = 0;
        X509_set_version(made, 2);
        ASN1_INTEGER_set(X509_get_serialNumber(made), ++serial);
        X509_gmtime_adj(X509_getm_notBefore(made), wish.from_seconds);
        X509_gmtime_adj(X509_getm_notAfter(made), wish.until_seconds);
        if (!wish.common_name.empty()) {
            X509_NAME_add_entry_by_txt(
                X509_get_subject_name(made), "CN", MBSTRING_UTF8,
                reinterpret_cast<const unsigned char*>(wish.common_name.data()),
                static_cast<int>(wish.common_name.size()), -1, 0);
        }
        X509_set_issuer_name(
            made, X509_get_subject_name(issuer != nullptr ? issuer->certificate_.get() : made));
        X509_set_pubkey(made, key_.get());
        extend(NID_basic_constraints, wish.authority ? "critical,CA:TRUE" : "CA:FALSE");
        if (!wish.alternative.empty() && !wish.authority)
            extend(NID_subject_alt_name, wish.alternative);
        if (!wish.usage.empty()) extend(NID_ext_key_usage, wish.usage);
        EXPECT_GT(
            X509_sign(made, issuer != nullptr ? issuer->key_.get() : key_.get(), EVP_sha256()), 0);
    }

    [[nodiscard]] X509* get() const noexcept { return certificate_.get(); }

    /// Writes both as PEM and gives the path.
    [[nodiscard]] const std::string& save(const std::string& path) {
        save_certificate(path);
        FILE* const file = std::fopen(path.c_str(), "a");
        EXPECT_EQ(PEM_write_PrivateKey(file, key_.get(), nullptr, nullptr, 0, nullptr, nullptr), 1);
        std::fclose(file);
        EXPECT_EQ(::chmod(path.c_str(), 0600), 0);
        return path_ = path;
    }
    void save_certificate(const std::string& path) const {
        FILE* const file = std::fopen(path.c_str(), "w");
        ASSERT_NE(file, nullptr) << path;
        EXPECT_EQ(PEM_write_X509(file, certificate_.get()), 1);
        std::fclose(file);
    }
    void save_key(const std::string& path, const char* passphrase = nullptr) const {
        FILE* const file = std::fopen(path.c_str(), "w");
        ASSERT_NE(file, nullptr) << path;
        EXPECT_EQ(
            PEM_write_PrivateKey(
                file, key_.get(), passphrase != nullptr ? EVP_aes_128_cbc() : nullptr,
                reinterpret_cast<const unsigned char*>(passphrase),
                passphrase != nullptr ? static_cast<int>(std::string_view(passphrase).size()) : 0,
                nullptr, nullptr),
            1);
        std::fclose(file);
        EXPECT_EQ(::chmod(path.c_str(), 0600), 0);
    }
    [[nodiscard]] const std::string& path() const noexcept { return path_; }

private:
    void extend(int kind, const std::string& text) {
        X509_EXTENSION* const made = X509V3_EXT_conf_nid(nullptr, nullptr, kind, text.c_str());
        ASSERT_NE(made, nullptr) << text;
        X509_add_ext(certificate_.get(), made, -1);
        X509_EXTENSION_free(made);
    }

    key_ptr key_;
    certificate_ptr certificate_;
    std::string path_;
};

/// An authority, and a server's and a client's certificate of it, in files that go with it. Another authority too.
struct test_authority {
    scratch_directory folder;
    made_certificate authority{{.common_name = "Test Authority", .authority = true}};
    made_certificate other{{.common_name = "Other Authority", .authority = true}};
    made_certificate server{{.common_name = "server"}, &authority};
    made_certificate client{{.common_name = "alice", .alternative = "email:alice@example.org"},
                            &authority};
    std::string ca = folder / "ca.pem";
    std::string other_ca = folder / "other-ca.pem";
    std::string server_file = server.save(folder / "server.pem");
    std::string client_file = client.save(folder / "client.pem");

    test_authority() {
        authority.save_certificate(ca);
        other.save_certificate(other_ca);
    }
    /// A certificate and key of their own in one file.
    std::string issue(const certificate_wish& wish, const made_certificate* issuer,
                      const std::string& name) {
        return made_certificate(wish, issuer).save(folder / name);
    }
    /// One for all tests of a program.
    static test_authority& shared() {
        static test_authority one;
        return one;
    }
};

} // namespace beckon::transport::tls
