// Messages behind a block of headers that says how long each is: the base protocol of language servers.
#pragma once

#include "protocol/jsonrpc/framing.hpp"

namespace beckon::jsonrpc {

/// Longest block of headers, empty line included.
inline constexpr std::size_t most_header_bytes = 8u << 10;

class header_framing final : public framing {
public:
    result<framed> take(byte_view input, std::size_t most_bytes) override;
    [[nodiscard]] std::size_t size(byte_view input) const noexcept override;
    [[nodiscard]] std::size_t begin(buffer& out) override;
    result<void> finish(buffer& out, std::size_t start) override;

private:
    mutable std::size_t scanned_ = 0; ///< So many bytes hold no end of the headers.
};

} // namespace beckon::jsonrpc
