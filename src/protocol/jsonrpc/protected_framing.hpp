// Messages as a security provider makes them, on any framing (docs/wire/json-rpc.md, section 7).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "beckon/session/message_security.hpp"
#include "protocol/jsonrpc/framing.hpp"

namespace beckon::jsonrpc {

/// The notification that a protected message goes behind.
inline constexpr std::string_view security_method = "rpc.secinfo";

/// Puts a message's header before it. What comes is framed as it is: to judge it is the protocol's.
class protected_framing final : public framing {
public:
    /// `by` outlives this.
    protected_framing(std::unique_ptr<framing> below, message_security& by)
        : below_(std::move(below)), by_(by) {}

    /// What may go without protection: refusals, to who has not proven to be somebody.
    enum class bare : std::uint8_t { never, at_need, always };
    void set_bare(bare allowed) noexcept { bare_ = allowed; }

    result<framed> take(byte_view input, std::size_t most_bytes) override {
        return below_->take(input, most_bytes);
    }
    result<framed> take_last(byte_view input, std::size_t most_bytes) override {
        return below_->take_last(input, most_bytes);
    }
    [[nodiscard]] std::size_t size(byte_view input) const noexcept override {
        return below_->size(input);
    }
    [[nodiscard]] std::size_t begin(buffer& out) override { return out.size(); }
    /// Errors: what the provider says; nothing is left of the message.
    result<void> finish(buffer& out, std::size_t start) override;

private:
    result<void> put(buffer& out, byte_view text);

    const std::unique_ptr<framing> below_;
    message_security& by_;
    bare bare_ = bare::never;
};

} // namespace beckon::jsonrpc
