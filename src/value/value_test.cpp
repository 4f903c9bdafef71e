#include "beckon/value/value.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <unordered_set>

#include "value/node.hpp"

namespace beckon {
namespace {

class counted_object final : public referent {
public:
    explicit counted_object(int& alive) : alive_(alive) { ++alive_; }
    ~counted_object() override { --alive_; }
    [[nodiscard]] std::string_view interface_name() const noexcept override { return "Counter"; }

private:
    int& alive_;
};

value nested_lists(std::size_t depth) {
    value inner = 1;
    for (std::size_t i = 0; i < depth; ++i) {
        std::vector<value> items;
        items.push_back(std::move(inner));
        inner = value::list(std::move(items));
    }
    return inner;
}

value nested_maps(std::size_t depth) {
    value inner = 1;
    for (std::size_t i = 0; i < depth; ++i) {
        value outer = value::map();
        outer.insert_or_assign("k", std::move(inner));
        inner = std::move(outer);
    }
    return inner;
}

TEST(value, is_sixteen_bytes_and_moves_without_throwing) {
    static_assert(sizeof(value) == 16);
    static_assert(std::is_nothrow_move_constructible_v<value>);
    static_assert(std::is_nothrow_move_assignable_v<value>);
    value from = "text that is longer than fourteen bytes";
    const char* const place = from.string().data();
    const value to = std::move(from);
    EXPECT_TRUE(from.is_null()); // NOLINT(bugprone-use-after-move): it is what is tested
    EXPECT_EQ(to.string().data(), place);
}

TEST(value, keeps_the_kind_of_what_it_is_made_of) {
    EXPECT_EQ(value().kind(), value_kind::null);
    EXPECT_EQ(value(nullptr).kind(), value_kind::null);
    EXPECT_EQ(value(true).kind(), value_kind::boolean);
    EXPECT_EQ(value(1).kind(), value_kind::integer);
    EXPECT_EQ(value(std::uint8_t{1}).kind(), value_kind::integer);
    EXPECT_EQ(value(1.0).kind(), value_kind::floating);
    EXPECT_FALSE(value(1.0).is_float32());
    EXPECT_TRUE(value(1.0F).is_float32());
    EXPECT_EQ(value("x").kind(), value_kind::string);
    EXPECT_EQ(value(std::string("x")).kind(), value_kind::string);
    EXPECT_EQ(value(to_bytes("x")).kind(), value_kind::bytes);
    EXPECT_EQ(value(date{1}).kind(), value_kind::date);
    EXPECT_EQ(value(time_of_day{1}).kind(), value_kind::time);
    EXPECT_EQ(value(datetime{}).kind(), value_kind::datetime);
    EXPECT_EQ(value(duration(5)).kind(), value_kind::duration);
    EXPECT_EQ(value::complex(1, 2).kind(), value_kind::complex);
    EXPECT_EQ(value::slice(1, 2, nullptr).kind(), value_kind::slice);
    EXPECT_EQ(value::extension(5, {}).kind(), value_kind::extension);
}

TEST(value, keeps_what_it_is_made_of) {
    EXPECT_TRUE(value(true).boolean());
    EXPECT_EQ(value(INT64_MIN).int64(), INT64_MIN);
    EXPECT_EQ(value(UINT64_MAX).uint64(), UINT64_MAX);
    EXPECT_EQ(value(0.1).float64(), 0.1);
    EXPECT_EQ(value(0.1F).float64(), static_cast<double>(0.1F));
    EXPECT_EQ(value(date{-719'528}).date(), date{-719'528});
    EXPECT_EQ(value(time_of_day{86'399'999'999'999}).time(), time_of_day{86'399'999'999'999});
    const datetime moment{{INT32_MIN}, {7}};
    EXPECT_EQ(value(moment).datetime(), moment);
    EXPECT_EQ(value(duration(-3)).duration(), duration(-3));
    const value complex = value::complex(1, -2);
    EXPECT_EQ(complex.complex_parts(), std::pair(1.0, -2.0));
    const value slice = value::slice(1, nullptr, 3);
    EXPECT_EQ(slice.bounds()[0].int64(), 1);
    EXPECT_TRUE(slice.bounds()[1].is_null());
    EXPECT_EQ(slice.bounds()[2].int64(), 3);
    const value mood = value::enumeration("Mood", "busy", 1);
    EXPECT_EQ(mood.declared_type(), "Mood");
    EXPECT_EQ(mood.name(), "busy");
    EXPECT_EQ(mood.number(), 1);
    const value choice = value::variant("left", 3);
    EXPECT_EQ(choice.name(), "left");
    EXPECT_EQ(choice.content().int64(), 3);
    const value extension = value::extension(-1, as_bytes("abc"));
    EXPECT_EQ(extension.number(), -1);
    EXPECT_EQ(as_text(extension.content().bytes()), "abc");
    const value thrown = value::exception(
        {"KeyError", "no key", value::tuple({"k"}), value::map({{"key", "k"}}), "line 1"});
    EXPECT_EQ(thrown.declared_type(), "KeyError");
    EXPECT_EQ(thrown.exception().text, "no key");
    EXPECT_EQ(thrown.exception().arguments[0].string(), "k");
    EXPECT_EQ(thrown.exception().fields["key"].string(), "k");
    EXPECT_EQ(thrown.exception().trace, "line 1");
}

TEST(value, holds_text_of_every_length_around_its_small_size) {
    std::string text;
    for (std::size_t size = 0; size < 40; ++size) {
        const value held(text);
        EXPECT_EQ(held.string(), text);
        EXPECT_EQ(held.size(), size);
        EXPECT_EQ(detail::value_access::is_counted(held), size > 14);
        const value copy = held; // NOLINT(performance-unnecessary-copy-initialization)
        EXPECT_EQ(copy, held);
        EXPECT_EQ(value(to_bytes(text)).bytes().size(), size);
        text += static_cast<char>('a' + size % 26);
    }
}

TEST(value, takes_over_the_memory_of_long_strings) {
    std::string text(2000, 'x');
    const char* const place = text.data();
    const value held(std::move(text));
    EXPECT_EQ(held.string().data(), place);
    EXPECT_EQ(held.size(), 2000U);
    bytes content(1 << 20);
    const std::byte* const bytes_place = content.data();
    EXPECT_EQ(value(std::move(content)).bytes().data(), bytes_place);
}

TEST(value, says_what_it_found_where_it_is_of_another_kind) {
    try {
        (void)value(42).string();
        FAIL() << "did not throw";
    } catch (const value_error& failure) {
        EXPECT_EQ(failure.failure().code(), errc::type_mismatch);
        EXPECT_EQ(failure.failure().message(), "expected string, found int64");
    }
    EXPECT_THROW((void)value("x").int64(), value_error);
    EXPECT_THROW((void)value(UINT64_MAX).int64(), value_error);
    EXPECT_THROW((void)value(-1).uint64(), value_error);
    EXPECT_THROW((void)value(1).float64(), value_error);
    EXPECT_THROW((void)value(1).items(), value_error);
    EXPECT_THROW((void)value::list().entries(), value_error);
    EXPECT_THROW((void)value::map().fields(), value_error);
    EXPECT_THROW((void)value(1).object(), value_error);
    EXPECT_THROW((void)value(1).begin(), value_error);
}

TEST(value, reads_what_is_absent_as_null_with_brackets_and_as_an_error_with_at) {
    const value list = value::list({1, 2});
    EXPECT_EQ(list[1].int64(), 2);
    EXPECT_TRUE(list[2].is_null());
    EXPECT_TRUE(value(5)[0].is_null());
    EXPECT_TRUE(list["x"]["y"].is_null());
    EXPECT_EQ(list.at(0).int64(), 1);
    try {
        (void)list.at(2);
        FAIL() << "did not throw";
    } catch (const value_error& failure) {
        EXPECT_EQ(failure.failure().message(), "no item 2 in a list of 2 items");
    }
    const value map = value::map({{"a", 1}, {"a key that is longer than that", 2}, {7, 3}});
    EXPECT_EQ(map["a"].int64(), 1);
    EXPECT_EQ(map["a key that is longer than that"].int64(), 2);
    EXPECT_EQ(map.find(7)->int64(), 3);
    EXPECT_EQ(map.find(8), nullptr);
    EXPECT_THROW((void)map.at("b"), value_error);
    EXPECT_THROW((void)value(1).at("b"), value_error);
    const value record = value::record("Point", {{"x", 1.5}, {"y", 2.5}});
    EXPECT_EQ(record["y"].float64(), 2.5);
    EXPECT_TRUE(record["z"].is_null());
    EXPECT_EQ(record.declared_type(), "Point");
}

TEST(value, iterates_over_items_entries_and_fields) {
    std::int64_t sum = 0;
    const value list = value::list({1, 2, 3});
    for (const value& item : list) sum += item.int64();
    EXPECT_EQ(sum, 6);
    std::string text;
    const value map = value::map({{"z", 1}, {"a", 2}});
    for (const auto& [key, mapped] : map.entries()) {
        text += key.string();
        text += mapped.decimal();
    }
    EXPECT_EQ(text, "z1a2");
    const value record = value::record("R", {{"x", 1}, {"w", 2}});
    for (const auto& [name, content] : record.fields()) text += name.string();
    EXPECT_EQ(text, "z1a2xw");
}

TEST(value, changes_a_copy_without_touching_the_original) {
    const value original = value::list({1, value::list({2})});
    value copy = original;
    copy.push_back(3);
    copy.replace(0, "new");
    value inner = copy.take(1);
    inner.push_back(4);
    copy.replace(1, inner);
    EXPECT_EQ(original, value::list({1, value::list({2})}));
    EXPECT_EQ(copy, value::list({"new", value::list({2, 4}), 3}));
    value map = value::map({{"a", 1}});
    const value before = map;
    map.insert_or_assign("a", 2);
    map.insert_or_assign("b", 3);
    EXPECT_EQ(before, value::map({{"a", 1}}));
    EXPECT_EQ(map, value::map({{"b", 3}, {"a", 2}}));
    EXPECT_EQ(map.take("b").int64(), 3);
    EXPECT_TRUE(map["b"].is_null());
}

TEST(value, becomes_a_container_when_something_is_added_to_null) {
    value list;
    list.push_back(1);
    EXPECT_EQ(list, value::list({1}));
    value map;
    map.insert_or_assign("a", 1);
    EXPECT_EQ(map, value::map({{"a", 1}}));
    value number = 1;
    EXPECT_THROW(number.push_back(2), value_error);
    EXPECT_THROW(number.insert_or_assign("a", 2), value_error);
    EXPECT_THROW(list.replace(1, 2), value_error);
    EXPECT_THROW((void)list.take(1), value_error);
}

TEST(value, erases_keys_fields_and_items) {
    value map = value::map({{"a", 1}, {"b", 2}, {"c", 3}});
    EXPECT_TRUE(map.erase("b"));
    EXPECT_FALSE(map.erase("b"));
    EXPECT_EQ(map, value::map({{"a", 1}, {"c", 3}}));
    value record = value::record("R", {{"x", 1}, {"y", 2}});
    EXPECT_TRUE(record.erase("x"));
    EXPECT_FALSE(record.erase("x"));
    EXPECT_EQ(record, value::record("R", {{"y", 2}}));
    value set = value::set({1, 2});
    EXPECT_TRUE(set.erase(1));
    EXPECT_EQ(set, value::set({2}));
    value list = value::list({1, 2, 3});
    list.erase_at(0);
    EXPECT_EQ(list, value::list({2, 3}));
    EXPECT_THROW(list.erase_at(2), value_error);
}

TEST(value, finds_keys_in_maps_of_every_size_around_the_first_index) {
    value map = value::map();
    for (int i = 0; i < 100; ++i) {
        map.insert_or_assign(i, i * i);
        map.insert_or_assign(concat("key number ", i, " of some length"), i);
        for (int j = 0; j <= i; ++j) {
            ASSERT_EQ(map.find(j)->int64(), j * j) << i;
            ASSERT_EQ(map[concat("key number ", j, " of some length")].int64(), j) << i;
        }
        ASSERT_EQ(map.find(i + 1), nullptr);
        ASSERT_EQ(map.size(), static_cast<std::size_t>(2 * i + 2));
    }
    for (int i = 0; i < 100; i += 2) ASSERT_TRUE(map.erase(i));
    for (int i = 0; i < 100; ++i) ASSERT_EQ(map.contains(i), i % 2 != 0);
    const value copy = map;
    map.insert_or_assign(0, "changed");
    EXPECT_EQ(copy.find(0), nullptr);
    EXPECT_EQ(copy.find(99)->int64(), 99 * 99);
}

TEST(value, keeps_the_last_of_equal_keys_and_one_of_equal_items) {
    const value map = value::map({{"a", 1}, {"b", 2}, {"a", 3}});
    EXPECT_EQ(map.size(), 2U);
    EXPECT_EQ(map.entries()[0].mapped.int64(), 3);
    EXPECT_EQ(value::set({1, 2, 1, "a", "a"}).size(), 3U);
    EXPECT_EQ(value::frozen_set({1, 1}).size(), 1U);
    value set = value::set();
    for (int i = 0; i < 1000; ++i) set.push_back(i % 100);
    EXPECT_EQ(set.size(), 100U);
}

TEST(value, equals_by_kind_and_content) {
    EXPECT_EQ(value(1), value(std::uint8_t{1}));
    EXPECT_EQ(value(1), value(1U));
    EXPECT_NE(value(1), value(1.0));
    EXPECT_NE(value(1), value(true));
    EXPECT_NE(value("1"), value(1));
    EXPECT_EQ(value(0.5), value(0.5F));
    EXPECT_NE(value(0.1), value(0.1F));
    EXPECT_EQ(value(0.0), value(-0.0));
    EXPECT_EQ(value(NAN), value(-NAN));
    EXPECT_NE(value("abc"), value(to_bytes("abc")));
    EXPECT_EQ(value(std::string(50, 'x')), value(std::string(50, 'x')));
    EXPECT_NE(value(std::string(50, 'x')), value(std::string(50, 'y')));
    EXPECT_NE(value::list({1}), value::tuple({1}));
    EXPECT_NE(value::list({1}), value::list({1, 2}));
    EXPECT_EQ(value::set({1, 2, 3}), value::set({3, 2, 1}));
    EXPECT_NE(value::set({1, 2, 3}), value::set({3, 2, 4}));
    EXPECT_EQ(value::map({{"a", 1}, {"b", 2}}), value::map({{"b", 2}, {"a", 1}}));
    EXPECT_NE(value::map({{"a", 1}, {"b", 2}}), value::map({{"b", 1}, {"a", 2}}));
    EXPECT_NE(value::map({{"a", 1}}), value::map({{"b", 1}}));
    EXPECT_EQ(value::map({{value::list({1}), 1}, {value::list({2}), 2}}),
              value::map({{value::list({2}), 2}, {value::list({1}), 1}}));
    EXPECT_NE(value::record("A", {{"x", 1}}), value::record("B", {{"x", 1}}));
    EXPECT_NE(value::enumeration("M", "a", 0), value::enumeration("M", "a", 1));
    EXPECT_NE(value::extension(1, {}), value::extension(2, {}));
}

TEST(value, orders_what_has_an_order) {
    EXPECT_LT(value(1), value(2));
    EXPECT_LT(value(-1), value(0));
    EXPECT_LT(value(INT64_MAX), value(UINT64_MAX));
    EXPECT_GT(value(2.5), value(1.0F));
    EXPECT_LT(value("abc"), value("abd"));
    EXPECT_LT(value("z"), value("\xc3\xa4"));
    EXPECT_LT(value::list({1, 2}), value::list({1, 3}));
    EXPECT_LT(value::list({1}), value::list({1, 0}));
    EXPECT_LT(value::list({value::list({1}), 9}), value::list({value::list({2}), 1}));
    EXPECT_LT(value(date{1}), value(date{2}));
    EXPECT_LT(value(datetime{{1}, {5}}), value(datetime{{2}, {0}}));
    EXPECT_LT(value(duration(-1)), value(duration(1)));
    EXPECT_EQ(value(1) <=> value(1.0), std::partial_ordering::unordered);
    EXPECT_EQ(value::map({{1, 1}}) <=> value::map({{1, 2}}), std::partial_ordering::unordered);
    EXPECT_EQ(value::map({{1, 1}}) <=> value::map({{1, 1}}), std::partial_ordering::equivalent);
    EXPECT_EQ(value(NAN) <=> value(NAN), std::partial_ordering::equivalent);
    EXPECT_EQ(value(NAN) <=> value(1.0), std::partial_ordering::unordered);
}

TEST(value, hashes_equal_values_alike) {
    EXPECT_EQ(value(0.5).hash(), value(0.5F).hash());
    EXPECT_EQ(value(0.0).hash(), value(-0.0).hash());
    EXPECT_EQ(value(std::string(50, 'x')).hash(), value(std::string(50, 'x')).hash());
    EXPECT_EQ(value::set({1, 2, 3}).hash(), value::set({3, 2, 1}).hash());
    EXPECT_EQ(value::map({{"a", 1}, {"b", value::set({1, 2})}}).hash(),
              value::map({{"b", value::set({2, 1})}, {"a", 1}}).hash());
    std::unordered_set<std::size_t> seen;
    for (int i = 0; i < 1000; ++i) {
        seen.insert(value(i).hash());
        seen.insert(value(concat("text ", i)).hash());
        seen.insert(value::list({i}).hash());
        seen.insert(value::tuple({i, i}).hash());
        seen.insert(value::map({{i, i}}).hash());
        seen.insert(value::map({{i, 0}}).hash());
    }
    EXPECT_GE(seen.size(), 5998U); // map {0: 0} is made twice
    const std::unordered_set<value> set{1, "a", 1};
    EXPECT_EQ(set.size(), 2U);
}

TEST(value, destroys_copies_compares_hashes_and_prints_a_million_levels) {
    const value one = nested_lists(1'000'000);
    const value other = nested_lists(1'000'000);
    EXPECT_TRUE(one == other);
    EXPECT_FALSE(one == other[0]);
    EXPECT_TRUE((one <=> other) == 0);
    EXPECT_EQ(one.hash(), other.hash());
    const value copy = one; // NOLINT(performance-unnecessary-copy-initialization)
    EXPECT_TRUE(copy == one);
    EXPECT_LT(one.to_text().size(), 1100U);
    EXPECT_EQ(one.to_text(10'000'000).size(), 2'000'001U);
}

TEST(value, destroys_compares_hashes_and_prints_deep_maps) {
    const value one = nested_maps(200'000);
    const value other = nested_maps(200'000);
    EXPECT_TRUE(one == other);
    EXPECT_FALSE(one == other["k"]);
    EXPECT_EQ(one.hash(), other.hash());
    EXPECT_EQ(one.to_text(10'000'000).size(), 200'000U * 7 + 1);
}

TEST(value, compares_keys_nested_in_keys_up_to_sixty_four_deep) {
    const auto nested_keys = [](int depth) {
        value key = 1;
        for (int i = 0; i < depth; ++i) {
            value map = value::map();
            map.insert_or_assign(std::move(key), 0);
            key = std::move(map);
        }
        return key;
    };
    EXPECT_TRUE(nested_keys(64) == nested_keys(64));
    EXPECT_FALSE(nested_keys(65) == nested_keys(65));
    const value deep = nested_keys(10'000);
    EXPECT_TRUE(deep == deep);
    EXPECT_FALSE(deep == nested_keys(10'000));
}

TEST(value, keeps_an_object_alive_as_long_as_a_copy_exists) {
    int alive = 0;
    {
        value reference(intrusive_ptr<referent>(new counted_object(alive)));
        EXPECT_EQ(reference.kind(), value_kind::reference);
        EXPECT_EQ(reference.object()->interface_name(), "Counter");
        EXPECT_EQ(reference.object()->use_count(), 1U);
        value list = value::list({reference, value::map({{"r", reference}})});
        EXPECT_EQ(reference.object()->use_count(), 3U);
        EXPECT_EQ(reference, list[0]);
        reference = nullptr;
        EXPECT_EQ(alive, 1);
        list = nullptr;
        EXPECT_EQ(alive, 0);
    }
    EXPECT_TRUE(value(intrusive_ptr<referent>()).is_null());
    EXPECT_TRUE(value::stream(nullptr).is_null());
    const value stream = value::stream(intrusive_ptr<referent>(new counted_object(alive)));
    EXPECT_EQ(stream.kind(), value_kind::stream);
    EXPECT_NE(stream, value(intrusive_ptr<referent>(stream.object())));
}

TEST(value, prints_itself_for_people) {
    EXPECT_EQ(value().to_text(), "null");
    EXPECT_EQ(value::list({1, -2.5, 3.0, "a\n", true}).to_text(),
              R"([1, -2.5, 3.0, "a\x0a", true])");
    EXPECT_EQ(value::map({{"a", 1}, {2, value::tuple({3})}}).to_text(), R"({"a": 1, 2: (3,)})");
    EXPECT_EQ(value::record("Item", {{"name", "bolt"}, {"tags", value::list()}}).to_text(),
              R"(Item{name: "bolt", tags: []})");
    EXPECT_EQ(value::enumeration("Mood", "calm", 0).to_text(), "Mood.calm");
    EXPECT_EQ(value::variant("left", 1).to_text(), "left(1)");
    EXPECT_EQ(value(to_bytes(std::string_view("\0x", 2))).to_text(), R"(b"\x00x")");
    EXPECT_EQ(value(date{19'782}).to_text(), "2024-02-29");
    EXPECT_EQ(
        value::exception({"KeyError", "no", value::tuple(), value::map({{"k", 1}}), ""}).to_text(),
        R"(KeyError("no", {"k": 1}))");
    EXPECT_EQ(value::set({1}).to_text(), "set{1}");
    EXPECT_EQ(value::slice(1, nullptr, 2).to_text(), "slice(1, null, 2)");
    EXPECT_EQ(value::complex(1, 2).to_text(), "complex(1.0, 2.0)");
    EXPECT_EQ(value::extension(3, as_bytes("x")).to_text(), R"(extension 3(b"x"))");
    EXPECT_EQ(value::record("A\nB", {}).to_text(), R"("A\x0aB"{})");
    EXPECT_EQ(value(std::string(100, 'x')).to_text(10), "\"xxxxxxxxx...");
}

} // namespace
} // namespace beckon
