#include "transport/tls/files.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "beckon/base/text.hpp"
#include "io/os_error.hpp"
#include "transport/tls/certificate.hpp"
#include "transport/tls/side.hpp"

namespace beckon::transport::tls {

namespace {

/// That a file is there and may be read.
result<struct stat> look_at(std::string_view what, const std::string& path) {
    struct stat found {};
    if (::stat(path.c_str(), &found) != 0 || ::access(path.c_str(), R_OK) != 0) {
        const int number = errno;
        return io::os_fail(number == ENOENT ? errc::not_found : errc::io_error, number, what, " ",
                           quoted(path, 256), " cannot be read");
    }
    return found;
}

/// Never asks for a passphrase: a server has nobody to ask.
int no_passphrase(char*, int, int, void* asked) noexcept {
    *static_cast<bool*>(asked) = true;
    return -1;
}

result<key_ptr> read_key(const std::string& path) {
    const bio_ptr file(::BIO_new_file(path.c_str(), "r"));
    bool encrypted = false;
    key_ptr key(file ? ::PEM_read_bio_PrivateKey(file.get(), nullptr, &no_passphrase, &encrypted)
                     : nullptr);
    if (key) return key;
    const std::string reason = take_reason();
    if (encrypted) {
        return fail(errc::unsupported, "private key file ", quoted(path, 256),
                    " is encrypted; expected one without a passphrase (openssl pkey -in ... "
                    "-out ...) and readable by the server's user alone");
    }
    return fail(errc::parse_error, "private key file ", quoted(path, 256),
                " holds no private key in PEM form (", reason, ")");
}

void warn_of_readers(const struct stat& found, const std::string& path, log_sink& log) {
    if ((found.st_mode & S_IROTH) == 0) return;
    log.write(log_level::warning, "BKN-TLS-KEY-READABLE",
              concat("private key file ", quoted(path, 256),
                     " can be read by every user of this machine, and who has it can pose as "
                     "this one; chmod 600 it"));
}

void warn_of_time(const X509& certificate, const std::string& path, log_sink& log) {
    const bool early = ::X509_cmp_current_time(::X509_get0_notBefore(&certificate)) > 0;
    const bool late = ::X509_cmp_current_time(::X509_get0_notAfter(&certificate)) < 0;
    if (!early && !late) return;
    log.write(log_level::warning, "BKN-TLS-EXPIRED",
              concat("certificate file ", quoted(path, 256), " is valid ",
                     early ? "only from " : "only until ",
                     time_text(early ? ::X509_get0_notBefore(&certificate)
                                     : ::X509_get0_notAfter(&certificate)),
                     "; peers will refuse it"));
}

} // namespace

result<void> use_certificate(SSL_CTX& context, const std::string& chain, const std::string& key,
                             log_sink& log) {
    BECKON_TRY(look_at("certificate file", chain));
    if (::SSL_CTX_use_certificate_chain_file(&context, chain.c_str()) != 1) {
        return fail(errc::parse_error, "certificate file ", quoted(chain, 256),
                    " cannot be used as a chain of certificates in PEM form: ", take_reason());
    }
    X509* const certificate = ::SSL_CTX_get0_certificate(&context);
    warn_of_time(*certificate, chain, log);
    BECKON_ASSIGN(const struct stat found, look_at("private key file", key));
    warn_of_readers(found, key, log);
    BECKON_ASSIGN(const key_ptr own, read_key(key));
    if (::X509_check_private_key(certificate, own.get()) != 1) {
        ::ERR_clear_error();
        return fail(errc::invalid_argument, "private key file ", quoted(key, 256),
                    " does not belong to the certificate of ", quoted(chain, 256), " (subject ",
                    name_text(::X509_get_subject_name(certificate)), ")");
    }
    if (::SSL_CTX_use_PrivateKey(&context, own.get()) != 1) {
        return fail(errc::invalid_argument, "private key file ", quoted(key, 256),
                    " cannot be used: ", take_reason());
    }
    return {};
}

result<void> trust(SSL_CTX& context, role plays, const std::string& ca) {
    if (ca.empty()) {
        if (::SSL_CTX_set_default_verify_paths(&context) != 1)
            return fail(errc::io_error, "system's authorities cannot be used: ", take_reason());
        ::ERR_clear_error(); // a file that is not there counts for nothing
        return {};
    }
    BECKON_ASSIGN(const struct stat found, look_at("file of authorities", ca));
    const bool folder = S_ISDIR(found.st_mode);
    if ((folder ? ::SSL_CTX_load_verify_dir(&context, ca.c_str())
                : ::SSL_CTX_load_verify_file(&context, ca.c_str())) != 1) {
        return fail(errc::parse_error, "file of authorities ", quoted(ca, 256),
                    " holds no certificate in PEM form: ", take_reason());
    }
    if (plays == role::client) return {};
    // Clients with several certificates choose by this list.
    STACK_OF(X509_NAME)* const names = sk_X509_NAME_new_null();
    if (folder) {
        ::SSL_add_dir_cert_subjects_to_stack(names, ca.c_str());
    } else {
        ::SSL_add_file_cert_subjects_to_stack(names, ca.c_str());
    }
    ::SSL_CTX_set_client_CA_list(&context, names);
    ::ERR_clear_error();
    return {};
}

} // namespace beckon::transport::tls
