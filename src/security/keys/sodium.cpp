#include "security/keys/sodium.hpp"

#include "beckon/base/assert.hpp"

namespace beckon::security::keys {

void start_sodium() { BECKON_ASSERT(::sodium_init() >= 0, "libsodium cannot start"); }

authenticator_code::authenticator_code(const secret_bytes& key) noexcept {
    ::crypto_auth_hmacsha256_init(&state_, key.data(), secret_bytes::size);
}
authenticator_code::~authenticator_code() { ::sodium_memzero(&state_, sizeof state_); }

authenticator_code& authenticator_code::add(byte_view piece) noexcept {
    ::crypto_auth_hmacsha256_update(&state_, raw(piece), piece.size());
    return *this;
}

secret_bytes authenticator_code::finish() noexcept {
    secret_bytes made;
    ::crypto_auth_hmacsha256_final(&state_, made.data());
    return made;
}

secret_bytes derive(const secret_bytes& from, std::string_view purpose,
                    byte_view bound_to) noexcept {
    return authenticator_code(from).add(as_bytes(purpose)).add(bound_to).finish();
}

pair_secret::pair_secret(const secret_bytes& seed) noexcept {
    std::array<unsigned char, 32> half;
    ::crypto_sign_seed_keypair(half.data(), whole_.data(), seed.data());
}
pair_secret::~pair_secret() { ::sodium_memzero(whole_.data(), whole_.size()); }

} // namespace beckon::security::keys
