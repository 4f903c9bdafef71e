// How messages of one protocol pass between two connections that lay them out differently, without being understood.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "beckon/base/bytes.hpp"
#include "beckon/base/limits.hpp"
#include "beckon/base/result.hpp"
#include "beckon/codec/buffer.hpp"

namespace beckon {

/// Who sends what passes.
enum class sender : std::uint8_t { client, server };

/// One conversation between a client and a server: bytes of one in, bytes for the other out.
///
/// Thread-safety: none.
class passage {
public:
    enum class next : std::uint8_t {
        more, ///< What is left is no whole message.
        waits, ///< What is left cannot pass before the other side has said something. More of it is not wanted.
        /// The server speaks in another way than it was spoken to: it is to be called again, and gets all over again what
        /// the client has said. See `begin_again`.
        dial_again,
    };
    struct step {
        std::size_t bytes = 0; ///< Of the input that have been dealt with.
        passage::next next = passage::next::more;
    };

    virtual ~passage() = default;
    passage() = default;
    passage(const passage&) = delete;
    passage& operator=(const passage&) = delete;

    /// Takes whole messages off the input and appends what the other side is to get. What is left comes again, with more
    /// behind it. `is_last`: no more will come.
    ///
    /// Errors: protocol_error, limit_exceeded; either is final. It is the sender whom the text blames.
    [[nodiscard]] virtual result<step> pass(sender from, byte_view input, bool is_last,
                                            buffer& out) = 0;
    /// How many bytes the message has that the input begins with; 0: not known.
    [[nodiscard]] virtual std::size_t size(sender from, byte_view input) const noexcept = 0;
    /// Whether from now on all bytes of that side pass as they are.
    [[nodiscard]] virtual bool is_transparent(sender from) const noexcept {
        static_cast<void>(from);
        return false;
    }
    /// How many bytes of the output go into a record of their own, where a transport has records; 0: not known yet.
    [[nodiscard]] virtual std::size_t record_size(byte_view output) const noexcept {
        return output.size();
    }
    /// After `dial_again`, for the new connection: what the client said that `pass` has dealt with.
    [[nodiscard]] virtual buffer begin_again() { return {}; }
    /// In which way the server turned out to understand what it is told, once that is certain: see
    /// context::way_to_speak. Told once.
    [[nodiscard]] virtual std::optional<std::size_t> found_way() { return {}; }
};

/// What a passage is made from.
struct passage_parts {
    beckon::limits limits{}; ///< None of them is left to the protocol.
    /// Whether the client, and the server, has a connection with messages: see io::byte_stream::keep_messages.
    bool client_has_messages = false;
    bool server_has_messages = false;
    std::optional<std::size_t> known_way{}; ///< Of the server.
};
/// Null where bytes pass as they are.
using passage_maker = std::function<std::unique_ptr<passage>(const passage_parts&)>;

} // namespace beckon
