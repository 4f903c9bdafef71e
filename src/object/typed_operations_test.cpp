// What a dynamic language sees of an object that has an interface.
#include <gtest/gtest.h>

#include "beckon/object/dynamic_servant.hpp"
#include "beckon/object/object_builder.hpp"
#include "beckon/object/ref.hpp"
#include "beckon/object/skeleton.hpp"
#include "beckon/object/turn.hpp"
#include "beckon/schema/parse.hpp"
#include "object/fake_peer_test_support.hpp"

namespace beckon::typed_operations_test {

using operation_test::as_object;
using operation_test::call;
using operation_test::fake_peer;
using operation_test::lent;
using operation_test::listed;
using operation_test::perform;

struct Gauge {
    std::int64_t add(std::int64_t amount, std::optional<std::int64_t> times);
    std::int64_t sum(std::vector<std::int64_t> numbers);
    stream<std::int64_t> count(std::int64_t to);
    value again();
};
BECKON_INTERFACE(Gauge, (add, amount, times), (sum, numbers), (count, to), (again))

struct gauge {
    std::int64_t now = 0;
    value method;
    errc inner = errc::internal;
    bool in_turn = false;

    std::int64_t add(std::int64_t amount, std::optional<std::int64_t> times) {
        return now += amount * times.value_or(1);
    }
    std::int64_t sum(std::vector<std::int64_t> numbers) {
        in_turn = current_call()->turn != nullptr;
        for (const std::int64_t each : numbers) now += each;
        return now;
    }
    stream<std::int64_t> count(std::int64_t to) {
        for (std::int64_t i = 1; i <= to; ++i) co_yield i;
    }
    value again() {
        const auto outcome = perform(as_object(method), operation::call);
        if (!outcome) inner = outcome.error().code();
        return {};
    }
};

struct TypedOperations : testing::Test {
    std::shared_ptr<gauge> implementation = std::make_shared<gauge>();
    object target{make_ref<Gauge>(implementation)};
};

TEST_F(TypedOperations, calls_methods_by_position_and_by_name) {
    EXPECT_EQ(call(target, "add", value::list({2})), value(2));
    EXPECT_EQ(call(target, "add", value::list({2}), value::map({{"times", 3}})), value(8));
    EXPECT_EQ(call(target, "add", value::list(), value::map({{"amount", 1}, {"times", 1}})),
              value(9));
    EXPECT_EQ(call(target, "add", value::list({2}), value::map({{"amount", 3}})),
              value("invalid_argument (builtins.TypeError): Gauge.add() got multiple values for "
                    "argument 'amount'"));
    EXPECT_EQ(call(target, "add", value::list({1, 2, 3}), value::map({{"x", 3}})),
              value("invalid_argument (builtins.TypeError): Gauge.add() got an unexpected keyword "
                    "argument 'x'"));
}

TEST_F(TypedOperations, refuses_arguments_that_do_not_fit_in_the_words_of_python) {
    const auto refusal = [&](const char* method, value arguments, value named = value::map()) {
        const auto outcome =
            perform(target, operation::call_method, method, std::move(arguments), std::move(named));
        return outcome ? "it was called" : outcome.error().to_string();
    };
    const std::string type = "invalid_argument (builtins.TypeError): ";
    EXPECT_EQ(refusal("add", value::list()),
              type + "Gauge.add() missing 1 required positional argument: 'amount'");
    EXPECT_EQ(refusal("add", value::list({1, 2, 3})),
              type + "Gauge.add() takes from 1 to 2 positional arguments but 3 were given");
    EXPECT_EQ(refusal("sum", value::list({1, 2})),
              type + "Gauge.sum() takes 1 positional argument but 2 were given");
    EXPECT_EQ(refusal("again", value::list({1})),
              type + "Gauge.again() takes 0 positional arguments but 1 was given");
    EXPECT_EQ(refusal("add", value::list({1}), value::map({{"amuont", 2}})),
              type + "Gauge.add() got an unexpected keyword argument 'amuont'");
    EXPECT_EQ(refusal("add", value::list({1}), value::map({{"amount", 2}})),
              type + "Gauge.add() got multiple values for argument 'amount'");
    EXPECT_EQ(refusal("add", value::list(), value::map({{"times", 2}})),
              type + "Gauge.add() missing 1 required positional argument: 'amount'");
    EXPECT_EQ(refusal("add", value::list({"one"})),
              "type_mismatch: amount: expected int64, found string of 3 bytes; while reading the "
              "arguments of add");
    EXPECT_EQ(implementation->now, 0);
}

TEST_F(TypedOperations, gives_methods_on_their_own) {
    const object add = as_object(perform(target, operation::get_attribute, "add").value());
    EXPECT_EQ(static_cast<servant&>(*add.core()).what(), servant::nature::method);
    EXPECT_EQ(perform(add, operation::call, {}, value::list({5})).value(), value(5));
    EXPECT_EQ(call(add, "__call__", value::list({5})), value(10));
    EXPECT_EQ(implementation->now, 10);
    EXPECT_EQ(perform(add, operation::get_attribute, "__name__").value(), value("add"));
    EXPECT_EQ(perform(add, operation::to_repr).value(), value("<method add of <Gauge object>>"));
    const value same = perform(target, operation::get_attribute, "add").value();
    const value other = perform(target, operation::get_attribute, "sum").value();
    EXPECT_EQ(perform(add, operation::compare, "__eq__", value::list({same})).value(), value(true));
    EXPECT_EQ(perform(add, operation::compare, "__eq__", value::list({other})).value(),
              value(false));
    EXPECT_EQ(perform(add, operation::hash).value(),
              perform(as_object(same), operation::hash).value());
    EXPECT_NE(perform(add, operation::hash).value(),
              perform(as_object(other), operation::hash).value());
    EXPECT_EQ(perform(add, operation::describe).value(),
              value::list({value::tuple({"__call__", nullptr})}));
}

TEST_F(TypedOperations, names_and_describes_methods_and_hides_all_else) {
    EXPECT_EQ(perform(target, operation::names).value(),
              value::list({"add", "sum", "count", "again"}));
    EXPECT_EQ(perform(target, operation::describe).value()[0], value::tuple({"add", nullptr}));
    for (const char* hidden : {"__class__", "__dict__", "__init__", "now", ""}) {
        EXPECT_EQ(perform(target, operation::get_attribute, hidden).error().code(),
                  errc::unknown_method);
        EXPECT_EQ(perform(target, operation::call_method, hidden).error().code(),
                  errc::unknown_method);
    }
    for (const operation what :
         {operation::set_attribute, operation::delete_attribute, operation::call,
          operation::next_items, operation::leave_context, operation::is_instance}) {
        const error refused = perform(target, what, "add", value::list({1})).error();
        const bool writes = what == operation::set_attribute || what == operation::delete_attribute;
        EXPECT_EQ(refused.code(), writes ? errc::access_denied : errc::unsupported)
            << to_string(what);
        EXPECT_EQ(refused.type_name(), writes || what == operation::leave_context
                                           ? "builtins.AttributeError"
                                           : "builtins.TypeError")
            << to_string(what);
    }
}

TEST_F(TypedOperations, has_a_text_a_hash_and_an_identity) {
    EXPECT_EQ(perform(target, operation::to_text).value(), value("<Gauge object>"));
    EXPECT_EQ(perform(target, operation::to_repr).value(), value("<Gauge object>"));
    EXPECT_EQ(perform(target, operation::root).value(), value(target));
    const object other(make_ref<Gauge>(implementation));
    EXPECT_EQ(perform(target, operation::hash).value(), perform(target, operation::hash).value());
    EXPECT_NE(perform(target, operation::hash).value(), perform(other, operation::hash).value());
    const auto compare = [&](std::string how, const value& with) {
        return perform(target, operation::compare, std::move(how), value::list({with})).value();
    };
    EXPECT_EQ(compare("__eq__", value(target)), value(true));
    EXPECT_EQ(compare("__eq__", value(other)), value(false));
    EXPECT_EQ(compare("__ne__", value(other)), value(true));
    EXPECT_EQ(compare("__eq__", value(1)), value(false));
    EXPECT_EQ(compare("__lt__", value(other)), value());
}

TEST(typed_operations, tell_the_documentation_of_the_schema) {
    const auto document = schema::parse("/// Says hello.\ninterface Greeter {\n"
                                        "    /// To one person.\n"
                                        "    string greet(string name);\n}\n",
                                        "greeter.bkn");
    ASSERT_TRUE(document) << "the schema does not parse";
    dynamic_handlers handlers;
    handlers["greet"] = [](const call_arguments& given) { return given["name"]; };
    const auto interface = dynamic_interface::create(*document, "Greeter");
    const object greeter = make_dynamic_object(*interface, std::move(handlers)).value();
    EXPECT_EQ(perform(greeter, operation::get_attribute, "__doc__").value(), value("Says hello."));
    EXPECT_EQ(perform(greeter, operation::describe).value(),
              value::list({value::tuple({"greet", "To one person."})}));
    const object greet = as_object(perform(greeter, operation::get_attribute, "greet").value());
    EXPECT_EQ(perform(greet, operation::get_attribute, "__doc__").value(), value("To one person."));
    EXPECT_EQ(call(greeter, "greet", value::list({"Ann"})), value("Ann"));
}

struct Wiring {
    std::int64_t use(ref<Gauge> gauge);
};
BECKON_INTERFACE(Wiring, (use, gauge))

struct wiring {
    std::int64_t use(ref<Gauge> gauge) { return gauge->add(1, std::nullopt); }
};

TEST_F(TypedOperations, take_no_object_without_an_interface_for_one_that_has_it) {
    const object wired(make_ref<Wiring>(std::make_shared<wiring>()));
    EXPECT_EQ(call(wired, "use", value::list({target})), value(1));
    const object alike = object_builder("Gauge").method("add", [] { return 1; }).build();
    for (const object& given : {lent(value::list({1})), alike, make_function([] {})}) {
        EXPECT_EQ(call(wired, "use", value::list({given})).string().substr(0, 13), "type_mismatch");
    }
}

TEST_F(TypedOperations, gives_streams_that_become_iterators) {
    const value numbers = call(target, "count", value::list({5}));
    ASSERT_TRUE(numbers.is(value_kind::stream)) << numbers.to_text();
    EXPECT_EQ(listed(lent(numbers)), value::list({1, 2, 3, 4, 5}));
}

TEST_F(TypedOperations, hold_the_turn_of_a_serial_object_for_methods_on_their_own) {
    const object serial(make_ref<Gauge>(implementation, policy::serial));
    implementation->method = perform(serial, operation::get_attribute, "again").value();
    EXPECT_TRUE(perform(as_object(implementation->method), operation::call));
    EXPECT_EQ(implementation->inner, errc::would_deadlock);
    implementation->method = {};
}

TEST_F(TypedOperations, hold_the_turn_again_when_arguments_have_been_fetched) {
    const object serial(make_ref<Gauge>(implementation, policy::serial));
    const auto there = make_counted<fake_peer>();
    const value numbers = there->lend(value::list({1, 2}));
    there->holds_back = true;
    auto pending = operate(serial, {operation::call_method, "sum", value::list({numbers})});
    object_turn& turn = *static_cast<servant&>(*serial.core()).turn();
    ASSERT_TRUE(turn.try_enter()) << "nobody holds it while the arguments are on their way";
    there->answer_all();
    EXPECT_FALSE(pending.ready()) << "the turn is ours";
    function<void()> next = turn.leave();
    ASSERT_TRUE(static_cast<bool>(next)) << "the call waits for it";
    next();
    ASSERT_TRUE(pending.ready());
    EXPECT_EQ(pending.get(), value(3));
    EXPECT_TRUE(implementation->in_turn);
    ASSERT_TRUE(turn.try_enter()) << "and was given back";
    EXPECT_FALSE(static_cast<bool>(turn.leave()));
    EXPECT_EQ(call(serial, "sum", value::list({lent(value::list({4}))})), value(7))
        << "what is here is there at once";
    EXPECT_TRUE(turn.try_enter());
}

} // namespace beckon::typed_operations_test
