// A few thousand operations of Python's own client, drawn from a seed, on objects of ours and on the same objects written
// in Python: rpyc_mixed.py compares each result. BECKON_RPYC_SEED and BECKON_RPYC_OPERATIONS in the environment choose others.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <string>
#include <vector>

#include "beckon/object/operate.hpp"
#include "beckon/rpyc.hpp"
#include "interop/python.hpp"

namespace beckon::rpyc {
namespace {

value sorted_pairs(const value& named) {
    std::vector<value> pairs;
    for (const auto& [name, content] : named.entries())
        pairs.push_back(value::tuple({name, content}));
    std::sort(pairs.begin(), pairs.end(),
              [](const value& a, const value& b) { return a[0].string() < b[0].string(); });
    return value::tuple(std::move(pairs));
}

value as_tuple(const value& items) {
    return value::tuple(std::vector<value>(items.begin(), items.end()));
}

std::int64_t integer_of(const dynamic& given, const char* complaint) {
    if (given.kind() != value_kind::integer) throw python::type_error(complaint);
    return given.as<std::int64_t>();
}

object make_counter(std::int64_t start) {
    const auto now = std::make_shared<std::int64_t>(start);
    return object_builder("Counter", "Counts.")
        .property("value", [now] { return *now; })
        .variable("label", "counter")
        .method(
            "increment",
            [now](const value& by) { return *now += integer_of(by, "by must be an integer"); },
            {{"by", 1}}, "Adds to the count.")
        .method("__repr__", [now] { return concat("Counter(", *now, ")"); })
        .build();
}

using numbers = std::vector<std::int64_t>;

std::string text_of(const numbers& parts) {
    std::string all = "(";
    for (std::size_t i = 0; i < parts.size(); ++i) all += concat(i == 0 ? "" : ", ", parts[i]);
    return all + (parts.size() == 1 ? ",)" : ")");
}

value parts_as_tuple(const numbers& parts) {
    return value::tuple(std::vector<value>(parts.begin(), parts.end()));
}

/// The parts of another vector; nothing where it is none.
std::optional<numbers> parts_of(const dynamic& other) {
    if (!other.is_object() || !other.has("parts")) return std::nullopt;
    return other.call("parts").as<numbers>();
}

object make_vector(numbers parts);

template <typename Combine>
auto combining(const numbers& parts, const Combine& combine) {
    return [parts, combine](const value& given) {
        const auto others = parts_of(given);
        if (!others || others->size() != parts.size())
            throw python::type_error("not such a vector");
        numbers all;
        for (std::size_t i = 0; i < parts.size(); ++i)
            all.push_back(combine(parts[i], (*others)[i]));
        return make_vector(std::move(all));
    };
}

object make_vector(numbers parts) {
    const auto scaled = [parts](std::int64_t factor) {
        numbers all;
        for (const std::int64_t each : parts) all.push_back(each * factor);
        return make_vector(std::move(all));
    };
    const auto scaled_by = [scaled](const value& factor) {
        return scaled(integer_of(factor, "not such a vector"));
    };
    const auto first = [parts] { return parts.empty() ? 0 : parts[0]; };
    return object_builder("Vector")
        .method("parts", [parts] { return parts_as_tuple(parts); })
        .method("__add__", combining(parts, [](auto a, auto b) { return a + b; }))
        .method("__sub__", combining(parts, [](auto a, auto b) { return a - b; }))
        .method("__mul__", scaled_by)
        .method("__rmul__", scaled_by)
        .method("__neg__", [scaled] { return scaled(-1); })
        .method("__abs__",
                [parts] {
                    std::int64_t sum = 0;
                    for (const std::int64_t each : parts) sum += each < 0 ? -each : each;
                    return sum;
                })
        .method("__int__", first)
        .method("__index__", first)
        .method("__float__", [first] { return static_cast<double>(first()); })
        .method("__len__", [parts] { return parts.size(); })
        .method("__bool__",
                [parts] {
                    return std::any_of(parts.begin(), parts.end(),
                                       [](auto each) { return each != 0; });
                })
        .method("__getitem__",
                [parts](const value& at) {
                    return dynamic(parts_as_tuple(parts)).get_item(at).content();
                })
        .method(
            "__contains__",
            [parts](const value& part) { return dynamic(parts_as_tuple(parts)).contains(part); })
        .method(
            "__iter__",
            [parts] {
                return value(intrusive_ptr<referent>(lend_iterator({parts.begin(), parts.end()})));
            })
        .method("__call__",
                [](value arguments, value named) {
                    return value::tuple({as_tuple(arguments), sorted_pairs(named)});
                })
        .method("__eq__",
                [parts](const value& other) -> value {
                    const auto others = parts_of(other);
                    return others ? value(*others == parts) : value();
                })
        .method("__lt__",
                [parts](const value& other) -> value {
                    const auto others = parts_of(other);
                    return others ? value(parts < *others) : value();
                })
        .method("__hash__", [parts] { return 1000 + parts.size(); })
        .method("__str__", [parts] { return "v" + text_of(parts); })
        .method("__repr__", [parts] { return "Vector" + text_of(parts); })
        .build();
}

object make_guard(bool swallows) {
    const dynamic seen(value(intrusive_ptr<referent>(lend_container(value::list()))));
    // What a method gives goes to the peer as the guard itself: it holds no more of it than the peer does.
    const auto self = std::make_shared<object_core*>(nullptr);
    object made = object_builder("Guard")
                      .attribute("seen", seen.content())
                      .method("__enter__",
                              [seen, self] {
                                  seen.call("append", "in");
                                  return value(object(intrusive_ptr<object_core>(*self)));
                              })
                      .method("__exit__",
                              [seen, swallows](const value& kind) {
                                  seen.call("append", kind.is_null() ? "out" : "thrown");
                                  return swallows;
                              })
                      .method("__repr__", [] { return "<guard>"; })
                      .build();
    *self = made.core().get();
    return made;
}

object make_tree(std::int64_t depth) {
    std::vector<value> children;
    for (int i = 0; i < 2 && depth > 0; ++i) children.push_back(value(make_tree(depth - 1)));
    const value list(intrusive_ptr<referent>(lend_container(value::list(std::move(children)))));
    return object_builder("Node")
        .attribute("depth", depth)
        .attribute("children", list)
        .attribute("table", value::map({{"depth", depth}, {"next", list}}))
        .method("leaves", [depth] { return std::int64_t{1} << depth; })
        .method("__repr__", [depth] { return concat("Node(", depth, ")"); })
        .build();
}

/// Python's own arithmetic, of what comes by value.
value plus(const dynamic& a, const dynamic& b) { return (a + b).content(); }

value divided(const dynamic& a, const dynamic& b) {
    const std::int64_t over = integer_of(a, "integers");
    const std::int64_t by = integer_of(b, "integers");
    if (by == 0) throw python::zero_division_error("integer division or modulo by zero");
    return value(over / by - (over % by != 0 && (over < 0) != (by < 0) ? 1 : 0));
}

/// The arguments after the first one.
std::vector<value> rest_of(const value& arguments) {
    return {arguments.begin() + 1, arguments.end()};
}

object make_root() {
    object_builder made("Mixed");
    made.method("echo", [](const value& given) { return given; }, {"given"});
    made.method("pair",
                [](const dynamic& a, const dynamic& b) {
                    return value::tuple({a.content(), b.content()});
                },
                {"one", "other"});
    made.method("add", plus, {"a", {"b", 1}});
    made.method("divide", divided, {"a", "b"});
    made.method("typed", [](std::int64_t a, std::int64_t b) { return a + b; }, {"a", "b"});
    made.method("spread", [](value arguments, value named) {
        return value::tuple({as_tuple(arguments), sorted_pairs(named)});
    });
    made.method("fail",
                [](const std::string& kind, const value& text) {
                    throw python::exception({.type = "builtins." + kind,
                                             .text = text.to_text(),
                                             .arguments = value::tuple({text})});
                },
                {"kind", "text"});
    made.method("list", [](value items, value) { return items; });
    made.method("dict", [](value pairs, value) {
        const dynamic all(value(intrusive_ptr<referent>(lend_container(value::map()))));
        all.call("update", pairs);
        return all.content();
    });
    made.method("set", [](value items, value) {
        const dynamic all(value(intrusive_ptr<referent>(lend_container(value::set()))));
        all.call("update", items);
        return all.content();
    });
    made.method("counter", [](std::int64_t start) { return make_counter(start); }, {{"start", 0}});
    made.method("vector", [](const value& parts, const value&) {
        return make_vector(dynamic(parts).as<numbers>());
    });
    made.method("guard", make_guard, {"swallows"});
    made.method("tree", make_tree, {"depth"});
    made.method("span",
                [](std::int64_t count) {
                    std::vector<value> squares;
                    for (std::int64_t i = 0; i < count; ++i) squares.push_back(value(i * i));
                    return value(intrusive_ptr<referent>(lend_iterator(std::move(squares))));
                },
                {"count"});
    made.method("apply", [](value arguments, value named) {
        dynamic_request request;
        request.what = operation::call;
        request.arguments = value::list(rest_of(arguments));
        request.named = std::move(named);
        result<value> outcome = operate_and_wait(arguments[0].as<object>(), std::move(request), {});
        if (!outcome) throw_error(std::move(outcome).error());
        return *outcome;
    });
    made.method("tell",
                [](const value& listener, std::int64_t times) {
                    std::int64_t heard = 0;
                    for (std::int64_t i = 0; i < times; ++i) {
                        heard +=
                            dynamic(listener).call("on_event", i, concat("event ", i)).as<int>();
                    }
                    return heard;
                },
                {"listener", "times"});
    made.method("look",
                [](const value& thing, const std::string& name) {
                    return dynamic(thing).get(name).content();
                },
                {"thing", "name"});
    made.method("put",
                [](const value& thing, const std::string& name, const value& content) {
                    dynamic(thing).set(name, content);
                },
                {"thing", "name", "content"});
    made.method("total",
                [](const value& given) {
                    std::int64_t sum = 0;
                    for (const dynamic& each : dynamic(given)) sum += each.as<std::int64_t>();
                    return sum;
                },
                {"numbers"});
    return made.build();
}

std::string from_environment(const char* name, const char* otherwise) {
    const char* const said = std::getenv(name);
    return said != nullptr ? said : otherwise;
}

class rpyc_mixed : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(of, rpyc_mixed, testing::Values(5, 6),
                         [](const auto& each) { return "version_" + std::to_string(each.param); });

TEST_P(rpyc_mixed, operations_have_the_results_that_they_have_on_pythons_own_server) {
    interop::found_python found{interop::debian_python, {}};
    if (GetParam() == 5) {
        found.missing = interop::python_module("rpyc");
    } else {
        found = interop::python_with("rpyc-6", "rpyc", "rpyc==6.0.2");
    }
    BECKON_NEEDS_PEER("rpyc-" + std::to_string(GetParam()), found.missing);
    server serving;
    serving.publish("mixed", make_root());
    const std::string here = serving.listen("rpyc+tcp://127.0.0.1:0");
    const char* const source = std::getenv("BECKON_SOURCE_DIR");
    ASSERT_NE(source, nullptr);
    // A seed of its own for each version: twice as much is tried.
    const std::string seed = from_environment("BECKON_RPYC_SEED", GetParam() == 5 ? "5" : "6");
    interop::python client(
        "import runpy, sys; sys.argv.pop(0); sys.path.insert(0, sys.argv[0].rpartition('/')[0]); "
        "runpy.run_path(sys.argv[0], run_name='__main__')",
        {std::string(source) + "/tests/interop/rpyc_mixed.py", here.substr(here.rfind(':') + 1),
         "--seed", seed, "--operations", from_environment("BECKON_RPYC_OPERATIONS", "3000")},
        found.interpreter);
    for (const std::string& line : client.lines()) std::cout << line << '\n';
    EXPECT_EQ(client.status(), 0);
}

} // namespace
} // namespace beckon::rpyc
