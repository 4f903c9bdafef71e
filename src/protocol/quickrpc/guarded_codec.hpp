// A codec of the program's, from which nothing is thrown into a conversation.
#pragma once

#include <memory>

#include "beckon/protocol/quickrpc/codec.hpp"

namespace beckon::quickrpc {

/// Gives what `own` throws as its error, or as a bad message: it is asked under the session's lock, on threads that
/// nothing may be thrown through.
///
/// Thread-safety: all functions, from any thread, as the codec itself.
class guarded_codec final : public codec {
public:
    /// REQUIRES: not null.
    explicit guarded_codec(std::shared_ptr<const codec> own) noexcept : own_(std::move(own)) {}

    [[nodiscard]] std::string_view name() const noexcept override { return own_->name(); }
    /// Throws what the codec throws: it is made before its conversation.
    [[nodiscard]] std::unique_ptr<splitter> make_splitter() const override;
    [[nodiscard]] std::optional<message> decode(byte_view telegram,
                                                const codec_rules& rules) const override;
    [[nodiscard]] result<void> encode(buffer& out, const message& what,
                                      const codec_rules& rules) const override;
    [[nodiscard]] result<void> frame(buffer& out, byte_view encoded) const override;
    [[nodiscard]] bool carries_security() const noexcept override {
        return own_->carries_security();
    }
    [[nodiscard]] result<byte_view> unwrap(byte_view telegram) const override;
    [[nodiscard]] result<void> frame_secured(buffer& out, byte_view payload) const override;
    [[nodiscard]] bool carries_references() const noexcept override {
        return own_->carries_references();
    }
    /// Throws what the codec throws: it is asked before any conversation.
    [[nodiscard]] openings begins() const override { return own_->begins(); }
    [[nodiscard]] bool is_text() const noexcept override { return own_->is_text(); }

private:
    const std::shared_ptr<const codec> own_;
};

} // namespace beckon::quickrpc
