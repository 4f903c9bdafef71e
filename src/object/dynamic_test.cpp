// Calls by name, in this process: of typed objects, and of objects without generated code.
#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>

#include "beckon/object/dynamic_call.hpp"
#include "beckon/object/dynamic_interface.hpp"
#include "beckon/object/dynamic_servant.hpp"
#include "beckon/object/ref.hpp"
#include "beckon/schema/parse.hpp"

namespace beckon::dynamic_test {

enum class Mood : std::int32_t { calm, busy };
BECKON_ENUM(Mood, calm, busy)

struct Item {
    std::string name;
    std::int64_t count = 0;
    Mood mood = Mood::calm;
};
BECKON_RECORD(Item, name, count, mood)

struct OutOfStock {
    std::string name;
    std::int64_t wanted = 0;
};
BECKON_EXCEPTION(OutOfStock, name, wanted)

struct Counter {
    std::int64_t increment(std::int64_t by);
};
BECKON_INTERFACE(Counter, (increment, by))

struct Shop {
    Item restock(Item item, std::int64_t by);
    ref<Counter> make_counter(std::int64_t start);
    std::int64_t count_with(ref<Counter> counter, std::int64_t times);
    value echo(value what);
    std::string greet(std::string name, std::optional<std::string> title);
    std::int64_t wait_for(std::int64_t number);
    void note(std::string text);
};
BECKON_INTERFACE(Shop, (restock, item, by), (make_counter, start), (count_with, counter, times),
                 (echo, what), (greet, name, title), (wait_for, number), (note, text))
BECKON_RAISES(Shop, OutOfStock)
BECKON_ONEWAY(Shop, note)

struct counter {
    std::int64_t now = 0;
    std::int64_t increment(std::int64_t by) { return now += by; }
};

struct shop {
    promise<std::int64_t> number;
    std::string noted;

    Item restock(Item item, std::int64_t by) {
        if (item.count + by < 0) throw OutOfStock{item.name, -by};
        item.count += by;
        return item;
    }
    ref<Counter> make_counter(std::int64_t start) {
        auto made = std::make_shared<counter>();
        made->now = start;
        return make_ref<Counter>(std::move(made));
    }
    std::int64_t count_with(ref<Counter> counter, std::int64_t times) {
        std::int64_t last = 0;
        for (std::int64_t i = 0; i < times; ++i) last = counter->increment(1);
        return last;
    }
    value echo(value what) { return what; }
    std::string greet(std::string name, std::optional<std::string> title) {
        return title ? *title + " " + name : name;
    }
    task<std::int64_t> wait_for(std::int64_t factor) {
        future<std::int64_t> pending = number.get_future();
        const std::int64_t given = co_await pending;
        co_return factor* given;
    }
    void note(std::string text) { noted = std::move(text); }
};

struct Fixture : testing::Test {
    std::shared_ptr<shop> implementation = std::make_shared<shop>();
    object target{make_ref<Shop>(implementation)};

    result<value> call(std::string_view method, value arguments) {
        return call_dynamic_and_wait(target, method, std::move(arguments));
    }
    error failure(std::string_view method, value arguments) {
        auto outcome = call(method, std::move(arguments));
        EXPECT_FALSE(outcome) << (outcome ? outcome->to_text() : "");
        return outcome ? fail(errc::internal, "") : outcome.error();
    }
};
using DynamicCall = Fixture;

dynamic_interface shop_interface() {
    return dynamic_interface::create(describe_interface<Shop>(), "Shop").value();
}

TEST_F(DynamicCall, takes_arguments_by_position_and_gives_the_kinds_of_the_schema) {
    const value item = value::map({{"name", "bolt"}, {"count", 2}, {"mood", "busy"}});
    const auto outcome = call("restock", value::list({item, 3}));
    ASSERT_TRUE(outcome) << outcome.error().to_string();
    EXPECT_EQ(outcome->to_text(), R"(Item{name: "bolt", count: 5, mood: Mood.busy})");
}

TEST_F(DynamicCall, takes_arguments_by_name_and_leaves_optional_ones_out) {
    EXPECT_EQ(call("greet", value::map({{"name", "Lucy"}})).value(), value("Lucy"));
    EXPECT_EQ(call("greet", value::map({{"title", "Dr"}, {"name", "Lucy"}})).value(),
              value("Dr Lucy"));
    EXPECT_EQ(call("greet", value::list({"Lucy"})).value(), value("Lucy"));
}

TEST_F(DynamicCall, names_what_is_wrong_with_the_arguments) {
    EXPECT_EQ(failure("greet", value::list()).to_string(),
              "invalid_argument: argument name of greet is missing");
    EXPECT_EQ(failure("greet", value::list({"a", "b", "c"})).to_string(),
              "invalid_argument: greet takes 2 arguments; 3 were given");
    EXPECT_EQ(failure("greet", value::map({{"name", "a"}, {"nmae", "b"}})).to_string(),
              "invalid_argument: greet has no parameter \"nmae\"");
    EXPECT_EQ(failure("make_counter", value::list({"five"})).code(), errc::type_mismatch);
    EXPECT_EQ(failure("greet", value("a")).code(), errc::invalid_argument);
}

TEST_F(DynamicCall, names_the_methods_where_one_is_unknown) {
    EXPECT_EQ(failure("restok", value::list()).to_string(),
              "unknown_method: interface Shop has no method \"restok\"; there are restock, "
              "make_counter, count_with, echo, greet, wait_for, note");
}

TEST_F(DynamicCall, through_nothing_is_an_error) {
    EXPECT_EQ(call_dynamic(object(), "greet").result().error().code(), errc::invalid_argument);
}

TEST_F(DynamicCall, gives_a_declared_exception_with_its_fields) {
    const value item = value::map({{"name", "bolt"}, {"count", 2}, {"mood", 0}});
    const error thrown = failure("restock", value::list({item, -3}));
    EXPECT_EQ(thrown.code(), errc::declared);
    EXPECT_EQ(thrown.type_name(), "OutOfStock");
    EXPECT_EQ(declared_fields(thrown)["name"], value("bolt"));
    EXPECT_EQ(declared_fields(thrown)["wanted"], value(3));
}

TEST_F(DynamicCall, follows_references_in_results_and_passes_them_as_arguments) {
    const object counter = call("make_counter", value::list({5})).value().as<object>();
    EXPECT_EQ(call_dynamic(counter, "increment", value::list({2})).get(), value(7));
    EXPECT_EQ(call("count_with", value::list({counter, 3})).value(), value(10));
}

TEST_F(DynamicCall, of_a_coroutine_gives_a_future_that_waits) {
    auto pending = call_dynamic(target, "wait_for", value::list({2}));
    EXPECT_FALSE(pending.ready());
    implementation->number.set(21);
    EXPECT_EQ(pending.get(), value(42));
}

TEST_F(DynamicCall, of_a_one_way_method_gives_null) {
    EXPECT_TRUE(call("note", value::list({"hello"})).value().is_null());
    EXPECT_EQ(implementation->noted, "hello");
}

TEST(DynamicSchema, refuses_a_document_that_is_not_sound) {
    schema::document broken;
    schema::method lost;
    lost.name = "find";
    lost.result.kind = schema::kind::record;
    lost.result.name = "Lost";
    broken.interfaces.push_back({"Shop", {lost}, ""});
    const auto made = dynamic_interface::create(std::move(broken), "Shop");
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code(), errc::parse_error);
}

TEST(DynamicSchema, has_the_digest_of_the_interface_in_cpp) {
    const dynamic_interface made = shop_interface();
    const interface_descriptor& typed = descriptor_of<Shop>();
    EXPECT_EQ(made.descriptor().schema_digest(made.descriptor()), typed.schema_digest(typed));
}

TEST(DynamicSchema, lives_as_long_as_an_object_that_has_one_of_its_interfaces) {
    dynamic_handlers handlers;
    handlers["echo"] = [](const call_arguments& given) { return given[0]; };
    object made;
    {
        const dynamic_interface interface = shop_interface();
        made = make_dynamic_object(interface, std::move(handlers)).value();
        EXPECT_GT(interface.schema()->use_count(), 1u);
    }
    EXPECT_EQ(made.interface_name(), "Shop");
    EXPECT_EQ(call_dynamic(made, "echo", value::list({1})).get(), value(1));
}

object dynamic_shop() {
    dynamic_handlers handlers;
    handlers["restock"] = [](const call_arguments& given) {
        const auto count = given["item"]["count"].as<std::int64_t>() + given["by"].int64();
        if (count < 0) {
            throw_error(declared_error(
                "OutOfStock", value::map({{"name", given["item"]["name"]}, {"wanted", count}})));
        }
        value item = given["item"];
        item.insert_or_assign("count", count);
        return item;
    };
    handlers["greet"] = [](const call_arguments&) { return value(7); };
    handlers["echo"] = [](const call_arguments&) -> value { throw std::runtime_error("no echo"); };
    return make_dynamic_object(shop_interface(), std::move(handlers)).value();
}

TEST(DynamicServant, refuses_a_handler_that_the_interface_has_no_method_for) {
    dynamic_handlers handlers;
    handlers["grete"] = [](const call_arguments&) { return value(); };
    const auto made = make_dynamic_object(shop_interface(), std::move(handlers));
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code(), errc::unknown_method);
}

TEST(DynamicServant, is_called_through_a_typed_reference) {
    const ref<Shop> typed(dynamic_shop().core());
    EXPECT_EQ(typed->restock({"bolt", 2, Mood::busy}, 3).count, 5);
    EXPECT_EQ(typed.async()->restock({"bolt", 2, Mood::busy}, 1).get().mood, Mood::busy);
    EXPECT_THROW(typed->restock({"bolt", 2, Mood::calm}, -3), OutOfStock);
}

TEST(DynamicServant, lacks_the_methods_that_nobody_handles) {
    const ref<Shop> typed(dynamic_shop().core());
    EXPECT_THROW(typed->make_counter(1), unknown_method);
}

TEST(DynamicServant, cannot_give_a_result_of_another_type) {
    const auto outcome = call_dynamic_and_wait(dynamic_shop(), "greet", value::list({"Lucy"}));
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code(), errc::type_mismatch);
}

TEST(DynamicServant, throws_what_its_caller_gets) {
    const auto outcome = call_dynamic_and_wait(dynamic_shop(), "echo", value::list({1}));
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code(), errc::remote_error);
    EXPECT_EQ(outcome.error().type_name(), "std::runtime_error");
    EXPECT_EQ(outcome.error().message(), "no echo");
}

TEST(DynamicServant, with_a_serial_policy_refuses_to_wait_for_itself) {
    dynamic_handlers handlers;
    object self;
    std::optional<errc> inner;
    handlers["echo"] = [&](const call_arguments& given) {
        inner = call_dynamic_and_wait(self, "echo", given.list()).error().code();
        return given[0];
    };
    self = make_dynamic_object(shop_interface(), std::move(handlers), policy::serial).value();
    EXPECT_EQ(call_dynamic_and_wait(self, "echo", value::list({1})).value(), value(1));
    EXPECT_EQ(inner, errc::would_deadlock);
}

// Another C++ type that stands for the same interface: its functions must not be taken for the other's.
namespace other {
struct Counter {
    std::int64_t increment(std::int64_t by);
};
BECKON_INTERFACE(Counter, (increment, by))
} // namespace other

TEST(DynamicServant, of_another_type_for_the_same_interface_is_called_through_values) {
    const ref<other::Counter> same(make_ref<Counter>(std::make_shared<counter>()).core());
    EXPECT_EQ(same->increment(4), 4);
}

} // namespace beckon::dynamic_test
