// Whether a peer's certificate will do, and why not.
#pragma once

#include <optional>

#include "beckon/base/error.hpp"
#include "transport/tls/side.hpp"

namespace beckon::transport::tls {

/// What one connection's check needs and finds. Hangs at its SSL object.
struct judgement {
    const side* judges = nullptr;
    std::optional<error> refusal;
};

/// Ties a connection's SSL object to its judgement, and says whom the certificate must be for.
///
/// Errors: invalid_argument for a name that is none.
[[nodiscard]] result<void> prepare(SSL& ssl, judgement& by);

/// For SSL_CTX_set_cert_verify_callback.
int judge_peer(X509_STORE_CTX* chain, void* unused) noexcept;

} // namespace beckon::transport::tls
