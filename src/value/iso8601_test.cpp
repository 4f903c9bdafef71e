#include "beckon/value/iso8601.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace beckon {
namespace {

TEST(iso8601, writes_and_reads_dates_far_and_near) {
    const std::pair<std::int32_t, std::string_view> dates[] = {
        {0, "1970-01-01"},
        {-1, "1969-12-31"},
        {19'782, "2024-02-29"},
        {19'783, "2024-03-01"},
        {11'016, "2000-02-29"},
        {-25'509, "1900-02-28"},
        {-25'508, "1900-03-01"},
        {-719'468, "0000-03-01"},
        {-719'528, "0000-01-01"},
        {-719'529, "-0001-12-31"},
        {2'932'896, "9999-12-31"},
        {2'932'897, "+10000-01-01"},
        {std::numeric_limits<std::int32_t>::max(), "+5881580-07-11"},
        {std::numeric_limits<std::int32_t>::min(), "-5877641-06-23"}};
    for (const auto& [days, text] : dates) {
        EXPECT_EQ(to_iso8601(date{days}), text);
        const auto read = parse_date(text);
        ASSERT_TRUE(read) << text;
        EXPECT_EQ(read->days, days);
    }
    for (std::int32_t days = -800'000; days < 800'000; days += 37) {
        ASSERT_EQ(parse_date(to_iso8601(date{days}))->days, days);
    }
}

TEST(iso8601, refuses_days_that_do_not_exist) {
    for (const std::string_view text :
         {"2023-02-29", "1900-02-29", "2024-13-01", "2024-00-01", "2024-04-31", "2024-01-00",
          "2024-1-01", "24-01-01", "2024-01-01x", "20240101", "", "+5881580-07-12",
          "-5877641-06-22", "99999-01-01", "2024-01-01T"}) {
        EXPECT_FALSE(parse_date(text)) << text;
    }
    EXPECT_EQ(parse_date("2023-02-29").error().message(),
              R"(expected a date such as 2024-02-29, found "2023-02-29")");
}

TEST(iso8601, writes_and_reads_times) {
    const std::pair<std::uint64_t, std::string_view> times[] = {
        {0, "00:00:00"},
        {1, "00:00:00.000000001"},
        {32'700'250'000'000, "09:05:00.25"},
        {86'399'999'999'999, "23:59:59.999999999"}};
    for (const auto& [nanoseconds, text] : times) {
        EXPECT_EQ(to_iso8601(time_of_day{nanoseconds}), text);
        EXPECT_EQ(parse_time(text)->nanoseconds, nanoseconds);
    }
    EXPECT_EQ(parse_time("09:05")->nanoseconds, 32'700'000'000'000u);
    EXPECT_EQ(parse_time("09:05:00,5")->nanoseconds, 32'700'500'000'000u);
    for (const std::string_view text : {"24:00:00", "23:60:00", "23:59:60", "9:05:00",
                                        "09:05:", "09:05:00.", "09:05:00.1234567890", "09", ""}) {
        EXPECT_FALSE(parse_time(text)) << text;
    }
}

TEST(iso8601, reads_datetimes_with_offsets_as_utc) {
    const datetime moment{{19'782}, {32'700'000'000'000}};
    EXPECT_EQ(to_iso8601(moment), "2024-02-29T09:05:00Z");
    for (const std::string_view text :
         {"2024-02-29T09:05:00Z", "2024-02-29t09:05:00z", "2024-02-29 09:05", "2024-02-29T09:05:00",
          "2024-02-29T11:05:00+02:00", "2024-02-29T11:05+0200", "2024-02-29T07:05:00-02",
          "2024-03-01T08:35:00+23:30", "2024-02-28T09:35:00-23:30"}) {
        const auto read = parse_datetime(text);
        ASSERT_TRUE(read) << text;
        EXPECT_EQ(*read, moment) << text;
    }
    for (const std::string_view text :
         {"2024-02-29", "2024-02-29T", "2024-02-29X09:05:00", "2024-02-29T09:05:00+24:00",
          "2024-02-29T09:05:00+1", "2024-02-29T09:05:00ZZ", "+5881580-07-11T23:00:00-02:00",
          "-5877641-06-23T00:00:00+00:01"}) {
        EXPECT_FALSE(parse_datetime(text)) << text;
    }
}

TEST(iso8601, writes_and_reads_durations) {
    const std::pair<std::int64_t, std::string_view> durations[] = {
        {0, "PT0S"},
        {1'500'000'000, "PT1.5S"},
        {-500'000'000, "-PT0.5S"},
        {5'400'000'000'000, "PT1H30M"},
        {3'600'000'000'001, "PT1H0.000000001S"},
        {std::numeric_limits<std::int64_t>::max(), "PT2562047H47M16.854775807S"},
        {std::numeric_limits<std::int64_t>::min(), "-PT2562047H47M16.854775808S"}};
    for (const auto& [count, text] : durations) {
        EXPECT_EQ(to_iso8601(duration(count)), text);
        const auto read = parse_duration(text);
        ASSERT_TRUE(read) << text;
        EXPECT_EQ(read->count(), count);
    }
    EXPECT_EQ(parse_duration("P1D")->count(), 86'400'000'000'000);
    EXPECT_EQ(parse_duration("P1W1DT1S")->count(), (8 * 86'400 + 1) * 1'000'000'000LL);
    EXPECT_EQ(parse_duration("+PT0.5M")->count(), 30'000'000'000);
    for (const std::string_view text :
         {"", "P", "PT", "P1DT", "PT1", "1S", "P1Y", "P1M", "PT1S1M", "PT1.5M1S", "PT1H1H", "PT.5S",
          "PT2562047H47M16.854775808S", "PT99999999999999999999S", "PT999999999999999999W"}) {
        EXPECT_FALSE(parse_duration(text)) << text;
    }
}

} // namespace
} // namespace beckon
