// Iteration over dynamic objects in batches, copies by value, and what both cost in requests.
#include <gtest/gtest.h>

#include "beckon/object/stream_value.hpp"
#include "object/dynamic_test_objects.hpp"

namespace beckon::dynamic_tests {

namespace {

[[nodiscard]] std::vector<value> numbers(int count) {
    std::vector<value> all;
    for (int i = 0; i < count; ++i) all.emplace_back(i);
    return all;
}

/// An object that is iterated by an iterator of its own, as a generator is.
[[nodiscard]] std::pair<intrusive_ptr<test_object>, intrusive_ptr<test_object>>
make_generator(std::vector<value> items, bool batches = true) {
    auto iterator = make_iterator(std::move(items), batches);
    auto made = make_object();
    made->on["__iter__"] = [iterator](const dynamic_request&) -> result<value> {
        return value(object(iterator));
    };
    return {made, iterator};
}

template <typename Range>
[[nodiscard]] std::vector<int> gathered(const Range& range) {
    std::vector<int> all;
    for (const dynamic& each : range) all.push_back(each.template as<int>());
    return all;
}

[[nodiscard]] std::vector<int> counted(int count) {
    std::vector<int> all;
    for (int i = 0; i < count; ++i) all.push_back(i);
    return all;
}

TEST(dynamic_iteration, asks_for_growing_batches) {
    const auto [made, iterator] = make_generator(numbers(100));
    EXPECT_EQ(gathered(to_dynamic(made)), counted(100));
    EXPECT_EQ(made->log, std::vector<std::string>{"call_method __iter__"});
    EXPECT_EQ(iterator->log,
              (std::vector<std::string>{"next_items 10", "next_items 20", "next_items 40",
                                        "next_items 80", "next_items 160"}));
}

TEST(dynamic_iteration, batches_grow_as_the_caller_says) {
    const auto [made, iterator] = make_generator(numbers(30));
    EXPECT_EQ(gathered(to_dynamic(made).iterate({.first = 2, .most = 15, .growth = 3})),
              counted(30));
    EXPECT_EQ(iterator->log,
              (std::vector<std::string>{"next_items 2", "next_items 6", "next_items 15",
                                        "next_items 15", "next_items 15"}));
    const auto [other, second] = make_generator(numbers(3));
    EXPECT_EQ(gathered(to_dynamic(other).iterate({.first = 0, .most = 0, .growth = 0})),
              counted(3));
    EXPECT_EQ(second->log.size(), 4u);
}

TEST(dynamic_iteration, a_list_of_a_thousand_takes_three_requests) {
    const auto through = make_counted<test_peer>();
    through->type = "builtins.list";
    const auto list = make_container(value::list(numbers(1000)));
    const auto iterator = make_iterator(numbers(1000));
    through->behind = object(list);
    EXPECT_EQ(gathered(test_peer::make(through)), counted(1000));
    EXPECT_EQ(through->log, std::vector<std::string>{"__iter__"});
    // The iterator lives in this process and is not behind the peer: what it was asked counts just so.
    const auto [made, generator] = make_generator(numbers(1000));
    list->on["__iter__"] = made->on["__iter__"];
    EXPECT_EQ(gathered(test_peer::make(through)), counted(1000));
    EXPECT_EQ(generator->log, (std::vector<std::string>{"next_items 1000", "next_items 1000"}));
}

TEST(dynamic_iteration, falls_back_to_one_at_a_time_where_batches_are_refused) {
    const auto [made, iterator] = make_generator(numbers(3), false);
    EXPECT_EQ(gathered(to_dynamic(made)), counted(3));
    EXPECT_EQ(iterator->log, (std::vector<std::string>{
                                 "next_items 10", "call_method __next__", "call_method __next__",
                                 "call_method __next__", "call_method __next__"}));
}

TEST(dynamic_iteration, failures_of_the_iterator_are_thrown_and_end_nothing_silently) {
    const auto [made, iterator] = make_generator(numbers(3), false);
    iterator->on["__next__"] = [](const dynamic_request&) -> result<value> {
        return detail::python_failure(python::builtin::value_error, "bad item");
    };
    EXPECT_EQ(
        thrown<python::value_error>([&, d = to_dynamic(made)] { static_cast<void>(gathered(d)); }),
        "bad item");
    // An AttributeError inside a generator is no refusal of batches.
    iterator->on["next_items"] = [](const dynamic_request&) -> result<value> {
        return detail::python_failure(python::builtin::attribute_error, "generator failed");
    };
    EXPECT_THROW(static_cast<void>(gathered(to_dynamic(made))), python::attribute_error);
    iterator->on["next_items"] = [](const dynamic_request&) -> result<value> { return value(5); };
    EXPECT_EQ(thrown([&, d = to_dynamic(made)] { static_cast<void>(gathered(d)); }),
              "peer answered for the next items of \"iterator\" with int64; expected a list");
    // Refused after a batch came: items would be missing.
    int asked = 0;
    iterator->on["next_items"] = [&](const dynamic_request&) -> result<value> {
        if (asked++ == 0) return value::list({1});
        return fail(errc::unsupported, "no more batches");
    };
    EXPECT_EQ(thrown([&, d = to_dynamic(made)] { static_cast<void>(gathered(d)); }),
              "no more batches");
    EXPECT_THROW(static_cast<void>(gathered(to_dynamic(make_object()))), python::attribute_error);
}

TEST(dynamic_iteration, a_loop_left_early_asks_no_more) {
    const auto [made, iterator] = make_generator(numbers(100));
    for (const dynamic& each : to_dynamic(made)) {
        if (each.as<int>() == 5) break;
    }
    EXPECT_EQ(iterator->log, std::vector<std::string>{"next_items 10"});
}

TEST(dynamic_iteration, plain_values_are_iterated_here) {
    EXPECT_EQ(gathered(dynamic(value::list({1, 2}))), (std::vector{1, 2}));
    EXPECT_EQ(gathered(dynamic(value::tuple({3}))), std::vector{3});
    EXPECT_EQ(gathered(dynamic(value::map({{4, "x"}, {5, "y"}}))), (std::vector{4, 5}));
    EXPECT_EQ(gathered(dynamic(value::list())), std::vector<int>{});
    std::string letters;
    for (const dynamic& each : dynamic("h\xc3\xa4")) letters += each.as<std::string>() + ".";
    EXPECT_EQ(letters, "h.\xc3\xa4.");
    EXPECT_THROW(static_cast<void>(gathered(dynamic(5))), python::type_error);
    EXPECT_THROW(static_cast<void>(gathered(dynamic())), python::type_error);
}

TEST(dynamic_iteration, a_stream_is_gone_through_once) {
    const dynamic items(stream_of_items(value::list({1, 2, 3})));
    EXPECT_EQ(gathered(items), (std::vector{1, 2, 3}));
    try {
        static_cast<void>(gathered(items));
        ADD_FAILURE() << "gone through twice";
    } catch (const std::exception& taken) {
        EXPECT_NE(std::string(taken.what()).find("taken already"), std::string::npos);
    }
}

TEST(dynamic_fetch, takes_one_request_for_a_list_and_two_for_a_map) {
    const auto through = make_counted<test_peer>();
    through->type = "builtins.list";
    through->behind = object(make_container(value::list({1, 2, 3})));
    EXPECT_EQ(test_peer::make(through).fetch(), value::list({1, 2, 3}));
    EXPECT_EQ(through->log, std::vector<std::string>{"next_items"});
    through->type = "builtins.tuple";
    EXPECT_EQ(test_peer::make(through).fetch(), value::tuple({1, 2, 3}));
    through->type = "builtins.frozenset";
    EXPECT_EQ(test_peer::make(through).fetch(), value::frozen_set({1, 2, 3}));
    through->type = "builtins.set";
    EXPECT_EQ(test_peer::make(through).fetch(), value::set({1, 2, 3}));
    through->type = "shop.Basket"; // something that can be iterated
    EXPECT_EQ(test_peer::make(through).fetch(), value::list({1, 2, 3}));

    const auto map = make_container(value::map({{"a", 1}, {2, "b"}}));
    EXPECT_EQ(to_dynamic(map).fetch(), map->content);
    EXPECT_EQ(map->log, std::vector<std::string>{"call_method items"});
    EXPECT_EQ(to_dynamic(map).fetch({.as = fetch_options::shape::sequence}), value::list({"a", 2}));
    through->log.clear();
    through->behind = object(map);
    EXPECT_EQ(test_peer::make(through).fetch({.as = fetch_options::shape::map}), map->content);
    EXPECT_EQ(through->log, std::vector<std::string>{"items"});
}

TEST(dynamic_fetch, asks_for_no_more_than_the_limit_and_one) {
    const auto list = make_container(value::list(numbers(20)));
    EXPECT_EQ(to_dynamic(list).fetch({.max_items = 20}).size(), 20u);
    EXPECT_EQ(list->log.back(), "next_items 21");
    EXPECT_EQ(thrown<limit_exceeded>(
                  [&] { static_cast<void>(to_dynamic(list).fetch({.max_items = 19})); }),
              "\"list\" has more items than the 19 that max_items of the copy allows");
    EXPECT_EQ(list->log.back(), "next_items 20");
    EXPECT_THROW(static_cast<void>(to_dynamic(list).fetch({.max_items = 0})), limit_exceeded);
    EXPECT_EQ(to_dynamic(make_container(value::list())).fetch({.max_items = 0}), value::list());
    const auto [made, iterator] = make_generator(numbers(20), false);
    EXPECT_THROW(static_cast<void>(to_dynamic(made).fetch({.max_items = 19})), limit_exceeded);
    EXPECT_EQ(iterator->log.size(), 1u + 20);
}

TEST(dynamic_fetch, copies_as_many_levels_as_asked_for) {
    const value inner = value(object(make_container(value::list({1, 2}))));
    const value map = value(object(make_container(value::map({{"k", inner}}))));
    const value plain = value::tuple({inner, 7});
    const auto outer = make_container(value::list({map, plain, inner}));
    const dynamic d = to_dynamic(outer);
    EXPECT_EQ(d.fetch(), value::list({map, plain, inner}));
    EXPECT_EQ(d.fetch({.depth = 2}), value::list({value::map({{"k", inner}}),
                                                  value::tuple({inner, 7}), value::list({1, 2})}));
    EXPECT_EQ(d.fetch({.depth = 3}),
              value::list({value::map({{"k", value::list({1, 2})}}),
                           value::tuple({value::list({1, 2}), 7}), value::list({1, 2})}));
    EXPECT_EQ(d.fetch({.depth = 0}), d.content());
    // All levels count together: 3 outer items, 1 entry, 2, 2 and 2 numbers.
    EXPECT_EQ(d.fetch({.max_items = 10, .depth = 3}).size(), 3u);
    EXPECT_THROW(static_cast<void>(d.fetch({.max_items = 9, .depth = 3})), limit_exceeded);
    // A list that holds itself ends where the depth does.
    outer->content = value::list({d.content()});
    EXPECT_EQ(d.fetch({.depth = 3}), value::list({value::list({value::list({d.content()})})}));
    outer->content = value();
}

TEST(dynamic_fetch, copies_a_map_by_its_keys_where_its_methods_are_not_to_be_had) {
    const value inner = value(object(make_container(value::list({1, 2}))));
    const value key = value::tuple({1, 2});
    const auto map = make_container(value::map({{"a", 1}, {key, inner}}));
    map->on["items"] = [](const dynamic_request&) -> result<value> {
        return detail::python_failure(python::builtin::attribute_error, "cannot access 'items'");
    };
    EXPECT_EQ(to_dynamic(map).fetch(), map->content);
    EXPECT_EQ(map->log, (std::vector<std::string>{"call_method items", "next_items 100001",
                                                  "call_method __getitem__ \"a\"",
                                                  "call_method __getitem__ (1, 2)"}));
    EXPECT_EQ(to_dynamic(map).fetch({.depth = 2}),
              value::map({{"a", 1}, {key, value::list({1, 2})}}));
    const auto through = make_counted<test_peer>();
    through->type = "shop.Table"; // a mapping of the peer's own, for who wants a map
    through->behind = object(map);
    EXPECT_EQ(test_peer::make(through).fetch({.as = fetch_options::shape::map}), map->content);
    EXPECT_EQ(
        thrown<limit_exceeded>([&] { static_cast<void>(to_dynamic(map).fetch({.max_items = 1})); }),
        "\"map\" has more items than the 1 that max_items of the copy allows");
    map->on["__getitem__"] = [](const dynamic_request&) -> result<value> {
        return detail::python_failure(python::builtin::key_error, "gone meanwhile");
    };
    EXPECT_THROW(static_cast<void>(to_dynamic(map).fetch()), python::key_error);
}

TEST(dynamic_fetch, finds_a_way_around_objects_that_refuse) {
    const auto [batches, first] = make_generator(numbers(3));
    EXPECT_EQ(to_dynamic(batches).fetch(), value::list({0, 1, 2}));
    EXPECT_EQ(batches->log,
              (std::vector<std::string>{"next_items 100001", "call_method __iter__"}));
    const auto [singles, second] = make_generator(numbers(3), false);
    EXPECT_EQ(to_dynamic(singles).fetch(), value::list({0, 1, 2}));
    second->on["__next__"] = [](const dynamic_request&) -> result<value> {
        return detail::python_failure(python::builtin::value_error, "bad item");
    };
    EXPECT_THROW(static_cast<void>(to_dynamic(singles).fetch()), python::value_error);
    EXPECT_THROW(static_cast<void>(to_dynamic(make_object()).fetch()), python::attribute_error);
    const auto odd = make_object();
    odd->on["next_items"] = [](const dynamic_request&) -> result<value> { return value(5); };
    EXPECT_EQ(thrown([&] { static_cast<void>(to_dynamic(odd).fetch()); }),
              "peer answered for the items of \"object\" with int64; expected a list");
    odd->on["items"] = [](const dynamic_request&) -> result<value> { return value::list({5}); };
    EXPECT_EQ(thrown([&] {
                  static_cast<void>(to_dynamic(odd).fetch({.as = fetch_options::shape::map}));
              }),
              "item 0 of a map at the peer is int64; expected a tuple of key and value");
    EXPECT_EQ(dynamic(5).fetch(), value(5));
}

} // namespace
} // namespace beckon::dynamic_tests
