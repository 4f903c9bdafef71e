// What some transports can tell a peer at the end, beside that it is the end.
#pragma once

#include <string_view>

#include "beckon/base/error.hpp"
#include "beckon/io/byte_stream.hpp"

namespace beckon::io {

/// A stream that is this too has words for why it ends (WebSocket has a code and a text for people).
class parting_words {
public:
    parting_words() = default;
    parting_words(const parting_words&) = delete;
    parting_words& operator=(const parting_words&) = delete;
    virtual ~parting_words() = default;

    /// Says that nothing more follows because of what the peer has said or has not. `close` is still to come. Never blocks.
    ///
    /// Thread-safety: as `close`.
    virtual void end_because(errc why, std::string_view text) noexcept = 0;
};

/// The same to whatever stream there is; those without words say nothing.
inline void end_because(byte_stream& stream, errc why, std::string_view text) noexcept {
    if (auto* const words = dynamic_cast<parting_words*>(&stream)) words->end_because(why, text);
}

} // namespace beckon::io
