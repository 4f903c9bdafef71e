// A stream of which some has been read already.
#pragma once

#include <memory>

#include "beckon/base/bytes.hpp"
#include "beckon/io/byte_stream.hpp"

namespace beckon::detection {

/// Gives `heard` first, then what `below` gives: see byte_stream::has_waiting_input. All else is that stream's.
[[nodiscard]] std::unique_ptr<io::byte_stream>
make_begun_stream(std::unique_ptr<io::byte_stream> below, bytes heard);

} // namespace beckon::detection
