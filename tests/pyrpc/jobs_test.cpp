// Calls that are asked for by and by, `nb_` calls, in both roles.
#include <gtest/gtest.h>

#include <condition_variable>

#include "demo.hpp"
#include "frame_peer.hpp"

namespace pyrpc_test {
namespace {

using beckon::arg;
using beckon::errc;

/// A method that ends when it may.
class gate {
public:
    void open() {
        {
            const std::lock_guard lock(mutex_);
            open_ = true;
        }
        changed_.notify_all();
    }
    [[nodiscard]] beckon::object function() {
        return beckon::make_function([this](std::string answer) {
            std::unique_lock lock(mutex_);
            ++begun_;
            changed_.notify_all();
            changed_.wait_for(lock, 20s, [this] { return open_; });
            return answer;
        });
    }
    void await_begin() {
        std::unique_lock lock(mutex_);
        EXPECT_TRUE(changed_.wait_for(lock, 20s, [this] { return begun_ != 0; }));
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool open_ = false;
    int begun_ = 0;
};

[[nodiscard]] value put_of(const value& id, const std::string& method, value arguments) {
    return value::map({{"id", id},
                       {"due_time", beckon::pyrpc::wall_now().count() + 60},
                       {"predicate", "put"},
                       {"status", 1},
                       {"method_name", method},
                       {"args", std::move(arguments)},
                       {"kwargs", value::map()},
                       {"ret", "forged"},
                       {"exc", nullptr}});
}
[[nodiscard]] value get_of(const value& id) {
    return value::map({{"id", id}, {"predicate", "get"}});
}

struct PyrpcJobs : testing::Test, served {
    PyrpcJobs() : served("?nonblocking=true") {
        server.publish("demo", make_demo());
        server.publish("wait", waits.function());
    }
    ~PyrpcJobs() override { waits.open(); }
    [[nodiscard]] value answer(const value& asked) const {
        const auto came = answer_to(frame_of(asked));
        EXPECT_TRUE(came);
        return came ? *came : value("nothing");
    }
    /// As often as it takes.
    [[nodiscard]] value outcome(const value& id) const {
        value came = answer(get_of(id));
        while (came.is_null()) came = answer(get_of(id));
        return came;
    }

    gate waits;
};

TEST_F(PyrpcJobs, run_on_when_their_callers_have_gone_and_can_be_asked_for_twice) {
    EXPECT_TRUE(answer(put_of(7, "wait", value::tuple({"here"}))).is_null());
    waits.await_begin();
    EXPECT_TRUE(answer(get_of(7)).is_null());
    waits.open();
    EXPECT_EQ(outcome(7), value::tuple({"here", nullptr}));
    EXPECT_EQ(outcome(7), value::tuple({"here", nullptr}));
}

TEST_F(PyrpcJobs, ids_are_unique_and_unknown_ones_told) {
    const value id = beckon::pickle::uuid(std::array<std::byte, 16>{std::byte{1}});
    EXPECT_TRUE(answer(put_of(id, "hi", value::tuple())).is_null());
    EXPECT_EQ(answer(put_of(id, "hi", value::tuple()))[1].exception().type, "builtins.ValueError");
    EXPECT_EQ(outcome(id), value::tuple({"hi", nullptr}));
    const auto unknown = answer(get_of("other"))[1].exception();
    EXPECT_EQ(unknown.type, "builtins.KeyError");
    EXPECT_EQ(unknown.arguments, value::tuple({"other"}));
}

TEST_F(PyrpcJobs, failures_are_outcomes) {
    EXPECT_TRUE(answer(put_of(1, "boom", value::tuple({"bad"}))).is_null());
    EXPECT_EQ(outcome(1)[1].exception().type, "builtins.ValueError");
    EXPECT_TRUE(answer(put_of(2, "nope", value::tuple())).is_null());
    EXPECT_EQ(outcome(2)[1].exception().type, "builtins.AttributeError");
    EXPECT_TRUE(answer(put_of(3, "unpicklable", value::tuple())).is_null());
    EXPECT_EQ(outcome(3)[1].exception().type, "builtins.TypeError");
}

TEST_F(PyrpcJobs, plain_calls_are_served_beside_them) {
    EXPECT_EQ(ask("add", value::tuple({2, 3}))[0], value(5));
}

TEST_F(PyrpcJobs, clients_of_ours_ask_by_and_by) {
    const auto conversation = beckon::connect(endpoint(), {.context = inside});
    const beckon::pyrpc::client client(conversation.root());
    EXPECT_EQ(client.call("nb_add", 2, arg("b", 3)).as<int>(), 5);
    EXPECT_THROW(client.call("nb_boom", "bad", arg("nb_fetch_tick", 0.01)),
                 beckon::python::value_error);
    auto later = client.async("nb_wait", "here", arg("nb_fetch_tick", 0.01));
    waits.await_begin();
    EXPECT_FALSE(later.ready());
    waits.open();
    EXPECT_EQ(later.get().as<std::string>(), "here");
}

TEST_F(PyrpcJobs, clients_of_ours_wait_so_long_and_no_longer) {
    const auto conversation = beckon::connect(endpoint(), {.context = inside});
    const beckon::pyrpc::client client(conversation.root());
    const auto came = outcome_of([&] {
        return client.call("nb_wait", "late", arg("call_timeout", 0.1), arg("nb_fetch_tick", 0.01))
            .content();
    });
    ASSERT_FALSE(came);
    EXPECT_EQ(came.error().code(), errc::timeout);
    EXPECT_EQ(came.error().type_name(), "pyrpc.ut.Timeout");
    EXPECT_EQ(beckon::python::parts_of(came.error()).arguments, value::tuple({"nb"}));
    EXPECT_EQ(came.error().message(), "peer had no result within 100 ms (call_timeout)");
}

TEST(PyrpcJobsRefused, by_servers_that_do_not_take_them) {
    served plain;
    plain.server.publish("demo", make_demo());
    const auto conversation = beckon::connect(plain.endpoint(), {.context = plain.inside});
    const beckon::pyrpc::client client(conversation.root());
    const auto came = outcome_of([&] { return client.call("nb_hi").content(); });
    ASSERT_FALSE(came);
    EXPECT_EQ(beckon::python::parts_of(came.error()).arguments, value::tuple({"protocol_error"}));
    EXPECT_NE(came.error().trace().find("nonblocking"), std::string::npos);
}

TEST(PyrpcJobsClient, questions_that_fail_are_asked_again) {
    const bytes none = frame_of(value());
    const scripted server(
        {say(none), say({}), say(none), say(frame_of(value::tuple({5, nullptr})))});
    const auto conversation = server.connect();
    const beckon::pyrpc::client client(conversation.root());
    EXPECT_EQ(client.call("nb_echo", arg("nb_fetch_tick", 0.01)).as<int>(), 5);
    EXPECT_EQ(server.asked().size(), 4u);
}

/// However long an exchange may last by itself.
TEST(PyrpcJobsClient, the_time_of_the_whole_call_holds_for_each_exchange) {
    const scripted server({say_and_stay(), say(frame_of(value())), say_and_stay()});
    const auto conversation = server.connect("?nb_fetch_timeout=600");
    const beckon::dynamic root(conversation.root());
    const auto failure_within = [&](double seconds) {
        const auto came = outcome_of(
            [&] { return root.call("nb_echo", arg("call_timeout", seconds)).content(); });
        EXPECT_FALSE(came);
        return came ? beckon::fail(errc::internal, "it did not fail") : came.error();
    };
    const auto put = failure_within(0.05);
    EXPECT_EQ(put.message(), "peer did not answer within 50 ms (call_timeout)");
    EXPECT_EQ(beckon::python::parts_of(put).arguments, value::tuple({"read_header Client.echo()"}));
    // Long enough for the beginning to be answered.
    const auto question = failure_within(2);
    EXPECT_EQ(question.message(), "peer had no result within 2000 ms (call_timeout)");
    EXPECT_EQ(beckon::python::parts_of(question).arguments, value::tuple({"nb"}));
}

} // namespace
} // namespace pyrpc_test
