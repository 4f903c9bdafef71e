// What a message's header says of it, and the bytes that are proven together with it (docs/wire/security.md, section 2).
#pragma once

#include <cstdint>
#include <string>

#include "beckon/base/result.hpp"
#include "beckon/object/call.hpp"
#include "beckon/security/keys/keys.hpp"

namespace beckon::security::keys {

/// Which keys prove a message.
enum class proof_kind : std::uint8_t {
    shared, ///< The one that the connecting side's user has in common with the accepting side.
    pair,   ///< Its sender's own.
};
[[nodiscard]] std::string_view to_string(proof_kind kind) noexcept;

struct statement {
    std::string user{};   ///< Who sent it.
    std::string to{};     ///< Whom it is for.
    security_side side{}; ///< Of the sender.
    std::string
        conversation{}; ///< A number that the sender chose at random for all its messages in this one.
    std::string
        answers{}; ///< The one that the other side chose, as soon as that is known; else empty.
    std::uint64_t count = 0; ///< 1 for the sender's first message.
    replay_memory::time sent{};
    proof_kind kind = proof_kind::shared;

    /// As the header tells it, but for the proof.
    [[nodiscard]] metadata to_header() const;
    /// The lines that are proven in front of the message. `name` is the provider's.
    [[nodiscard]] std::string to_lines(std::string_view name) const;
};

/// A header's statement, and what else it has.
struct read_header {
    statement says{};
    std::string nonce{}; ///< Empty where there is none.
    std::string proof{}; ///< Likewise.
};

/// Errors: access_denied, for a header that misses something, or has it in another form.
[[nodiscard]] result<read_header> read_statement(const metadata& header);

} // namespace beckon::security::keys
