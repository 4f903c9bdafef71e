// Streams of values between the program and sessions of dynamic protocols.
#pragma once

#include <utility>

#include "beckon/codec/native/stream.hpp"
#include "beckon/value/referent.hpp"

namespace beckon {

/// What sends the items of a stream that stands in a value, which is given away by that. Null where `held` is no such
/// stream, or was given away before.
[[nodiscard]] intrusive_ptr<native::stream_producer> take_value_stream(referent* held);

/// What takes items as values, and what stands in a value for the stream of them.
[[nodiscard]] std::pair<intrusive_ptr<native::stream_sink>, intrusive_ptr<referent>>
make_value_stream();

} // namespace beckon
