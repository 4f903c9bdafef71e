// What all connections of one client or listener share: certificates, whom to trust, versions.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "beckon/base/log.hpp"
#include "beckon/base/result.hpp"
#include "transport/tls/openssl.hpp"
#include "transport/tls/settings.hpp"

namespace beckon::transport::tls {

enum class role : bool { client, server };

/// Files are read once, when it is made.
///
/// Thread-safety: all functions, from any thread.
class side {
public:
    /// Errors: not_found, io_error, parse_error, invalid_argument naming the file; unsupported.
    [[nodiscard]] static result<std::shared_ptr<const side>> create(role plays, settings chosen,
                                                                    log_sink& log);
    side(role plays, settings chosen, context_ptr made);

    [[nodiscard]] role plays() const noexcept { return role_; }
    [[nodiscard]] const settings& chosen() const noexcept { return settings_; }
    [[nodiscard]] SSL_CTX* context() const noexcept { return context_.get(); }

private:
    static int select_alpn(SSL* ssl, const unsigned char** out, unsigned char* out_size,
                           const unsigned char* in, unsigned in_size, void* self) noexcept;

    const role role_;
    const settings settings_;
    const std::string alpn_; ///< In its form on the wire.
    const context_ptr context_;
};

/// The names in ALPN's form on the wire.
[[nodiscard]] std::string alpn_list(const std::vector<std::string>& names);

} // namespace beckon::transport::tls
