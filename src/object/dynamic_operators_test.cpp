// Operators and comparisons of dynamic objects, in both directions and in place.
#include <gtest/gtest.h>

#include "object/dynamic_test_objects.hpp"

namespace beckon::dynamic_tests {

namespace {

[[nodiscard]] handler gives(value content) {
    return [content](const dynamic_request&) -> result<value> { return content; };
}

TEST(dynamic_operators, each_sign_calls_the_method_of_python) {
    const auto made = make_object();
    for (const char* const name :
         {"__add__", "__sub__", "__mul__", "__truediv__", "__mod__", "__lshift__", "__rshift__",
          "__and__", "__or__", "__xor__", "__pow__", "__floordiv__", "__neg__", "__pos__",
          "__invert__", "__abs__"}) {
        made->on[name] = gives(name);
    }
    const dynamic d = to_dynamic(made);
    EXPECT_EQ((d + 1).as<std::string>(), "__add__");
    EXPECT_EQ((d - 1).as<std::string>(), "__sub__");
    EXPECT_EQ((d * 1).as<std::string>(), "__mul__");
    EXPECT_EQ((d / 1).as<std::string>(), "__truediv__");
    EXPECT_EQ((d % 1).as<std::string>(), "__mod__");
    EXPECT_EQ((d << 1).as<std::string>(), "__lshift__");
    EXPECT_EQ((d >> 1).as<std::string>(), "__rshift__");
    EXPECT_EQ((d & 1).as<std::string>(), "__and__");
    EXPECT_EQ((d | 1).as<std::string>(), "__or__");
    EXPECT_EQ((d ^ 1).as<std::string>(), "__xor__");
    EXPECT_EQ(pow(d, 1).as<std::string>(), "__pow__");
    EXPECT_EQ(floor_divide(d, 1).as<std::string>(), "__floordiv__");
    EXPECT_EQ(made->log.size(), 12u);
    EXPECT_EQ((-d).as<std::string>(), "__neg__");
    EXPECT_EQ((+d).as<std::string>(), "__pos__");
    EXPECT_EQ((~d).as<std::string>(), "__invert__");
    EXPECT_EQ(abs(d).as<std::string>(), "__abs__");
}

TEST(dynamic_operators, the_right_operand_is_asked_where_the_left_one_declines) {
    const auto left = make_object();
    const auto right = make_object();
    right->on["__radd__"] = gives("right knows");
    left->on["__add__"] = gives(nullptr);
    EXPECT_EQ((to_dynamic(left) + to_dynamic(right)).as<std::string>(), "right knows");
    EXPECT_EQ((2 + to_dynamic(right)).as<std::string>(), "right knows");
    EXPECT_EQ(right->log.back(), "call_method __radd__ 2");
    left->on.clear();
    EXPECT_EQ((to_dynamic(left) + to_dynamic(right)).as<std::string>(), "right knows");
    EXPECT_EQ(thrown<python::type_error>([&] { static_cast<void>(to_dynamic(left) + 5); }),
              "operator + has no meaning for object and int64");
    EXPECT_EQ(
        thrown<python::type_error>([&] { static_cast<void>(to_dynamic(left) + to_dynamic(left)); }),
        "operator + has no meaning for object and object");
    // What fails, rather than declines, is not asked again.
    left->on["__add__"] = [](const dynamic_request&) -> result<value> {
        return detail::python_failure(python::builtin::value_error, "broken");
    };
    EXPECT_THROW(static_cast<void>(to_dynamic(left) + to_dynamic(right)), python::value_error);
}

TEST(dynamic_operators, in_place_the_object_changes_itself_where_it_can) {
    const auto made = make_object();
    made->on["__iadd__"] = [self = made.get()](const dynamic_request&) -> result<value> {
        return value(intrusive_ptr<referent>(self));
    };
    made->on["__mul__"] = gives(12);
    dynamic d = to_dynamic(made);
    d += 1;
    EXPECT_EQ(d.content(), to_dynamic(made).content());
    d *= 2;
    EXPECT_EQ(d.as<int>(), 12);
    EXPECT_EQ(made->log,
              (std::vector<std::string>{"call_method __iadd__ 1", "call_method __imul__ 2",
                                        "call_method __mul__ 2"}));
    d -= 2;
    EXPECT_EQ(d.as<int>(), 10);
}

TEST(dynamic_operators, comparisons_ask_and_take_the_reflected_answer) {
    const auto left = make_object();
    const auto right = make_object();
    const dynamic a = to_dynamic(left);
    const dynamic b = to_dynamic(right);
    left->on["__lt__"] = gives(true);
    EXPECT_TRUE(a < b);
    EXPECT_EQ(left->log.size(), 1u);
    right->on["__le__"] = gives(true);
    EXPECT_TRUE(a >= b);
    EXPECT_TRUE(5 >= b);
    EXPECT_EQ(right->log.back(), "compare __le__ 5");
    EXPECT_TRUE(b > a);
    // Neither knows: identity, or an error.
    EXPECT_TRUE(a == a);
    EXPECT_FALSE(a == b);
    EXPECT_TRUE(a != b);
    EXPECT_FALSE(a != a);
    EXPECT_FALSE(a == 5);
    EXPECT_FALSE(5 == a);
    EXPECT_FALSE(a == value(5));
    EXPECT_EQ(thrown<python::type_error>([&] { static_cast<void>(a > 5); }),
              "operator > does not order object and int64");
    right->on["__eq__"] = gives(true);
    EXPECT_TRUE(a == b);
    EXPECT_TRUE(value(1) == b);
    left->on["__eq__"] = gives(false);
    EXPECT_FALSE(a == b);
    EXPECT_FALSE(a == a);
}

TEST(dynamic_operators, an_object_as_the_answer_is_asked_for_its_truth) {
    const auto made = make_object();
    const auto answer = make_container(value::list({}));
    made->on["__eq__"] = gives(value(object(answer)));
    EXPECT_FALSE(to_dynamic(made) == 1);
    answer->content = value::list({1});
    EXPECT_TRUE(to_dynamic(made) == 1);
    EXPECT_EQ(answer->log[0], "call_method __bool__");
}

TEST(dynamic_operators, places_are_operands) {
    const dynamic d = to_dynamic(make_container(value::list({3, 4})));
    EXPECT_EQ((d[0] + d[1]).as<int>(), 7);
    EXPECT_EQ((2 * d[1]).as<int>(), 8);
    EXPECT_TRUE(d[0] < d[1]);
    EXPECT_TRUE(d[0] == 3);
    d[0] += 10;
    EXPECT_EQ(d[0].as<int>(), 13);
    d[1] = d[0];
    EXPECT_EQ(d[1].as<int>(), 13);
    EXPECT_EQ((-d[0]).as<int>(), -13);
}

} // namespace
} // namespace beckon::dynamic_tests
