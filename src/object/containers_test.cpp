// Maps, sets, records and streams as objects.
#include "beckon/object/python_errors.hpp"
#include "object/container_test_support.hpp"

#include "beckon/object/dynamic_request.hpp"
#include "beckon/object/named_error.hpp"
#include "beckon/object/object_builder.hpp"

namespace beckon::operation_test {
namespace {

TEST(map_container, is_read_and_changed_by_keys) {
    const object map = lent(value::map({{"a", 1}, {2, "b"}}));
    EXPECT_EQ(call(map, "__len__"), value(2));
    EXPECT_EQ(call(map, "__getitem__", value::list({"a"})), value(1));
    EXPECT_EQ(call(map, "__getitem__", value::list({2.0})), value("b")) << "2 == 2.0 to Python";
    EXPECT_EQ(call(map, "get", value::list({"x"})), value());
    EXPECT_EQ(call(map, "get", value::list({"x", 7})), value(7));
    EXPECT_EQ(call(map, "__contains__", value::list({"x"})), value(false));
    const auto missing = perform(map, operation::call_method, "__getitem__", value::list({"x"}));
    EXPECT_EQ(missing.error().type_name(), "builtins.KeyError");
    EXPECT_EQ(missing.error().message(), "'x'");
    EXPECT_EQ(python::parts_of(missing.error()).arguments, value::tuple({"x"}));
    call(map, "__setitem__", value::list({value::tuple({1, 2}), 3.5}));
    call(map, "__delitem__", value::list({"a"}));
    EXPECT_EQ(repr(map), "{2: 'b', (1, 2): 3.5}");
    EXPECT_EQ(call(map, "__setitem__", value::list({value::list(), 1})),
              value("builtins.TypeError: unhashable type: 'list'"));
    EXPECT_EQ(call(map, "__delitem__", value::list({"a"})), value("builtins.KeyError: 'a'"));
    EXPECT_EQ(call(map, "pop", value::list({2})), value("b"));
    EXPECT_EQ(call(map, "pop", value::list({2, "none"})), value("none"));
    EXPECT_EQ(call(map, "setdefault", value::list({"k", value::list()})).kind(),
              value_kind::reference);
    EXPECT_EQ(call(map, "setdefault", value::list({"k"})).kind(), value_kind::reference);
    EXPECT_EQ(call(map, "popitem")[0], value("k"));
    call(map, "clear");
    EXPECT_EQ(call(map, "popitem"), value("builtins.KeyError: popitem(): dictionary is empty"));
}

TEST(container, is_formatted_as_its_text_where_the_specification_is_empty) {
    const object list = lent(value::list({1, "a"}));
    const object method = as_object(perform(list, operation::get_attribute, "append").value());
    for (const object& each : {list, method, lent(value::map({{"a", 1}})), lent(value::set({1})),
                               lent(value::frozen_set({1})), as_object(call(list, "__iter__"))}) {
        EXPECT_EQ(call(each, "__format__", value::list({""})), value(repr(each)));
        EXPECT_EQ(call(each, "__format__", value::list({">5"})),
                  value(concat("builtins.TypeError: unsupported format string passed to ",
                               each.interface_name(), ".__format__")));
    }
    EXPECT_EQ(call(list, "__format__"),
              value("builtins.TypeError: list.__format__() takes exactly one argument (0 given)"));
    EXPECT_EQ(call(list, "__format__", value::list({5})),
              value("builtins.TypeError: __format__() argument must be str, not int"));
}

TEST(map_container, takes_entries_of_mappings_pairs_and_names) {
    const object map = lent(value::map({}));
    call(map, "update", value::list({value::map({{"a", 1}})}), value::map({{"b", 2}}));
    call(map, "update", value::list({value::list({value::tuple({"c", 3}), value("d4")})}));
    call(map, "update", value::list({lent(value::map({{"a", 5}}))}));
    EXPECT_EQ(repr(map), "{'a': 5, 'b': 2, 'c': 3, 'd': '4'}");
    EXPECT_EQ(call(map, "update", value::list({value::list({value::tuple({1})})})),
              value("builtins.ValueError: dictionary update sequence element #0 has length 1; 2 is "
                    "required"));
    EXPECT_EQ(call(map, "__or__", value::list({value::map({{"a", 0}, {"z", 1}})})),
              value::map({{"a", 0}, {"b", 2}, {"c", 3}, {"d", "4"}, {"z", 1}}));
    EXPECT_EQ(call(map, "__ior__", value::list({value::map({{"a", 0}})})), value(map));
    EXPECT_EQ(call(map, "__eq__",
                   value::list({value::map({{"d", "4"}, {"c", 3.0}, {"b", 2}, {"a", 0}})})),
              value(true));
    EXPECT_EQ(call(map, "__eq__", value::list({value::map({{"a", 0}})})), value(false));
    EXPECT_EQ(call(map, "__lt__", value::list({value::map({})})), value());
}

TEST(map_container, makes_dicts_of_keys_and_sets_of_views) {
    const object map = lent(value::map({{"a", 1}, {"b", 2}}));
    EXPECT_EQ(call(map, "fromkeys", value::list({value::tuple({1, 2})})),
              value::map({{1, value()}, {2, value()}}));
    EXPECT_EQ(call(map, "fromkeys", value::list({"xy", 5})), value::map({{"x", 5}, {"y", 5}}));
    EXPECT_EQ(call(map, "fromkeys", value::list({value::tuple({value::list()})})),
              value("builtins.TypeError: unhashable type: 'list'"));
    const object keys = as_object(call(map, "keys"));
    const value others = value::list({value::tuple({"b", "c", "c"})});
    EXPECT_EQ(call(keys, "__and__", others), value::set({"b"}));
    EXPECT_EQ(call(keys, "__or__", others), value::set({"a", "b", "c"}));
    EXPECT_EQ(call(keys, "__sub__", others), value::set({"a"}));
    EXPECT_EQ(call(keys, "__rsub__", others), value::set({"c"}));
    EXPECT_EQ(call(keys, "__xor__", others), value::set({"a", "c"}));
    EXPECT_EQ(call(keys, "isdisjoint", others), value(false));
    EXPECT_EQ(call(as_object(call(map, "items")), "__and__",
                   value::list({value::list({value::tuple({"a", 1.0})})})),
              value::set({value::tuple({"a", 1})}));
    EXPECT_EQ(call(as_object(call(map, "values")), "__and__", others),
              value("unknown_method: 'dict_values' object has no attribute '__and__'"));
}

TEST(set_container, is_combined_with_any_number_of_others) {
    const object set = lent(value::set({1, 2, 3}));
    const value others = value::list({value::tuple({2, 3, 4}), value::list({3, 5})});
    EXPECT_EQ(call(set, "union", others), value::set({1, 2, 3, 4, 5}));
    EXPECT_EQ(call(set, "intersection", others), value::set({3}));
    EXPECT_EQ(call(set, "difference", others), value::set({1}));
    EXPECT_EQ(call(set, "union"), value::set({1, 2, 3}));
    EXPECT_EQ(call(set, "difference_update", others), value());
    EXPECT_EQ(repr(set), "{1}");
    EXPECT_EQ(call(set, "update", others), value());
    EXPECT_EQ(call(set, "__len__"), value(5));
    EXPECT_EQ(call(set, "intersection_update", others), value());
    EXPECT_EQ(repr(set), "{3}");
    EXPECT_EQ(call(set, "update", value::list({value::list({6}), 5})),
              value("builtins.TypeError: 'int' object is not iterable"));
    EXPECT_EQ(repr(set), "{3}");
}

TEST(map_container, has_views_that_follow_it) {
    const object map = lent(value::map({{"a", value::list({1})}, {"b", 2}}));
    const object keys = as_object(call(map, "keys"));
    const object values = as_object(call(map, "values"));
    const object items = as_object(call(map, "items"));
    EXPECT_EQ(listed(map), value::list({"a", "b"}));
    EXPECT_EQ(listed(keys), value::list({"a", "b"}));
    EXPECT_EQ(perform(items, operation::next_items, {}, value::list({100}))->size(), 2u);
    EXPECT_EQ(listed(values)[0], call(map, "__getitem__", value::list({"a"})));
    EXPECT_EQ(repr(items), "dict_items([('a', [1]), ('b', 2)])");
    call(map, "__setitem__", value::list({"c", 3}));
    EXPECT_EQ(call(keys, "__len__"), value(3));
    EXPECT_EQ(call(keys, "__contains__", value::list({"c"})), value(true));
    EXPECT_EQ(call(values, "__contains__", value::list({value::list({1})})), value(true));
    EXPECT_EQ(call(items, "__contains__", value::list({value::tuple({"b", 2})})), value(true));
    EXPECT_EQ(call(keys, "__eq__", value::list({value::set({"c", "b", "a"})})), value(true));
    EXPECT_EQ(call(keys, "__eq__", value::list({call(map, "keys")})), value(true));
    EXPECT_EQ(call(keys, "__eq__", value::list({value::set({"a"})})), value(false));
    EXPECT_EQ(listed(as_object(call(map, "__reversed__"))), value::list({"c", "b", "a"}));
    EXPECT_EQ(call(map, "__setitem__", value::list({"own", keys})),
              value("builtins.ValueError: a dict cannot be put into itself"));
}

TEST(map_container, notices_changes_while_it_is_iterated) {
    const object map = lent(value::map({{1, 1}, {2, 2}}));
    const object over = as_object(call(map, "__iter__"));
    EXPECT_EQ(call(over, "__next__"), value(1));
    call(map, "__setitem__", value::list({1, "other"}));
    EXPECT_EQ(call(over, "__next__"), value(2)) << "the keys are the same";
    const object second = as_object(call(map, "__iter__"));
    EXPECT_EQ(call(second, "__next__"), value(1));
    call(map, "__setitem__", value::list({3, 3}));
    EXPECT_EQ(call(second, "__next__"),
              value("builtins.RuntimeError: dictionary changed size during iteration"));
}

TEST(map_container, stays_in_order_and_small_while_keys_come_and_go) {
    const object map = lent(value::map({{"kept", 0}}));
    for (int i = 0; i < 1000; ++i) {
        call(map, "__setitem__", value::list({i, i}));
        if (i >= 3) call(map, "__delitem__", value::list({i - 3}));
    }
    EXPECT_EQ(repr(map), "{'kept': 0, 997: 997, 998: 998, 999: 999}");
    EXPECT_EQ(call(map, "__getitem__", value::list({998})), value(998));
}

TEST(set_container, combines_and_compares) {
    const object set = lent(value::set({1, 2, 3}));
    const auto with = [&](std::string name, value other) {
        return call(set, std::move(name), value::list({std::move(other)}));
    };
    EXPECT_EQ(with("__or__", value::set({3, 4})), value::set({1, 2, 3, 4}));
    EXPECT_EQ(with("__and__", value::frozen_set({3.0, 4})), value::set({3}));
    EXPECT_EQ(with("__sub__", lent(value::set({1}))), value::set({2, 3}));
    EXPECT_EQ(with("__xor__", value::set({3, 4})), value::set({1, 2, 4}));
    EXPECT_EQ(with("union", value::list({4, 4})), value::set({1, 2, 3, 4}));
    EXPECT_EQ(with("__or__", value::list({4})),
              value("builtins.TypeError: unsupported operand type(s) for |: 'set' and 'list'"));
    EXPECT_EQ(with("issubset", value::list({1, 2, 3, 4})), value(true));
    EXPECT_EQ(with("issuperset", value::list({1, 4})), value(false));
    EXPECT_EQ(with("isdisjoint", value::list({4})), value(true));
    EXPECT_EQ(with("__lt__", value::set({1, 2, 3, 4})), value(true));
    EXPECT_EQ(with("__lt__", value::set({1, 2, 3})), value(false));
    EXPECT_EQ(with("__ge__", value::set({1, true})), value(true));
    EXPECT_EQ(with("__eq__", value::set({3, 2, true})), value(true));
    EXPECT_EQ(with("__eq__", value::list({1, 2, 3})), value());
}

TEST(set_container, is_changed_in_place) {
    const object set = lent(value::set({1}));
    call(set, "add", value::list({1.0}));
    call(set, "add", value::list({"x"}));
    EXPECT_EQ(repr(set), "{1, 'x'}");
    EXPECT_EQ(call(set, "__contains__", value::list({true})), value(true));
    EXPECT_EQ(call(set, "add", value::list({value::map({})})),
              value("builtins.TypeError: unhashable type: 'dict'"));
    EXPECT_EQ(call(set, "add", value::list({set})),
              value("builtins.TypeError: unhashable type: 'set'"));
    EXPECT_EQ(call(set, "remove", value::list({5})), value("builtins.KeyError: 5"));
    EXPECT_EQ(call(set, "discard", value::list({5})), value());
    call(set, "update", value::list({value::list({2, 3})}));
    EXPECT_EQ(call(set, "__iand__", value::list({value::set({1, 2})})), value(set));
    EXPECT_EQ(listed(set), value::list({1, 2}));
    call(set, "symmetric_difference_update", value::list({value::list({2, 3})}));
    call(set, "difference_update", value::list({value::list({1})}));
    EXPECT_EQ(call(set, "pop"), value(3));
    EXPECT_EQ(repr(set), "set()");
    EXPECT_EQ(call(set, "pop"), value("builtins.KeyError: pop from an empty set"));
}

TEST(set_container, that_is_frozen_has_nothing_that_changes_it) {
    const object set = lent(value::frozen_set({1}));
    EXPECT_EQ(perform(set, operation::call_method, "add", value::list({1})).error().code(),
              errc::unknown_method);
    EXPECT_FALSE(perform(set, operation::names)->contains(value("__ior__")));
    EXPECT_EQ(repr(set), "frozenset({1})");
    EXPECT_EQ(call(set, "union", value::list({value::list({2})})), value::frozen_set({1, 2}));
}

value item() { return value::record("Item", {{"name", "bolt"}, {"tags", value::list({"new"})}}); }

TEST(record_container, has_its_fields_for_attributes) {
    const object record = lent(item());
    EXPECT_EQ(record.interface_name(), "Item");
    EXPECT_EQ(perform(record, operation::get_attribute, "name").value(), value("bolt"));
    const object tags = as_object(perform(record, operation::get_attribute, "tags").value());
    call(tags, "append", value::list({"long"}));
    EXPECT_TRUE(perform(record, operation::set_attribute, "name", value::list({"nut"})));
    EXPECT_EQ(repr(record), "Item(name='nut', tags=['new', 'long'])");
    EXPECT_EQ(perform(record, operation::names).value(), value::list({"name", "tags"}));
    EXPECT_EQ(perform(record, operation::describe).value(), value::list());
    EXPECT_EQ(perform(record, operation::get_attribute, "x").error().to_string(),
              "unknown_method: 'Item' object has no attribute 'x'");
    EXPECT_EQ(perform(record, operation::set_attribute, "x", value::list({1})).error().code(),
              errc::unknown_method);
    EXPECT_EQ(perform(record, operation::set_attribute, "name", value::list({record}))
                  .error()
                  .type_name(),
              "builtins.ValueError");
    EXPECT_EQ(container_value(*record.core()).value(),
              value::record("Item", {{"name", "nut"}, {"tags", value::list({"new", "long"})}}));
    EXPECT_EQ(call(lent(item()), "__eq__", value::list({lent(item())})), value(true));
    EXPECT_EQ(call(lent(item()), "__eq__", value::list({record})), value(false));
    EXPECT_TRUE(perform(record, operation::hash));
}

TEST(record_container, may_be_an_exception) {
    exception_parts parts;
    parts.type = "OutOfStock";
    parts.arguments = value::tuple({"bolt"});
    parts.fields = value::map({{"wanted", 3}});
    const object thrown = lent(value::exception(parts));
    EXPECT_EQ(perform(thrown, operation::get_attribute, "args").value(), value::tuple({"bolt"}));
    EXPECT_EQ(perform(thrown, operation::get_attribute, "wanted").value(), value(3));
    EXPECT_EQ(repr(thrown), "OutOfStock('bolt')");
}

TEST(containers, are_written_as_python_writes_them) {
    const value all = value::list({nullptr,
                                   true,
                                   -7,
                                   1.0,
                                   1e16,
                                   1e-5,
                                   123456.5,
                                   0.1f,
                                   "it's",
                                   "say \"it's\"\n\x01",
                                   "\xc3\xa9\xc2\xa0",
                                   bytes{std::byte{0}, std::byte{'a'}, std::byte{0xff}},
                                   value::tuple({1}),
                                   value::tuple(),
                                   value::set(),
                                   value::slice(1, nullptr, 2),
                                   value::complex(1, -2),
                                   value::complex(0, 1.5),
                                   value::enumeration("Mood", "calm", 0),
                                   date{19782},
                                   value::variant("text", "x"),
                                   value::map({})});
    EXPECT_EQ(repr(lent(all)),
              R"([None, True, -7, 1.0, 1e+16, 1e-05, 123456.5, 0.10000000149011612, "it's", )"
              R"('say "it\'s"\n\x01', 'é\xa0', b'\x00a\xff', (1,), (), set(), )"
              R"(slice(1, None, 2), (1-2j), 1.5j, 'calm', '2024-02-29', ('text', 'x'), {}])");
    const object large = lent(value::list({std::string(std::size_t{17} << 20, 'x')}));
    EXPECT_EQ(perform(large, operation::to_text).error().code(), errc::limit_exceeded);
}

TEST(containers, are_made_of_what_has_items_or_fields_alone) {
    EXPECT_FALSE(lend_container(value(1)));
    EXPECT_FALSE(lend_container(value::tuple({1})));
    EXPECT_FALSE(is_lendable(value_kind::string));
    EXPECT_TRUE(is_lendable(value_kind::record));
    EXPECT_EQ(container_value(*lend_iterator({})).value(), value());
}

stream<value> three(std::vector<promise<int>>& waits) {
    for (auto& each : waits) {
        future<int> pending = each.get_future();
        const int number = co_await pending;
        if (number < 0) throw std::runtime_error("no more");
        value item = value::list({number});
        co_yield std::move(item);
    }
}

TEST(stream_iterator, gives_what_is_there_and_waits_for_no_more) {
    std::vector<promise<int>> waits(3);
    const object over = lent(value(three(waits)));
    EXPECT_EQ(value(over), call(over, "__iter__"));
    EXPECT_EQ(static_cast<servant&>(*over.core()).what(), servant::nature::iterator);
    waits[0].set(1);
    waits[1].set(2);
    auto asked = operate(over, {operation::next_items, {}, value::list({100})});
    ASSERT_TRUE(asked.ready());
    const value batch = asked.get();
    ASSERT_EQ(batch.size(), 2u);
    EXPECT_EQ(repr(as_object(batch[1])), "[2]") << "lists are lent";
    auto next = operate(over, {operation::call_method, "__next__"});
    auto after = operate(over, {operation::next_items, {}, value::list({5})});
    EXPECT_FALSE(next.ready());
    waits[2].set(3);
    ASSERT_TRUE(next.ready());
    EXPECT_EQ(repr(as_object(next.get())), "[3]");
    ASSERT_TRUE(after.ready());
    EXPECT_EQ(after.get(), value::list());
    EXPECT_EQ(call(over, "__next__"), value("builtins.StopIteration: "));
}

TEST(stream_iterator, hands_items_over_before_the_failure) {
    std::vector<promise<int>> waits(2);
    const object over = lent(value(three(waits)));
    waits[0].set(1);
    waits[1].set(-1);
    EXPECT_EQ(perform(over, operation::next_items, {}, value::list({100}))->size(), 1u);
    EXPECT_EQ(perform(over, operation::next_items, {}, value::list({100})).error().message(),
              "no more");
    EXPECT_EQ(perform(over, operation::next_items, {}, value::list({100})).value(), value::list());
}

struct watched_source final : stream_source<value> {
    explicit watched_source(bool& flag) : stopped(flag) {}
    future<std::optional<value>> next() override {
        return ready_future<std::optional<value>>(std::optional<value>(1));
    }
    void stop() noexcept override { stopped = true; }
    bool& stopped;
};

TEST(stream_iterator, stops_the_stream_when_nobody_holds_it_any_more) {
    bool stopped = false;
    value content =
        stream<value>(intrusive_ptr<stream_source<value>>(make_counted<watched_source>(stopped)));
    object over = lent(content);
    EXPECT_FALSE(lend_container(content)) << "a stream is taken once";
    EXPECT_EQ(perform(over, operation::next_items, {}, value::list({2})).value(),
              value::list({1, 1}));
    EXPECT_FALSE(stopped);
    over = {};
    EXPECT_TRUE(stopped);
}

TEST(stream_iterator, is_closed_as_a_generator_is) {
    bool stopped = false;
    value content =
        stream<value>(intrusive_ptr<stream_source<value>>(make_counted<watched_source>(stopped)));
    const object over = lent(content);
    EXPECT_EQ(call(over, "send", value::list({"passed over"})), value(1));
    EXPECT_EQ(call(over, "close"), value());
    EXPECT_TRUE(stopped);
    EXPECT_EQ(call(over, "close"), value());
    EXPECT_EQ(call(over, "__next__"), value("builtins.StopIteration: "));
    EXPECT_EQ(call(over, "close", value::list({1})),
              value("builtins.TypeError: close() takes 0 arguments (1 given)"));
}

TEST(stream_iterator, is_not_closed_while_somebody_waits_for_an_item) {
    std::vector<promise<int>> waits(3);
    const object over = lent(value(three(waits)));
    auto next = operate(over, {operation::call_method, "__next__"});
    EXPECT_EQ(call(over, "close"), value("builtins.ValueError: generator already executing"));
    waits[0].set(1);
    ASSERT_TRUE(next.ready());
    EXPECT_EQ(call(over, "close"), value());
}

TEST(container_iterator, is_closed_and_thrown_into_as_a_generator_is) {
    const object list = lent(value::list({1, 2, 3}));
    const object over = as_object(call(list, "__iter__"));
    EXPECT_EQ(call(over, "send", value::list({value()})), value(1));
    EXPECT_EQ(call(over, "throw", value::list({5})),
              value("builtins.TypeError: exceptions must be classes or instances deriving from "
                    "BaseException, not int"));
    EXPECT_EQ(call(over, "__next__"), value(2));
    EXPECT_EQ(call(over, "close"), value());
    EXPECT_EQ(call(over, "__next__"), value("builtins.StopIteration: "));
    EXPECT_EQ(call(over, "__length_hint__"), value(0));
    const object values = object(lend_iterator({1, 2}));
    const object error_type = object(object_builder("builtins.ValueError").build());
    EXPECT_EQ(call(values, "throw", value::list({value(error_type), "why"})),
              value("builtins.ValueError: why"));
    EXPECT_EQ(call(values, "__next__"), value("builtins.StopIteration: "));
}

} // namespace
} // namespace beckon::operation_test
