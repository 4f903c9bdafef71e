// Functions and objects that are put together without a schema.
#include "beckon/object/object_builder.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include "beckon/object/exception.hpp"
#include "beckon/object/named_error.hpp"
#include "object/container_test_support.hpp"

namespace beckon::operation_test {
namespace {

servant::nature nature_of(const object& of) { return static_cast<servant&>(*of.core()).what(); }

TEST(make_function, converts_arguments_and_the_result) {
    const object join = make_function(
        [](int times, const std::string& text, std::optional<std::string> end) {
            std::string all;
            for (int i = 0; i < times; ++i) all += text;
            return all + end.value_or("");
        },
        "join", "Repeats a text.");
    EXPECT_EQ(nature_of(join), servant::nature::function);
    const auto outcome = [&](value arguments, value named = value::map()) {
        const auto made =
            perform(join, operation::call, {}, std::move(arguments), std::move(named));
        return made ? made->to_text() : made.error().to_string();
    };
    EXPECT_EQ(outcome(value::list({2, "ab", "!"})), R"("abab!")");
    EXPECT_EQ(outcome(value::list({2, "ab"})), R"("abab")");
    EXPECT_EQ(outcome(value::list({2})),
              "remote_error (builtins.TypeError): join expected at least 2 arguments, got 1");
    EXPECT_EQ(outcome(value::list({1, "a", "b", "c"})),
              "remote_error (builtins.TypeError): join() takes from 2 to 3 positional arguments "
              "but 4 were given");
    EXPECT_EQ(outcome(value::list({"x", "a"})),
              "type_mismatch: argument 1: expected int32, found string of 1 bytes");
    EXPECT_EQ(outcome(value::list({1, "a"}), value::map({{"end", "!"}})),
              "remote_error (builtins.TypeError): join() got an unexpected keyword argument 'end'");
    EXPECT_EQ(call(join, "__call__", value::list({1, "z"})), value("z"));
    EXPECT_EQ(repr(join), "<function join>");
    EXPECT_EQ(perform(join, operation::get_attribute, "__name__").value(), value("join"));
    EXPECT_EQ(perform(join, operation::get_attribute, "__doc__").value(), value("Repeats a text."));
    for (const char* hidden : {"__class__", "__globals__", "__code__"})
        EXPECT_EQ(perform(join, operation::get_attribute, hidden).error().code(),
                  errc::unknown_method);
}

TEST(make_function, takes_arguments_by_name_and_defaults) {
    const object function = make_function(callable(
        [](std::int64_t a, std::int64_t b, std::int64_t c) { return 100 * a + 10 * b + c; },
        {"a", {"b", 7}, {"c", 9}}));
    EXPECT_EQ(call(function, "__call__", value::list({1})), value(179));
    EXPECT_EQ(call(function, "__call__", value::list({1}), value::map({{"c", 2}})), value(172));
    EXPECT_EQ(call(function, "__call__", value::list(), value::map({{"c", 2}, {"a", 5}})),
              value(572));
    EXPECT_EQ(call(function, "__call__", value::list({1}), value::map({{"a", 5}})),
              value("builtins.TypeError: function() got multiple values for argument 'a'"));
    EXPECT_EQ(call(function, "__call__"),
              value("builtins.TypeError: function() missing 1 required positional argument: 'a'"));
}

TEST(object_builder, calls_what_an_attribute_or_a_property_holds) {
    const object twice = make_function([](int x) { return x * 2; }, "twice");
    const object made = object_builder("Shop")
                            .attribute("fn", value(twice))
                            .attribute("open", value(true))
                            .property("gives", [twice] { return value(twice); })
                            .property("fails", []() -> int { throw std::out_of_range("none"); })
                            .build();
    EXPECT_EQ(call(made, "fn", value::list({4})), value(8));
    EXPECT_EQ(call(made, "gives", value::list({5})), value(10));
    EXPECT_EQ(call(made, "open"), value("builtins.TypeError: 'bool' object is not callable"));
    EXPECT_NE(call(made, "fails").to_text().find("none"), std::string::npos);
    EXPECT_EQ(call(made, "fn", value::list({4, 5})),
              value("builtins.TypeError: twice() takes 1 positional argument but 2 were given"));
    EXPECT_EQ(call(made, "__format__", value::list({""})), value("<Shop object>"));
    EXPECT_EQ(call(twice, "__format__", value::list({""})), value("<function twice>"));
}

TEST(object_builder, names_its_methods_where_arguments_do_not_fit) {
    const object made =
        object_builder("Point")
            .method("move", [](int x, int y, int z) { return x + y + z; }, {"x", "y", {"z", 0}})
            .build();
    EXPECT_EQ(call(made, "move"), value("builtins.TypeError: Point.move() missing 2 required "
                                        "positional arguments: 'x' and 'y'"));
    EXPECT_EQ(call(made, "move", value::list({1, 2, 3, 4})),
              value("builtins.TypeError: Point.move() takes from 2 to 3 positional arguments but 4 "
                    "were given"));
    EXPECT_EQ(call(made, "move", value::list({1, 2}), value::map({{"w", 3}})),
              value("builtins.TypeError: Point.move() got an unexpected keyword argument 'w'"));
    const object three =
        object_builder("Point").method("set", [](int, int, int) {}, {"x", "y", "z"}).build();
    EXPECT_EQ(call(three, "set"), value("builtins.TypeError: Point.set() missing 3 required "
                                        "positional arguments: 'x', 'y', and 'z'"));
}

TEST(make_function, passes_values_as_they_came_where_it_takes_them_so) {
    const object function = make_function([](value arguments, value named) {
        return value::tuple({arguments, named});
    });
    EXPECT_EQ(call(function, "__call__", value::list({1, "x"}), value::map({{"k", 2}})),
              value::tuple({value::list({1, "x"}), value::map({{"k", 2}})}));
}

TEST(make_function, takes_two_values_as_two_arguments_where_they_have_names) {
    const object function = make_function(callable(
        [](value first, value second) {
            return value::tuple({first, second});
        },
        {"first", {"second", 7}}));
    EXPECT_EQ(call(function, "__call__", value::list({1, "x"})), value::tuple({1, "x"}));
    EXPECT_EQ(call(function, "__call__", value::list({1}), value::map({{"second", 2}})),
              value::tuple({1, 2}));
    EXPECT_EQ(call(function, "__call__", value::list({1})), value::tuple({1, 7}));
}

TEST(make_function, fails_as_handlers_fail) {
    const object throws = make_function([](int kind) {
        if (kind == 0) throw std::runtime_error("broken");
        if (kind == 1) throw_error(named_error("builtins.ValueError", "bad"));
        static_cast<void>(value("text").int64());
    });
    EXPECT_EQ(call(throws, "__call__", value::list({0})), value("std::runtime_error: broken"));
    EXPECT_EQ(call(throws, "__call__", value::list({1})), value("builtins.ValueError: bad"));
    EXPECT_EQ(perform(throws, operation::call, {}, value::list({2})).error().code(),
              errc::type_mismatch);
}

task<std::int64_t> doubled(future<std::int64_t> pending) {
    const std::int64_t given = co_await pending;
    co_return 2 * given;
}

task<std::string> joined_after(future<void> turn, const std::string& first,
                               const std::vector<std::string>& rest) {
    co_await turn;
    std::string all = first;
    for (const std::string& each : rest) all += each;
    co_return all;
}
task<value> joined_after(future<void> turn, const value& arguments, const value& named) {
    co_await turn;
    co_return named.size() == 0 ? value(arguments[0]) : value();
}

TEST(make_function, may_be_a_coroutine_or_give_a_future) {
    promise<std::int64_t> number;
    const object later = make_function([&] { return doubled(number.get_future()); });
    auto pending = operate(later, {operation::call});
    EXPECT_FALSE(pending.ready());
    number.set(21);
    ASSERT_TRUE(pending.ready());
    EXPECT_EQ(pending.get(), value(42));
    promise<std::string> text;
    const object given = make_function([&] { return text.get_future(); });
    auto other = operate(given, {operation::call});
    text.set(fail(errc::overloaded, "too much"));
    EXPECT_EQ(other.result().error().message(), "too much");
}

TEST(make_function, a_coroutine_may_take_its_arguments_by_reference) {
    promise<void> turn;
    const object joins =
        make_function([&turn](const std::string& first, const std::vector<std::string>& rest) {
            return joined_after(turn.get_future(), first, rest);
        });
    const object raw = make_function([&turn](const value& arguments, const value& named) {
        return joined_after(turn.get_future(), arguments, named);
    });
    const std::string text = "what is referred to has to be there later";
    const value given = value::list({text, value::list({text, text})});
    auto pending = operate(joins, {operation::call, {}, given});
    turn.set({});
    EXPECT_EQ(pending.get(), value(text + text + text));
    turn = promise<void>();
    pending = operate(raw, {operation::call, {}, given});
    turn.set({});
    EXPECT_EQ(pending.get(), value(text));
}

TEST(make_function, has_its_context) {
    const object caller = make_function([] { return this_call::caller_name(); });
    EXPECT_EQ(call(caller, "__call__"), value("local"));
    const object has = make_function([] { return current_call() != nullptr; });
    EXPECT_EQ(call(has, "__call__"), value(true));
}

struct thermometer {
    double offset = 0.5;
    std::vector<double> history{20, 21};
    bool open = false;
    std::string left_with;

    object make() {
        return object_builder("Thermometer", "Measures the room.")
            .method(
                "read", [this](int digits) { return offset + digits; }, {{"digits", 1}},
                "The temperature.")
            .attribute("unit", "celsius")
            .attribute("limits", value::list({-10, 40}))
            .variable("label", "kitchen")
            .property(
                "offset", [this] { return offset; }, [this](double given) { offset = given; })
            .property("size", [this] { return history.size(); })
            .method("__len__", [this] { return history.size(); })
            .method("__getitem__",
                    [this](std::int64_t at) {
                        if (at < 0 || at >= static_cast<std::int64_t>(history.size()))
                            throw_error(named_error("builtins.IndexError", "no such reading"));
                        return history[static_cast<std::size_t>(at)];
                    })
            .method("__iter__",
                    [this] {
                        std::vector<value> items(history.begin(), history.end());
                        return object(intrusive_ptr<object_core>(lend_iterator(std::move(items))));
                    })
            .method("__eq__", [](value other) { return other == value(1); })
            .method("__call__", [](value arguments, value) { return arguments; })
            .method("__enter__", [this] { open = true; })
            .method("__exit__",
                    [this](value why) {
                        open = false;
                        left_with = why.to_text();
                        return true;
                    })
            .method("__str__", [] { return "20.5 C"; })
            .build();
    }
};

TEST(object_builder, gives_what_is_registered_and_nothing_else) {
    thermometer state;
    const object made = state.make();
    EXPECT_EQ(made.interface_name(), "Thermometer");
    EXPECT_EQ(call(made, "read"), value(1.5));
    EXPECT_EQ(call(made, "read", value::list(), value::map({{"digits", 3}})), value(3.5));
    EXPECT_EQ(perform(made, operation::get_attribute, "unit").value(), value("celsius"));
    EXPECT_EQ(perform(made, operation::get_attribute, "offset").value(), value(0.5));
    EXPECT_EQ(perform(made, operation::get_attribute, "__doc__").value(),
              value("Measures the room."));
    const object read = as_object(perform(made, operation::get_attribute, "read").value());
    EXPECT_EQ(nature_of(read), servant::nature::method);
    EXPECT_EQ(perform(read, operation::call, {}, value::list({2})).value(), value(2.5));
    EXPECT_EQ(perform(read, operation::get_attribute, "__doc__").value(),
              value("The temperature."));
    for (const char* hidden : {"__class__", "__dict__", "__init__", "__reduce_ex__", "rea", ""}) {
        EXPECT_EQ(perform(made, operation::get_attribute, hidden).error().code(),
                  errc::unknown_method)
            << hidden;
        EXPECT_EQ(perform(made, operation::call_method, hidden).error().code(),
                  errc::unknown_method)
            << hidden;
        EXPECT_EQ(perform(made, operation::set_attribute, hidden, value::list({1})).error().code(),
                  errc::unknown_method)
            << hidden;
        EXPECT_EQ(perform(made, operation::delete_attribute, hidden).error().code(),
                  errc::unknown_method)
            << hidden;
    }
    EXPECT_EQ(call(made, "unit"), value("builtins.TypeError: 'str' object is not callable"));
}

TEST(object_builder, has_attributes_that_can_be_set_or_not) {
    thermometer state;
    const object made = state.make();
    const auto set = [&](std::string name, value content) {
        const auto outcome =
            perform(made, operation::set_attribute, std::move(name), value::list({content}));
        return outcome ? "" : outcome.error().to_string();
    };
    EXPECT_EQ(set("label", "hall"), "");
    EXPECT_EQ(perform(made, operation::get_attribute, "label").value(), value("hall"));
    EXPECT_EQ(set("offset", 2), "");
    EXPECT_EQ(state.offset, 2.0);
    EXPECT_EQ(set("offset", "x").substr(0, 13), "type_mismatch");
    EXPECT_EQ(set("unit", "kelvin"), "access_denied: Thermometer.unit is read-only");
    EXPECT_EQ(set("size", 1), "access_denied: Thermometer.size is read-only");
    EXPECT_EQ(set("read", 1), "access_denied: Thermometer.read is read-only");
    EXPECT_EQ(set("label", made),
              "remote_error (builtins.ValueError): a Thermometer cannot be put into itself");
    EXPECT_EQ(perform(made, operation::delete_attribute, "label").error().code(),
              errc::access_denied);
    const object limits = as_object(perform(made, operation::get_attribute, "limits").value());
    call(limits, "append", value::list({50}));
    EXPECT_EQ(perform(made, operation::get_attribute, "limits").value(), value(limits));
    EXPECT_EQ(repr(limits), "[-10, 40, 50]");
}

TEST(object_builder, has_the_operators_that_are_registered) {
    thermometer state;
    const object made = state.make();
    EXPECT_EQ(call(made, "__len__"), value(2));
    EXPECT_EQ(call(made, "__getitem__", value::list({1})), value(21.0));
    EXPECT_EQ(call(made, "__getitem__", value::list({2})),
              value("builtins.IndexError: no such reading"));
    EXPECT_EQ(listed(made), value::list({20.0, 21.0}));
    EXPECT_EQ(perform(made, operation::next_items, {}, value::list({1})).value(),
              value::list({20.0}));
    EXPECT_EQ(perform(made, operation::compare, "__eq__", value::list({1})).value(), value(true));
    EXPECT_EQ(perform(made, operation::compare, "__ne__", value::list({1})).value(), value(false));
    EXPECT_EQ(perform(made, operation::compare, "__lt__", value::list({1})).value(), value());
    EXPECT_EQ(perform(made, operation::hash).error().type_name(), "builtins.TypeError");
    EXPECT_EQ(perform(made, operation::call, {}, value::list({1, 2})).value(), value::list({1, 2}));
    EXPECT_EQ(perform(made, operation::to_text).value(), value("20.5 C"));
    EXPECT_EQ(perform(made, operation::to_repr).value(), value("<Thermometer object>"));
    call(made, "__enter__");
    EXPECT_TRUE(state.open);
    EXPECT_EQ(perform(made, operation::leave_context, {}, value::list({nullptr})).value(),
              value(true));
    EXPECT_FALSE(state.open);
    EXPECT_EQ(call(made, "__exit__", value::list({"why", nullptr, nullptr})), value(true));
    EXPECT_EQ(state.left_with, "\"why\"");
}

TEST(object_builder, gives_what_is_not_registered_to_one_function) {
    const object any = object_builder("Any")
                           .method("known", [] { return 1; })
                           .otherwise([](std::string name, value arguments, value named) {
                               if (name == "unknown")
                                   throw_error(fail(errc::unknown_method, "no unknown"));
                               return value::tuple({std::move(name), arguments, named});
                           })
                           .build();
    EXPECT_EQ(call(any, "known"), value(1));
    EXPECT_EQ(call(any, "a/b", value::list({1}), value::map({{"x", 2}})),
              value::tuple({"a/b", value::list({1}), value::map({{"x", 2}})}));
    EXPECT_EQ(perform(any, operation::call_method, "unknown").error().to_string(),
              "unknown_method: no unknown");
    EXPECT_EQ(perform(any, operation::get_attribute, "other").error().code(), errc::unknown_method);
}

TEST(object_builder, describes_exactly_what_it_can_do) {
    thermometer state;
    const object made = state.make();
    const value described = perform(made, operation::describe).value();
    EXPECT_EQ(described.size(), 9u);
    EXPECT_TRUE(described.contains(value::tuple({"read", "The temperature."})));
    EXPECT_TRUE(described.contains(value::tuple({"__call__", nullptr})));
    EXPECT_FALSE(described.contains(value::tuple({"__next__", nullptr})));
    const value names = perform(made, operation::names).value();
    EXPECT_EQ(names.size(), 14u);
    EXPECT_TRUE(names.contains(value("unit")));
}

TEST(object_builder, makes_objects_that_differ_unless_they_say_otherwise) {
    const object one = object_builder("Plain").build();
    const object other = object_builder("Plain").build();
    EXPECT_EQ(perform(one, operation::compare, "__eq__", value::list({one})).value(), value(true));
    EXPECT_EQ(perform(one, operation::compare, "__eq__", value::list({other})).value(),
              value(false));
    EXPECT_EQ(perform(one, operation::compare, "__ne__", value::list({other})).value(),
              value(true));
    EXPECT_NE(perform(one, operation::hash).value(), perform(other, operation::hash).value());
    EXPECT_EQ(perform(one, operation::next_items, {}, value::list({1})).error().type_name(),
              "builtins.TypeError");
    EXPECT_EQ(perform(one, operation::call).error().type_name(), "builtins.TypeError");
    EXPECT_EQ(perform(one, operation::leave_context, {}, value::list({nullptr})).error().code(),
              errc::unknown_method);
    EXPECT_EQ(perform(one, operation::get_attribute, "__doc__").value(), value());
}

TEST(object_builder, makes_iterators_that_end_as_python_ends_them) {
    int now = 0;
    const object count = object_builder("Count")
                             .method("__next__",
                                     [&] {
                                         if (now == 5) throw_error(stop_iteration());
                                         return ++now;
                                     })
                             .build();
    EXPECT_EQ(perform(count, operation::next_items, {}, value::list({2})).value(),
              value::list({1, 2}));
    EXPECT_EQ(perform(count, operation::next_items, {}, value::list({10})).value(),
              value::list({3, 4, 5}));
    EXPECT_EQ(perform(count, operation::next_items, {}, value::list({10})).value(), value::list());
    EXPECT_EQ(call(count, "__next__"), value("builtins.StopIteration: "));
}

TEST(object_builder, holds_its_turn_for_methods_taken_on_their_own) {
    value method;
    errc inner = errc::internal;
    const object made = object_builder("Serial")
                            .method("outer",
                                    [&] {
                                        const auto again =
                                            perform(as_object(method), operation::call);
                                        if (!again) inner = again.error().code();
                                    })
                            .execution(policy::serial)
                            .build();
    method = perform(made, operation::get_attribute, "outer").value();
    EXPECT_TRUE(perform(as_object(method), operation::call));
    EXPECT_EQ(inner, errc::would_deadlock) << "the turn was held, and asked for again";
}

} // namespace
} // namespace beckon::operation_test
