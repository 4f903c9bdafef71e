// Which object a reference means (docs/wire/rpyc.md, section 5.1), and who knows it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "beckon/base/bytes.hpp"
#include "beckon/base/result.hpp"
#include "beckon/codec/brine_reader.hpp"
#include "beckon/codec/buffer.hpp"
#include "beckon/value/value.hpp"

namespace beckon::rpyc {

/// An object as its owner names it: (name, type, object). A class and its instances share name and type; 0 as the
/// object means the class itself.
///
/// Lifetime: the views lie in the message.
struct id_pack {
    std::string_view name;
    /// Integers; the peer's may be of any size, ours fit 64 bits.
    value type_id;
    value object_id;
    /// The brine of all three as it came. It is the key of a peer's object and is echoed unchanged.
    byte_view encoded;

    [[nodiscard]] bool is_class() const noexcept { return object_id == value(0); }
};

/// The longest brine of an identity that is taken: it is kept as long as the reference.
inline constexpr std::size_t most_id_pack_bytes = 1024;

/// Appends the identity of one of our objects. REQUIRES: the name is UTF-8 and fits `most_id_pack_bytes`.
void put_id_pack(buffer& out, std::string_view name, std::uint64_t type_id,
                 std::uint64_t object_id);

/// Reads an identity where the reader of `brine` stands.
///
/// Errors: protocol_error; limit_exceeded. They are the reader's as well.
[[nodiscard]] result<id_pack> read_id_pack(brine::reader& in, byte_view brine);

/// A reference as it is written.
struct lent_reference {
    bool is_mine = true; ///< Else it is an object of the peer's that goes home.
    byte_view id_pack;   ///< The brine; lives until the exchange is called again.
};

/// Lends objects to the peer, and finds those that its messages mean. The protocol implements it over the session's
/// tables. REQUIRES: the session's lock is held. Who writes or reads a message takes back what was lent, or lets go
/// of what was borrowed, where that fails.
class identity_exchange {
public:
    /// What to write for an object; counts it as sent once where it is ours. `object` is not null.
    ///
    /// Errors: limit_exceeded; unsupported.
    [[nodiscard]] virtual result<lent_reference> lend(referent* object) = 0;
    /// The same for what has no form of its own and is shown to the peer as an object: a list, map, set, record,
    /// exception or stream, and frozen sets and slices that hold such things or references.
    ///
    /// Errors: limit_exceeded; unsupported, for what cannot be shown.
    [[nodiscard]] virtual result<lent_reference> lend_container(const value& container) = 0;
    /// What an identity of ours means that comes home (LOCAL_REF). Not always a reference: a list that was lent comes
    /// home as itself.
    ///
    /// Errors: unknown_object.
    [[nodiscard]] virtual result<value> come_home(const id_pack& ours) = 0;
    /// A reference to an object of the peer's (REMOTE_REF); counts it as received once.
    ///
    /// Errors: limit_exceeded; protocol_error.
    [[nodiscard]] virtual result<value> borrow(const id_pack& theirs) = 0;

protected:
    ~identity_exchange() = default;
};

} // namespace beckon::rpyc
