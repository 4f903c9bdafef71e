// The conformance types, C++-first, and a few awkward ones, for the tests of value/ and codec/.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "beckon/value/reflect.hpp"

namespace shop {

enum class Mood : std::int32_t { calm, busy, broken };
BECKON_ENUM(Mood, calm, busy, broken)

struct Point {
    double x = 0;
    double y = 0;
    bool operator==(const Point&) const = default;
};
BECKON_RECORD(Point, x, y)

struct Item {
    std::string name;
    std::int64_t count = 0;
    std::vector<std::string> tags;
    std::optional<Point> at;
    Mood mood = Mood::calm;
    bool operator==(const Item&) const = default;
};
BECKON_RECORD(Item, name, count, tags, at, mood)

struct OutOfStock {
    std::string name;
    std::int64_t wanted = 0;
    std::int64_t available = 0;
};
BECKON_EXCEPTION(OutOfStock, name, wanted, available)

struct Tree {
    std::int32_t label = 0;
    std::vector<Tree> children;
};
BECKON_RECORD(Tree, label, children)

struct Defaulted {
    std::int8_t small = 0;
    std::string class_ = "none";
    double ratio = 0.5;
    bool flag = true;
    Mood mood = Mood::busy;
    std::vector<std::string> tags{"a", "b"};
};
BECKON_RECORD(Defaulted, small, (class_, "class"), ratio, flag, mood, tags)
BECKON_DEFAULTS(Defaulted, class_, ratio, flag, mood, tags)

struct Shelf {
    Defaulted item;
};
BECKON_RECORD(Shelf, item)

struct number_or_text : std::variant<std::int64_t, std::string> {
    using variant::variant;
};
BECKON_VARIANT(number_or_text, number, text)

} // namespace shop
