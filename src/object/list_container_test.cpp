// Lists as objects.
#include "object/container_test_support.hpp"

#include <thread>
#include <vector>

namespace beckon::operation_test {
namespace {

value slice(value start, value stop, value step = nullptr) {
    return value::slice(std::move(start), std::move(stop), std::move(step));
}

TEST(list_container, is_indexed_from_both_ends) {
    const object list = lent(value::list({10, 20, 30}));
    EXPECT_EQ(call(list, "__len__"), value(3));
    EXPECT_EQ(call(list, "__getitem__", value::list({0})), value(10));
    EXPECT_EQ(call(list, "__getitem__", value::list({-1})), value(30));
    EXPECT_EQ(call(list, "__getitem__", value::list({true})), value(20));
    EXPECT_EQ(call(list, "__getitem__", value::list({3})),
              value("builtins.IndexError: list index out of range"));
    EXPECT_EQ(call(list, "__getitem__", value::list({-4})),
              value("builtins.IndexError: list index out of range"));
    EXPECT_EQ(call(list, "__getitem__", value::list({"a"})),
              value("builtins.TypeError: list indices must be integers or slices, not str"));
    EXPECT_EQ(
        call(list, "__getitem__", value::list({value::integer("99999999999999999999").value()})),
        value("builtins.IndexError: cannot fit 'int' into an index-sized integer"));
    EXPECT_EQ(call(list, "__setitem__", value::list({-2, "x"})), value());
    EXPECT_EQ(call(list, "__delitem__", value::list({0})), value());
    EXPECT_EQ(repr(list), "['x', 30]");
    EXPECT_EQ(call(list, "__setitem__", value::list({2, "x"})),
              value("builtins.IndexError: list assignment index out of range"));
}

TEST(list_container, gives_slices_as_python_does) {
    const object list = lent(value::list({0, 1, 2, 3, 4, 5}));
    const auto taken = [&](value start, value stop, value step = nullptr) {
        return call(list, "__getitem__", value::list({slice(start, stop, step)})).to_text();
    };
    EXPECT_EQ(taken(1, 3), "[1, 2]");
    EXPECT_EQ(taken(-2, nullptr), "[4, 5]");
    EXPECT_EQ(taken(nullptr, nullptr, -1), "[5, 4, 3, 2, 1, 0]");
    EXPECT_EQ(taken(nullptr, nullptr, 4), "[0, 4]");
    EXPECT_EQ(taken(4, 1, -2), "[4, 2]");
    EXPECT_EQ(taken(3, 1), "[]");
    EXPECT_EQ(taken(-100, 100), "[0, 1, 2, 3, 4, 5]");
    EXPECT_EQ(taken(100, -100, -5), "[5, 0]");
    EXPECT_EQ(taken(INT64_MIN, INT64_MAX, INT64_MAX), "[0]");
    EXPECT_EQ(taken(INT64_MAX, INT64_MIN, INT64_MIN), "[5]");
    EXPECT_EQ(call(list, "__getitem__", value::list({slice(0, 1, 0)})),
              value("builtins.ValueError: slice step cannot be zero"));
}

TEST(list_container, changes_by_slices) {
    const object list = lent(value::list({0, 1, 2, 3, 4, 5}));
    call(list, "__setitem__", value::list({slice(1, 3), value::tuple({"a", "b", "c"})}));
    EXPECT_EQ(repr(list), "[0, 'a', 'b', 'c', 3, 4, 5]");
    call(list, "__setitem__", value::list({slice(nullptr, nullptr, 3), value::list({7, 8, 9})}));
    EXPECT_EQ(repr(list), "[7, 'a', 'b', 8, 3, 4, 9]");
    EXPECT_EQ(call(list, "__setitem__", value::list({slice(0, 3, 2), value::list({1})})),
              value("builtins.ValueError: attempt to assign sequence of size 1 to extended slice "
                    "of size 2"));
    call(list, "__delitem__", value::list({slice(nullptr, nullptr, -2)}));
    EXPECT_EQ(repr(list), "['a', 8, 4]");
    call(list, "__setitem__", value::list({slice(3, 3), list}));
    EXPECT_EQ(repr(list), "['a', 8, 4, 'a', 8, 4]");
}

TEST(list_container, grows_and_shrinks) {
    const object list = lent(value::list());
    EXPECT_EQ(call(list, "append", value::list({1})), value());
    call(list, "extend", value::list({"ab"}));
    call(list, "extend", value::list({list}));
    call(list, "insert", value::list({-100, "first"}));
    call(list, "insert", value::list({100, "last"}));
    EXPECT_EQ(repr(list), "['first', 1, 'a', 'b', 1, 'a', 'b', 'last']");
    EXPECT_EQ(call(list, "pop"), value("last"));
    EXPECT_EQ(call(list, "pop", value::list({0})), value("first"));
    call(list, "remove", value::list({"a"}));
    EXPECT_EQ(repr(list), "[1, 'b', 1, 'a', 'b']");
    EXPECT_EQ(call(list, "remove", value::list({"x"})),
              value("builtins.ValueError: list.remove(x): x not in list"));
    call(list, "reverse");
    EXPECT_EQ(repr(list), "['b', 'a', 1, 'b', 1]");
    call(list, "clear");
    EXPECT_EQ(call(list, "pop"), value("builtins.IndexError: pop from empty list"));
    EXPECT_EQ(call(list, "append"),
              value("builtins.TypeError: append() takes 1 arguments (0 given)"));
    EXPECT_EQ(call(list, "append", value::list({1}), value::map({{"x", 1}})),
              value("builtins.TypeError: append() takes no keyword arguments"));
    EXPECT_EQ(call(list, "extend", value::list({1})),
              value("builtins.TypeError: 'int' object is not iterable"));
}

TEST(list_container, finds_what_is_equal_to_python) {
    const object list =
        lent(value::list({1, 2.0, true, "x", value::list({1, 2}), value::tuple({1, 2})}));
    EXPECT_EQ(call(list, "count", value::list({1.0})), value(2));
    EXPECT_EQ(call(list, "index", value::list({2})), value(1));
    EXPECT_EQ(call(list, "index", value::list({1, 1})), value(2));
    EXPECT_EQ(call(list, "index", value::list({1, 3})),
              value("builtins.ValueError: 1 is not in list"));
    EXPECT_EQ(call(list, "__contains__", value::list({value::list({1, 2})})), value(true));
    EXPECT_EQ(call(list, "index", value::list({value::tuple({1.0, 2})})), value(5));
    EXPECT_EQ(call(list, "__contains__", value::list({lent(value::list({1, 2.0}))})), value(true));
    EXPECT_EQ(call(list, "__contains__", value::list({"y"})), value(false));
}

TEST(list_container, takes_complex_numbers_without_an_imaginary_part_for_plain_ones) {
    const object list = lent(value::list({-1, value::complex(2, 0), value::complex(2, 1)}));
    EXPECT_EQ(call(list, "index", value::list({2})), value(1));
    EXPECT_EQ(call(list, "count", value::list({value::complex(-1, -0.0)})), value(1));
    EXPECT_EQ(call(list, "count", value::list({value::complex(2, 1)})), value(1));
    EXPECT_EQ(call(list, "sort"),
              value("builtins.TypeError: '<' not supported between instances of 'complex' and "
                    "'int'"));
}

TEST(list_container, orders_sets_by_what_they_hold) {
    const object list = lent(value::list({value::frozen_set({1, 2}), value::frozen_set({2.0})}));
    EXPECT_EQ(call(list, "sort"), value());
    EXPECT_EQ(call(list, "index", value::list({value::frozen_set({2})})), value(0));
    EXPECT_EQ(call(list, "index", value::list({value::frozen_set({1, 2})})), value(1));
}

TEST(list_container, takes_bytes_for_their_numbers) {
    const object list = lent(value::list());
    EXPECT_EQ(call(list, "extend", value::list({to_bytes("a\xff")})), value());
    EXPECT_EQ(call(list, "__contains__", value::list({255})), value(true));
    EXPECT_EQ(call(list, "__contains__", value::list({97})), value(true));
}

TEST(list_container, compares_with_lists_by_value_and_as_objects) {
    const object list = lent(value::list({1, value::list({2})}));
    const auto compare = [&](std::string how, value other) {
        return perform(list, operation::compare, std::move(how), value::list({std::move(other)}));
    };
    EXPECT_EQ(compare("__eq__", value::list({1.0, value::list({2})})).value(), value(true));
    EXPECT_EQ(compare("__eq__", lent(value::list({1, lent(value::list({2}))}))).value(),
              value(true));
    EXPECT_EQ(compare("__ne__", value::list({1})).value(), value(true));
    EXPECT_EQ(compare("__lt__", value::list({1, value::list({3})})).value(), value(true));
    EXPECT_EQ(compare("__ge__", value::list({1})).value(), value(true));
    EXPECT_EQ(compare("__le__", value::list({0, 5})).value(), value(false));
    EXPECT_EQ(compare("__eq__", value::tuple({1, value::list({2})})).value(), value())
        << "Python's lists and tuples are never equal";
    EXPECT_EQ(compare("__lt__", value::list({"a"})).error().type_name(), "builtins.TypeError");
    EXPECT_EQ(call(list, "__eq__", value::list({list})), value(true)) << "as a method, too";
}

TEST(list_container, is_sorted_in_place_or_stays_as_it_was) {
    const object list = lent(value::list({3, 1.5, true, -2}));
    call(list, "sort");
    EXPECT_EQ(repr(list), "[-2, True, 1.5, 3]");
    call(list, "sort", value::list(), value::map({{"reverse", true}}));
    EXPECT_EQ(repr(list), "[3, 1.5, True, -2]");
    call(list, "append", value::list({"x"}));
    EXPECT_EQ(call(list, "sort").string().substr(0, 18), "builtins.TypeError");
    EXPECT_EQ(repr(list), "[3, 1.5, True, -2, 'x']");
}

TEST(list_container, is_added_and_multiplied) {
    const object list = lent(value::list({1}));
    EXPECT_EQ(call(list, "__add__", value::list({value::list({2})})), value::list({1, 2}));
    EXPECT_EQ(call(list, "__add__", value::list({value::tuple({2})})),
              value("builtins.TypeError: can only concatenate list (not \"tuple\") to list"));
    EXPECT_EQ(call(list, "__iadd__", value::list({value::tuple({2})})), value(list));
    EXPECT_EQ(call(list, "__mul__", value::list({2})), value::list({1, 2, 1, 2}));
    EXPECT_EQ(call(list, "__mul__", value::list({INT64_MAX})).string().substr(0, 14),
              "limit_exceeded");
    EXPECT_EQ(call(list, "__imul__", value::list({0})), value(list));
    EXPECT_EQ(repr(list), "[]");
    const object long_list = lent(value::list(std::vector<value>(5000)));
    EXPECT_EQ(call(long_list, "__imul__", value::list({5000})).string(),
              "limit_exceeded: list would have 25000000 items; limit is 1000000");
    EXPECT_EQ(call(long_list, "__len__"), value(5000));
}

TEST(list_container, gives_a_list_inside_as_the_same_object_each_time) {
    const object list = lent(value::list({value::list({1}), value::tuple({value::list(), 2})}));
    const object inner = as_object(call(list, "__getitem__", value::list({0})));
    EXPECT_EQ(value(inner), call(list, "__getitem__", value::list({-2})));
    EXPECT_EQ(value(inner), listed(list)[0]);
    EXPECT_EQ(value(inner), call(list, "__getitem__", value::list({slice(0, 1)}))[0]);
    call(inner, "append", value::list({2}));
    EXPECT_EQ(repr(list), "[[1, 2], ([], 2)]");
    const value pair = call(list, "__getitem__", value::list({1}));
    ASSERT_TRUE(pair[0].is(value_kind::reference)) << pair.to_text();
    call(as_object(pair[0]), "append", value::list({5}));
    EXPECT_EQ(repr(list), "[[1, 2], ([5], 2)]");
    EXPECT_EQ(container_value(*list.core()).value(),
              value::list({value::list({1, 2}), value::tuple({value::list({5}), 2})}));
}

TEST(list_container, is_iterated_while_it_changes) {
    const object list = lent(value::list({1, 2, 3}));
    const object over = as_object(call(list, "__iter__"));
    EXPECT_EQ(value(over), call(over, "__iter__"));
    EXPECT_EQ(call(over, "__next__"), value(1));
    EXPECT_EQ(call(over, "__length_hint__"), value(2));
    call(list, "append", value::list({4}));
    EXPECT_EQ(perform(over, operation::next_items, {}, value::list({2})).value(),
              value::list({2, 3}));
    EXPECT_EQ(perform(over, operation::next_items, {}, value::list({100})).value(),
              value::list({4}));
    const auto end = perform(over, operation::call_method, "__next__");
    ASSERT_FALSE(end);
    EXPECT_EQ(end.error().type_name(), "builtins.StopIteration");
    call(list, "append", value::list({5}));
    EXPECT_EQ(perform(over, operation::next_items, {}, value::list({1})).value(), value::list())
        << "what has ended stays so";
    EXPECT_EQ(perform(list, operation::next_items, {}, value::list({3})).value(),
              value::list({1, 2, 3}))
        << "of the list itself: from its beginning";
    EXPECT_EQ(perform(over, operation::next_items, {}, value::list({-1})).error().code(),
              errc::invalid_argument);
    EXPECT_EQ(listed(as_object(call(list, "__reversed__"))), value::list({5, 4, 3, 2, 1}));
}

TEST(list_container, cannot_be_put_into_itself) {
    const object list = lent(value::list({value::list()}));
    const object inner = as_object(call(list, "__getitem__", value::list({0})));
    const value refused("builtins.ValueError: a list cannot be put into itself");
    EXPECT_EQ(call(list, "append", value::list({list})), refused);
    EXPECT_EQ(call(inner, "append", value::list({list})), refused);
    EXPECT_EQ(call(inner, "append", value::list({value::tuple({1, list})})), refused);
    EXPECT_EQ(call(inner, "insert", value::list({0, call(list, "__iter__")})), refused);
    const value method = perform(list, operation::get_attribute, "append").value();
    EXPECT_EQ(call(inner, "extend", value::list({value::list({method})})), refused);
    EXPECT_EQ(call(inner, "__setitem__", value::list({slice(0, 0), value::list({list})})), refused);
    call(inner, "append", value::list({lent(value::map({}))}));
    EXPECT_EQ(repr(list), "[[{}]]");
}

TEST(list_container, is_freed_however_deep_peers_nest_it) {
    object chain = lent(value::list());
    for (int i = 0; i < 300'000; ++i) {
        const object outer = lent(value::list());
        call(outer, "append", value::list({chain}));
        chain = outer;
        if (i == 1'000) {
            EXPECT_EQ(repr(chain).substr(0, 5), "[[[[[") << "a text of it ends somewhere";
            EXPECT_EQ(container_value(*chain.core()).error().code(), errc::limit_exceeded);
        }
    }
    const intrusive_ptr<object_core> watched = chain.core();
    chain = {};
    EXPECT_EQ(watched->use_count(), 1u);
}

TEST(list_container, is_not_searched_for_itself_for_ever) {
    std::vector<value> many;
    for (int i = 0; i < 100'000; ++i) many.push_back(value(lent(value::list())));
    const object large = lent(value::list(std::move(many)));
    const object list = lent(value::list());
    call(list, "append", value::list({large}));
    const object outer = lent(value::list({list}));
    EXPECT_EQ(call(list, "append", value::list({large})).string().substr(0, 14), "limit_exceeded")
        << "it may be inside by now";
    EXPECT_EQ(call(lent(value::list()), "append", value::list({large})), value());
}

TEST(list_container, comparing_has_a_limit_where_few_lists_look_like_many) {
    const auto doubled = [] {
        object all = lent(value::list());
        for (int i = 0; i < 60; ++i) all = lent(value::list({all, all}));
        return all;
    };
    const object one = doubled();
    EXPECT_EQ(call(one, "__eq__", value::list({one})), value(true));
    EXPECT_EQ(call(one, "__eq__", value::list({doubled()})).string().substr(0, 14),
              "limit_exceeded");
}

TEST(list_container, names_its_methods_and_gives_them_apart) {
    const object list = lent(value::list({1}));
    EXPECT_TRUE(perform(list, operation::names)->contains(value("append")));
    const value described = perform(list, operation::describe).value();
    EXPECT_EQ(described.size(), perform(list, operation::names)->size());
    EXPECT_EQ(described[0], value::tuple({"__len__", nullptr}));
    EXPECT_TRUE(described.contains(value::tuple({"append", "Adds an item at the end."})));
    const object append = as_object(perform(list, operation::get_attribute, "append").value());
    EXPECT_EQ(static_cast<servant&>(*append.core()).what(), servant::nature::method);
    EXPECT_EQ(perform(append, operation::get_attribute, "__doc__").value(),
              value("Adds an item at the end."));
    EXPECT_TRUE(perform(append, operation::call, {}, value::list({2})));
    EXPECT_EQ(repr(list), "[1, 2]");
    for (const char* hidden : {"__class__", "__dict__", "__reduce__", "mutex_", ""}) {
        EXPECT_EQ(perform(list, operation::get_attribute, hidden).error().code(),
                  errc::unknown_method);
        EXPECT_EQ(perform(list, operation::call_method, hidden).error().code(),
                  errc::unknown_method);
    }
    EXPECT_EQ(perform(list, operation::set_attribute, "append", value::list({1})).error().code(),
              errc::access_denied);
    EXPECT_EQ(perform(list, operation::set_attribute, "x", value::list({1})).error().code(),
              errc::unknown_method);
    EXPECT_EQ(perform(list, operation::delete_attribute, "append").error().code(),
              errc::access_denied);
    EXPECT_EQ(perform(list, operation::hash).error().type_name(), "builtins.TypeError");
    EXPECT_EQ(perform(list, operation::call).error().type_name(), "builtins.TypeError");
    EXPECT_EQ(static_cast<servant&>(*list.core()).what(), servant::nature::list);
}

TEST(list_container, takes_changes_from_several_threads) {
    const object list = lent(value::list());
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&] {
            for (int i = 0; i < 500; ++i) {
                call(list, "append", value::list({i}));
                call(list, "__contains__", value::list({-1}));
                if (i % 10 == 0) call(list, "pop");
            }
        });
    }
    for (auto& each : threads) each.join();
    EXPECT_EQ(call(list, "__len__"), value(4 * 450));
}

} // namespace
} // namespace beckon::operation_test
