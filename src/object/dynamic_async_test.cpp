// Dynamic operations without waiting, and the options of calls.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "beckon/object/ref.hpp"
#include "beckon/object/thread_time.hpp"
#include "object/dynamic_test_objects.hpp"

namespace beckon::dynamic_tests {

struct Echo {
    dynamic echo(dynamic what, std::int64_t times);
};
BECKON_INTERFACE(Echo, (echo, what, times))

namespace {

using namespace std::chrono_literals;

struct silent_peer {
    silent_peer() {
        through->silent = true;
        through->behind = object(behind);
    }
    ~silent_peer() { behind->on.clear(); } // handlers may hold what holds them
    const intrusive_ptr<test_object> behind = make_object();
    const intrusive_ptr<test_peer> through = make_counted<test_peer>();
    const dynamic d = test_peer::make(through);
};

TEST(dynamic_async, gives_futures_of_what_the_waiting_forms_give) {
    silent_peer at;
    at.behind->content = value::list({1, 2});
    at.behind->on["f"] = [](const dynamic_request&) -> result<value> { return value("done"); };
    at.behind->on["call"] = at.behind->on["f"];
    at.behind->attributes["x"] = value(7);
    const async_dynamic later = at.d.async();
    future<dynamic> called = later.call("f", 1, "k"_arg = 2);
    future<dynamic> itself = later(1);
    future<dynamic> read = later.attr("x");
    future<dynamic> item = later[1];
    future<std::size_t> size = later.size();
    future<bool> has = later.has("y");
    future<bool> truth = later.truth();
    future<void> written = later.set_item(0, 5);
    future<std::string> text = later.str();
    future<std::vector<std::string>> names = later.dir();
    future<value> copy = later.fetch();
    future<int> number = dynamic(5).async().as<int>();
    EXPECT_FALSE(called.ready() || itself.ready() || read.ready() || item.ready() || size.ready() ||
                 has.ready() || truth.ready() || written.ready() || text.ready() || copy.ready());
    EXPECT_TRUE(number.ready());
    EXPECT_EQ(at.through->log.size(), 11u);
    EXPECT_EQ(called.get().as<std::string>(), "done"); // waiting makes the peer answer
    EXPECT_TRUE(itself.ready());
    EXPECT_EQ(itself.get().as<std::string>(), "done");
    EXPECT_EQ(read.get().as<int>(), 7);
    EXPECT_EQ(item.get().as<int>(), 2);
    EXPECT_EQ(size.get(), 2u);
    EXPECT_FALSE(has.get());
    EXPECT_TRUE(truth.get());
    written.get();
    EXPECT_EQ(at.behind->content, value::list({5, 2}));
    EXPECT_EQ(text.get(), "[5, 2]");
    EXPECT_EQ(names.get(), std::vector<std::string>{});
    EXPECT_THROW(static_cast<void>(copy.get()), python::type_error);
    EXPECT_EQ(number.get(), 5);
}

TEST(dynamic_async, calls_may_leave_together) {
    silent_peer at;
    at.behind->on["f"] = [](const dynamic_request&) -> result<value> { return value("text"); };
    std::vector<future<dynamic>> calls;
    for (int i = 0; i < 10; ++i) calls.push_back(at.d.async().call("f"));
    future<std::size_t> wrong = at.d.async().size();
    EXPECT_EQ(at.through->waiting.size(), 11u);
    EXPECT_EQ(at.through->sent, 0);
    for (auto& each : calls) EXPECT_EQ(each.get().str(), "text");
    EXPECT_THROW(static_cast<void>(wrong.get()), python::attribute_error);
    at.behind->on["__len__"] = [](const dynamic_request&) -> result<value> { return value("x"); };
    try {
        static_cast<void>(at.d.async().size().get());
        ADD_FAILURE() << "a text was taken for a length";
    } catch (const exception& caught) {
        EXPECT_EQ(caught.code(), errc::type_mismatch);
    }
}

TEST(dynamic_async, later_requests_follow_when_the_first_is_answered) {
    silent_peer at;
    at.behind->on["__len__"] = [](const dynamic_request&) -> result<value> { return value(0); };
    future<bool> truth = at.d.async().truth();
    EXPECT_EQ(at.through->log, std::vector<std::string>{"__bool__"});
    at.through->answer_all();
    EXPECT_FALSE(truth.ready());
    EXPECT_EQ(at.through->log, (std::vector<std::string>{"__bool__", "__len__"}));
    EXPECT_FALSE(truth.get());

    future<dynamic> sum = at.d.async().apply(operators::add, 5);
    EXPECT_THROW(static_cast<void>(sum.get()), python::type_error);
    future<bool> equal = at.d.async().compare(comparison::equal, at.d);
    EXPECT_TRUE(equal.get());
    EXPECT_EQ(at.through->log.size(), 5u);
}

TEST(dynamic_async, a_dropped_future_gives_up_the_request_on_its_way_and_makes_no_more) {
    silent_peer at;
    {
        future<bool> first = at.d.async().truth();
        EXPECT_EQ(at.through->waiting.size(), 1u);
    }
    EXPECT_EQ(at.through->cancelled, 1);
    EXPECT_TRUE(at.through->waiting.empty());
    {
        future<bool> second = at.d.async().truth();
        at.through->answer_all();
        EXPECT_EQ(at.through->log.back(), "__len__");
    }
    EXPECT_EQ(at.through->cancelled, 2);
    EXPECT_EQ(at.through->log.size(), 3u);
    future<bool> third = at.d.async().truth();
    third.cancel();
    EXPECT_THROW(static_cast<void>(third.get()), cancelled_error);
    EXPECT_EQ(at.through->log.size(), 4u);
    future<dynamic> simple = at.d.async().call("f");
    simple.cancel();
    EXPECT_THROW(static_cast<void>(simple.get()), cancelled_error);
}

TEST(dynamic_async, an_answer_that_comes_before_it_is_awaited_leaves_the_next_request_alone) {
    silent_peer at;
    at.through->on_send = [&] { at.through->answer_all(); };
    future<bool> truth = at.d.async().truth();
    EXPECT_EQ(at.through->log, (std::vector<std::string>{"__bool__", "__len__"}));
    EXPECT_EQ(at.through->waiting.size(), 1u);
    EXPECT_EQ(at.through->cancelled, 0);
    EXPECT_TRUE(truth.get());
}

TEST(dynamic_async, given_up_while_a_request_is_answered_it_makes_no_further_one) {
    silent_peer at;
    future<bool> truth = at.d.async().truth();
    at.behind->on["__bool__"] = [&](const dynamic_request&) -> result<value> {
        truth.cancel(); // too late for this request
        return fail(errc::unknown_method, "no such method");
    };
    at.through->answer_all();
    EXPECT_THROW(static_cast<void>(truth.get()), cancelled_error);
    EXPECT_EQ(at.through->log, std::vector<std::string>{"__bool__"});
}

TEST(dynamic_async, given_up_while_the_next_request_is_made_it_gives_that_up) {
    silent_peer at;
    future<bool> truth = at.d.async().truth();
    at.through->on_call = [&] { truth.cancel(); };
    at.through->answer_all();
    EXPECT_THROW(static_cast<void>(truth.get()), cancelled_error);
    EXPECT_EQ(at.through->log, (std::vector<std::string>{"__bool__", "__len__"}));
    EXPECT_TRUE(at.through->waiting.empty());
}

TEST(dynamic_async, everything_is_released_after_all) {
    const auto made = make_object();
    {
        const dynamic d = to_dynamic(made);
        EXPECT_TRUE(d.async().truth().get());
        EXPECT_FALSE(d.async().has("x").get());
        EXPECT_THROW(static_cast<void>(d.async().fetch().get()), python::attribute_error);
        EXPECT_TRUE((d == d));
    }
    EXPECT_EQ(made->use_count(), 1u);
    silent_peer at;
    const auto count = at.d.as<object>().core()->use_count();
    static_cast<void>(at.d.async().truth());
    EXPECT_TRUE(at.d.async().truth().get());
    EXPECT_EQ(at.d.as<object>().core()->use_count(), count);
}

TEST(dynamic_async, may_be_given_up_while_another_thread_answers) {
    int answered = 0;
    for (int round = 0; round < 300; ++round) {
        silent_peer at;
        future<bool> truth = at.d.async().truth();
        std::atomic<bool> go{false};
        std::thread answers([&] {
            while (!go) std::this_thread::yield();
            at.through->answer_all();
            at.through->answer_all();
        });
        go = true;
        if (round % 3 != 0) std::this_thread::yield();
        truth.cancel();
        answers.join();
        ASSERT_TRUE(truth.ready());
        const auto outcome = truth.result();
        if (outcome) {
            EXPECT_TRUE(*outcome);
            ++answered;
        } else {
            EXPECT_EQ(outcome.error().code(), errc::cancelled);
        }
        EXPECT_TRUE(at.through->waiting.empty());
        EXPECT_LE(at.through->log.size(), 2u);
    }
    RecordProperty("answered", answered);
}

struct echo_servant {
    dynamic echo(const dynamic& what, std::int64_t times) { return what * times; }
};

TEST(dynamic_typed, dynamic_values_are_parameters_and_results_of_interfaces) {
    const auto echo = make_ref<Echo>(std::make_shared<echo_servant>());
    EXPECT_EQ(echo->echo("ab", 2).str(), "abab");
    const dynamic d = echo;
    EXPECT_EQ(d.type_name(), "Echo");
    EXPECT_EQ(d.call("echo", "ab", "times"_arg = 3).str(), "ababab");
    EXPECT_EQ(d.as<ref<Echo>>()->echo(2, 4).as<int>(), 8);
    EXPECT_EQ(d.attr("echo")(2, 5).as<int>(), 10);
    EXPECT_EQ(d.get("echo")(2, 6).as<int>(), 12);
    EXPECT_TRUE(d == d);
    EXPECT_THROW(d.call("none"), unknown_method);
    EXPECT_FALSE(d.has("none"));
    EXPECT_TRUE(d.truth());
}

/// A clock that a test moves.
class test_time final : public thread_time {
public:
    test_time() : before_(exchange(this)) {}
    ~test_time() { exchange(before_); }
    time_point now() noexcept override { return now_; }
    void wait(waitable&, time_point) override {}
    void pass(nanoseconds length) { now_ += length; }

private:
    time_point now_{1s};
    thread_time* before_;
};

TEST(dynamic_options, go_with_the_operations_of_the_object_and_of_none_that_it_gives) {
    silent_peer at;
    at.through->silent = false;
    at.behind->on["f"] = [d = at.d](const dynamic_request&) -> result<value> {
        return d.content();
    };
    at.behind->attributes["x"] = value(1);
    const dynamic result_of_call =
        at.d.with({.timeout = 2s, .idempotent = true, .metadata = {{"trace", "7"}}}).call("f");
    EXPECT_EQ(at.through->options.back().timeout, 2s);
    EXPECT_TRUE(at.through->options.back().idempotent);
    EXPECT_EQ(at.through->options.back().metadata[0].second, "7");
    result_of_call.call("f");
    EXPECT_EQ(at.through->options.back().timeout, 0s);
    at.d.timeout(3s).attr("f")();
    EXPECT_EQ(at.through->options.back().timeout, 3s);
    EXPECT_EQ(at.d.timeout(4s).attr("x").as<int>(), 1);
    EXPECT_EQ(at.through->options.back().timeout, 4s);
    static_cast<void>(at.d.timeout(5s).async().call("f"));
    EXPECT_EQ(at.through->options.back().timeout, 5s);
    // Neither side knows, and so both are asked.
    EXPECT_TRUE(at.d == at.d.timeout(6s));
    EXPECT_EQ(at.through->options.end()[-2].timeout, 6s);
    EXPECT_LE(at.through->options.back().timeout, 6s);
    EXPECT_GT(at.through->options.back().timeout, 0s);
}

TEST(dynamic_options, a_timeout_is_that_of_all_requests_together) {
    test_time time;
    silent_peer at;
    at.through->silent = false;
    at.behind->on["__bool__"] = [&](const dynamic_request&) -> result<value> {
        time.pass(30ms);
        return fail(errc::unknown_method, "no such method");
    };
    EXPECT_TRUE(at.d.timeout(100ms).truth());
    EXPECT_EQ(at.through->options[0].timeout, 100ms);
    EXPECT_EQ(at.through->options[1].timeout, 70ms);
    EXPECT_TRUE(at.d.timeout(100ms).async().truth().get());
    EXPECT_EQ(at.through->options[3].timeout, 70ms);
    EXPECT_EQ(thrown<timeout_error>([&] { static_cast<void>(at.d.timeout(30ms).truth()); }),
              "time was over before __len__, a later request of the operation");
    EXPECT_THROW(static_cast<void>(at.d.timeout(30ms).async().truth().get()), timeout_error);
    EXPECT_EQ(at.through->log.size(), 6u);
}

} // namespace
} // namespace beckon::dynamic_tests
