// What signed and sealed conversations have in common: who is at each end, and which messages are new.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "security/keys/statement.hpp"

namespace beckon::security::keys {

/// Which numbers of a sender's messages have come.
class counted_messages {
public:
    explicit counted_messages(message_order order) noexcept : order_(order) {}
    /// Errors: access_denied: it came before, or after a later one.
    [[nodiscard]] result<void> check(std::uint64_t count) const;
    /// REQUIRES: check(count) was good.
    void note(std::uint64_t count) noexcept;

private:
    const message_order order_;
    std::uint64_t latest_ = 0;
    std::uint64_t before_ = 0; ///< Bit n: latest_ - n has come.
};

/// One end of one conversation. How a message is proven is its heirs'.
class conversation : public message_security {
public:
    conversation(std::shared_ptr<const options> chosen, security_side side);

    void needs_text() noexcept override { text_ = true; }
    result<outgoing> protect(byte_view message) final;
    result<incoming> check(byte_view message, const metadata& header) final;
    [[nodiscard]] bool takes_bare_messages() const noexcept final { return false; }

protected:
    /// The keys that a message needs, of both ends. Pointers into the ring.
    struct needed_keys {
        const key* shared = nullptr; ///< The connecting side's user's.
        const key* sender =
            nullptr; ///< Of a pair, as far as this side has it: its own secret one, or a public one.
        const key* receiver = nullptr;
    };
    /// Adds the proof to the header, and replaces the message where it is to be sealed.
    virtual result<void> prove(const statement& says, const needed_keys& with, byte_view message,
                               outgoing& made) = 0;
    /// What the message is, where it was sealed.
    virtual result<std::optional<bytes>> verify(const read_header& read, const needed_keys& with,
                                                byte_view message) = 0;

    [[nodiscard]] bool in_text() const noexcept { return text_; }
    void fill(std::span<std::byte> at_random) const;
    [[nodiscard]] security_side side() const noexcept { return side_; }

private:
    [[nodiscard]] replay_memory::time now() const;
    [[nodiscard]] result<needed_keys> find_keys(const statement& says) const;
    [[nodiscard]] result<void> check_ends(const statement& says) const;
    [[nodiscard]] result<void> check_time(const statement& says) const;
    [[nodiscard]] result<void> check_conversation(const statement& says) const;

    const std::shared_ptr<const options> chosen_;
    const security_side side_;
    const std::string id_; ///< What this side has chosen.
    bool text_ = false;
    std::uint64_t sent_ = 0;
    proof_kind kind_;
    std::string peer_;    ///< Empty: nobody has proven yet to be it.
    std::string peer_id_; ///< What it has chosen; empty until then.
    counted_messages came_;
};

[[nodiscard]] std::unique_ptr<message_security>
make_signed_conversation(std::shared_ptr<const options> chosen, security_side side);
[[nodiscard]] std::unique_ptr<message_security>
make_sealed_conversation(std::shared_ptr<const options> chosen, security_side side);

} // namespace beckon::security::keys
