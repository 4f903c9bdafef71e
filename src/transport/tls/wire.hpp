// What passes between OpenSSL and the stream below: bytes in memory, no system calls.
#pragma once

#include "beckon/base/bytes.hpp"
#include "transport/tls/openssl.hpp"

namespace beckon::transport::tls {

/// OpenSSL takes from `in` and appends to `out`. Not copied: its address is in the BIO.
struct wire {
    byte_view in; ///< What came and was not taken yet; memory of the reader's.
    bytes out;    ///< What is to leave, from `sent` on.
    std::size_t sent = 0;

    [[nodiscard]] byte_view unsent() const noexcept { return byte_view(out).subspan(sent); }
};

/// A BIO over a wire, which outlives it. Null without memory.
[[nodiscard]] BIO* make_bio(wire& over) noexcept;

} // namespace beckon::transport::tls
