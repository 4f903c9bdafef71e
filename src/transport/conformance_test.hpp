// The tests that every stream transport must pass. A transport's own test file registers it:
//   const conformance_suite tcp({.scheme = "tcp", .connect = [] { ... }});
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "beckon/io/byte_stream.hpp"

namespace beckon::transport {

/// Two connected ends, and what must live as long as they do.
struct stream_pair {
    std::unique_ptr<io::byte_stream> near; ///< The transport's own kind of stream.
    std::unique_ptr<io::byte_stream> far;  ///< What is at its other end; of any kind.
    std::shared_ptr<void> keep;
};

struct transport_under_test {
    std::string scheme;
    std::string variant = {}; ///< Where one scheme is tested in several forms.
    std::function<stream_pair()> connect;
    /// Whether `close` ends a `read_waiting` of another thread at once.
    bool close_wakes_reader = true;
};

/// Registers the suite `transport_SCHEME_VARIANT` with GoogleTest. Make it a static object.
class conformance_suite {
public:
    explicit conformance_suite(const transport_under_test& subject);
};

} // namespace beckon::transport
