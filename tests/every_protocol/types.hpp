// An interface with a method for each row of docs/wire/mapping.md: most give back what they are given.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

#include "beckon/beckon.hpp"
#include "beckon/object/stream.hpp"

namespace every_protocol {

enum class Mood : std::int32_t { calm, busy, broken };
BECKON_ENUM(Mood, calm, busy, broken)

struct Point {
    double x = 0;
    double y = 0;
    bool operator==(const Point&) const = default;
};
BECKON_RECORD(Point, x, y)

struct TooFew {
    std::int64_t wanted = 0;
    std::int64_t available = 0;
};
BECKON_EXCEPTION(TooFew, wanted, available)

struct NumberOrText : std::variant<std::int64_t, std::string> {
    using variant::variant;
};
BECKON_VARIANT(NumberOrText, number, text)

struct Counter {
    std::int64_t increment(std::int64_t by);
};
BECKON_INTERFACE(Counter, (increment, by))

/// Names without underscores, so that they are the same in remcall.
struct Every {
    void nothing();
    bool truth(bool it);
    std::int8_t int8(std::int8_t it);
    std::int16_t int16(std::int16_t it);
    std::int32_t int32(std::int32_t it);
    std::int64_t int64(std::int64_t it);
    std::uint8_t uint8(std::uint8_t it);
    std::uint16_t uint16(std::uint16_t it);
    std::uint32_t uint32(std::uint32_t it);
    std::uint64_t uint64(std::uint64_t it);
    float float32(float it);
    double float64(double it);
    std::string text(std::string it);
    beckon::bytes octets(beckon::bytes it);
    beckon::date day(beckon::date it);
    beckon::time_of_day clock(beckon::time_of_day it);
    beckon::datetime moment(beckon::datetime it);
    beckon::duration length(beckon::duration it);
    Mood mood(Mood it);
    Point point(Point it);
    std::optional<std::int64_t> maybe(std::optional<std::int64_t> it);
    std::vector<std::int64_t> numbers(std::vector<std::int64_t> it);
    std::map<std::string, std::int64_t> counts(std::map<std::string, std::int64_t> it);
    std::map<std::int64_t, std::string> names(std::map<std::int64_t, std::string> it);
    std::tuple<std::int64_t, std::string> pair(std::tuple<std::int64_t, std::string> it);
    NumberOrText either(NumberOrText it);
    beckon::value anything(beckon::value it);
    beckon::value make(std::string which); ///< What made_value gives.
    beckon::ref<Counter> lend(std::int64_t start);
    std::int64_t use(beckon::ref<Counter> counter, std::int64_t by);
    beckon::ref<Counter> back(beckon::ref<Counter> it);
    void lack(std::int64_t wanted, std::int64_t available); ///< Throws TooFew.
    void fail(std::string message);
    beckon::stream<std::int64_t> count(std::int64_t n);
    std::int64_t total(beckon::stream<std::int64_t> numbers);
    bool hurried();                    ///< Whether the handler knows of a deadline.
    std::string told(std::string key); ///< Of the call's metadata; empty where there is none.
    std::string sleep(std::int64_t milliseconds);
};
BECKON_INTERFACE(Every, (nothing), (truth, it), (int8, it), (int16, it), (int32, it), (int64, it),
                 (uint8, it), (uint16, it), (uint32, it), (uint64, it), (float32, it),
                 (float64, it), (text, it), (octets, it), (day, it), (clock, it), (moment, it),
                 (length, it), (mood, it), (point, it), (maybe, it), (numbers, it), (counts, it),
                 (names, it), (pair, it), (either, it), (anything, it), (make, which),
                 (lend, start), (use, counter, by), (back, it), (lack, wanted, available),
                 (fail, message), (count, n), (total, numbers), (hurried), (told, key),
                 (sleep, milliseconds))
BECKON_RAISES(Every, TooFew)

} // namespace every_protocol
