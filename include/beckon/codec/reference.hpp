// References in messages, apart from how a protocol writes them.
#pragma once

#include <cstdint>
#include <string_view>

#include "beckon/base/result.hpp"
#include "beckon/value/referent.hpp"

namespace beckon {

namespace native {
class stream_sink;
}

/// Whose object a reference in a message means, as its sender sees it. The numbers are those of the native wire.
enum class reference_kind : std::uint8_t {
    null = 0,
    mine = 1,     ///< The sender lends one of its objects.
    yours = 2,    ///< The receiver's own object comes home.
    promised = 3, ///< The result that the receiver asked for under a number of its own.
};

/// A reference as it travels.
struct wire_reference {
    reference_kind kind = reference_kind::null;
    std::uint32_t object =
        0; ///< Its number in the owner's export table; only for `mine` and `yours`.
};

/// Lends objects and streams to the peer, and finds those that its messages mean. The session implements it.
/// REQUIRES: the session's lock is held.
class reference_exchange {
public:
    /// What to write for an object (null allowed); counts it as sent.
    ///
    /// Errors: limit_exceeded; unsupported, for an object of elsewhere whose interface is not known.
    [[nodiscard]] virtual result<wire_reference> lend(referent* object) = 0;
    /// The object that a reference of the peer means; null for null. `interface_name` is what the message says it is;
    /// may be empty.
    ///
    /// Errors: protocol_error, unknown_object, limit_exceeded.
    [[nodiscard]] virtual result<intrusive_ptr<referent>>
    borrow(wire_reference from, std::string_view interface_name) = 0;
    /// An object lent to the peer, by its number; null where it is not lent, or still promised. It is a servant.
    [[nodiscard]] virtual referent* find_lent(std::uint32_t object) noexcept = 0;
    /// The number of a stream that this side produces. REQUIRES: `producer` is a native::stream_producer.
    ///
    /// Errors: unsupported, limit_exceeded.
    [[nodiscard]] virtual result<std::uint32_t> lend_stream(referent* producer) = 0;
    /// A stream that the peer produces, for whoever finds out what its items are.
    ///
    /// Errors: unsupported, where nobody could.
    [[nodiscard]] virtual result<intrusive_ptr<referent>> borrow_stream(std::uint32_t stream) = 0;
    /// Binds `sink` to a stream that the peer produces.
    ///
    /// Errors: protocol_error, limit_exceeded.
    [[nodiscard]] virtual result<void> borrow_stream(std::uint32_t stream,
                                                     native::stream_sink& sink) = 0;

protected:
    ~reference_exchange() = default;
};

} // namespace beckon
