// Dates, times and durations as ISO 8601 text: how they travel where the protocol has no type for them.
#pragma once

#include <string>
#include <string_view>

#include "beckon/base/result.hpp"
#include "beckon/base/time.hpp"

namespace beckon {

/// "2024-02-29"; years beyond 0000 to 9999 get a sign and as many digits as they need ("+12024-02-29").
[[nodiscard]] std::string to_iso8601(date day);
/// "09:05:00", with a fraction where there is one ("09:05:00.25").
[[nodiscard]] std::string to_iso8601(time_of_day time);
/// "2024-02-29T09:05:00Z".
[[nodiscard]] std::string to_iso8601(datetime moment);
/// "PT1H30M", "-PT0.5S", "PT0S": hours, minutes and seconds, since days differ in length.
[[nodiscard]] std::string to_iso8601(duration length);

/// Reads what `to_iso8601` writes. A time may end after the minutes, a fraction has up to 9 digits; a datetime
/// takes 'T', 't' or a space between its halves and ends in 'Z' or an offset such as "+02:00", or has none and
/// is then UTC; a duration may hold weeks and days, of exactly 24 hours, but no months or years.
///
/// Errors: parse_error, with what was found and expected.
[[nodiscard]] result<date> parse_date(std::string_view text);
[[nodiscard]] result<time_of_day> parse_time(std::string_view text);
[[nodiscard]] result<datetime> parse_datetime(std::string_view text);
[[nodiscard]] result<duration> parse_duration(std::string_view text);

} // namespace beckon
