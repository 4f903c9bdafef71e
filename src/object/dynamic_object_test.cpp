// Attributes, calls, items and conversions of dynamic objects.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "object/dynamic_test_objects.hpp"

namespace beckon::dynamic_tests {

namespace {

TEST(dynamic, reads_writes_and_deletes_attributes_in_one_request_each) {
    const auto made = make_object();
    const dynamic d = to_dynamic(made);
    d.set("x", 5);
    EXPECT_EQ(d.get("x").as<int>(), 5);
    EXPECT_TRUE(d.has("x"));
    d.erase("x");
    EXPECT_FALSE(d.has("x"));
    EXPECT_EQ(made->log,
              (std::vector<std::string>{"set_attribute x 5", "get_attribute x", "get_attribute x",
                                        "delete_attribute x", "get_attribute x"}));
    EXPECT_THROW(static_cast<void>(d.get("x")), python::attribute_error);
    EXPECT_THROW(d.erase("x"), python::attribute_error);
    // A property that fails is there, and says nothing else.
    made->on["get_attribute"] = [](const dynamic_request&) -> result<value> {
        return detail::python_failure(python::builtin::value_error, "broken");
    };
    EXPECT_THROW(static_cast<void>(d.has("x")), python::value_error);
}

TEST(dynamic, a_place_is_read_once_and_written_where_it_is_assigned_to) {
    const auto made = make_object();
    const dynamic d = to_dynamic(made);
    d.attr("x") = 5;
    auto place = d.attr("x");
    EXPECT_EQ(place.as<int>(), 5);
    EXPECT_EQ(place.as<int>(), 5);
    EXPECT_EQ(made->log, (std::vector<std::string>{"set_attribute x 5", "get_attribute x"}));
    place = "text";
    EXPECT_EQ(place.as<std::string>(), "text");
    d.attr("y") = d.attr("x");
    EXPECT_EQ(d.get("y").as<std::string>(), "text");
    d.attr("n") = 1;
    d.attr("n") += 2;
    EXPECT_EQ(d.get("n").as<int>(), 3);
}

TEST(dynamic, a_called_attribute_is_a_method_call_of_one_request) {
    const auto made = make_object();
    made->on["add"] = [](const dynamic_request& request) -> result<value> {
        return value(request.arguments[0].int64() + request.arguments[1].int64());
    };
    const dynamic d = to_dynamic(made);
    EXPECT_EQ(d.attr("add")(2, 3).as<int>(), 5);
    EXPECT_EQ(d.call("add", 4, 3).as<int>(), 7);
    EXPECT_EQ(made->log, (std::vector<std::string>{"call_method add 2 3", "call_method add 4 3"}));
}

TEST(dynamic, arguments_go_by_position_by_name_and_unpacked) {
    const auto made = make_object();
    made->on["call"] =
        made->on["f"] = [](const dynamic_request&) -> result<value> { return value(); };
    const dynamic d = to_dynamic(made);
    EXPECT_TRUE(d.call("f", 1, "two", "k"_arg = 3, arg("m", 4.5)).is_null());
    EXPECT_TRUE(d(std::vector<int>{1, 2}, "deep"_arg = true).is_null());
    d.call("f", unpack(value::list({1, 2})), unpack_names(value::map({{"a", 1}})));
    EXPECT_EQ(made->log,
              (std::vector<std::string>{"call_method f 1 \"two\" k=3 m=4.5",
                                        "call [1, 2] deep=true", "call_method f 1 2 a=1"}));
    EXPECT_EQ(thrown<invalid_argument>([&] { d.call("f", "k"_arg = 1, "k"_arg = 2); }),
              "argument \"k\" of f is given twice");
    EXPECT_EQ(thrown<invalid_argument>([&] { d.call("f", unpack(5)); }),
              "arguments to unpack are int64; expected a list, tuple or set");
    EXPECT_EQ(thrown<invalid_argument>([&] {
                  d(unpack_names(value::map({{1, 1}})));
              }),
              "name of an argument is int64; expected string");
}

TEST(dynamic, objects_are_arguments_and_results) {
    const auto made = make_object();
    made->on["echo"] = [](const dynamic_request& request) -> result<value> {
        return request.arguments[0];
    };
    const dynamic d = to_dynamic(made);
    const dynamic back = d.call("echo", d);
    EXPECT_TRUE(back.is_object());
    EXPECT_EQ(back.content(), d.content());
    EXPECT_EQ(back.as<object>().core().get(), made.get());
    EXPECT_FALSE(d.call("echo", 1).is_object());
    // Attributes as arguments are read.
    d.attr("x") = 7;
    EXPECT_EQ(d.call("echo", d.attr("x")).as<int>(), 7);
}

TEST(dynamic, items_are_methods_with_underscores) {
    const auto made = make_container(value::list({10, 20, 30, 40}));
    const dynamic d = to_dynamic(made);
    EXPECT_EQ(d[1].as<int>(), 20);
    EXPECT_EQ(d[-1].as<int>(), 40);
    EXPECT_EQ(d[slice(1, 3)].content(), value::list({20, 30}));
    EXPECT_EQ(d[slice(nullptr, nullptr, -2)].content(), value::list({40, 20}));
    d[0] = 11;
    d[slice(2, nullptr)] = std::vector<int>{7};
    EXPECT_EQ(made->content, value::list({11, 20, 7}));
    d.erase_item(1);
    EXPECT_EQ(made->content, value::list({11, 7}));
    EXPECT_EQ(d.size(), 2u);
    EXPECT_TRUE(d.contains(7));
    EXPECT_FALSE(d.contains(8));
    made->on["__contains__"] = [](const dynamic_request&) -> result<value> { return value(1); };
    EXPECT_TRUE(d.contains(8)); // whatever is true will do
    EXPECT_EQ(made->log[0], "call_method __getitem__ 1");
    EXPECT_EQ(made->log[2], "call_method __getitem__ slice(1, 3, null)");
    EXPECT_THROW(static_cast<void>(d.get_item(5)), python::index_error);
    EXPECT_THROW(static_cast<void>(d.get_item("x")), python::type_error);

    const dynamic map = to_dynamic(make_container(value::map({{"a", 1}})));
    map["b"] = 2;
    EXPECT_EQ(map["b"].as<int>(), 2);
    EXPECT_THROW(static_cast<void>(map.get_item("c")), python::lookup_error);
}

TEST(dynamic, asks_the_object_for_its_truth_and_then_for_its_length) {
    const auto made = make_object();
    const dynamic d = to_dynamic(made);
    EXPECT_TRUE(d.truth());
    EXPECT_EQ(made->log, (std::vector<std::string>{"call_method __bool__", "call_method __len__"}));
    made->on["__len__"] = [](const dynamic_request&) -> result<value> { return value(0); };
    EXPECT_FALSE(d.truth());
    made->on["__bool__"] = [](const dynamic_request&) -> result<value> { return value(true); };
    EXPECT_TRUE(d.truth());
    made->on["__bool__"] = [](const dynamic_request&) -> result<value> {
        return detail::python_failure(python::builtin::value_error, "ambiguous");
    };
    EXPECT_THROW(static_cast<void>(d.truth()), python::value_error);
    static_assert(!std::is_constructible_v<bool, dynamic>);
}

TEST(dynamic, has_text_a_hash_names_and_a_type) {
    const auto made = make_object();
    const auto gives = [&](const char* name, value content) {
        made->on[name] = [content](const dynamic_request&) -> result<value> { return content; };
    };
    gives("to_text", "hello");
    gives("to_repr", "'hello'");
    gives("hash", -7);
    gives("names", value::list({"a", "b"}));
    gives("describe", value::list({value::tuple({"a", nullptr})}));
    gives("is_instance", true);
    const dynamic d = to_dynamic(made);
    EXPECT_EQ(d.str(), "hello");
    EXPECT_EQ(d.repr(), "'hello'");
    EXPECT_EQ(d.hash(), -7);
    EXPECT_EQ(d.dir(), (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(d.describe().size(), 1u);
    EXPECT_TRUE(dynamic(5).is_instance_of(d));
    EXPECT_EQ(made->log.back(), "is_instance 5");
    EXPECT_EQ(d.type_name(), "object");
    EXPECT_EQ(to_dynamic(make_container(value::map())).type_name(), "map");
    gives("to_text", 5);
    EXPECT_EQ(thrown([&] { static_cast<void>(d.str()); }), "expected string, found int64 5");
}

TEST(dynamic, says_what_it_found_where_a_conversion_fails) {
    const auto through = make_counted<test_peer>();
    through->type = "numpy.ndarray";
    const dynamic d = test_peer::make(through);
    EXPECT_EQ(d.type_name(), "numpy.ndarray");
    try {
        static_cast<void>(d.as<int>());
        ADD_FAILURE() << "an object was taken for a number";
    } catch (const exception& caught) {
        EXPECT_EQ(caught.code(), errc::type_mismatch);
        EXPECT_EQ(caught.failure().message(),
                  "expected int32, found reference, which is an object of type \"numpy.ndarray\"");
    }
    EXPECT_EQ(thrown([] { static_cast<void>(dynamic("x").as<int>()); }),
              "expected int32, found string of 1 bytes");
    EXPECT_TRUE(through->log.empty());
}

TEST(dynamic, containers_of_cpp_fetch_the_content) {
    const auto list = make_container(value::list({1, 2, 3}));
    EXPECT_EQ(to_dynamic(list).as<std::vector<int>>(), (std::vector{1, 2, 3}));
    EXPECT_EQ(to_dynamic(list).as<std::set<int>>(), (std::set{1, 2, 3}));
    EXPECT_EQ((to_dynamic(list).as<std::tuple<int, int, int>>()), std::tuple(1, 2, 3));
    EXPECT_EQ(to_dynamic(list).as<std::optional<std::vector<int>>>(), (std::vector{1, 2, 3}));
    EXPECT_EQ(dynamic().as<std::optional<std::vector<int>>>(), std::nullopt);
    const auto nested =
        make_container(value::map({{"a", value(object(list))}, {"b", value::list({4})}}));
    EXPECT_EQ((to_dynamic(nested).as<std::map<std::string, std::vector<int>>>()),
              (std::map<std::string, std::vector<int>>{{"a", {1, 2, 3}}, {"b", {4}}}));
    EXPECT_EQ(to_dynamic(nested).as<std::vector<std::string>>(),
              (std::vector<std::string>{"a", "b"}));
    // References stay what they are where they are asked for.
    EXPECT_EQ((to_dynamic(nested).as<std::map<std::string, dynamic>>())["a"].size(), 3u);
    EXPECT_EQ(thrown<limit_exceeded>(
                  [&] { static_cast<void>(to_dynamic(list).as<std::vector<int>>(2)); }),
              "\"list\" has more items than the 2 that max_items of the copy allows");
}

TEST(dynamic, fails_as_calls_do) {
    const auto made = make_object();
    made->on["late"] = [](const dynamic_request&) -> result<value> {
        return fail(errc::timeout, "handler took too long");
    };
    made->on["odd"] = [](const dynamic_request&) -> result<value> {
        return python::to_error({.type = "shop.OutOfStock",
                                 .text = "no bolts",
                                 .arguments = value::tuple({"bolt", 3}),
                                 .trace = "line 7"});
    };
    const dynamic d = to_dynamic(made);
    EXPECT_THROW(d.call("late"), timeout_error);
    EXPECT_THROW(d.call("absent"), python::attribute_error);
    try {
        d.call("odd");
        ADD_FAILURE() << "nothing was thrown";
    } catch (const python::exception& caught) {
        EXPECT_EQ(caught.type_name(), "shop.OutOfStock");
        EXPECT_EQ(caught.message(), "no bolts");
        EXPECT_EQ(caught.arguments(), value::tuple({"bolt", 3}));
        EXPECT_EQ(caught.trace(), "line 7");
    }
    EXPECT_THROW(dynamic().call("x"), python::attribute_error);
    EXPECT_THROW(dynamic(5)(), python::type_error);
}

} // namespace
} // namespace beckon::dynamic_tests
