// Streams that are held as values.
#pragma once

#include "beckon/codec/native/stream.hpp"
#include "beckon/codec/native/writer.hpp"

namespace beckon::native {

/// Writes the stream of a value's handle, which this side has to produce.
inline void put_stream(writer& out, referent& handle) {
    if (dynamic_cast<stream_producer*>(&handle) != nullptr) return out.put_stream(&handle);
    out.fail(fail(errc::unsupported, "a stream that comes from a peer cannot be sent; read it, and "
                                     "send what it holds"));
}

} // namespace beckon::native
