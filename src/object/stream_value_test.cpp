// Streams on their way through protocols that carry values.
#include <gtest/gtest.h>

#include <cstdint>

#include "beckon/object/stream.hpp"

namespace beckon {
namespace {

template <typename T>
std::vector<T> carried(const stream<T>& from) {
    auto there = value(from).template get<stream<T>>();
    std::vector<T> items;
    if (!there) return items;
    for (T item : *there) items.push_back(std::move(item));
    return items;
}

TEST(StreamValue, CarriesTheItems) {
    EXPECT_EQ(carried(stream_of(std::vector<std::int64_t>{1, 2, 3})),
              (std::vector<std::int64_t>{1, 2, 3}));
    EXPECT_EQ(carried(stream_of(std::vector<value>{1, "two"})), (std::vector<value>{1, "two"}));
}

TEST(StreamValue, AStreamOfNothingIsEmptyAndNoCrash) {
    EXPECT_TRUE(carried(stream<std::int64_t>()).empty());
    EXPECT_TRUE(carried(stream<value>()).empty());
    EXPECT_TRUE(value(stream<value>()).get<stream<value>>().has_value());
    auto taken = stream_of(std::vector<std::int64_t>{1});
    static_cast<void>(value(taken)); // gives it away
    EXPECT_TRUE(carried(taken).empty());
}

} // namespace
} // namespace beckon
