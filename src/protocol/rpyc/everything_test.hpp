// Objects of every kind that a peer can do everything to, none of which waits: the service of the recorded sessions, and what
// that lacks. For tests without threads.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "beckon/object/containers.hpp"
#include "beckon/object/named_error.hpp"
#include "beckon/object/object_builder.hpp"
#include "beckon/object/operate.hpp"
#include "beckon/object/python_errors.hpp"
#include "beckon/object/ref.hpp"
#include "beckon/object/skeleton.hpp"
#include "beckon/object/stream.hpp"

namespace beckon::rpyc::testing {

struct Listener {
    std::int64_t tell(std::int64_t number);
};
struct Gauge {
    std::int64_t sum(std::vector<std::int64_t> numbers);
    std::vector<std::string> join(std::map<std::string, std::string> words,
                                  std::optional<std::string> end);
    stream<std::int64_t> count(std::int64_t to);
    std::int64_t pull(stream<std::int64_t> numbers);
    std::int64_t ask(ref<Listener> listener, std::int64_t times);
    void keep(ref<Listener> listener);
    void fail(std::string text);
};
BECKON_INTERFACE(Listener, (tell, number))
BECKON_INTERFACE(Gauge, (sum, numbers), (join, words, end), (count, to), (pull, numbers),
                 (ask, listener, times), (keep, listener), (fail, text))

/// Whatever numbers a peer makes up.
[[nodiscard]] inline std::int64_t wrapped(std::int64_t a, std::int64_t b) noexcept {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}
[[nodiscard]] inline std::int64_t at_most(std::int64_t asked, std::int64_t most) noexcept {
    return std::clamp<std::int64_t>(asked, 0, most);
}
[[nodiscard]] inline value lent_value(value content) {
    return value(intrusive_ptr<referent>(lend_container(std::move(content))));
}

struct gauge {
    std::vector<ref<Listener>> kept;

    std::int64_t sum(std::vector<std::int64_t> numbers) {
        std::int64_t all = 0;
        for (const std::int64_t each : numbers) all = wrapped(all, each);
        return all;
    }
    std::vector<std::string> join(std::map<std::string, std::string> words,
                                  std::optional<std::string> end) {
        std::vector<std::string> all;
        for (const auto& [key, word] : words) all.push_back(key + word + end.value_or(""));
        return all;
    }
    stream<std::int64_t> count(std::int64_t to) { return numbers_to(at_most(to, 500)); }
    task<std::int64_t> pull(stream<std::int64_t> numbers) {
        std::int64_t all = 0;
        for (;;) {
            future<std::optional<std::int64_t>> next = numbers.async_next();
            const std::optional<std::int64_t> got = co_await next;
            if (!got) co_return all;
            all = wrapped(all, *got);
        }
    }
    task<std::int64_t> ask(ref<Listener> listener, std::int64_t times) {
        std::int64_t all = 0;
        for (std::int64_t i = 0; listener && i < at_most(times, 5); ++i) {
            future<std::int64_t> told = listener.async()->tell(i);
            all = wrapped(all, co_await told);
        }
        co_return all;
    }
    void keep(ref<Listener> listener) {
        kept.push_back(std::move(listener));
        if (kept.size() > 4) kept.erase(kept.begin());
    }
    void fail(const std::string& text) { throw std::runtime_error(text); }

    static stream<std::int64_t> numbers_to(std::int64_t to) {
        for (std::int64_t i = 0; i < to; ++i) co_yield i;
    }
};

[[nodiscard]] inline future<value> call_object(const value& target, std::vector<value> arguments) {
    dynamic_request request;
    request.what = operation::call;
    request.arguments = value::list(std::move(arguments));
    return operate(target.as<object>(), std::move(request));
}

[[nodiscard]] inline object make_recorded_counter() {
    const auto now = std::make_shared<std::int64_t>(0);
    return object_builder("Counter", "Counts.")
        .property(
            "value", [now] { return *now; }, [now](std::int64_t given) { *now = given; })
        .variable("held", value())
        .method("inc", [now] { return *now = wrapped(*now, 1); })
        .method("__len__", [] { return 7; })
        .method("__getitem__", [](const value& at) { return at; })
        .method("__contains__", [](const value& what) { return what == value(3); })
        .method("__add__",
                [](const value& other) {
                    return value::tuple({"add", other});
                })
        .method("__eq__", [](const value&) { return value(); })
        .method("__hash__", [] { return 5; })
        .method("__next__",
                [now] {
                    *now = wrapped(*now, 1);
                    if (*now % 8 == 0) throw python::stop_iteration("done");
                    return *now;
                })
        .method("__iter__",
                [] {
                    return lent_value(value::list({1, 2}));
                })
        .method("__call__", [](value arguments, value) { return arguments; })
        .build();
}

/// The root. Policies differ from object to object, so that requests wait in every place they can.
[[nodiscard]] inline object make_everything() {
    const object measuring(make_ref<Gauge>(std::make_shared<gauge>(), policy::serial));
    const auto kept = std::make_shared<std::vector<value>>();
    object_builder made("Everything", "All of it.");
    made.attribute("version", "1.0");
    made.attribute("gauge", value(measuring));
    made.variable("box", value::list({1, value::map({{"a", value::set({1, 2})}})}));
    made.method("add", [](std::int64_t a, std::int64_t b) { return wrapped(a, b); },
                {"a", {"b", 1}});
    made.method("echo", [](value arguments, value named) {
        return value::tuple({value::tuple({arguments.begin(), arguments.end()}), std::move(named)});
    });
    made.method("call_twice",
                // By value: the coroutine outlives the call that starts it.
                [](value callback, value x) -> task<value> {
                    future<value> first = call_object(callback, {x});
                    value one = co_await first;
                    future<value> second = call_object(callback, {x});
                    value two = co_await second;
                    co_return value::tuple({std::move(one), std::move(two)});
                },
                {"callback", "x"});
    made.method("make_list", [] { return value::list({1, 2, 3}); });
    made.method("make_dict", [] { return value::map({{"a", 1}, {2, value::list({5})}}); });
    made.method("make_set", [] { return value::set({1, "b"}); });
    made.method("boom", [](const std::string& text) { throw python::value_error(text); }, {"msg"});
    made.method("boom_custom", [] {
        throw python::exception({.type = "demo.AppError",
                                 .text = "custom",
                                 .arguments = value::tuple({"custom", value::list({1, 2})}),
                                 .fields = value::map({{"code", 7}, {"args", 5}})});
    });
    made.method("slow",
                [](const value&, const value& given, std::optional<bool>) { return given; });
    made.method("make_counter", make_recorded_counter);
    made.method("ctx", [] {
        return object_builder("Context")
            .method("__enter__", [] { return 11; })
            .method("__exit__", [](const value&) { return false; })
            .build();
    });
    made.method("gen", [](std::int64_t count) {
        std::vector<value> squares;
        for (std::int64_t i = 0; i < at_most(count, 500); ++i) squares.push_back(value(i * i));
        return value(intrusive_ptr<referent>(lend_iterator(std::move(squares))));
    });
    made.method("big", [](std::int64_t count) {
        return bytes(static_cast<std::size_t>(at_most(count, 1 << 16)), std::byte{'x'});
    });
    made.method("function", [] { return make_function([](const value& given) { return given; }); });
    made.method("keep", [kept](const value& given) {
        kept->push_back(given);
        if (kept->size() > 4) kept->erase(kept->begin());
    });
    made.method("give", [kept] { return kept->empty() ? value() : kept->back(); });
    made.method("getmodule", [](const value& name) { return name; });
    return made.build();
}

} // namespace beckon::rpyc::testing
