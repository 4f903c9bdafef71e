// `with`: entering and leaving, with and without exceptions.
#include <gtest/gtest.h>

#include <stdexcept>

#include "beckon/object/dynamic_context.hpp"
#include "object/dynamic_test_objects.hpp"

namespace beckon::dynamic_tests {

namespace {

[[nodiscard]] intrusive_ptr<test_object> make_context(value answer) {
    auto made = make_object();
    made->on["__enter__"] = [](const dynamic_request&) -> result<value> {
        return value("entered");
    };
    made->on["leave_context"] = [answer](const dynamic_request&) -> result<value> {
        return answer;
    };
    return made;
}

TEST(dynamic_context, is_entered_and_left) {
    const auto made = make_context(nullptr);
    std::string got;
    with(to_dynamic(made), [&](const dynamic& entered) {
        got = entered.as<std::string>();
        EXPECT_EQ(made->log.size(), 1u);
    });
    EXPECT_EQ(got, "entered");
    EXPECT_EQ(made->log, (std::vector<std::string>{"call_method __enter__", "leave_context null"}));
    EXPECT_EQ(with(to_dynamic(made), [](const dynamic&) { return 5; }), 5);
    EXPECT_FALSE(to_dynamic(made).leave());
    EXPECT_TRUE(to_dynamic(make_context(1)).leave("builtins.KeyError"));
    EXPECT_TRUE(to_dynamic(make_context(true)).async().leave().get());
    EXPECT_EQ(to_dynamic(made).async().enter().get().str(), "entered");
}

TEST(dynamic_context, is_told_of_an_exception_which_goes_on) {
    const auto made = make_context(nullptr);
    const auto run = [&](auto what) {
        with(to_dynamic(made), [&](const dynamic&) { throw what; });
    };
    EXPECT_THROW(run(python::key_error("k")), python::key_error);
    EXPECT_EQ(made->log.back(), "leave_context \"builtins.KeyError\"");
    EXPECT_THROW(run(std::out_of_range("x")), std::out_of_range);
    EXPECT_EQ(made->log.back(), "leave_context \"builtins.IndexError\"");
    EXPECT_THROW(run(timeout_error(fail(errc::timeout, "late"))), timeout_error);
    EXPECT_EQ(made->log.back(), "leave_context \"builtins.TimeoutError\"");
    EXPECT_THROW(run(5), int);
    EXPECT_EQ(made->log.back(), "leave_context \"int\"");
}

TEST(dynamic_context, may_take_an_exception_for_dealt_with) {
    const auto made = make_context(true);
    with(to_dynamic(made), [](const dynamic&) { throw python::key_error("k"); });
    EXPECT_EQ(made->log.back(), "leave_context \"builtins.KeyError\"");
    const std::optional<int> nothing =
        with(to_dynamic(made), [](const dynamic&) -> int { throw std::runtime_error("x"); });
    EXPECT_FALSE(nothing);
}

TEST(dynamic_context, a_failure_to_leave_takes_the_place_of_the_exception) {
    const auto made = make_context(nullptr);
    made->on["leave_context"] = [](const dynamic_request&) -> result<value> {
        return detail::python_failure(python::builtin::os_error, "disk is full");
    };
    EXPECT_THROW(with(to_dynamic(made), [](const dynamic&) { throw python::key_error("k"); }),
                 python::os_error);
    EXPECT_THROW(with(to_dynamic(made), [](const dynamic&) {}), python::os_error);
    // What was not entered is not left.
    made->on.erase("__enter__");
    made->log.clear();
    EXPECT_THROW(with(to_dynamic(made), [](const dynamic&) {}), python::attribute_error);
    EXPECT_EQ(made->log.size(), 1u);
}

} // namespace
} // namespace beckon::dynamic_tests
