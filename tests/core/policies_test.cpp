// Which calls of an object may overlap, and which wait for which.
#include "core/fixture.hpp"

namespace beckon::core_test {

/// Says what runs, and how much of it at once.
struct Desk {
    std::int64_t work(std::int64_t number, std::string gate);
    std::int64_t ask(ref<Desk> whom, std::int64_t number);
    std::int64_t ask_later(ref<Desk> whom, std::int64_t number);
    std::vector<std::int64_t> order();
};
BECKON_INTERFACE(Desk, (work, number, gate), (ask, whom, number), (ask_later, whom, number),
                 (order))

namespace {

struct desk {
    explicit desk(gates& doors) : gate(doors) {}
    std::int64_t work(std::int64_t number, const std::string& name) {
        {
            const std::lock_guard lock(mutex);
            started.push_back(number);
            most = std::max(most, ++running);
        }
        if (!name.empty()) gate.pass(name);
        const std::lock_guard lock(mutex);
        --running;
        return number;
    }
    std::int64_t ask(ref<Desk> whom, std::int64_t number) { return whom->work(number, ""); }
    task<std::int64_t> ask_later(ref<Desk> whom, std::int64_t number) {
        co_return co_await whom.async()->work(number, "");
    }
    std::vector<std::int64_t> order() {
        const std::lock_guard lock(mutex);
        return started;
    }
    int most_at_once() {
        const std::lock_guard lock(mutex);
        return most;
    }
    gates& gate;
    std::mutex mutex;
    std::vector<std::int64_t> started;
    int running = 0;
    int most = 0;
};

class policies : public over_each {
protected:
    std::shared_ptr<desk> publish(const std::string& name, policy execution) {
        auto made = std::make_shared<desk>(doors_);
        far_.there.publish<Desk>(name, made, execution);
        return made;
    }
    ~policies() override { doors_.open("door"); }
    gates doors_;
};
BECKON_OVER_EACH(policies);

std::vector<std::int64_t> numbers(std::int64_t count) {
    std::vector<std::int64_t> all;
    for (std::int64_t i = 0; i < count; ++i) all.push_back(i);
    return all;
}

TEST_P(policies, requests_of_one_session_start_in_order_one_at_a_time) {
    const auto worker = publish("desk", policy::session);
    const auto there = session().get<Desk>("desk");
    std::vector<future<std::int64_t>> pending;
    for (int i = 0; i < 100; ++i) pending.push_back(there.async()->work(i, i == 3 ? "door" : ""));
    doors_.await("door");
    EXPECT_EQ(worker->order(), numbers(4));
    doors_.open("door");
    for (auto& each : pending) each.get();
    EXPECT_EQ(worker->order(), numbers(100));
    EXPECT_EQ(worker->most_at_once(), 1);
}

TEST_P(policies, sessions_overlap_where_nothing_else_is_said) {
    const auto worker = publish("desk", policy::session);
    const auto second = open();
    auto one = session().get<Desk>("desk").async()->work(1, "door");
    auto other = second.get<Desk>("desk").async()->work(2, "door");
    doors_.await("door", 2);
    EXPECT_EQ(worker->most_at_once(), 2);
    doors_.open("door");
    EXPECT_EQ(one.get() + other.get(), 3);
}

TEST_P(policies, a_concurrent_object_takes_any_number_of_calls_at_once) {
    const auto worker = publish("desk", policy::concurrent);
    const auto there = session().get<Desk>("desk");
    std::vector<future<std::int64_t>> pending;
    for (int i = 0; i < 6; ++i) pending.push_back(there.async()->work(i, "door"));
    doors_.await("door", 6);
    EXPECT_EQ(there->work(6, ""), 6) << "and the session goes on";
    doors_.open("door");
    for (auto& each : pending) each.get();
    EXPECT_EQ(worker->most_at_once(), 7);
}

TEST_P(policies, a_concurrent_object_does_not_wait_for_the_others_of_its_session) {
    static_cast<void>(publish("one at a time", policy::session));
    static_cast<void>(publish("free", policy::concurrent));
    static_cast<void>(publish("quick", policy::inline_));
    auto blocked = session().get<Desk>("one at a time").async()->work(1, "door");
    doors_.await("door");
    EXPECT_EQ(session().get<Desk>("free")->work(2, ""), 2);
    EXPECT_EQ(session().get<Desk>("quick")->work(3, ""), 3);
    auto behind = session().get<Desk>("one at a time").async()->work(4, "");
    EXPECT_FALSE(behind.wait_for(2ms));
    doors_.open("door");
    EXPECT_EQ(blocked.get() + behind.get(), 5);
}

TEST_P(policies, a_serial_object_takes_one_call_at_a_time_from_whatever_session) {
    const auto worker = publish("desk", policy::serial);
    const auto other = publish("other", policy::serial);
    const auto second = open();
    auto first = session().get<Desk>("desk").async()->work(0, "door");
    doors_.await("door");
    std::vector<future<std::int64_t>> pending;
    for (int i = 1; i < 10; ++i)
        pending.push_back((i % 2 ? session() : second).get<Desk>("desk").async()->work(i, ""));
    EXPECT_EQ(session().get<Desk>("other")->work(1, ""), 1) << "other objects go on";
    EXPECT_EQ(second.get<Desk>("other")->work(2, ""), 2);
    EXPECT_EQ(worker->order(), numbers(1));
    doors_.open("door");
    first.get();
    for (auto& each : pending) each.get();
    std::vector<std::int64_t> of_each[2];
    for (const std::int64_t number : worker->order()) of_each[number % 2].push_back(number);
    EXPECT_EQ(of_each[0], (std::vector<std::int64_t>{0, 2, 4, 6, 8}))
        << "in the order in which they came";
    EXPECT_EQ(of_each[1], (std::vector<std::int64_t>{1, 3, 5, 7, 9}));
    EXPECT_EQ(worker->most_at_once(), 1);
    EXPECT_EQ(other->most_at_once(), 1);
}

TEST_P(policies, a_call_inside_the_program_takes_its_turn_at_a_serial_object_too) {
    auto worker = std::make_shared<desk>(doors_);
    const auto here = make_ref<Desk>(worker, policy::serial);
    far_.there.publish("desk", object(here));
    auto pending = session().get<Desk>("desk").async()->work(1, "door");
    doors_.await("door");
    std::atomic<bool> ran{false};
    std::thread local([&] {
        EXPECT_EQ(here->work(2, ""), 2);
        ran = true;
    });
    EXPECT_EQ(lab_there()->add(1, 1), 2);
    EXPECT_FALSE(ran);
    doors_.open("door");
    local.join();
    EXPECT_EQ(pending.get(), 1);
    EXPECT_EQ(worker->order(), (std::vector<std::int64_t>{1, 2}));
    EXPECT_EQ(worker->most_at_once(), 1);
    // And the other way round: the peer's call waits for the local one.
    std::thread holder([&] { EXPECT_EQ(here->work(3, "second"), 3); });
    doors_.await("second");
    auto behind = session().get<Desk>("desk").async()->work(4, "");
    EXPECT_EQ(lab_there()->add(1, 1), 2);
    EXPECT_EQ(worker->order().size(), 3u);
    doors_.open("second");
    EXPECT_EQ(behind.get(), 4);
    holder.join();
}

TEST_P(policies, a_call_that_waits_for_its_turn_can_be_cancelled_and_can_run_out_of_time) {
    const auto worker = publish("desk", policy::serial);
    const auto there = session().get<Desk>("desk");
    auto first = there.async()->work(1, "door");
    doors_.await("door");
    auto cancelled = there.async()->work(2, "");
    auto late = there.with(timeout(5ms)).async()->work(3, "");
    auto last = there.async()->work(4, "");
    cancelled.cancel();
    EXPECT_EQ(late.result().error().code(), errc::timeout);
    EXPECT_EQ(lab_there()->add(1, 1), 2); // the peer has read both cancellations
    doors_.open("door");
    EXPECT_EQ(first.get() + last.get(), 5);
    EXPECT_EQ(worker->order(), (std::vector<std::int64_t>{1, 4}));
    EXPECT_TRUE(eventually([&] { return session().stats().calls_in_flight == 0; }));
}

TEST_P(policies, a_serial_object_that_waits_for_itself_is_told_at_once) {
    const auto worker = publish("desk", policy::serial);
    const auto there = session().get<Desk>("desk");
    const std::string text =
        "object of Desk serves one call at a time, and the one it serves waits for this one";
    // Straight back to its own object here: it comes home as a reference inside the program.
    EXPECT_EQ(failure_of<deadlock_error>([&] { there->ask(there, 1); }).substr(0, 98),
              "would_deadlock: " + text);
    // Through us: the peer's serial object calls us, and our handler calls it again.
    auto mine = std::make_shared<desk>(doors_);
    struct go_between {
        std::int64_t work(std::int64_t number, const std::string&) {
            return back->work(number, "");
        }
        std::int64_t ask(ref<Desk>, std::int64_t number) { return number; }
        std::int64_t ask_later(ref<Desk>, std::int64_t number) { return number; }
        std::vector<std::int64_t> order() { return {}; }
        ref<Desk> back;
    };
    auto between = std::make_shared<go_between>();
    between->back = there;
    const auto here = make_ref<Desk>(between);
    EXPECT_EQ(failure_of<deadlock_error>([&] { there->ask(here, 1); }).substr(0, 98),
              "would_deadlock: " + text);
    EXPECT_EQ(failure_of<deadlock_error>([&] { there->ask_later(here, 1); }).substr(0, 98),
              "would_deadlock: " + text);
    EXPECT_EQ(failure_of<deadlock_error>([&] { there->ask_later(there, 1); }).substr(0, 98),
              "would_deadlock: " + text);
    EXPECT_EQ(there->work(5, ""), 5) << "it takes calls again";
    between->back = {};
}

TEST_P(policies, calls_nested_too_deep_are_refused) {
    limits shallow;
    shallow.max_call_depth = 10;
    auto mine = std::make_shared<lab>();
    const auto here = make_ref<Lab>(mine);
    mine->self = here;
    const auto narrow = open(shallow);
    const auto there = narrow.get<Lab>("lab");
    EXPECT_EQ(there->nest(here, 20), 20) << "ten of them here";
    EXPECT_EQ(failure_of<limit_exceeded>([&] { there->nest(here, 400); }).substr(0, 71),
              "limit_exceeded: calls are nested 10 deep on one thread (max_call_depth)");
    EXPECT_EQ(there->nest(here, 3), 3);
    mine->self = {};
}

} // namespace
} // namespace beckon::core_test
