// What a program is told of its conversations, and the objects that each has for itself.
#include <gtest/gtest.h>

#include "core/fixture.hpp"

namespace beckon::core_test {
struct Account {
    std::string owner();
    std::int64_t add(std::int64_t amount);
};
BECKON_INTERFACE(Account, (owner), (add, amount))

namespace {

/// Says what it was told, in order.
class story {
public:
    void add(std::string line) {
        const std::lock_guard lock(mutex_);
        lines_.push_back(std::move(line));
        changed_.notify_all();
    }
    [[nodiscard]] std::vector<std::string> lines() const {
        const std::lock_guard lock(mutex_);
        return lines_;
    }
    /// Once there are so many.
    [[nodiscard]] std::vector<std::string> lines(std::size_t count) const {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, 10s, [&] { return lines_.size() >= count; });
        return lines_;
    }

private:
    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    std::vector<std::string> lines_;
};
using texts = std::vector<std::string>;

struct account : counted {
    account(story& told, std::string name) : log(told), who(std::move(name)) {}
    std::string owner() { return who; }
    std::int64_t add(std::int64_t amount) {
        log.add("add");
        return sum += amount;
    }
    story& log;
    std::string who;
    std::int64_t sum = 0;
};

/// One that wants to know.
struct told_account : account {
    using account::account;
    void on_connect(const connected& with) {
        peer = with; // that it holds what holds it must not keep either
        log.add("account connects");
    }
    void on_disconnect(const connected&) { log.add("account leaves"); }
    connected peer;
};

class conversations : public ::testing::TestWithParam<const char*> {
protected:
    conversations() : inside_(*context::create({.log = log_})) {}
    void SetUp() override {
        server known(server_options{.context = inside_});
        if (auto heard = known.try_listen(endpoint()); !heard)
            GTEST_SKIP() << heard.error().to_string();
    }

    [[nodiscard]] std::string endpoint() const { return concat(GetParam(), "tcp://127.0.0.1:0"); }
    [[nodiscard]] connected open(const std::string& url, connect_options options = {}) {
        options.context = inside_;
        return connect(url, options);
    }

    kept_log log_{log_level::warning};
    std::shared_ptr<context> inside_;
    story told_;
};
INSTANTIATE_TEST_SUITE_P(over, conversations, ::testing::Values("", "rpyc+"),
                         [](const auto& of) { return *of.param ? "rpyc" : "native"; });

TEST_P(conversations, each_has_an_object_of_its_own_that_ends_with_it) {
    const int before = counted::alive;
    server there(server_options{.context = inside_});
    there.publish_each<Account>("account", [this](const connected& peer) {
        told_.add("made");
        return std::make_shared<told_account>(told_, peer.user());
    });
    const std::string url = there.listen(endpoint());
    connected one = open(url);
    connected other = open(url);
    EXPECT_EQ(one.get<Account>("account")->add(5), 5);
    EXPECT_EQ(other.get<Account>("account")->add(1), 1) << "another object";
    EXPECT_EQ(one.get<Account>("account")->add(5), 10) << "the same object as before";
    EXPECT_EQ(one.get<Account>("account")->owner(), "anonymous");
    one.close();
    EXPECT_TRUE(eventually([&] { return counted::alive == before + 1; }));
    EXPECT_EQ(other.get<Account>("account")->add(1), 2);
    there.stop();
    EXPECT_TRUE(eventually([&] { return counted::alive == before; })) << "they hold the peer";
}

TEST_P(conversations, are_told_of_in_order_before_the_first_call_and_after_the_end) {
    server there(server_options{.context = inside_});
    there.on_connect([this](const connected&) { told_.add("first listens"); });
    there.on_disconnect([this](const connected&) { told_.add("first leaves"); });
    there.publish<Account>("shared", std::make_shared<told_account>(told_, "all"));
    there.publish_each<Account>("own", [this](const connected& peer) {
        told_.add("made");
        return std::make_shared<told_account>(told_, peer.user());
    });
    there.on_connect([this](const connected& peer) {
        EXPECT_FALSE(peer.is_over());
        told_.add("second listens");
    });
    there.on_disconnect([this](const connected& peer) {
        EXPECT_TRUE(peer.is_over());
        told_.add("second leaves");
    });
    {
        const connected peer = open(there.listen(endpoint()));
        EXPECT_EQ(peer.get<Account>("own")->add(1), 1);
        peer.close();
    }
    EXPECT_EQ(told_.lines(10), (texts{"made", "first listens", "second listens", "account connects",
                                      "account connects", "add", "account leaves", "account leaves",
                                      "second leaves", "first leaves"}));
    there.stop();
    EXPECT_EQ(told_.lines().size(), 10u) << "once each";
    there.withdraw("shared");
}

TEST_P(conversations, may_be_called_back_before_their_first_call_is_served) {
    server there(server_options{.context = inside_});
    there.publish<Account>("shared", std::make_shared<account>(told_, "all"));
    there.on_connect([this](const connected& peer) {
        told_.add(concat("hello ", peer.get<Account>("me")->owner()));
    });
    connect_options options;
    options.published = std::make_shared<publications>();
    options.published->publish("me",
                               make_ref<Account>(std::make_shared<account>(told_, "Lucy")).core());
    const connected peer = open(there.listen(endpoint()), options);
    EXPECT_EQ(peer.get<Account>("shared")->add(7), 7);
    texts lines = told_.lines(2);
    // RPyC does not tell whether a call is a consequence of one's own: what comes meanwhile is served.
    if (peer.core()->is_dynamic()) std::sort(lines.begin(), lines.end(), std::greater<>());
    EXPECT_EQ(lines, (texts{"hello Lucy", "add"}));
    there.stop();
}

TEST_P(conversations, are_kept_for_broadcasts_until_they_end) {
    server there(server_options{.context = inside_});
    std::mutex mutex;
    std::vector<connected> peers;
    there.on_connect([&](const connected& peer) {
        const std::lock_guard lock(mutex);
        peers.push_back(peer);
    });
    there.on_disconnect([&](const connected& peer) {
        const std::lock_guard lock(mutex);
        EXPECT_EQ(std::erase(peers, peer), 1u);
        told_.add("left");
    });
    there.publish<Account>("shared", std::make_shared<account>(told_, "all"));
    const std::string url = there.listen(endpoint());
    std::vector<connected> clients;
    std::vector<std::shared_ptr<account>> mine;
    for (int i = 0; i < 3; ++i) {
        connect_options options;
        options.published = std::make_shared<publications>();
        mine.push_back(std::make_shared<account>(told_, concat("peer ", i)));
        options.published->publish("me", make_ref<Account>(mine.back()).core());
        clients.push_back(open(url, options));
        EXPECT_EQ(clients.back().get<Account>("shared")->owner(), "all");
    }
    ASSERT_EQ(peers.size(), 3u);
    for (const connected& each : std::vector<connected>(peers)) each.get<Account>("me")->add(2);
    for (const auto& each : mine) EXPECT_EQ(each->sum, 2);
    clients.pop_back();
    clients[0].close();
    EXPECT_TRUE(eventually([&] {
        const std::lock_guard lock(mutex);
        return peers.size() == 1;
    }));
    there.stop();
    EXPECT_TRUE(peers.empty()) << "stop waits until all are told";
    mine.clear();
    clients.clear();
}

TEST_P(conversations, end_where_the_beginning_fails) {
    server there(server_options{.context = inside_});
    there.on_connect([this](const connected&) { told_.add("in"); });
    there.on_disconnect([this](const connected&) { told_.add("out"); });
    there.on_connect([](const connected&) { throw std::runtime_error("no room for you"); });
    there.on_disconnect([this](const connected&) { told_.add("never in"); });
    there.publish<Account>("shared", std::make_shared<account>(told_, "all"));
    const std::string failed = failure_of<beckon::exception>([&] {
        const connected peer = open(there.listen(endpoint()));
        static_cast<void>(peer.get<Account>("shared")->add(1));
    });
    EXPECT_NE(failed.find("disconnected"), std::string::npos) << failed;
    there.stop();
    const texts lines = told_.lines();
    EXPECT_EQ(std::count(lines.begin(), lines.end(), "add"), 0) << "not a call was served";
    // A listener that has no on_connect is told of every end.
    EXPECT_EQ(std::count(lines.begin(), lines.end(), "out"),
              std::count(lines.begin(), lines.end(), "in"));
    EXPECT_NE(log_.lines().find("no room for you"), std::string::npos);
}

TEST_P(conversations, that_end_while_their_beginning_is_told_are_told_once) {
    gates gate;
    std::atomic<int> ended{0};
    server there(server_options{.context = inside_});
    connected known;
    there.on_connect([&](const connected& peer) {
        known = peer;
        gate.pass("in");
    });
    there.on_disconnect([&](const connected&) {
        ++ended;
        told_.add("out");
    });
    there.publish<Account>("shared", std::make_shared<account>(told_, "all"));
    std::optional<connected> peer;
    // RPyC's client asks for the root before it is there; so it waits on another thread.
    std::thread joins([&] {
        try {
            const connected made = open(there.listen(endpoint()));
            static_cast<void>(made.get<Account>("shared")->add(1));
        } catch (const std::exception&) {
        }
    });
    gate.await("in");
    std::thread stops([&] { there.stop(); });
    EXPECT_TRUE(known.await_end(10s));
    EXPECT_EQ(ended, 0);
    gate.open("in");
    stops.join();
    EXPECT_EQ(ended, 1) << "stop waits for it";
    joins.join();
    EXPECT_EQ(told_.lines(), texts{"out"});
}

TEST_P(conversations, are_at_hand_in_handlers) {
    struct caller {
        std::string owner() { return this_call::conversation().get<Account>("me")->owner(); }
        std::int64_t add(std::int64_t) { return this_call::conversation().core() ? 1 : 0; }
    };
    EXPECT_FALSE(this_call::conversation().core());
    server there(server_options{.context = inside_});
    there.publish<Account>("caller", std::make_shared<caller>());
    connect_options options;
    options.published = std::make_shared<publications>();
    options.published->publish("me",
                               make_ref<Account>(std::make_shared<account>(told_, "Lucy")).core());
    const connected peer = open(there.listen(endpoint()), options);
    EXPECT_EQ(peer.get<Account>("caller")->owner(), "Lucy");
}

TEST_P(conversations, a_client_that_publishes_is_told_as_well) {
    server there(server_options{.context = inside_});
    there.publish<Account>("shared", std::make_shared<account>(told_, "all"));
    there.withdraw("shared");
    connect_options options;
    options.published = std::make_shared<publications>();
    options.published->tell({[this](const connected&) { told_.add("in"); },
                             [this](const connected&) { told_.add("out"); }});
    {
        const connected peer = open(there.listen(endpoint()), options);
        EXPECT_EQ(told_.lines(), texts{"in"}) << "when connect returns";
    }
    EXPECT_EQ(told_.lines(2), (texts{"in", "out"})) << "though nobody held it any more";
}

TEST_P(conversations, names_and_further_names) {
    server there(server_options{.context = inside_});
    there.publish<Account>("shared", std::make_shared<account>(told_, "all"));
    there.publish_each<Account>(
        "own", [this](const connected&) { return std::make_shared<account>(told_, "each"); });
    there.publish_also("common", "shared");
    there.publish_also("mine", "own");
    EXPECT_EQ(there.service_names(), texts{"ACCOUNT"});
    there.set_service_names({"Bank", "money"});
    EXPECT_EQ(there.service_names(), (texts{"BANK", "MONEY"}));
    const connected peer = open(there.listen(endpoint()));
    EXPECT_EQ(peer.get<Account>("common")->owner(), "all");
    EXPECT_EQ(peer.get<Account>("mine")->owner(), "each");
    std::vector<std::string> listed;
    for (const service_info& each : peer.list()) listed.push_back(each.name);
    for (const char* name : {"common", "mine", "own", "shared"})
        EXPECT_EQ(std::count(listed.begin(), listed.end(), name), 1) << name;
    EXPECT_TRUE(there.withdraw("mine"));
    EXPECT_THROW(static_cast<void>(peer.get<Account>("mine")->owner()), beckon::exception);
    EXPECT_EQ(peer.get<Account>("own")->owner(), "each");
    there.stop();
}

TEST_P(conversations, answer_pings) {
    server there(server_options{.context = inside_});
    there.publish<Account>("shared", std::make_shared<account>(told_, "all"));
    const connected peer = open(there.listen(endpoint()));
    EXPECT_GE(peer.ping(10s).count(), 0);
    EXPECT_GE(peer.ping().count(), 0);
    there.stop();
    EXPECT_TRUE(peer.await_end(10s));
    const auto failed = peer.try_ping();
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code(), errc::disconnected);
}

TEST_P(conversations, run_what_is_to_be_done_before_this_side_closes) {
    server there(server_options{.context = inside_});
    there.publish<Account>("shared", std::make_shared<account>(told_, "all"));
    const connected peer = open(there.listen(endpoint()));
    peer.before_close(
        [this](const connected& closing) { told_.add(closing.get<Account>("shared")->owner()); });
    peer.before_close([](const connected&) { throw std::runtime_error("not that"); });
    peer.before_close([this](const connected&) { told_.add("last"); });
    peer.close();
    peer.close();
    EXPECT_EQ(told_.lines(), (texts{"all", "last"}));
    EXPECT_TRUE(peer.is_over());
    EXPECT_NE(log_.lines().find("not that"), std::string::npos);
}

} // namespace
} // namespace beckon::core_test
