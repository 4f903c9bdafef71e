// Messages as they are, with a proof in front: HMAC-SHA-256, or Ed25519.
#include "beckon/codec/base64.hpp"
#include "security/keys/conversation.hpp"
#include "security/keys/sodium.hpp"

namespace beckon::security::keys {

namespace {

constexpr std::string_view purpose = "beckon signed 1";

class signed_conversation final : public conversation {
public:
    using conversation::conversation;
    [[nodiscard]] std::string_view name() const noexcept override { return "signed"; }

private:
    result<void> prove(const statement& says, const needed_keys& with, byte_view message,
                       outgoing& made) override {
        bytes proof;
        if (says.kind == proof_kind::shared) {
            proof.resize(crypto_auth_hmacsha256_BYTES);
            const secret_bytes code = code_of(says, *with.shared, message);
            std::memcpy(proof.data(), code.data(), proof.size());
        } else {
            proof.resize(crypto_sign_BYTES);
            const bytes whole = whole_of(says, message);
            const pair_secret own(with.sender->content);
            ::crypto_sign_detached(raw(proof), nullptr, raw(whole), whole.size(), own.whole());
        }
        made.header.emplace_back("proof", base64_encode(proof));
        return {};
    }

    result<std::optional<bytes>> verify(const read_header& read, const needed_keys& with,
                                        byte_view message) override {
        const auto proof = base64_decode(read.proof);
        bool good = false;
        if (proof && read.says.kind == proof_kind::shared) {
            const secret_bytes code = code_of(read.says, *with.shared, message);
            good = proof->size() == crypto_auth_hmacsha256_BYTES &&
                   ::crypto_verify_32(raw(*proof), code.data()) == 0;
        } else if (proof) {
            const bytes whole = whole_of(read.says, message);
            const key half = with.sender->public_half();
            good = proof->size() == crypto_sign_BYTES &&
                   ::crypto_sign_verify_detached(raw(*proof), raw(whole), whole.size(),
                                                 half.content.data()) == 0;
        }
        if (good) return std::optional<bytes>();
        return fail(errc::access_denied, "message is forged or damaged: its proof is not by the ",
                    to_string(read.says.kind), " key of ",
                    quoted(read.says.kind == proof_kind::shared &&
                                   read.says.side == security_side::accepting
                               ? read.says.to
                               : read.says.user));
    }

    [[nodiscard]] secret_bytes code_of(const statement& says, const key& shared,
                                       byte_view message) const {
        return authenticator_code(derive(shared.content, purpose))
            .add(as_bytes(says.to_lines(name())))
            .add(message)
            .finish();
    }

    [[nodiscard]] bytes whole_of(const statement& says, byte_view message) const {
        const std::string lines = says.to_lines(name());
        bytes whole;
        whole.reserve(lines.size() + message.size());
        whole.insert(whole.end(), as_bytes(lines).begin(), as_bytes(lines).end());
        whole.insert(whole.end(), message.begin(), message.end());
        return whole;
    }
};

} // namespace

std::unique_ptr<message_security> make_signed_conversation(std::shared_ptr<const options> chosen,
                                                           security_side side) {
    return std::make_unique<signed_conversation>(std::move(chosen), side);
}

} // namespace beckon::security::keys
