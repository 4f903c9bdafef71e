// For tests in C++ that need somebody else's program: peer.sh says what all such tests do.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>

namespace beckon::interop {

/// Whether a missing peer is a failure.
[[nodiscard]] inline bool peers_required() {
    const char* const required = std::getenv("BECKON_REQUIRE_PEERS");
    return required != nullptr && std::string_view(required) == "1";
}

} // namespace beckon::interop

/// Ends the test where the peer is missing: skipped, or failed where peers are required. `missing` is an optional text:
/// why it cannot be used. To be used in SetUp or in a test's body; `./test` counts by what is printed here.
#define BECKON_NEEDS_PEER(name, missing)                                                           \
    do {                                                                                           \
        if (const std::optional<std::string> why = (missing)) {                                    \
            std::cout << "skipped: " << (name) << ": " << *why << std::endl;                       \
            if (beckon::interop::peers_required())                                                 \
                FAIL() << "BECKON_REQUIRE_PEERS=1: " << (name) << " must be there";                \
            GTEST_SKIP() << (name) << ": " << *why;                                                \
        }                                                                                          \
        std::cout << "peer: " << (name) << std::endl;                                              \
    } while (false)
