// Whether anybody reads what is written to a descriptor.
#pragma once

#include "beckon/io/byte_stream.hpp"

namespace beckon::io {

/// By what the kernel tells of its other end: of pipes and unix sockets whether there is one; of tcp sockets whose other
/// end has ended its output, only once what was written has been refused. What has no other end (files, terminals) takes everything. Never blocks.
[[nodiscard]] reader_state reader_of(int fd) noexcept;

} // namespace beckon::io
