// Containers at a peer, by value where the schema wants them so.
#include "beckon/object/materialize.hpp"

#include <gtest/gtest.h>

#include <optional>

#include "beckon/object/dynamic.hpp"
#include "beckon/object/object_builder.hpp"
#include "beckon/object/ref.hpp"
#include "beckon/object/skeleton.hpp"
#include "object/fake_peer_test_support.hpp"

namespace beckon::materialize_test {

using operation_test::call;
using operation_test::fake_peer;
using operation_test::lent;
using operation_test::perform;
using operation_test::repr;

struct Line {
    std::string name;
    std::vector<std::string> tags;
    std::int64_t count = 1;
};
BECKON_RECORD(Line, name, tags, count)
BECKON_DEFAULTS(Line, count)

struct Store {
    std::int64_t sum(std::vector<std::int64_t> numbers);
    std::string table(std::map<std::string, std::vector<std::int64_t>> rows);
    std::string line(Line line);
    std::int64_t lines(std::vector<Line> lines, std::string title);
    std::string pair(std::tuple<std::int64_t, std::vector<std::string>> both,
                     std::optional<std::vector<std::int64_t>> some);
    std::string choice(std::variant<std::int64_t, std::vector<std::int64_t>> which);
    value echo(value what);
    std::int64_t total(stream<std::int64_t> numbers);
    std::string rows(stream<std::vector<std::int64_t>> rows);
    std::int64_t later(std::vector<std::int64_t> numbers);
};
BECKON_INTERFACE(Store, (sum, numbers), (table, rows), (line, line), (lines, lines, title),
                 (pair, both, some), (choice, which), (echo, what), (total, numbers), (rows, rows),
                 (later, numbers))

struct store {
    std::int64_t sum(std::vector<std::int64_t> numbers) {
        std::int64_t all = 0;
        for (const std::int64_t each : numbers) all += each;
        caller = this_call::caller_name();
        has_context = current_call() != nullptr;
        return all;
    }
    std::string table(std::map<std::string, std::vector<std::int64_t>> rows) {
        return value(rows).to_text();
    }
    std::string line(Line line) { return value(line).to_text(); }
    std::int64_t lines(std::vector<Line> all, std::string title) {
        std::int64_t count = 0;
        for (const Line& each : all) count += each.count;
        return count + static_cast<std::int64_t>(title.size());
    }
    std::string pair(std::tuple<std::int64_t, std::vector<std::string>> both,
                     std::optional<std::vector<std::int64_t>> some) {
        return value(both).to_text() + (some ? value(*some).to_text() : "none");
    }
    std::string choice(std::variant<std::int64_t, std::vector<std::int64_t>> which) {
        return value(which).to_text();
    }
    value echo(value what) { return what; }
    std::int64_t total(stream<std::int64_t> numbers) {
        std::int64_t all = 0;
        for (const std::int64_t each : numbers) all += each;
        return all;
    }
    std::string rows(stream<std::vector<std::int64_t>> all) {
        std::string text;
        for (const auto& each : all) text += value(each).to_text();
        return text;
    }
    task<std::int64_t> later(std::vector<std::int64_t> numbers) {
        future<std::int64_t> pending = number.get_future();
        const std::int64_t given = co_await pending;
        co_return given + static_cast<std::int64_t>(numbers.size());
    }

    promise<std::int64_t> number;
    std::string caller;
    bool has_context = false;
};

struct Materialize : testing::Test {
    ~Materialize() override { there->close(); }
    intrusive_ptr<fake_peer> there = make_counted<fake_peer>();
    std::shared_ptr<store> implementation = std::make_shared<store>();
    object target{make_ref<Store>(implementation)};
};

object lend_iterator_object(std::vector<value> items) {
    return object(intrusive_ptr<object_core>(lend_iterator(std::move(items))));
}

TEST_F(Materialize, fetches_a_list_in_one_request) {
    EXPECT_EQ(call(target, "sum", value::list({there->lend(value::list({1, 2, 3}))})), value(6));
    EXPECT_EQ(there->asked, (std::vector<std::string>{"next_items"}));
    EXPECT_TRUE(implementation->has_context);
    EXPECT_EQ(call(target, "sum", value::list(),
                   value::map({{"numbers", there->lend(value::set({4, 5}))}})),
              value(9))
        << "by name, and of a set";
    EXPECT_EQ(call(target, "sum", value::list({there->lend(lend_iterator_object({7, 8}))})),
              value(15));
}

TEST_F(Materialize, asks_for_nothing_where_no_object_is_given) {
    EXPECT_EQ(call(target, "sum", value::list({value::tuple({1, 2})})), value(3));
    EXPECT_EQ(call(target, "lines",
                   value::list({value::list({value::map({{"name", "x"}, {"tags", value::list()}})}),
                                "ab"})),
              value(3));
    EXPECT_TRUE(there->asked.empty());
}

TEST_F(Materialize, takes_our_own_containers_home_as_they_are_now) {
    const object mine = lent(value::list({1, 2}));
    call(mine, "append", value::list({10}));
    EXPECT_EQ(call(target, "sum", value::list({mine})), value(13));
    const object rows = lent(value::map({{"a", value::list({1})}}));
    call(operation_test::as_object(call(rows, "__getitem__", value::list({"a"}))), "append",
         value::list({2}));
    EXPECT_EQ(call(target, "table", value::list({rows})), value(R"({"a": [1, 2]})"));
    const object line =
        lent(value::record("Line", {{"name", "n"}, {"count", 4}, {"tags", value::list({"t"})}}));
    EXPECT_TRUE(perform(line, operation::set_attribute, "count", value::list({5})));
    EXPECT_EQ(call(target, "line", value::list({line})),
              value(R"(Line{name: "n", tags: ["t"], count: 5})"));
    EXPECT_TRUE(there->asked.empty());
}

TEST_F(Materialize, fetches_a_map_by_its_items_and_what_is_inside_together) {
    const value rows = there->lend(
        value::map({{"a", value::list({1})}, {"b", value::list({2, 3})}, {"c", value::list()}}));
    EXPECT_EQ(call(target, "table", value::list({rows})),
              value(R"({"a": [1], "b": [2, 3], "c": []})"));
    EXPECT_EQ(there->asked, (std::vector<std::string>{"items", "next_items", "next_items",
                                                      "next_items", "next_items"}));
}

TEST_F(Materialize, fetches_a_map_by_its_keys_where_its_methods_are_not_for_us) {
    there->refused.insert("items");
    const value rows = there->lend(value::map({{"a", value::tuple({1})}, {"b", value::tuple()}}));
    EXPECT_EQ(call(target, "table", value::list({rows})), value(R"({"a": [1], "b": []})"));
    EXPECT_EQ(there->asked,
              (std::vector<std::string>{"items", "next_items", "__getitem__", "__getitem__"}));
}

TEST_F(Materialize, takes_a_list_of_pairs_for_a_map) {
    const value rows = there->lend(
        value::list({value::tuple({"a", value::list({1})}), value::list({"b", value::list()})}));
    EXPECT_EQ(call(target, "table", value::list({rows})), value(R"({"a": [1], "b": []})"));
}

value line_there(fake_peer& there, std::string name, std::int64_t count) {
    return there.lend(
        value::record("Line", {{"name", name}, {"count", count}, {"tags", value::list({"t"})}}));
}

TEST_F(Materialize, fetches_the_attributes_of_records_at_the_same_time) {
    there->holds_back = true;
    const value both =
        there->lend(value::list({line_there(*there, "a", 1), line_there(*there, "b", 2)}));
    auto pending = operate(target, {operation::call_method, "lines", value::list({both, "xyz"})});
    ASSERT_EQ(there->held.size(), 1u);
    EXPECT_FALSE(pending.ready()) << "it does not wait";
    there->holds_back = false;
    there->answer_all();
    ASSERT_TRUE(pending.ready());
    EXPECT_EQ(pending.get(), value(6));
}

TEST_F(Materialize, has_requests_for_all_items_on_their_way_at_once) {
    const value both = value::list({line_there(*there, "a", 1), line_there(*there, "b", 2)});
    there->holds_back = true;
    auto pending = operate(target, {operation::call_method, "lines", value::list({both, ""})});
    EXPECT_EQ(there->held.size(), 6u) << "three attributes each";
    there->answer_all(); // and then the two lists of tags
    ASSERT_TRUE(pending.ready());
    EXPECT_EQ(pending.get(), value(3));
    EXPECT_EQ(there->asked.size(), 8u);
}

TEST_F(Materialize, takes_a_dict_for_a_record_and_defaults_for_what_it_lacks) {
    const value dict = there->lend(value::map({{"name", "n"}, {"tags", value::tuple()}}));
    EXPECT_EQ(call(target, "line", value::list({dict})),
              value(R"(Line{name: "n", tags: [], count: 1})"));
    there->refused.insert("count");
    EXPECT_EQ(call(target, "line", value::list({line_there(*there, "n", 7)})),
              value(R"(Line{name: "n", tags: ["t"], count: 1})"));
    there->refused.insert("name");
    EXPECT_NE(call(target, "line", value::list({line_there(*there, "n", 7)})).string().find("name"),
              std::string_view::npos)
        << "a field without a default is missed by name";
}

TEST_F(Materialize, fetches_inside_tuples_optionals_and_variants) {
    EXPECT_EQ(call(target, "pair",
                   value::list({value::tuple({1, there->lend(value::list({"a"}))}),
                                there->lend(value::set({5}))})),
              value(R"((1, ["a"])[5])"));
    EXPECT_EQ(
        call(target, "pair", value::list({there->lend(value::list({2, value::list()})), nullptr})),
        value("(2, [])none"));
    const value which = value::tuple({1, there->lend(value::list({8}))});
    EXPECT_NE(call(target, "choice", value::list({which})).string().find("[8]"),
              std::string_view::npos);
}

TEST_F(Materialize, asks_objects_without_a_schema_in_this_process) {
    const object line = object_builder("AnyLine")
                            .attribute("name", "n")
                            .attribute("tags", value::list({"t"}))
                            .property("count", [] { return 3; })
                            .build();
    EXPECT_EQ(call(target, "line", value::list({line})),
              value(R"(Line{name: "n", tags: ["t"], count: 3})"));
    const object numbers = object_builder("Numbers")
                               .method("__iter__",
                                       [] {
                                           return lend_iterator_object({1, 2, 3});
                                       })
                               .build();
    EXPECT_EQ(call(target, "sum", value::list({numbers})), value(6));
}

TEST_F(Materialize, leaves_objects_where_objects_are_wanted) {
    const value list = there->lend(value::list({1}));
    EXPECT_EQ(call(target, "echo", value::list({list})), list);
    EXPECT_TRUE(there->asked.empty());
}

TEST_F(Materialize, leaves_what_cannot_be_fetched_to_the_conversion) {
    there->is_dynamic_protocol = false;
    EXPECT_EQ(
        call(target, "sum", value::list({there->lend(value::list({1}))})).string().substr(0, 13),
        "type_mismatch");
    EXPECT_EQ(call(target, "sum", value::list({target})).string().substr(0, 13), "type_mismatch");
    EXPECT_TRUE(there->asked.empty());
}

TEST_F(Materialize, says_which_call_failed_to_fetch) {
    const object no_list(make_ref<Store>(implementation));
    const value lent_there = there->lend(no_list);
    const auto outcome = perform(target, operation::call_method, "sum", value::list({lent_there}));
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().notes().back(), "fetching the arguments of sum");
    there->holds_back = true;
    auto pending = operate(
        target, {operation::call_method, "sum", value::list({there->lend(value::list({1}))})});
    pending.cancel();
    EXPECT_EQ(pending.result().error().code(), errc::cancelled);
    EXPECT_TRUE(there->held.empty()) << "the cancellation went on to the fetching";
}

TEST_F(Materialize, runs_coroutines_in_the_context_of_their_caller) {
    there->holds_back = true;
    auto pending = operate(
        target, {operation::call_method, "later", value::list({there->lend(value::list({1, 2}))})});
    there->answer_all();
    EXPECT_FALSE(pending.ready());
    implementation->number.set(40);
    ASSERT_TRUE(pending.ready());
    EXPECT_EQ(pending.get(), value(42));
}

schema::type list_of(schema::type item) {
    schema::type type;
    type.kind = schema::kind::list;
    type.arguments.push_back(std::move(item));
    return type;
}

TEST_F(Materialize, counts_values_and_depth) {
    schema::type number;
    number.kind = schema::kind::int64;
    const schema::document document;
    materialize_options options;
    options.max_nodes = 3;
    const schema::type numbers = list_of(number);
    EXPECT_EQ(materialize(there->lend(value::list({1, 2, 3})), document, numbers, options).get(),
              value::tuple({1, 2, 3}));
    EXPECT_EQ(materialize(there->lend(value::list({1, 2, 3, 4})), document, numbers, options)
                  .result()
                  .error()
                  .to_string(),
              "limit_exceeded: objects to be fetched by value hold more than 3 values (max_nodes)");
    options.max_nodes = 100;
    options.max_depth = 2;
    const schema::type deep = list_of(list_of(list_of(number)));
    const value three = there->lend(value::list({value::list({value::list({1})})}));
    EXPECT_EQ(materialize(three, document, deep, options).result().error().code(),
              errc::limit_exceeded);
    options.max_depth = 3;
    EXPECT_EQ(materialize(three, document, deep, options).get(),
              value::tuple({value::tuple({value::tuple({1})})}));
}

TEST_F(Materialize, has_no_more_requests_on_their_way_than_allowed) {
    schema::type number;
    number.kind = schema::kind::int64;
    const schema::document document;
    const schema::type rows = list_of(list_of(number));
    std::vector<value> many;
    for (int i = 0; i < 20; ++i) many.push_back(there->lend(value::list({i})));
    materialize_options options;
    options.max_requests = 4;
    there->holds_back = true;
    auto pending = materialize(value::list(std::move(many)), document, rows, options);
    EXPECT_EQ(pending.get().size(), 20u) << "who waits drives the session";
    EXPECT_EQ(there->most_held, 4u);
}

TEST_F(Materialize, lets_every_object_go) {
    {
        const value rows = there->lend(value::map({{"a", value::list({1})}}));
        EXPECT_EQ(call(target, "table", value::list({rows})), value(R"({"a": [1]})"));
    }
    EXPECT_EQ(there->objects_dropped, 3u) << "the map, the view of its items and the list in it";
}

TEST_F(Materialize, makes_a_stream_of_an_iterable_that_is_pulled_in_batches) {
    std::vector<value> numbers;
    std::int64_t sum = 0;
    for (int i = 0; i < 100; ++i) {
        numbers.emplace_back(i);
        sum += i;
    }
    const value there_list = there->lend(value::list(std::move(numbers)));
    EXPECT_EQ(call(target, "total", value::list({there_list})), value(sum));
    EXPECT_EQ(there->asked.front(), "__iter__");
    EXPECT_EQ(there->asked.size(), 5u) << "16, 32, 64 items, and the end";
    EXPECT_EQ(call(target, "total", value::list({lent(value::list({1, 2}))})), value(3))
        << "of our own list, too";
    EXPECT_EQ(call(target, "rows",
                   value::list({there->lend(value::list({value::list({1}), value::list({2})}))})),
              value("[1][2]"))
        << "items are fetched by value";
}

TEST_F(Materialize, fetches_what_a_container_of_ours_is_given_to_iterate) {
    const object list = lent(value::list({1}));
    const value more = there->lend(value::list({2, 3}));
    EXPECT_EQ(call(list, "extend", value::list({more})), value());
    EXPECT_EQ(call(list, "__setitem__", value::list({value::slice(0, 1, nullptr), more})), value());
    EXPECT_EQ(repr(list), "[2, 3, 2, 3]");
    EXPECT_EQ(call(list, "append", value::list({more})), value());
    EXPECT_EQ(call(list, "__getitem__", value::list({-1})), more) << "kept as the object it is";
    const object map = lent(value::map({}));
    EXPECT_EQ(call(map, "update", value::list({there->lend(value::map({{"k", 1}}))})), value());
    EXPECT_EQ(repr(map), "{'k': 1}");
    const object counted = lent(value(stream_of(std::vector<std::int64_t>{7, 8})));
    EXPECT_EQ(call(list, "__iadd__", value::list({counted})), value(list)) << "a stream of ours";
    EXPECT_EQ(call(list, "pop"), value(8));
    EXPECT_EQ(call(list, "extend", value::list({object_builder("Plain").build()})),
              value("builtins.TypeError: 'Plain' object is not iterable"));
    EXPECT_EQ(call(lent(value::set({1, 2})), "intersection", value::list({more})), value::set({2}));
}

TEST(materialize, serves_the_containers_that_functions_of_objects_take) {
    const auto peer = make_counted<fake_peer>();
    const object shop =
        object_builder("Shop")
            .method("sum",
                    [](const std::vector<int>& v) {
                        int all = 0;
                        for (const int each : v) all += each;
                        return all;
                    },
                    {"v"})
            .method("table",
                    [](const std::map<std::string, std::vector<int>>& rows, int scale) {
                        return concat(value(rows).to_text(), " x", scale);
                    },
                    {"rows", {"scale", 2}})
            .method("pairs",
                    [](const std::vector<std::pair<int, std::string>>& all) {
                        return value(all).to_text();
                    })
            .method("maybe",
                    [](const std::optional<std::set<int>>& some) {
                        return some ? static_cast<int>(some->size()) : -1;
                    })
            .method("line", [](const Line& line) { return value(line).to_text(); })
            .method("soon", [](std::vector<int> v) -> task<std::size_t> { co_return v.size(); })
            .method("as_it_is", [](const value& v) { return v.is(value_kind::reference); })
            .property(
                "sizes", [] { return 0; },
                [](const std::vector<int>& v) {
                    if (v.size() > 2) throw std::invalid_argument("too many");
                })
            .build();
    const value numbers = peer->lend(value::list({1, 2, 3}));
    EXPECT_EQ(call(shop, "sum", value::list({numbers})), value(6));
    EXPECT_EQ(call(shop, "sum", value::list(), value::map({{"v", numbers}})), value(6));
    EXPECT_EQ(call(shop, "sum", value::list({peer->lend(value::set({4, 5}))})), value(9));
    EXPECT_EQ(call(shop, "sum", value::list({value(lent(value::list({7})))})), value(7));
    EXPECT_EQ(call(shop, "sum", value::list({value::tuple({1, 2})})), value(3));
    EXPECT_EQ(
        call(shop, "table", value::list({peer->lend(value::map({{"a", value::list({1, 2})}}))})),
        value(R"({"a": [1, 2]} x2)"));
    EXPECT_EQ(call(shop, "pairs", value::list({peer->lend(value::list({value::list({1, "x"})}))})),
              value(R"([(1, "x")])"));
    EXPECT_EQ(call(shop, "maybe", value::list({numbers})), value(3));
    EXPECT_EQ(call(shop, "maybe"), value(-1));
    EXPECT_EQ(call(shop, "maybe", value::list({value()})), value(-1));
    const value line = value::map({{"name", "n"}, {"tags", value::list({"a"})}});
    EXPECT_EQ(call(shop, "line", value::list({peer->lend(line)})),
              call(shop, "line", value::list({line})));
    EXPECT_EQ(call(shop, "soon", value::list({numbers})), value(3));
    EXPECT_EQ(call(shop, "as_it_is", value::list({numbers})), value(true));
    const auto refused = perform(shop, operation::set_attribute, "sizes", value::list({numbers}));
    EXPECT_EQ(refused.error().message(), "too many");
    EXPECT_NE(call(shop, "sum", value::list({peer->lend(value::list({1, "x"}))}))
                  .to_text()
                  .find("expected int32"),
              std::string::npos);
    EXPECT_EQ(call(shop, "sum", value::list({numbers, numbers})),
              value("builtins.TypeError: Shop.sum() takes 1 positional argument but 2 were given"));
    peer->close();
}

TEST(materialize, no_list_of_a_peer_is_a_key) {
    const auto peer = make_counted<fake_peer>();
    const value list = peer->lend(value::list({1}));
    EXPECT_EQ(call(lent(value::map({})), "__setitem__", value::list({list, 1})),
              value("builtins.TypeError: unhashable type: 'list'"));
    EXPECT_EQ(call(lent(value::set({})), "add", value::list({list})),
              value("builtins.TypeError: unhashable type: 'list'"));
    // Keys of a dict of its own may be pairs: they are no entries.
    const value pairs = peer->lend(value::list({value::tuple({1, 2})}));
    EXPECT_EQ(call(lent(value::map({})), "fromkeys", value::list({pairs})),
              value::map({{value::tuple({1, 2}), value()}}));
    peer->close();
}

TEST(is_instance_of, asks_the_class_itself_and_else_what_its_side_knows) {
    const auto peer = make_counted<fake_peer>();
    const value type =
        peer->lend(object_builder("Type")
                       .method("__instancecheck__", [](const value&) { return true; })
                       .build());
    const value instance = peer->lend(object_builder("Thing").build());
    EXPECT_TRUE(dynamic(instance).is_instance_of(type));
    EXPECT_EQ(peer->asked, std::vector<std::string>{"__instancecheck__"});
    peer->asked.clear();
    const value shy = peer->lend(object_builder("Shy").build());
    peer->refused.insert("__instancecheck__");
    EXPECT_THROW(static_cast<void>(dynamic(instance).is_instance_of(shy)), exception);
    EXPECT_EQ(peer->asked, (std::vector<std::string>{"__instancecheck__", "is_instance"}));
    peer->close();
}

} // namespace beckon::materialize_test
