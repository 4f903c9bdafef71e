// Users whose protocol has no form for the desk, and users who are known by their calls alone.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "access/failures.hpp"
#include "beckon/beckon.hpp"
#include "beckon/service/admission/admission.hpp"
#include "jsonrpc/text_peer.hpp"

namespace admission_by_calls_test {

/// What remcall shows, and what others call.
struct Main {
    std::int64_t fire(std::int64_t times);
    std::int64_t aim();
};
BECKON_INTERFACE(Main, (fire, times), (aim))

namespace {

using namespace std::chrono_literals;
using access_test::expect_has;
using access_test::failure_of;
using beckon::admission;
using beckon::concat;

struct laser {
    std::int64_t fire(std::int64_t times) { return times; }
    /// Ends when it is told to.
    beckon::task<std::int64_t> aim() {
        began = true;
        co_return co_await aimed.get_future();
    }
    std::atomic<bool> began = false;
    beckon::promise<std::int64_t> aimed;
};

class laser_users : public testing::Test {
protected:
    [[nodiscard]] beckon::connected user(const std::string& of) const {
        return beckon::connect(of, {.context = inside});
    }
    [[nodiscard]] std::string listen(std::string_view protocol) {
        return server.listen(concat(protocol, "memory:", jsonrpc_test::fresh_name()));
    }

    std::shared_ptr<beckon::context> inside =
        beckon::context::create({.log = &beckon::null_log()}).value();
    std::shared_ptr<laser> there = std::make_shared<laser>();
    beckon::server server{
        {.context = inside,
         .admission = beckon::admit(
             {.patience = 1h, .absence = 1ms, .administrator = [](const auto&) { return true; }})}};
};

TEST_F(laser_users, come_in_by_calls_where_remcall_has_no_form_for_the_desk) {
    server.publish<Main>("laser", there);
    const std::string address = listen("remcall+");
    const auto administers = user(listen(""));
    const auto desk = administers.get<admission>("admission");
    auto first = user(address);
    auto second = user(address);
    const auto third = user(address);
    const auto fire = [](const beckon::connected& by) { return by.get<Main>("laser")->fire(2); };
    EXPECT_EQ(fire(first), 2);
    expect_has(failure_of([&] { return fire(second); }), "place 1 in the queue");
    expect_has(failure_of([&] { return fire(third); }), "place 2 in the queue");
    const auto all = desk->users();
    ASSERT_EQ(all.size(), 3u);
    EXPECT_TRUE(desk->kick(all[0].id, "closing time"));
    expect_has(failure_of([&] { return fire(first); }),
               "place was taken away by an administrator: closing time");
    EXPECT_EQ(fire(second), 2);
    second.close();
    while (desk->state().users != 0) std::this_thread::yield();
    expect_has(failure_of([&] { return fire(first); }), "place 2 in the queue");
    EXPECT_EQ(fire(third), 2);
}

TEST_F(laser_users, keep_their_place_while_a_call_runs_though_no_other_comes) {
    server.publish<Main>("laser", there);
    const auto waits = user(listen(""));
    const auto desk = waits.get<admission>("admission");
    const auto single = user(server.listen("pyrpc+tcp://127.0.0.1:0"));
    beckon::future<std::int64_t> aims;
    while (!there->began) { // its place may be gone again before the call has come
        EXPECT_TRUE(single.get<admission>("admission")->enter(0).inside);
        aims = single.get<Main>("laser").async()->aim();
        while (!there->began && !aims.ready()) std::this_thread::yield();
    }
    expect_has(failure_of([&] { return desk->enter(50); }), "no place was free: 1 users inside");
    there->aimed.set(7);
    EXPECT_EQ(aims.get(), 7);
    EXPECT_TRUE(desk->enter({}).inside) << "it has not been heard of since";
}

} // namespace
} // namespace admission_by_calls_test
