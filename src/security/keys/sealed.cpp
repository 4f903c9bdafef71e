// Messages that only the other end can read: XChaCha20-Poly1305, with a key of both ends.
#include <algorithm>

#include "beckon/codec/base64.hpp"
#include "security/keys/conversation.hpp"
#include "security/keys/sodium.hpp"

namespace beckon::security::keys {

namespace {

constexpr std::string_view purpose = "beckon sealed 1";
constexpr std::size_t nonce_bytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_bytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;

/// X25519 of what is one side's alone and the other's public half. Ed25519 keys stand for both.
[[nodiscard]] result<secret_bytes> agree(const pair_secret& own, const key& other,
                                         std::string_view peer) {
    secret_bytes mine;
    secret_bytes theirs;
    secret_bytes agreed;
    ::crypto_sign_ed25519_sk_to_curve25519(mine.data(), own.whole());
    if (::crypto_sign_ed25519_pk_to_curve25519(theirs.data(), other.content.data()) != 0 ||
        ::crypto_scalarmult(agreed.data(), mine.data(), theirs.data()) != 0) {
        return fail(errc::access_denied, "public key of ", quoted(peer), " is no good key");
    }
    return agreed;
}

class sealed_conversation final : public conversation {
public:
    using conversation::conversation;
    [[nodiscard]] std::string_view name() const noexcept override { return "sealed"; }

private:
    result<void> prove(const statement& says, const needed_keys& with, byte_view message,
                       outgoing& made) override {
        BECKON_ASSIGN(const secret_bytes* const key, key_for(says, with));
        bytes nonce(nonce_bytes);
        fill(nonce);
        const std::string lines = says.to_lines(name());
        bytes sealed(message.size() + tag_bytes);
        ::crypto_aead_xchacha20poly1305_ietf_encrypt(
            raw(sealed), nullptr, raw(message), message.size(), raw(as_bytes(lines)), lines.size(),
            nullptr, raw(nonce), key->data());
        made.header.emplace_back("nonce", base64_encode(nonce));
        if (!in_text()) {
            made.replaced.emplace(std::move(sealed));
            return {};
        }
        bytes& text = made.replaced.emplace(base64_size(sealed.size()) + 2, std::byte{'"'});
        static_cast<void>(base64_encode(sealed, reinterpret_cast<char*>(text.data()) + 1));
        return {};
    }

    result<std::optional<bytes>> verify(const read_header& read, const needed_keys& with,
                                        byte_view message) override {
        const auto nonce = base64_decode(read.nonce);
        if (!nonce || nonce->size() != nonce_bytes) {
            return fail(errc::access_denied, "message's header has no nonce of ", nonce_bytes,
                        " bytes in base64");
        }
        bytes decoded;
        byte_view sealed = message;
        if (in_text()) {
            std::string_view text = as_text(message);
            if (text.size() < 2 || text.front() != '"' || text.back() != '"') {
                return fail(errc::access_denied,
                            "message is not sealed: expected a text in base64");
            }
            auto read_text = base64_decode(text.substr(1, text.size() - 2));
            if (!read_text)
                return fail(errc::access_denied, "message is forged or damaged: it is no base64");
            decoded = std::move(read_text).value();
            sealed = decoded;
        }
        BECKON_ASSIGN(const secret_bytes* const key, key_for(read.says, with));
        const std::string lines = read.says.to_lines(name());
        bytes opened(sealed.size() - std::min(sealed.size(), tag_bytes));
        if (sealed.size() < tag_bytes ||
            ::crypto_aead_xchacha20poly1305_ietf_decrypt(
                raw(opened), nullptr, nullptr, raw(sealed), sealed.size(), raw(as_bytes(lines)),
                lines.size(), raw(*nonce), key->data()) != 0) {
            return fail(errc::access_denied, "message is forged or damaged: it was not sealed by ",
                        quoted(read.says.user), " for ", quoted(read.says.to), " with the ",
                        to_string(read.says.kind), " key known here");
        }
        return std::optional<bytes>(std::move(opened));
    }

    /// The same for both directions; kept for the two users that it was made for.
    [[nodiscard]] result<const secret_bytes*> key_for(const statement& says,
                                                      const needed_keys& with) {
        const bool connects = says.side == security_side::connecting;
        const std::string& first = connects ? says.user : says.to;
        if (made_for_ == first && made_of_ == says.kind) return &key_;
        if (says.kind == proof_kind::shared) {
            key_ = derive(with.shared->content, purpose);
        } else {
            const bool sends = says.side == side();
            const pair_secret own((sends ? with.sender : with.receiver)->content);
            const key other = (sends ? with.receiver : with.sender)->public_half();
            BECKON_ASSIGN(const secret_bytes agreed,
                          agree(own, other, sends ? says.to : says.user));
            // Whose they are, the connecting side's first.
            bytes halves(2 * secret_bytes::size);
            const std::size_t own_at = side() == security_side::connecting ? 0 : 32;
            std::memcpy(halves.data() + own_at, own.public_half(), 32);
            std::memcpy(halves.data() + (32 - own_at), other.content.data(), 32);
            key_ = derive(agreed, purpose, halves);
        }
        made_for_ = first;
        made_of_ = says.kind;
        return &key_;
    }

    secret_bytes key_;
    std::string made_for_; ///< Who connects; the other end is always this side's own or its peer.
    proof_kind made_of_ = proof_kind::shared;
};

} // namespace

std::unique_ptr<message_security> make_sealed_conversation(std::shared_ptr<const options> chosen,
                                                           security_side side) {
    return std::make_unique<sealed_conversation>(std::move(chosen), side);
}

} // namespace beckon::security::keys
