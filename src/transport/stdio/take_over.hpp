// Taking a pair of descriptors over as a stream; apart from the numbers 0 and 1, so that it can be tested.
#pragma once

#include <memory>

#include "beckon/base/result.hpp"
#include "beckon/io/byte_stream.hpp"

namespace beckon::transport::stdio {

/// Moves `input` and `output` to other numbers, puts /dev/null and a copy of `errors` in their
/// places, and gives a stream over them. The destructor of the stream restores the file modes.
[[nodiscard]] result<std::unique_ptr<io::byte_stream>> take_over(int input, int output, int errors);

} // namespace beckon::transport::stdio
