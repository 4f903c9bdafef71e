// The object that the recorded servers of tests/vectors/pyrpc.json served, in C++.
#pragma once

#include <string>
#include <vector>

#include "beckon/base/text.hpp"
#include "beckon/object/object_builder.hpp"
#include "beckon/object/python_errors.hpp"

namespace pyrpc_test {

[[nodiscard]] inline beckon::value as_tuple(const beckon::value& list) {
    return beckon::value::tuple(
        std::vector<beckon::value>(list.items().begin(), list.items().end()));
}

[[nodiscard]] inline beckon::error raised(std::string type, beckon::value arguments,
                                          std::string text) {
    return beckon::python::to_error(
        {.type = std::move(type), .text = std::move(text), .arguments = std::move(arguments)});
}

[[nodiscard]] inline beckon::object make_demo() {
    using beckon::value;
    const auto raise = [](const beckon::error& failure) -> value { beckon::throw_error(failure); };
    return beckon::object_builder("Demo")
        .method("echo",
                [](value given, value named) {
                    return value::tuple({as_tuple(given), named});
                })
        .method("nothing", [] {})
        .method("add", [](std::int64_t a, std::int64_t b) { return a + b; }, {"a", "b"})
        .method("types",
                [] {
                    return value::list({nullptr, true, -1,
                                        *value::integer("1180591620717411303424"), 1.5, "\u00e9",
                                        beckon::bytes{std::byte{0}, std::byte{0xff}}});
                })
        .method("boom",
                [raise](value given, value) {
                    return raise(raised("builtins.ValueError", as_tuple(given), "boom"));
                })
        .method("key",
                [raise] { return raise(raised("builtins.KeyError", value::tuple({"k"}), "'k'")); })
        .method("openfile",
                [raise] {
                    return raise(raised("builtins.FileNotFoundError",
                                        value::tuple({2, "No such file or directory"}),
                                        "no such file"));
                })
        .method("custom",
                [raise] {
                    return raise(raised("demo_errors.DemoError",
                                        value::tuple({42, "custom failure"}), "custom failure"));
                })
        .method("badinit",
                [raise] {
                    return raise(
                        raised("demo_errors.BadInit", value::tuple({"joined 1 2"}), "joined 1 2"));
                })
        .method("slow", [](double) { return "slept"; }, {"seconds"})
        .method("unpicklable", [] { return beckon::make_function([] { return 1; }, "function"); })
        .method("hi", [] { return "hi"; })
        .attribute("attribute", value(5))
        .build();
}

} // namespace pyrpc_test
