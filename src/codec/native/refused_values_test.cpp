// What C++ types can hold and the wire cannot: refused by the writer, by name, before anything leaves.
#include <gtest/gtest.h>

#include "beckon/codec/native/codec.hpp"

namespace refused_values_test {

using beckon::buffer;
using beckon::native::writer;

enum class Mood : std::uint8_t { calm = 1, busy = 4 };
struct Person {
    std::string name;
    Mood mood = Mood::calm;
    beckon::time_of_day rises{};
};
BECKON_ENUM(Mood, calm, busy)
BECKON_RECORD(Person, name, mood, rises)

namespace {

template <typename T>
std::string refused(const T& value) {
    buffer out;
    writer into(out);
    beckon::native::write(into, value);
    return into.failed() ? into.take_failure().to_string() : std::string();
}

TEST(RefusedValues, ANumberThatNoEnumeratorHasIsNoValueOfAnEnum) {
    EXPECT_EQ(refused(Mood::busy), "");
    EXPECT_EQ(refused(static_cast<Mood>(0)), "invalid_argument: enum Mood has no value 0");
    EXPECT_EQ(refused(static_cast<Mood>(200)), "invalid_argument: enum Mood has no value 200");
    EXPECT_EQ(refused(std::vector<Mood>{Mood::calm, static_cast<Mood>(2)}),
              "invalid_argument: enum Mood has no value 2; while writing item 1");
    EXPECT_EQ(refused(Person{"Lucy", static_cast<Mood>(5), {}}),
              "invalid_argument: enum Mood has no value 5; while writing Person.mood");
}

TEST(RefusedValues, ATimeBeyondTheDayIsNone) {
    EXPECT_EQ(refused(beckon::time_of_day{86'399'999'999'999}), "");
    EXPECT_EQ(refused(beckon::time_of_day{86'400'000'000'000}),
              "invalid_argument: time of 86400000000000 ns; a day has 86400000000000");
    EXPECT_NE(refused(beckon::datetime{{}, {UINT64_MAX}}), "");
}

} // namespace
} // namespace refused_values_test
