#include "beckon/value/describe.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <deque>
#include <limits>
#include <map>
#include <set>
#include <unordered_map>

#include "beckon/base/assert.hpp"
#include "beckon/schema/binary.hpp"
#include "beckon/schema/parse.hpp"
#include "beckon/schema/print.hpp"
#include "value/test_types.hpp"

// Stand-ins for what the object layer brings.
namespace {
template <typename Interface>
struct fake_ref {
    using interface_type = Interface;
    using beckon_converted = void;
};
template <typename T>
struct fake_stream {};
} // namespace

template <typename T>
struct beckon::describer<fake_stream<T>> {
    static schema::type describe(description& into) {
        return {schema::kind::stream, {}, {into.type<T>()}, {}};
    }
};

namespace shop {

struct Listener {
    void on_event(std::int64_t sequence, std::string text);
};
BECKON_INTERFACE(Listener, (on_event, sequence, text))
BECKON_ONEWAY(Listener, on_event)

struct Counter {
    std::int64_t increment(std::int64_t by);
    std::int64_t value();
};
BECKON_INTERFACE(Counter, (increment, by), (value))
BECKON_IDEMPOTENT(Counter, value)
BECKON_COMMANDS(Counter, (increment, 512))

struct Conformance {
    beckon::value echo(beckon::value what);
    std::int64_t add(std::int64_t a, std::int64_t b);
    double sum(const std::vector<double>& numbers);
    beckon::bytes reverse(beckon::byte_view data);
    Item restock(Item item, std::int64_t by);
    std::map<std::string, std::int64_t> word_count(std::string_view text);
    fake_ref<Counter> make_counter(std::int64_t start);
    std::int64_t call_back(fake_ref<Listener> listener, std::int64_t times);
    std::int64_t nest(fake_ref<Conformance> peer, std::int64_t depth);
    fake_stream<std::int64_t> count_to(std::int64_t n);
    void delete_(std::tuple<bool, float> a, number_or_text b, const std::optional<Point>& c) const;
};
BECKON_INTERFACE(Conformance, (echo, what), (add, a, b), (sum, numbers), (reverse, data),
                 (restock, item, by), (word_count, text), (make_counter, start),
                 (call_back, listener, times), (nest, peer, depth), (count_to, n),
                 ((delete_, "delete"), a, b, c))
BECKON_RAISES(Conformance, OutOfStock)

struct AllDefaults {
    bool flag = true;
    std::int8_t small = -128;
    std::uint64_t large = UINT64_MAX;
    float narrow = 0.1F;
    double wide = 1e300;
    double infinite = -std::numeric_limits<double>::infinity();
    double none = -std::numeric_limits<double>::quiet_NaN();
    std::string text = "a \"b\"\n";
    beckon::bytes raw = beckon::to_bytes("\x01z");
    beckon::duration wait = std::chrono::milliseconds(-250);
    std::optional<int> maybe;
    std::optional<int> given = 3;
    std::vector<std::vector<int>> lists{{1}, {}};
    std::map<std::string, int> map;
    Mood mood = Mood::broken;
    beckon::value any;
};
BECKON_RECORD(AllDefaults, flag, small, large, narrow, wide, infinite, none, text, raw, wait, maybe,
              given, lists, map, mood, any)
BECKON_DEFAULTS(AllDefaults, flag, small, large, narrow, wide, infinite, none, text, raw, wait,
                maybe, given, lists, map, mood, any)

struct BadDefault {
    Point at;
};
BECKON_RECORD(BadDefault, at)
BECKON_DEFAULTS(BadDefault, at)

enum class Word : std::int32_t { null, other };
BECKON_ENUM(Word, null, other)

struct Words {
    Word plain = Word::null;
    std::optional<Word> none;
    std::vector<Word> all{Word::null};
};
BECKON_RECORD(Words, plain, none, all)
BECKON_DEFAULTS(Words, plain, none, all)

struct HeldNull {
    std::optional<Word> word = Word::null;
};
BECKON_RECORD(HeldNull, word)
BECKON_DEFAULTS(HeldNull, word)

namespace other {
struct Point {
    int x = 0;
};
BECKON_RECORD(Point, x)
} // namespace other

struct TwoPoints {
    Point a;
    other::Point b;
};
BECKON_RECORD(TwoPoints, a, b)

} // namespace shop

namespace beckon {
namespace {

template <typename T>
std::string text_of() {
    return schema::to_string(describe_type<T>().type);
}

TEST(describe, gives_each_type_its_idl_spelling) {
    EXPECT_EQ(text_of<bool>(), "bool");
    EXPECT_EQ(text_of<std::int8_t>(), "int8");
    EXPECT_EQ(text_of<std::uint16_t>(), "uint16");
    EXPECT_EQ(text_of<long>(), "int64");
    EXPECT_EQ(text_of<unsigned long long>(), "uint64");
    EXPECT_EQ(text_of<float>(), "float32");
    EXPECT_EQ(text_of<double>(), "float64");
    EXPECT_EQ(text_of<std::string>(), "string");
    EXPECT_EQ(text_of<bytes>(), "bytes");
    EXPECT_EQ(text_of<date>(), "date");
    EXPECT_EQ(text_of<std::chrono::sys_days>(), "date");
    EXPECT_EQ(text_of<time_of_day>(), "time");
    EXPECT_EQ(text_of<datetime>(), "datetime");
    EXPECT_EQ(text_of<std::chrono::system_clock::time_point>(), "datetime");
    EXPECT_EQ(text_of<duration>(), "duration");
    EXPECT_EQ(text_of<std::chrono::minutes>(), "duration");
    EXPECT_EQ(text_of<value>(), "any");
    EXPECT_EQ(text_of<std::optional<shop::Item>>(), "optional<Item>");
    EXPECT_EQ(text_of<std::deque<bool>>(), "list<bool>");
    EXPECT_EQ(text_of<std::set<std::string>>(), "list<string>");
    EXPECT_EQ((text_of<std::array<int, 3>>()), "list<int32>");
    EXPECT_EQ((text_of<std::unordered_map<shop::Mood, shop::Point>>()), "map<Mood, Point>");
    EXPECT_EQ((text_of<std::pair<int, std::tuple<bool, float>>>()),
              "tuple<int32, tuple<bool, float32>>");
    EXPECT_EQ((text_of<std::variant<std::int64_t, std::string>>()),
              "variant<int64: int64, string: string>");
    EXPECT_EQ(text_of<shop::number_or_text>(), "variant<number: int64, text: string>");
    EXPECT_EQ(text_of<fake_ref<shop::Counter>>(), "Counter");
    EXPECT_EQ(text_of<fake_stream<shop::Item>>(), "stream<Item>");
}

constexpr std::string_view conformance_idl = R"(
enum Mood { calm, busy, broken }
record Point { float64 x; float64 y; }
record Item { string name; int64 count; list<string> tags; optional<Point> at; Mood mood; }
exception OutOfStock { string name; int64 wanted; int64 available; }
interface Listener { oneway void on_event(int64 sequence, string text); }
interface Counter { int64 increment(int64 by); idempotent int64 value(); }
interface Conformance {
    any echo(any what);
    int64 add(int64 a, int64 b);
    float64 sum(list<float64> numbers);
    bytes reverse(bytes data);
    Item restock(Item item, int64 by);
    map<string, int64> word_count(string text);
    Counter make_counter(int64 start);
    int64 call_back(Listener listener, int64 times);
    int64 nest(Conformance peer, int64 depth);
    stream<int64> count_to(int64 n);
    void delete(tuple<bool, float32> a, variant<number: int64, text: string> b, optional<Point> c);
}
)";

TEST(describe, gives_an_interface_the_schema_that_the_idl_gives) {
    const auto parsed = schema::parse(conformance_idl, "conformance.bk");
    ASSERT_TRUE(parsed) << parsed.error().to_string();
    const schema::document& described = describe_interface<shop::Conformance>();
    EXPECT_EQ(schema::canonical(described), schema::canonical(*parsed))
        << schema::print(schema::canonical(described));
    EXPECT_EQ(schema::digest_of(described), schema::digest_of(*parsed));
    EXPECT_EQ(*schema::digest_of_interface(described, "Conformance"),
              *schema::digest_of_interface(*parsed, "Conformance"));
}

TEST(describe, prints_as_idl_that_reads_back) {
    const schema::document& described = describe_interface<shop::Conformance>();
    const auto parsed = schema::parse(schema::print(described), "printed.bk");
    ASSERT_TRUE(parsed) << parsed.error().to_string();
    EXPECT_EQ(*parsed, described);
    const std::vector<schema::method>& counter = described.find_interface("Counter")->methods;
    EXPECT_EQ(counter[0].command, 512);
    EXPECT_FALSE(counter[1].command);
}

TEST(describe, describes_only_what_can_be_reached) {
    const schema::document& counter = describe_interface<shop::Counter>();
    EXPECT_EQ(counter.interfaces.size(), 1U);
    EXPECT_TRUE(counter.records.empty());
    const schema::document& tree = describe_type<shop::Tree>().document;
    ASSERT_EQ(tree.records.size(), 1U);
    EXPECT_EQ(schema::to_string(tree.records[0].fields[1].type), "list<Tree>");
    EXPECT_EQ(
        describe_interface<shop::Conformance>().find_interface("Conformance")->methods[4].raises,
        std::vector<std::string>{"OutOfStock"});
}

TEST(describe, writes_defaults_as_literals) {
    const auto parsed = schema::parse(R"(
enum Mood { calm, busy, broken }
record AllDefaults {
    bool flag = true;
    int8 small = -128;
    uint64 large = 18446744073709551615;
    float32 narrow = 0.1;
    float64 wide = 1e300;
    float64 infinite = -inf;
    float64 none = nan;
    string text = "a \"b\"\n";
    bytes raw = "\x01z";
    duration wait = -250ms;
    optional<int32> maybe = null;
    optional<int32> given = 3;
    list<list<int32>> lists = [[1], []];
    map<string, int32> map = {};
    Mood mood = broken;
    any any = null;
}
)",
                                      "defaults.bk");
    ASSERT_TRUE(parsed) << parsed.error().to_string();
    const schema::document& described = describe_type<shop::AllDefaults>().document;
    EXPECT_EQ(schema::canonical(described), schema::canonical(*parsed)) << schema::print(described);
    const schema::document& defaulted = describe_type<shop::Defaulted>().document;
    EXPECT_EQ(defaulted.records[0].fields[0].default_value, "");
    EXPECT_EQ(defaulted.records[0].fields[1].name, "class");
    EXPECT_EQ(defaulted.records[0].fields[1].default_value, "\"none\"");
    EXPECT_EQ(defaulted.records[0].fields[5].default_value, "[\"a\", \"b\"]");
}

TEST(describe, has_the_value_null_of_an_enum_as_a_default) {
    const auto document = describe_type<shop::Words>().document;
    ASSERT_EQ(document.records.size(), 1u);
    const auto& fields = document.records[0].fields;
    EXPECT_EQ(fields[0].default_value, "null");
    EXPECT_EQ(fields[1].default_value, "null");
    EXPECT_EQ(fields[2].default_value, "[null]");
    EXPECT_TRUE(schema::validate(document).has_value());
}

struct refused {
    std::string message;
};

template <typename Action>
std::string assertion_of(Action action) {
    const auto before = set_assert_handler(
        [](const char*, const char* message, const char*, int) { throw refused{message}; });
    std::string message = "nothing refused";
    try {
        action();
    } catch (const refused& caught) {
        message = caught.message;
    }
    set_assert_handler(before);
    return message;
}

TEST(describe, refuses_two_types_of_one_name_and_defaults_without_a_literal) {
    EXPECT_EQ(assertion_of([] { (void)describe_type<shop::TwoPoints>(); }),
              "two C++ types are registered as Point");
    // A reader of "null" would find nothing there, rather than the value of that name.
    EXPECT_EQ(assertion_of([] { (void)describe_type<shop::HeldNull>(); }),
              "record HeldNull, field word: no such default");
    EXPECT_EQ(assertion_of([] { (void)describe_type<shop::BadDefault>(); }),
              "a record Point cannot be a default");
}

} // namespace
} // namespace beckon
