// Kinds of servers: one connection and no more, so many at once, whoever an authenticator lets in, served by hand.
#include <gtest/gtest.h>

#include <future>

#include "core/fixture.hpp"

namespace beckon::core_test {
namespace {

class servers : public ::testing::TestWithParam<const char*> {
protected:
    servers() : inside_(*context::create({.log = log_})) {}
    void SetUp() override {
        server known(server_options{.context = inside_});
        if (auto heard = known.try_listen(endpoint()); !heard)
            GTEST_SKIP() << heard.error().to_string();
    }

    [[nodiscard]] std::string endpoint() const { return concat(GetParam(), "tcp://127.0.0.1:0"); }
    [[nodiscard]] server_options options() const {
        server_options made;
        made.context = inside_;
        return made;
    }
    void publish(server& there) { there.publish<Slow>("lab", std::make_shared<teller>()); }
    [[nodiscard]] connected open(const std::string& url, connect_options options = {}) {
        options.context = inside_;
        return connect(url, options);
    }
    /// Who the server takes the caller for.
    [[nodiscard]] static std::string ask(const connected& peer) {
        return peer.get<Slow>("lab")->block({}, "");
    }

    struct teller {
        std::int64_t drive(const ref<Listener>&, std::int64_t times) { return times; }
        std::string forward_sleep(const ref<Lab>&, std::int64_t) { return {}; }
        std::int64_t pay(std::int64_t amount) { return amount; }
        std::string block(const ref<Lab>&, const std::string&) { return this_call::caller_name(); }
        std::int64_t forward_time_left(const ref<Lab>&) { return 0; }
    };

    kept_log log_{log_level::warning};
    std::shared_ptr<context> inside_;
};
INSTANTIATE_TEST_SUITE_P(over, servers, ::testing::Values("", "rpyc+", "jsonrpc+", "msgpack+"),
                         [](const auto& of) {
                             const std::string name = of.param;
                             return name.empty() ? "native" : name.substr(0, name.size() - 1);
                         });

TEST_P(servers, that_stop_say_so_to_those_who_wait) {
    struct waiter {
        std::int64_t drive(const ref<Listener>&, std::int64_t times) { return times; }
        std::string forward_sleep(const ref<Lab>&, std::int64_t) { return {}; }
        std::int64_t pay(std::int64_t amount) { return amount; }
        std::string block(const ref<Lab>&, const std::string&) {
            begun.set_value();
            go_on.get_future().wait();
            return "late";
        }
        std::int64_t forward_time_left(const ref<Lab>&) { return 0; }
        std::promise<void> begun;
        std::promise<void> go_on;
    };
    const auto waits = std::make_shared<waiter>();
    server there(options());
    there.publish<Slow>("lab", waits);
    const connected peer = open(there.listen(endpoint()));
    future<std::string> answer = peer.get<Slow>("lab").async()->block({}, "");
    waits->begun.get_future().wait();
    there.stop();
    const result<std::string> told = answer.result();
    waits->go_on.set_value();
    ASSERT_FALSE(told);
    EXPECT_NE(told.error().to_string().find("server stops"), std::string::npos)
        << told.error().to_string();
}

TEST_P(servers, of_one_connection_end_with_it) {
    server_options one = options();
    one.connections_in_all = 1;
    server there(std::move(one));
    publish(there);
    const std::string url = there.listen(endpoint());
    std::thread runs([&] { there.run(); });
    {
        const connected peer = open(url);
        EXPECT_EQ(ask(peer), "anonymous");
        EXPECT_FALSE(there.is_finished());
        connect_options soon;
        soon.timeout = 200ms;
        EXPECT_THROW(static_cast<void>(ask(open(url, soon))), beckon::exception)
            << "nobody else is served";
        EXPECT_EQ(ask(peer), "anonymous");
    }
    runs.join();
    EXPECT_TRUE(there.is_finished());
}

TEST_P(servers, with_so_many_places_let_the_others_wait) {
    server_options few = options();
    few.limits.max_connections = 2;
    few.when_full = when_full::wait;
    server there(std::move(few));
    publish(there);
    const std::string url = there.listen(endpoint());
    std::optional<connected> first = open(url);
    const connected second = open(url);
    EXPECT_EQ(ask(*first), "anonymous");
    EXPECT_EQ(ask(second), "anonymous");
    std::atomic<bool> served{false};
    std::thread waits([&] {
        const connected third = open(url);
        EXPECT_EQ(ask(third), "anonymous");
        served = true;
    });
    EXPECT_EQ(ask(second), "anonymous");
    EXPECT_EQ(there.connection_count(), 2u);
    EXPECT_FALSE(served);
    first.reset();
    waits.join();
    EXPECT_TRUE(served);
}

TEST_P(servers, with_so_many_places_refuse_the_others) {
    server_options few = options();
    few.limits.max_connections = 1;
    server there(std::move(few));
    publish(there);
    const std::string url = there.listen(endpoint());
    const connected first = open(url);
    EXPECT_EQ(ask(first), "anonymous");
    EXPECT_THROW(static_cast<void>(ask(open(url))), beckon::disconnected_error);
    EXPECT_NE(log_.lines().find("limit is 1 (max_connections)"), std::string::npos);
}

TEST_P(servers, know_their_callers_by_what_an_authenticator_of_connections_says) {
    server_options careful = options();
    careful.connection_authenticator = [](raw_connection& with) -> result<std::string> {
        EXPECT_TRUE(with.is_local());
        EXPECT_TRUE(with.peer_name().starts_with("tcp://127.0.0.1:")) << with.peer_name();
        with.write("who?\n");
        const std::string name = with.read_line(100);
        const bytes secret = with.read(4);
        if (secret != to_bytes("1234")) return fail(errc::access_denied, name, " knows nothing");
        with.write("in\n");
        return name;
    };
    server there(std::move(careful));
    publish(there);
    std::mutex mutex;
    std::string connects;
    there.on_connect([&](const connected& peer) {
        const std::lock_guard lock(mutex);
        connects = peer.user();
    });
    const std::string url = there.listen(endpoint());
    const auto answering = [](const std::string& secret) {
        connect_options made;
        made.handshake = [secret](raw_connection& with) -> result<void> {
            EXPECT_EQ(with.read_line(), "who?");
            with.write("Lucy\n");
            with.write(secret);
            if (with.read_line() != "in") return fail(errc::access_denied, "not let in");
            return {};
        };
        return made;
    };
    EXPECT_EQ(ask(open(url, answering("1234"))), "Lucy");
    EXPECT_EQ(connects, "Lucy");
    const std::string refused =
        failure_of<disconnected_error>([&] { static_cast<void>(open(url, answering("0000"))); });
    EXPECT_NE(refused.find("connecting to"), std::string::npos) << refused;
    EXPECT_TRUE(
        eventually([&] { return log_.lines().find("Lucy knows nothing") != std::string::npos; }));
}

TEST_P(servers, drop_who_takes_too_long_to_say_who_it_is) {
    server_options careful = options();
    careful.limits.handshake_within = 50ms;
    careful.connection_authenticator = [](raw_connection& with) -> result<std::string> {
        return with.read_line();
    };
    server there(std::move(careful));
    publish(there);
    const std::string url = there.listen(endpoint());
    connect_options silent;
    silent.handshake = [](raw_connection& with) -> result<void> {
        static_cast<void>(with.read_line()); // nothing comes but the end
        return {};
    };
    EXPECT_THROW(static_cast<void>(open(url, silent)), beckon::disconnected_error);
    EXPECT_TRUE(
        eventually([&] { return log_.lines().find("handshake_within") != std::string::npos; }));
}

TEST_P(servers, that_stop_end_what_is_being_decided) {
    gates gate;
    server_options careful = options();
    careful.connection_authenticator = [&](raw_connection& with) -> result<std::string> {
        gate.open("there");
        return with.read_line();
    };
    server there(std::move(careful));
    publish(there);
    const std::string url = there.listen(endpoint());
    std::thread joins([&] {
        connect_options silent;
        silent.handshake = [](raw_connection& with) -> result<void> {
            static_cast<void>(with.read(1));
            return {};
        };
        EXPECT_THROW(static_cast<void>(open(url, silent)), beckon::disconnected_error);
    });
    gate.pass("there");
    const auto begun = std::chrono::steady_clock::now();
    there.stop();
    EXPECT_LT(std::chrono::steady_clock::now() - begun, 3s);
    joins.join();
}

TEST_P(servers, of_one_connection_count_only_whom_they_let_in) {
    server_options one = options();
    one.connections_in_all = 1;
    one.connection_authenticator = [](raw_connection& with) -> result<std::string> {
        if (with.read_line() != "friend") throw std::runtime_error("no friend");
        return std::string("friend");
    };
    server there(std::move(one));
    publish(there);
    const std::string url = there.listen(endpoint());
    const auto as = [](const std::string& name) {
        connect_options made;
        made.handshake = [name](raw_connection& with) -> result<void> {
            with.write(name + "\n");
            return {};
        };
        return made;
    };
    EXPECT_THROW(static_cast<void>(ask(open(url, as("foe")))), beckon::exception);
    EXPECT_FALSE(there.is_finished());
    EXPECT_EQ(ask(open(url, as("friend"))), "friend");
    there.run();
    EXPECT_TRUE(there.is_finished());
}

TEST_P(servers, call_peers_that_serve_by_hand) {
    server there(options());
    publish(there);
    connected peer;
    gates gate;
    there.on_connect([&](const connected& made) {
        peer = made;
        gate.open("known");
    });
    const std::string url = there.listen(endpoint());

    connect_options own;
    own.context = *context::create({.log = log_, .embedded = true});
    own.published = std::make_shared<publications>();
    const auto mine = std::make_shared<listener>();
    own.published->publish("me", make_ref<Listener>(mine).core());
    connected by_hand = connect(url, own);
    EXPECT_EQ(ask(by_hand), "anonymous") << "its own calls need no serving";
    gate.pass("known");

    EXPECT_FALSE(by_hand.serve(1ms)) << "nobody calls";
    std::thread calls([&] {
        const auto me = peer.get<Listener>("me");
        EXPECT_EQ(me->told(1), 2);
        EXPECT_EQ(me->told(2), 3);
    });
    while (mine->sum != 3) static_cast<void>(by_hand.serve(10s));
    while (by_hand.poll_all(1ms)) {
    }
    if (peer.core()->traits().has_pings || peer.core()->traits().answers_pings) {
        std::atomic<bool> answered{false};
        std::thread asks([&] {
            peer.ping();
            answered = true;
        });
        while (!answered) static_cast<void>(by_hand.poll());
        asks.join();
    }
    calls.join();
    EXPECT_FALSE(by_hand.is_over());
    std::thread stops([&] { there.stop(); });
    by_hand.serve_all();
    stops.join();
    EXPECT_TRUE(by_hand.is_over());
    peer = {};
    // What ends in such a context ends in turns of it.
    by_hand = {};
    for (int turn = 0; turn < 50; ++turn) static_cast<void>(own.context->serve(1ms));
}

TEST_P(servers, with_threads_of_their_own_are_not_served_by_hand) {
    server there(options());
    publish(there);
    const connected peer = open(there.listen(endpoint()));
    EXPECT_NE(failure_of<beckon::exception>([&] {
                  static_cast<void>(peer.serve());
              }).find("threads of its own"),
              std::string::npos);
    EXPECT_THROW(static_cast<void>(inside_->poll()), beckon::exception);
    std::thread stops([&] { there.stop(); });
    peer.serve_all();
    EXPECT_TRUE(peer.is_over());
    stops.join();
}

TEST_P(servers, are_served_by_hand_too) {
    server_options mine = options();
    mine.context = *context::create({.log = log_, .embedded = true});
    server there(mine);
    publish(there);
    const std::string url = there.listen(endpoint());
    std::atomic<bool> done{false};
    std::thread calls([&] {
        EXPECT_EQ(ask(open(url)), "anonymous");
        done = true;
    });
    while (!done) static_cast<void>(mine.context->serve(1ms));
    calls.join();
    std::string nested;
    mine.context->runtime()->loop().post([&] {
        nested = failure_of<deadlock_error>([&] { static_cast<void>(mine.context->poll()); });
    });
    static_cast<void>(mine.context->poll());
    EXPECT_NE(nested.find("what it runs"), std::string::npos) << nested;
    there.stop();
    // What ends in such a context ends in turns of it: else it is held by work that is never done.
    for (int turn = 0; turn < 50; ++turn) static_cast<void>(mine.context->serve(1ms));
    EXPECT_EQ(there.connection_count(), 0u);
}

} // namespace
} // namespace beckon::core_test
