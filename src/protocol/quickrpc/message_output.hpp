// From messages to bytes: encodes them, has them protected, puts headers and end marks.
#pragma once

#include "beckon/protocol/quickrpc/codec.hpp"
#include "beckon/session/message_security.hpp"

namespace beckon::quickrpc {

/// Thread-safety: none.
class message_output {
public:
    /// Both outlive it.
    message_output(const codec& writes, message_security* security) noexcept
        : codec_(writes), security_(security) {}

    /// Appends a message, with its header where the provider has one to tell.
    ///
    /// Errors: what the codec cannot carry, what the provider refuses. `out` is then as it was.
    [[nodiscard]] result<void> put(buffer& out, const message& what, const codec_rules& rules);

    /// The same without protection: a refusal to somebody who may not know our keys.
    [[nodiscard]] result<void> put_bare(buffer& out, const message& what, const codec_rules& rules);

private:
    [[nodiscard]] result<void> put_with(message_security* by, buffer& out, const message& what,
                                        const codec_rules& rules);
    [[nodiscard]] result<void> put_all(message_security* by, buffer& out, const message& what,
                                       const codec_rules& rules);

    const codec& codec_;
    message_security* const security_;
    buffer encoded_;
};

} // namespace beckon::quickrpc
