#pragma once

#include <beckon/beckon.hpp>

#include <cstdint>
#include <string>

/// The interface of docs/conformance.md that benchmarks use: typed, so that the static path is measured.
struct Counter {
    std::int64_t increment(std::int64_t by);
    std::int64_t value();
};
struct Bench {
    beckon::bytes echo(beckon::byte_view data);
    std::string say(std::string_view text);
    beckon::ref<Counter> make(std::int64_t start);
    beckon::ref<Bench> next();
};
BECKON_INTERFACE(Counter, (increment, by), (value))
BECKON_INTERFACE(Bench, (echo, data), (say, text), (make, start), (next))
