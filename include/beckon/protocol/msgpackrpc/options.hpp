// What a program chooses for its MessagePack-RPC conversations. Nothing of it is told to the peer.
#pragma once

#include <cstdint>

namespace beckon::msgpackrpc {

/// How our failures look to the peer.
enum class error_shape : std::uint8_t {
    beckon, ///< [0, text]; a declared exception [1, {"type", "message", "fields"}].
    text,   ///< A string, as rpclib sends.
    neovim, ///< [code, text]: 1 where the call was wrong, else 0.
    map,    ///< {"code": number, "message": text, "data": null or {"type", "fields"}}.
};

struct options {
    error_shape errors = error_shape::beckon;
    /// For peers that were made before MessagePack told text from bytes: both are written as text was then.
    bool compat_old_spec = false;
    /// Whether text that is not UTF-8 is delivered as bytes, as editors may send it; else it is refused.
    bool bad_text_as_bytes = true;
    /// Whether extensions 40 and 41 and maps {"$stream": n} are references and streams; else they stay what they are.
    bool references = true;
    /// The peer is a Beckon and knows `$cancel`. It is taken for one without that, too, once it has shown so.
    bool peer_is_beckon = false;
};

} // namespace beckon::msgpackrpc
