// What is used of libsodium, in the words of this folder.
#pragma once

#include <sodium.h>

#include <array>
#include <string_view>

#include "beckon/base/bytes.hpp"
#include "beckon/security/keys/key_ring.hpp"

namespace beckon::security::keys {

/// Before anything else of it; again does nothing.
void start_sodium();

[[nodiscard]] inline const unsigned char* raw(byte_view from) noexcept {
    return reinterpret_cast<const unsigned char*>(from.data());
}
[[nodiscard]] inline unsigned char* raw(bytes& into) noexcept {
    return reinterpret_cast<unsigned char*>(into.data());
}

/// HMAC-SHA-256 of pieces one after the other.
class authenticator_code {
public:
    explicit authenticator_code(const secret_bytes& key) noexcept;
    authenticator_code(const authenticator_code&) = delete;
    authenticator_code& operator=(const authenticator_code&) = delete;
    ~authenticator_code();
    authenticator_code& add(byte_view piece) noexcept;
    [[nodiscard]] secret_bytes finish() noexcept;

private:
    crypto_auth_hmacsha256_state state_;
};

/// A key for one purpose, of one for all: HMAC-SHA-256 of the purpose's name, and of what else it is bound to.
[[nodiscard]] secret_bytes derive(const secret_bytes& from, std::string_view purpose,
                                  byte_view bound_to = {}) noexcept;

/// A pair's secret as libsodium uses it; wiped when it goes.
class pair_secret {
public:
    explicit pair_secret(const secret_bytes& seed) noexcept;
    pair_secret(const pair_secret&) = delete;
    pair_secret& operator=(const pair_secret&) = delete;
    ~pair_secret();
    [[nodiscard]] const unsigned char* whole() const noexcept { return whole_.data(); }
    [[nodiscard]] const unsigned char* public_half() const noexcept { return whole_.data() + 32; }

private:
    std::array<unsigned char, crypto_sign_SECRETKEYBYTES> whole_;
};

} // namespace beckon::security::keys
