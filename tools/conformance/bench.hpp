// What benchmarks measure.
#pragma once

#include "conformance/types.hpp"

namespace conformance {

/// Typed, so that it takes the static path.
struct Bench {
    beckon::bytes echo(beckon::byte_view data);
    std::string say(std::string_view text);
    beckon::ref<Counter> make(std::int64_t start);
    beckon::ref<Bench> next();
};
BECKON_INTERFACE(Bench, (echo, data), (say, text), (make, start), (next))

} // namespace conformance
