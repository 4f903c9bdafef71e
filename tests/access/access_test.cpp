// Who may call what: the same question for each call of a peer, by whatever protocol and way of calling it came.
#include <gtest/gtest.h>

#include <mutex>
#include <stdexcept>

#include "beckon/beckon.hpp"
#include "beckon/object/dynamic.hpp"
#include "beckon/object/stream.hpp"
#include "beckon/session/access_rules.hpp"
#include "jsonrpc/text_peer.hpp"

namespace access_test {

struct Drawer {
    std::int64_t open(std::int64_t wide);
};
struct Desk {
    std::int64_t add(std::int64_t a, std::int64_t b);
    beckon::ref<Drawer> drawer();
    std::int64_t pull(beckon::ref<Drawer> other);
    void shout(std::string text);
};
/// Called as the toolkit's own two are.
struct Root {
    std::int64_t erase(std::int64_t what);
};
struct directory {
    std::int64_t erase(std::int64_t what);
};
BECKON_INTERFACE(Root, (erase, what))
BECKON_INTERFACE(directory, (erase, what))
BECKON_INTERFACE(Drawer, (open, wide))
BECKON_INTERFACE(Desk, (add, a, b), (drawer), (pull, other), (shout, text))
BECKON_ONEWAY(Desk, shout)

namespace {

using beckon::access_question;
using beckon::concat;
using beckon::errc;
using beckon::fail;
using namespace std::chrono_literals;

struct drawer {
    std::int64_t open(std::int64_t wide) {
        ++opened;
        return wide;
    }
    std::atomic<int> opened{0};
};
struct desk {
    std::int64_t add(std::int64_t a, std::int64_t b) {
        ++called;
        return a + b;
    }
    beckon::ref<Drawer> drawer() { return beckon::make_ref<Drawer>(inner); }
    std::int64_t pull(const beckon::ref<Drawer>& other) { return other->open(7); }
    void shout(const std::string&) { ++called; }
    std::shared_ptr<access_test::drawer> inner = std::make_shared<access_test::drawer>();
    std::atomic<int> called{0};
};

/// Writes down what it is asked, and refuses what it is told to.
class doorman {
public:
    [[nodiscard]] beckon::authorizer at_door() {
        return [this](const access_question& asked) -> beckon::result<void> {
            const std::lock_guard lock(mutex_);
            const std::string name = concat(asked.object, '.', asked.method);
            seen_.push_back(concat(asked.caller.name, ' ', name,
                                   asked.published.empty() ? "" : " as ", asked.published));
            if (name == throws) throw std::runtime_error("the doorman is ill");
            if (name != refused) return {};
            return fail(errc::access_denied, asked.caller.name, " may not call ", name);
        };
    }
    [[nodiscard]] bool saw(const std::string& line) {
        const std::lock_guard lock(mutex_);
        return std::find(seen_.begin(), seen_.end(), line) != seen_.end();
    }
    [[nodiscard]] std::string all() {
        const std::lock_guard lock(mutex_);
        std::string text;
        for (const std::string& each : seen_) text += each + "; ";
        return text;
    }
    std::string refused;
    std::string throws;

private:
    std::mutex mutex_;
    std::vector<std::string> seen_;
};

struct safe {
    std::int64_t erase(std::int64_t what) {
        ++erased;
        return what;
    }
    std::atomic<int> erased{0};
};

class doors : public testing::TestWithParam<std::string> {
protected:
    doors() : server({.context = inside, .authorize = man.at_door()}) {
        server.publish<Desk>("desk", here);
        address = server.listen(concat(GetParam(), "memory:", jsonrpc_test::fresh_name()));
    }
    [[nodiscard]] beckon::connected connect() const {
        return beckon::connect(address, {.context = inside});
    }
    template <typename T>
    static void expect_denied(const beckon::result<T>& outcome, std::string_view words) {
        ASSERT_FALSE(outcome);
        const std::string told = outcome.error().to_string();
        // RPyC tells of it by a Python exception.
        EXPECT_TRUE(outcome.error().code() == errc::access_denied ||
                    outcome.error().type_name() == "builtins.PermissionError")
            << told << ' ' << outcome.error().type_name();
        EXPECT_NE(told.find(words), std::string::npos) << told;
    }

    std::shared_ptr<beckon::context> inside =
        beckon::context::create({.log = &beckon::null_log()}).value();
    doorman man;
    std::shared_ptr<desk> here = std::make_shared<desk>();
    beckon::server server;
    std::string address;
};

INSTANTIATE_TEST_SUITE_P(protocols, doors, testing::Values("", "jsonrpc+", "msgpack+", "rpyc+"),
                         [](const auto& each) {
                             return each.param.empty()
                                        ? "native"
                                        : each.param.substr(0, each.param.size() - 1);
                         });

TEST_P(doors, are_asked_about_each_call_and_let_it_pass) {
    const auto session = connect();
    const auto typed = session.get<Desk>("desk");
    EXPECT_EQ(typed->add(2, 3), 5);
    EXPECT_TRUE(man.saw("anonymous Desk.add as desk")) << man.all();
}

TEST_P(doors, keep_a_refused_call_from_having_an_effect_and_the_next_one_passes) {
    man.refused = "Desk.add";
    const auto session = connect();
    const auto typed = session.get<Desk>("desk");
    expect_denied(typed.async()->add(2, 3).result(), "anonymous may not call Desk.add");
    EXPECT_EQ(here->called, 0);
    EXPECT_FALSE(session.is_over());
    man.refused = "";
    EXPECT_EQ(typed->add(2, 3), 5);
}

TEST_P(doors, are_asked_about_what_was_handed_out) {
    man.refused = "Drawer.open";
    const auto session = connect();
    const auto inner = session.get<Desk>("desk")->drawer();
    expect_denied(inner.async()->open(3).result(), "may not call Drawer.open");
    EXPECT_EQ(here->inner->opened, 0);
    EXPECT_TRUE(man.saw("anonymous Drawer.open")) << man.all();
    man.refused = "";
    EXPECT_EQ(inner->open(3), 3);
}

TEST_P(doors, refuse_what_their_keeper_throws_at) {
    man.throws = "Desk.add";
    const auto session = connect();
    const auto typed = session.get<Desk>("desk");
    const auto outcome = typed.async()->add(2, 3).result();
    ASSERT_FALSE(outcome);
    EXPECT_NE(outcome.error().to_string().find("the doorman is ill"), std::string::npos)
        << outcome.error().to_string();
    EXPECT_EQ(here->called, 0);
    man.throws = "";
    EXPECT_EQ(typed->add(2, 3), 5);
}

TEST_P(doors, are_asked_about_dynamic_calls) {
    if (GetParam().empty()) GTEST_SKIP() << "native references are typed, or learn their types";
    man.refused = "Desk.add";
    const auto session = connect();
    const beckon::dynamic found(session.get("desk"));
    EXPECT_THROW(static_cast<void>(found.call("add", 2, 3)), beckon::exception);
    EXPECT_EQ(here->called, 0);
    man.refused = "";
    EXPECT_EQ(found.call("add", 2, 3).as<std::int64_t>(), 5);
}

TEST_P(doors, are_asked_on_the_side_that_connects_too) {
    beckon::connect_options chosen{.context = inside};
    chosen.published = std::make_shared<beckon::publications>();
    const auto ours = std::make_shared<drawer>();
    const auto shown = beckon::make_ref<Drawer>(ours);
    chosen.published->publish("ours", shown.core());
    doorman mine;
    mine.refused = "Drawer.open";
    chosen.authorize = mine.at_door();
    const auto session = beckon::connect(address, chosen);
    const auto typed = session.get<Desk>("desk");
    const auto outcome = typed.async()->pull(shown).result();
    ASSERT_FALSE(outcome);
    EXPECT_NE(outcome.error().to_string().find("may not call Drawer.open"), std::string::npos)
        << outcome.error().to_string();
    EXPECT_EQ(ours->opened, 0);
    EXPECT_TRUE(mine.saw("anonymous Drawer.open as ours")) << mine.all();
    mine.refused = "";
    EXPECT_EQ(typed->pull(shown), 7);
}

TEST_P(doors, keep_to_rules) {
    beckon::server ruled({.context = inside,
                          .authorize = beckon::access_rules()
                                           .allow("*", "desk", "add")
                                           .allow("alice", "*")
                                           .allow("anonymous", "Desk", "drawer")
                                           .answers()});
    ruled.publish<Desk>("desk", here);
    const std::string there =
        ruled.listen(concat(GetParam(), "memory:", jsonrpc_test::fresh_name()));
    const auto session = beckon::connect(there, {.context = inside});
    const auto typed = session.get<Desk>("desk");
    EXPECT_EQ(typed->add(2, 3), 5);
    const auto inner = typed->drawer();
    expect_denied(inner.async()->open(1).result(), "\"anonymous\" may not call Drawer.\"open\"");
    expect_denied(typed.async()->pull(beckon::make_ref<Drawer>(here->inner)).result(),
                  "may not call Desk.\"pull\"");
    if (GetParam().empty() || GetParam() == "rpyc+") {
        EXPECT_FALSE(session.list().empty());
    }
}

TEST_P(doors, by_rules_know_the_toolkits_objects_by_themselves_not_by_name) {
    const auto kept = std::make_shared<safe>();
    beckon::server ruled(
        {.context = inside,
         .authorize = beckon::access_rules().allow("alice", "*").allow("*", "desk").answers()});
    ruled.publish<Desk>("desk", here);
    ruled.publish<Root>("Root", kept);
    ruled.publish<directory>("directory", kept);
    const std::string there =
        ruled.listen(concat(GetParam(), "memory:", jsonrpc_test::fresh_name()));
    const auto session = beckon::connect(there, {.context = inside});
    expect_denied(session.get<Root>("Root").async()->erase(1).result(), "may not call Root");
    expect_denied(session.get<directory>("directory").async()->erase(1).result(),
                  "may not call directory");
    EXPECT_EQ(kept->erased, 0);
    EXPECT_EQ(session.get<Desk>("desk")->add(2, 3), 5);
}

// --- What one protocol alone has ---

class native_doors : public doors {};
INSTANTIATE_TEST_SUITE_P(native, native_doors, testing::Values(""));

TEST_P(native_doors, are_asked_about_the_directory) {
    man.refused = "directory.list";
    const auto session = connect();
    EXPECT_THROW(static_cast<void>(session.list()), beckon::access_denied);
    man.refused = "directory.get";
    EXPECT_EQ(session.list().size(), 1u);
    expect_denied(session.try_get<Desk>("desk"), "may not call directory.get");
    EXPECT_EQ(here->called, 0);
}

TEST_P(native_doors, are_asked_about_calls_on_results_to_come) {
    man.refused = "Drawer.open";
    const auto session = connect();
    const auto typed = session.get<Desk>("desk");
    expect_denied(typed.async()->drawer().async()->open(1).result(), "may not call Drawer.open");
    EXPECT_EQ(here->inner->opened, 0);
}

TEST_P(native_doors, give_back_what_a_refused_call_brought_along) {
    man.refused = "Desk.pull";
    const auto session = connect();
    const auto typed = session.get<Desk>("desk");
    for (int i = 0; i < 3; ++i) {
        const auto ours = std::make_shared<drawer>();
        expect_denied(typed.async()->pull(beckon::make_ref<Drawer>(ours)).result(), "Desk.pull");
        EXPECT_EQ(ours.use_count(), 1) << "the peer still holds it";
    }
    EXPECT_EQ(session.stats().exports, 0u);
}

TEST_P(native_doors, keep_one_way_calls_out_without_a_word) {
    man.refused = "Desk.shout";
    const auto session = connect();
    const auto typed = session.get<Desk>("desk");
    typed->shout("hey");
    EXPECT_EQ(typed->add(1, 1), 2); // which comes after it
    EXPECT_EQ(here->called, 1);
}

TEST_P(native_doors, give_a_serial_objects_turn_back) {
    const auto serial = std::make_shared<desk>();
    server.publish<Desk>("serial", serial, beckon::policy::serial);
    man.refused = "Desk.add";
    const auto session = connect();
    const auto typed = session.get<Desk>("serial");
    for (int i = 0; i < 3; ++i)
        expect_denied(typed.async()->add(1, 1).result(), "may not call Desk.add");
    man.refused = "";
    EXPECT_EQ(typed.with(beckon::timeout(10s))->add(1, 1), 2);
}

class named_doors : public doors {};
INSTANTIATE_TEST_SUITE_P(by_name, named_doors, testing::Values("jsonrpc+"));

TEST_P(named_doors, refuse_in_the_protocols_own_form) {
    man.refused = "Desk.add";
    const auto where = beckon::io::parse_endpoint(address).value();
    jsonrpc_test::text_peer peer(inside->memory().connect(where.address).value());
    const beckon::value refused =
        peer.ask(R"({"jsonrpc":"2.0","method":"desk.add","params":[1,2],"id":"x"})");
    EXPECT_EQ(refused["id"], beckon::value("x"));
    EXPECT_EQ(refused["error"]["code"], beckon::value(-32000));
    EXPECT_EQ(refused["error"]["data"]["error"], beckon::value("access_denied"));
    EXPECT_EQ(
        peer.ask(R"({"jsonrpc":"2.0","method":"add","params":[1,2],"id":1})")["error"]["code"],
        beckon::value(-32000)); // the root's, by its own name
    EXPECT_EQ(here->called, 0);
}

#if BECKON_HAS_SECURITY_UNPROVEN
TEST_P(named_doors, take_what_says_nothing_of_its_user_for_nobodys) {
    const auto where = beckon::io::parse_endpoint(server.listen(concat("jsonrpc+unproven+memory:",
                                                                       jsonrpc_test::fresh_name())))
                           .value();
    jsonrpc_test::text_peer peer(inside->memory().connect(where.address).value());
    constexpr std::string_view ask =
        R"({"jsonrpc":"2.0","method":"desk.add","params":[1,2],"id":1})";
    const auto answer_to = [&](std::string_view text) {
        peer.send_line(text);
        beckon::value came = peer.read();
        if (came.find("id") == nullptr) came = peer.read(); // the header was before it
        return came["result"];
    };
    constexpr std::string_view says_ann =
        R"({"jsonrpc":"2.0","method":"rpc.secinfo","params":{"user":"ann"}})";
    EXPECT_EQ(answer_to(concat(says_ann, '\n', ask)), beckon::value(3));
    EXPECT_TRUE(man.saw("ann Desk.add as desk")) << man.all();
    EXPECT_FALSE(man.saw("anonymous Desk.add as desk")) << man.all();
    EXPECT_EQ(answer_to(ask), beckon::value(3));
    EXPECT_TRUE(man.saw("anonymous Desk.add as desk")) << man.all();
}
#endif

class pythonic_doors : public doors {};
INSTANTIATE_TEST_SUITE_P(pythonic, pythonic_doors, testing::Values("rpyc+"));

TEST_P(pythonic_doors, are_asked_about_attributes_and_what_has_no_name) {
    const auto session = connect();
    const beckon::dynamic found(session.get("desk"));
    const beckon::dynamic method = found.attr("add");
    EXPECT_TRUE(man.saw("anonymous Desk.add as desk")) << man.all();
    man.refused = "Desk.add";
    EXPECT_THROW(static_cast<void>(method(2, 3)), beckon::exception); // taken before
    EXPECT_EQ(here->called, 0);
    man.refused = "Desk.__str__";
    EXPECT_THROW(static_cast<void>(found.str()), beckon::exception);
    EXPECT_EQ(method(2, 3).as<std::int64_t>(), 5);
}

} // namespace
} // namespace access_test
