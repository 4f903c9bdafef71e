// Time as the library sees it: an injected monotonic clock, deadlines, and calendar values that travel.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>

namespace beckon {

using std::chrono::nanoseconds;

/// A point on the library's monotonic clock. Sessions and protocols get it as a parameter; they never ask.
using time_point = std::chrono::time_point<std::chrono::steady_clock, nanoseconds>;

/// No deadline.
inline constexpr time_point never = time_point::max();

/// `now + timeout`, saturating at `never`.
[[nodiscard]] constexpr time_point deadline_after(time_point now, nanoseconds timeout) noexcept {
    if (timeout >= never - now) return never;
    return now + timeout;
}

/// Where the library gets the time from. The simulator gives a virtual one.
class clock_source {
public:
    virtual ~clock_source() = default;
    [[nodiscard]] virtual time_point now() const noexcept = 0;
};

/// The machine's monotonic clock.
class steady_clock_source final : public clock_source {
public:
    [[nodiscard]] time_point now() const noexcept override;
};

/// A calendar day: days since 1970-01-01 in the proleptic Gregorian calendar.
struct date {
    std::int32_t days = 0;
    auto operator<=>(const date&) const = default;
};

/// A time of day: nanoseconds since midnight, 0 .. 86,399,999,999,999.
struct time_of_day {
    std::uint64_t nanoseconds = 0;
    auto operator<=>(const time_of_day&) const = default;
};

/// A moment in UTC, without leap seconds.
struct datetime {
    beckon::date date;
    beckon::time_of_day time;
    auto operator<=>(const datetime&) const = default;
};

/// A length of time.
using duration = nanoseconds;

} // namespace beckon
