#include "beckon/value/iso8601.hpp"

#include <cstdlib>
#include <limits>

namespace beckon {

namespace {

constexpr std::int64_t nanoseconds_per_second = 1'000'000'000;
constexpr std::int64_t seconds_per_day = 86'400;
constexpr std::int64_t nanoseconds_per_day = seconds_per_day * nanoseconds_per_second;

void append_padded(std::string& out, std::uint64_t number, std::size_t width) {
    const std::string digits = concat(number);
    if (digits.size() < width) out.append(width - digits.size(), '0');
    out += digits;
}

void append_fraction(std::string& out, std::uint64_t nanoseconds) {
    if (nanoseconds == 0) return;
    out += '.';
    append_padded(out, nanoseconds, 9);
    while (out.back() == '0') out.pop_back();
}

// Takes text apart from the front; each step says whether it found what it wants.
struct cursor {
    std::string_view left;

    bool skip(char letter) noexcept {
        if (!left.starts_with(letter)) return false;
        left.remove_prefix(1);
        return true;
    }
    bool skip_any(std::string_view letters) noexcept {
        if (left.empty() || letters.find(left.front()) == std::string_view::npos) return false;
        left.remove_prefix(1);
        return true;
    }
    [[nodiscard]] bool at_digit() const noexcept {
        return !left.empty() && left.front() >= '0' && left.front() <= '9';
    }
    // Between `least` and `most` digits, at most 18.
    bool number(std::int64_t& out, std::size_t least, std::size_t most) noexcept {
        std::size_t count = 0;
        out = 0;
        for (; count < most && at_digit(); ++count) {
            out = out * 10 + (left.front() - '0');
            left.remove_prefix(1);
        }
        return count >= least;
    }
    bool two_digits(std::int64_t& out, std::int64_t most) noexcept {
        return number(out, 2, 2) && out <= most;
    }
    // What follows a decimal point: up to nine digits.
    bool fraction(std::int64_t& nanoseconds) noexcept {
        const std::size_t before = left.size();
        if (!number(nanoseconds, 1, 9)) return false;
        for (std::size_t digits = before - left.size(); digits < 9; ++digits) nanoseconds *= 10;
        return true;
    }
};

bool read_date(cursor& from, date& out) {
    const bool negative = from.skip('-');
    const bool is_signed = negative || from.skip('+');
    std::int64_t year = 0;
    std::int64_t month = 0;
    std::int64_t day = 0;
    if (!from.number(year, 4, is_signed ? 7 : 4) || !from.skip('-') ||
        !from.two_digits(month, 12) || !from.skip('-') || !from.two_digits(day, 31) || month == 0 ||
        day == 0) {
        return false;
    }
    if (negative) year = -year;
    constexpr std::int64_t days_before[] = {0,   31,  59,  90,  120, 151, 181,
                                            212, 243, 273, 304, 334, 365};
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    const std::int64_t in_month =
        days_before[month] - days_before[month - 1] + (leap && month == 2);
    if (day > in_month) return false;
    // Whole 400-year cycles of 146,097 days, shifted so that divisions round down.
    const std::int64_t shifted = year + 8'000'000 - 1; // full years before this one
    const std::int64_t days = shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 +
                              days_before[month - 1] + (leap && month > 2) + day - 1;
    constexpr std::int64_t epoch_years = 1970 + 8'000'000 - 1;
    constexpr std::int64_t epoch =
        epoch_years * 365 + epoch_years / 4 - epoch_years / 100 + epoch_years / 400;
    const std::int64_t since = days - epoch;
    if (since < std::numeric_limits<std::int32_t>::min() ||
        since > std::numeric_limits<std::int32_t>::max()) {
        return false;
    }
    out.days = static_cast<std::int32_t>(since);
    return true;
}

bool read_time(cursor& from, time_of_day& out) {
    std::int64_t hours = 0;
    std::int64_t minutes = 0;
    std::int64_t seconds = 0;
    std::int64_t fraction = 0;
    if (!from.two_digits(hours, 23) || !from.skip(':') || !from.two_digits(minutes, 59)) {
        return false;
    }
    if (from.skip(':')) {
        if (!from.two_digits(seconds, 59)) return false;
        if (from.skip_any(".,") && !from.fraction(fraction)) return false;
    }
    out.nanoseconds = static_cast<std::uint64_t>(
        ((hours * 60 + minutes) * 60 + seconds) * nanoseconds_per_second + fraction);
    return true;
}

// An offset from UTC in minutes: "Z", "+02:00", "+0200", "+02" or nothing.
bool read_offset(cursor& from, std::int64_t& minutes) {
    minutes = 0;
    if (from.left.empty() || from.skip_any("Zz")) return true;
    const bool negative = from.skip('-');
    std::int64_t hours = 0;
    if ((!negative && !from.skip('+')) || !from.two_digits(hours, 23)) return false;
    from.skip(':');
    if (!from.left.empty() && !from.two_digits(minutes, 59)) return false;
    minutes += hours * 60;
    if (negative) minutes = -minutes;
    return true;
}

error refuse(std::string_view found, std::string_view expected) {
    return fail(errc::parse_error, "expected ", expected, ", found ", quoted(found));
}

} // namespace

std::string to_iso8601(date day) {
    // Days to year, month and day by 400-year cycles that begin on 1 March, so that the leap day ends them.
    const std::int64_t shifted = static_cast<std::int64_t>(day.days) + 719'468;
    const std::int64_t cycle = (shifted >= 0 ? shifted : shifted - 146'096) / 146'097;
    const std::int64_t in_cycle = shifted - cycle * 146'097;
    const std::int64_t year_in_cycle =
        (in_cycle - in_cycle / 1'460 + in_cycle / 36'524 - in_cycle / 146'096) / 365;
    const std::int64_t in_year =
        in_cycle - (365 * year_in_cycle + year_in_cycle / 4 - year_in_cycle / 100);
    const std::int64_t march_month = (5 * in_year + 2) / 153;
    const std::int64_t month = march_month < 10 ? march_month + 3 : march_month - 9;
    const std::int64_t year = cycle * 400 + year_in_cycle + (month <= 2);
    std::string out;
    if (year < 0 || year > 9999) out += year < 0 ? '-' : '+';
    append_padded(out, static_cast<std::uint64_t>(std::abs(year)), 4);
    out += '-';
    append_padded(out, static_cast<std::uint64_t>(month), 2);
    out += '-';
    append_padded(out, static_cast<std::uint64_t>(in_year - (153 * march_month + 2) / 5 + 1), 2);
    return out;
}

std::string to_iso8601(time_of_day time) {
    const std::uint64_t seconds = time.nanoseconds / nanoseconds_per_second;
    std::string out;
    append_padded(out, seconds / 3600, 2);
    out += ':';
    append_padded(out, seconds / 60 % 60, 2);
    out += ':';
    append_padded(out, seconds % 60, 2);
    append_fraction(out, time.nanoseconds % nanoseconds_per_second);
    return out;
}

std::string to_iso8601(datetime moment) {
    return concat(to_iso8601(moment.date), 'T', to_iso8601(moment.time), 'Z');
}

std::string to_iso8601(duration length) {
    const std::int64_t count = length.count();
    std::string out = count < 0 ? "-PT" : "PT";
    const std::uint64_t magnitude =
        count < 0 ? 0 - static_cast<std::uint64_t>(count) : static_cast<std::uint64_t>(count);
    const std::uint64_t seconds = magnitude / nanoseconds_per_second;
    const std::uint64_t fraction = magnitude % nanoseconds_per_second;
    if (seconds >= 3600) out += concat(seconds / 3600, 'H');
    if (seconds / 60 % 60 != 0) out += concat(seconds / 60 % 60, 'M');
    if (seconds % 60 != 0 || fraction != 0 || magnitude == 0) {
        append_text(out, seconds % 60);
        append_fraction(out, fraction);
        out += 'S';
    }
    return out;
}

result<date> parse_date(std::string_view text) {
    cursor from{text};
    date day;
    if (!read_date(from, day) || !from.left.empty()) {
        return refuse(text, "a date such as 2024-02-29");
    }
    return day;
}

result<time_of_day> parse_time(std::string_view text) {
    cursor from{text};
    time_of_day time;
    if (!read_time(from, time) || !from.left.empty()) {
        return refuse(text, "a time such as 09:05:00.25");
    }
    return time;
}

result<datetime> parse_datetime(std::string_view text) {
    cursor from{text};
    datetime moment;
    std::int64_t offset = 0;
    if (!read_date(from, moment.date) || !from.skip_any("Tt ") || !read_time(from, moment.time) ||
        !read_offset(from, offset) || !from.left.empty()) {
        return refuse(text, "a datetime such as 2024-02-29T09:05:00Z");
    }
    // An offset says how far the local time is ahead of UTC.
    std::int64_t in_day =
        static_cast<std::int64_t>(moment.time.nanoseconds) - offset * 60 * nanoseconds_per_second;
    std::int64_t days = moment.date.days;
    if (in_day < 0) {
        in_day += nanoseconds_per_day;
        --days;
    } else if (in_day >= nanoseconds_per_day) {
        in_day -= nanoseconds_per_day;
        ++days;
    }
    if (days < std::numeric_limits<std::int32_t>::min() ||
        days > std::numeric_limits<std::int32_t>::max()) {
        return refuse(text, "a datetime whose day in UTC fits 32 bits");
    }
    moment.date.days = static_cast<std::int32_t>(days);
    moment.time.nanoseconds = static_cast<std::uint64_t>(in_day);
    return moment;
}

result<duration> parse_duration(std::string_view text) {
    constexpr std::string_view expected =
        "a duration such as PT1H30M or -PT0.5S, within 64 bits of nanoseconds";
    cursor from{text};
    const bool negative = from.skip('-');
    if (!negative) from.skip('+');
    if (!from.skip('P')) return refuse(text, expected);
    struct unit {
        char letter;
        bool of_time;
        std::int64_t seconds;
    };
    constexpr unit units[] = {{'W', false, 7 * seconds_per_day},
                              {'D', false, seconds_per_day},
                              {'H', true, 3600},
                              {'M', true, 60},
                              {'S', true, 1}};
    __extension__ using wide = __int128;
    wide total = 0;
    bool in_time = false;
    bool any = false;
    bool ended = false; // a fraction ends the text
    std::size_t next = 0;
    while (!from.left.empty()) {
        if (!in_time && from.skip('T')) {
            in_time = true;
            any = false; // at least one part has to follow
            continue;
        }
        std::int64_t whole = 0;
        std::int64_t fraction = 0;
        if (ended || !from.number(whole, 1, 18)) return refuse(text, expected);
        if (from.skip_any(".,")) {
            if (!from.fraction(fraction)) return refuse(text, expected);
            ended = true;
        }
        while (next < std::size(units) &&
               (units[next].of_time != in_time || !from.left.starts_with(units[next].letter))) {
            ++next;
        }
        if (next == std::size(units)) return refuse(text, expected);
        from.left.remove_prefix(1);
        total +=
            (static_cast<wide>(whole) * nanoseconds_per_second + fraction) * units[next].seconds;
        ++next;
        any = true;
    }
    if (negative) total = -total;
    if (!any || total < std::numeric_limits<std::int64_t>::min() ||
        total > std::numeric_limits<std::int64_t>::max()) {
        return refuse(text, expected);
    }
    return duration(static_cast<std::int64_t>(total));
}

} // namespace beckon
