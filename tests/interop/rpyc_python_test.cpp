// C++ programs at real RPyC servers, of both dialects: objects of Python, callbacks, errors, and that nothing is left.
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "beckon/rpyc.hpp"
#include "interop/python.hpp"

namespace beckon::rpyc {
namespace {

using namespace beckon::literals;
using namespace std::chrono_literals;

constexpr const char* classic_server = R"(
import logging, sys
logging.disable(logging.CRITICAL)
from rpyc.core.service import SlaveService
from rpyc.utils.server import ThreadedServer
class Service(SlaveService):
    def on_connect(self, conn):
        super().on_connect(conn)
        self.namespace["connection"] = conn
server = ThreadedServer(Service, hostname="127.0.0.1", port=0)
server.logger.disabled = True
import threading, time
threading.Thread(target=server.start, daemon=True).start()
while not server.active:  # it has the port from the beginning, but listens later
    time.sleep(0.01)
print(server.port, flush=True)
sys.stdin.read()
)";

/// RPyC 6 with threads of both sides bound to each other. 5.3 has the option, and fails with it at its own first message.
constexpr int bound_6 = 60;
constexpr const char* bind_threads = R"(
import os
os.environ["RPYC_BIND_THREADS"] = "true"
)";

/// One interpreter for all tests of a version.
struct peer_server {
    interop::found_python found;
    std::optional<interop::python> process;
    std::string endpoint;
};

class rpyc_python : public testing::TestWithParam<int> {
protected:
    void SetUp() override {
        BECKON_NEEDS_PEER(GetParam() == 5 ? "rpyc-5" : "rpyc-6", server().found.missing);
        conversation_ = connect(server().endpoint);
        python_.emplace(conversation_.root());
    }

    static peer_server& server() {
        static std::map<int, peer_server> servers;
        peer_server& one = servers[GetParam()];
        if (!one.endpoint.empty() || one.found.missing) return one;
        if (GetParam() == 5) {
            one.found = {interop::debian_python, interop::python_module("rpyc")};
        } else {
            one.found = interop::python_with("rpyc-6", "rpyc", "rpyc==6.0.2");
        }
        if (one.found.missing) return one;
        std::string program = classic_server;
        if (GetParam() == bound_6) program.insert(0, bind_threads);
        one.process.emplace(program, interop::texts{}, one.found.interpreter);
        one.endpoint = "rpyc+tcp://127.0.0.1:" + one.process->line();
        if (GetParam() == bound_6) one.endpoint += "?bind_threads";
        return one;
    }

    /// How many objects the interpreter holds for us.
    std::int64_t held() { return python_->eval("len(connection._local_objects._dict)").as<int>(); }

    connected conversation_;
    std::optional<classic> python_;
};
INSTANTIATE_TEST_SUITE_P(of, rpyc_python, testing::Values(5, 6, bound_6), [](const auto& each) {
    return each.param == bound_6 ? "version_6_bound" : "version_" + std::to_string(each.param);
});

TEST_P(rpyc_python, values_of_all_kinds_come_back_as_they_went) {
    const dynamic same = python_->eval("lambda x: x");
    std::string text(70'000, 'x');
    for (const value& sent :
         {value(), value(true), value(-49), value(1),
          *value::integer("-123456789012345678901234567890"), value(2.5), value("\xe2\x82\xac"),
          value(text), value(to_bytes(text)), value::tuple(),
          value::tuple({1, value::tuple({"a", value()})}), value::complex(1, -2),
          value::slice(1, value(), 2), value::frozen_set({1, 2})}) {
        EXPECT_EQ(same(sent).content(), sent) << sent.to_text(100);
    }
}

TEST_P(rpyc_python, attributes_items_and_calls) {
    const dynamic sys = python_->module("sys");
    EXPECT_TRUE(sys.has("path"));
    EXPECT_FALSE(sys.has("nothing"));
    python_->execute("class Thing: pass");
    dynamic thing = python_->eval("Thing()");
    thing.attr("name") = "bolt";
    EXPECT_EQ(thing.attr("name").as<std::string>(), "bolt");
    thing.erase("name");
    EXPECT_THROW(static_cast<void>(thing.get("name")), python::attribute_error);

    dynamic map = python_->eval("dict(a=1)");
    map["b"] = 2;
    EXPECT_EQ(map["a"].as<int>() + map["b"].as<int>(), 3);
    EXPECT_EQ(map.size(), 2u);
    EXPECT_TRUE(map.contains("b"));
    map.erase_item("a");
    EXPECT_THROW(static_cast<void>(map.get_item("a")), python::key_error);
    EXPECT_EQ(map.repr(), "{'b': 2}");

    dynamic list = python_->eval("list(range(10))");
    EXPECT_EQ(list.get_item(slice(2, 5)).as<std::vector<int>>(), (std::vector<int>{2, 3, 4}));
    EXPECT_EQ(python_->builtins().call("int", "ff", "base"_arg = 16).as<int>(), 255);
    EXPECT_EQ(python_->eval("complex")(1, "imag"_arg = 2).content(), value::complex(1, 2));
}

TEST_P(rpyc_python, containers_come_by_value_when_asked_for) {
    EXPECT_EQ(python_->eval("[1, [2, 3]]").fetch({.depth = 2}),
              value::list({1, value::list({2, 3})}));
    const auto map = python_->eval("{'a': 1, 'b': 2}").as<std::map<std::string, int>>();
    EXPECT_EQ(map, (std::map<std::string, int>{{"a", 1}, {"b", 2}}));
    EXPECT_EQ(python_->eval("list(range(1000))").as<std::vector<int>>().size(), 1000u);
}

TEST_P(rpyc_python, iteration_is_in_batches) {
    std::int64_t sum = 0;
    for (const dynamic& each : python_->eval("(n for n in range(1000))")) sum += each.as<int>();
    EXPECT_EQ(sum, 499'500);
    sum = 0;
    for (const dynamic& each : python_->eval("iter([])")) sum += each.as<int>();
    EXPECT_EQ(sum, 0);
}

TEST_P(rpyc_python, operators_and_comparison) {
    const dynamic seven = python_->eval("__import__('fractions').Fraction(7, 2)");
    EXPECT_EQ((seven + 1).str(), "9/2");
    EXPECT_EQ((1 + seven).str(), "9/2");
    EXPECT_EQ((seven * seven).str(), "49/4");
    EXPECT_TRUE(seven > 3);
    EXPECT_TRUE(seven == python_->eval("3.5"));
    EXPECT_EQ(seven.hash(), python_->eval("hash(3.5)").as<std::int64_t>());
    EXPECT_THROW(static_cast<void>(seven + "text"), python::type_error);
}

TEST_P(rpyc_python, exceptions_arrive_as_their_types) {
    EXPECT_THROW(static_cast<void>(python_->eval("1 / 0")), python::zero_division_error);
    EXPECT_THROW(static_cast<void>(python_->module("no_such_module")),
                 python::module_not_found_error);
    EXPECT_FALSE(python_->has_module("no_such_module"));
    EXPECT_TRUE(python_->has_module("xml.dom"));
    try {
        python_->execute("raise KeyError('lost', 2)");
        FAIL();
    } catch (const python::key_error& raised) {
        EXPECT_EQ(raised.arguments(), value::tuple({"lost", 2}));
        EXPECT_NE(raised.failure().trace().find("Traceback"), std::string::npos);
    }
    try {
        python_->execute("class Custom(Exception): pass\nraise Custom('odd')");
        FAIL();
    } catch (const remote_error& raised) {
        EXPECT_NE(raised.failure().type_name().find("Custom"), std::string::npos);
        EXPECT_EQ(raised.failure().message(), "odd");
    }
    EXPECT_EQ(python_->eval("2 + 2").as<int>(), 4);
}

TEST_P(rpyc_python, cpp_functions_are_called_and_kept) {
    std::atomic<int> calls = 0;
    const object twice = make_function([&](std::int64_t number) {
        ++calls;
        return number * 2;
    });
    EXPECT_EQ(python_->eval("lambda f: [f(n) for n in range(5)]")(twice).as<std::vector<int>>(),
              (std::vector<int>{0, 2, 4, 6, 8}));
    python_->execute("kept = []");
    python_->name_space()["kept"].call("append", twice);
    EXPECT_EQ(python_->eval("kept[0](21)").as<int>(), 42);
    EXPECT_EQ(calls, 6);
    EXPECT_EQ(python_
                  ->eval("sorted")(python_->eval("[3, -5, 1]"),
                                   "key"_arg = make_function([](std::int64_t n) { return n * n; }))
                  .as<std::vector<int>>(),
              (std::vector<int>{1, 3, -5}));
    python_->execute("kept.clear()");

    const object failing =
        make_function([](std::int64_t) -> std::int64_t { throw python::key_error("from C++"); });
    EXPECT_THROW(python_->eval("lambda f: f(1)")(failing), python::key_error);
    EXPECT_EQ(python_->eval("lambda f: 'caught' if not f else None")(value()).as<std::string>(),
              "caught");
}

TEST_P(rpyc_python, cpp_containers_act_as_pythons) {
    const value list = value::list({3, 1, 2});
    EXPECT_EQ(
        python_->eval("lambda l: (len(l), l[0], sorted(l), 2 in l)")(list).fetch({.depth = 2}),
        value::tuple({3, 3, value::list({1, 2, 3}), true}));
    const value map = value::map({{"a", 1}, {"b", 2}});
    EXPECT_EQ(
        python_->eval("lambda m: (m['a'], sorted(m.keys()), m.get('x'))")(map).fetch({.depth = 2}),
        value::tuple({1, value::list({"a", "b"}), value()}));
    EXPECT_EQ(
        python_->eval("lambda m: [k + str(m[k]) for k in m]")(map).as<std::vector<std::string>>(),
        (std::vector<std::string>{"a1", "b2"}));
}

TEST_P(rpyc_python, calls_nest_between_both_sides) {
    object here;
    here = make_function([&](std::int64_t depth, const object& back) -> std::int64_t {
        return depth == 0 ? 0 : 1 + dynamic(back)(depth - 1, here).as<std::int64_t>();
    });
    python_->execute(
        "def there(depth, back): return 0 if depth == 0 else 1 + back(depth - 1, there)");
    EXPECT_EQ(python_->name_space()["there"](30, here).as<int>(), 30);
    here = {};
}

TEST_P(rpyc_python, context_managers) {
    python_->execute(R"(
class Context:
    left = ()
    def __enter__(self): return "entered"
    def __exit__(self, kind, instance, trace):
        self.left = (kind is not None,)
        return self.swallow
)");
    dynamic context = python_->eval("Context()");
    context.attr("swallow") = false;
    EXPECT_EQ(*with(context, [](const dynamic& entered) { return entered.as<std::string>(); }),
              "entered");
    EXPECT_EQ(context.get("left").content(), value::tuple({false}));
}

TEST_P(rpyc_python, asynchronous_calls_and_time_limits) {
    const dynamic time = python_->module("time");
    std::vector<future<dynamic>> results;
    const dynamic add = python_->eval("lambda a, b: a + b");
    for (int i = 0; i < 100; ++i) results.push_back(add.async()(i, i));
    for (int i = 0; i < 100; ++i)
        EXPECT_EQ(results[static_cast<std::size_t>(i)].get().as<int>(), 2 * i);
    EXPECT_THROW(time.timeout(30ms).call("sleep", 0.3), timeout_error);
    EXPECT_EQ(add(1, 2).as<int>(), 3) << "the late answer is dropped";
}

TEST_P(rpyc_python, threads_share_the_conversation) {
    const dynamic add = python_->eval("lambda a, b: a + b");
    std::atomic<int> wrong = 0;
    std::vector<std::thread> threads;
    for (int first = 0; first < 4; ++first) {
        threads.emplace_back([&, first] {
            for (int i = 0; i < 50; ++i) wrong += add(first, i).as<int>() != first + i ? 1 : 0;
        });
    }
    for (auto& each : threads) each.join();
    EXPECT_EQ(wrong, 0);
}

TEST_P(rpyc_python, nothing_is_left_when_all_is_dropped) {
    const std::int64_t before = held();
    {
        std::vector<dynamic> lists;
        for (int i = 0; i < 50; ++i) lists.push_back(python_->eval("[1]"));
        const dynamic twice = lists[0];
        EXPECT_EQ(held(), before + 50);
        for (const dynamic& each : lists) EXPECT_EQ(each[0].as<int>(), 1);
    }
    // A release goes out behind the next call, and is done before the one after it.
    static_cast<void>(held());
    EXPECT_EQ(held(), before);
    EXPECT_EQ(conversation_.stats().imports, 1u) << "the root";
    EXPECT_EQ(conversation_.stats().exports, 0u);
}

TEST_P(rpyc_python, files_and_folders_are_copied) {
    const auto here = std::filesystem::temp_directory_path() /
                      ("beckon-rpyc-" + std::to_string(::getpid()) + std::to_string(GetParam()));
    std::filesystem::create_directories(here / "from" / "deep");
    std::string content;
    for (int i = 0; i < 30'000; ++i) content += std::to_string(i);
    std::ofstream(here / "from" / "large", std::ios::binary) << content;
    std::ofstream(here / "from" / "deep" / "empty");
    std::filesystem::create_symlink("nowhere", here / "from" / "dangling");
    std::filesystem::create_directories(here / "there");
    std::filesystem::create_symlink("nowhere", here / "there" / "dangling");
    upload(*python_, here / "from", (here / "there").string());
    download(*python_, (here / "there").string(), here / "back");
    std::ifstream back(here / "back" / "large", std::ios::binary);
    EXPECT_EQ(std::string(std::istreambuf_iterator<char>(back), {}), content);
    EXPECT_TRUE(std::filesystem::is_regular_file(here / "back" / "deep" / "empty"));
    EXPECT_FALSE(std::filesystem::exists(here / "back" / "dangling")) << "neither file nor folder";
    EXPECT_THROW(download(*python_, (here / "none").string(), here / "x"),
                 python::file_not_found_error);
    EXPECT_THROW(upload(*python_, here / "none", (here / "x").string()), exception);
    std::filesystem::remove_all(here);
}

} // namespace
} // namespace beckon::rpyc
