// Random numbers that are the same on every machine for the same seed.
#pragma once

#include <cstdint>

#include "beckon/base/time.hpp"

namespace beckon::testing {

/// A generator that depends on its seed alone (the standard library's distributions differ between implementations).
///
/// Thread-safety: none.
class random {
public:
    explicit random(std::uint64_t seed) noexcept : state_(seed) {}

    /// Any of 2^64 numbers.
    std::uint64_t next() noexcept {
        // splitmix64: a counter, scrambled.
        state_ += 0x9e37'79b9'7f4a'7c15u;
        std::uint64_t mixed = state_;
        mixed = (mixed ^ (mixed >> 30)) * 0xbf58'476d'1ce4'e5b9u;
        mixed = (mixed ^ (mixed >> 27)) * 0x94d0'49bb'1331'11ebu;
        return mixed ^ (mixed >> 31);
    }
    /// A number below `limit`; 0 where that is 0.
    std::uint64_t below(std::uint64_t limit) noexcept { return limit == 0 ? 0 : next() % limit; }
    /// A number from `least` to `most`, both possible.
    std::uint64_t between(std::uint64_t least, std::uint64_t most) noexcept {
        return least + below(most - least + 1);
    }
    nanoseconds between(nanoseconds least, nanoseconds most) noexcept {
        return nanoseconds(static_cast<std::int64_t>(between(
            static_cast<std::uint64_t>(least.count()), static_cast<std::uint64_t>(most.count()))));
    }
    /// True so many times in a hundred.
    bool percent(std::uint64_t probability) noexcept { return below(100) < probability; }
    /// A generator of its own, so that what it is used for does not change what follows here.
    random fork() noexcept { return random(next()); }

private:
    std::uint64_t state_;
};

} // namespace beckon::testing
