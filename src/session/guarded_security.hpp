// A security provider of the program's, from which nothing is thrown into a session.
#pragma once

#include <memory>

#include "beckon/session/message_security.hpp"

namespace beckon {

/// Gives what `own` throws as its error: it is asked under the session's lock, on threads that nothing may be thrown
/// through, and a message that it fails over is one that it refuses.
///
/// Thread-safety: none, as the provider itself.
class guarded_security final : public message_security {
public:
    /// REQUIRES: not null.
    explicit guarded_security(std::shared_ptr<message_security> own) noexcept
        : own_(std::move(own)) {}

    [[nodiscard]] std::string_view name() const noexcept override { return own_->name(); }
    void needs_text() noexcept override { own_->needs_text(); }
    [[nodiscard]] result<outgoing> protect(byte_view message) override;
    [[nodiscard]] result<incoming> check(byte_view message, const metadata& header) override;
    [[nodiscard]] bool takes_bare_messages() const noexcept override {
        return own_->takes_bare_messages();
    }

private:
    const std::shared_ptr<message_security> own_;
};

} // namespace beckon
