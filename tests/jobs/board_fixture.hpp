// A board of jobs over an object of the test's own, with a clock that stands still until it is told.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <future>
#include <mutex>
#include <string>
#include <utility>

#include "beckon/object/object_builder.hpp"
#include "beckon/session/jobs/job_board.hpp"

namespace jobs_test {

using namespace std::chrono_literals;
using beckon::errc;
using beckon::job_order;
using beckon::job_owner;
using beckon::job_stage;
using beckon::job_status;
using beckon::result;
using beckon::value;

/// A method that ends when it may, or is given up.
class gate {
public:
    ~gate() { open(); }
    void open() {
        const std::lock_guard lock(mutex_);
        open_ = true;
        changed_.notify_all();
    }
    void pass() {
        bool is_given_up = false;
        const auto told = beckon::current_call()->cancellation->watch([&] {
            const std::lock_guard lock(mutex_);
            is_given_up = true;
            ++given_up_;
            changed_.notify_all();
        });
        std::unique_lock lock(mutex_);
        ++begun_;
        most_ = std::max(most_, ++inside_);
        changed_.notify_all();
        EXPECT_TRUE(changed_.wait_for(lock, 60s, [&] { return open_ || is_given_up; }));
        --inside_;
    }
    void await_begun(int count) {
        std::unique_lock lock(mutex_);
        EXPECT_TRUE(changed_.wait_for(lock, 60s, [&] { return begun_ >= count; }));
    }
    void await_given_up() {
        std::unique_lock lock(mutex_);
        EXPECT_TRUE(changed_.wait_for(lock, 60s, [&] { return given_up_ != 0; }));
    }
    [[nodiscard]] int most() {
        const std::lock_guard lock(mutex_);
        return most_;
    }
    [[nodiscard]] int begun() {
        const std::lock_guard lock(mutex_);
        return begun_;
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool open_ = false;
    int begun_ = 0;
    int inside_ = 0;
    int most_ = 0;
    int given_up_ = 0;
};

inline std::atomic<std::int64_t> test_seconds{1000};
[[nodiscard]] inline beckon::time_point test_now() {
    return beckon::time_point(std::chrono::seconds(test_seconds.load()));
}
[[nodiscard]] inline beckon::job_time test_wall_now() {
    return beckon::job_time(static_cast<double>(1'000'000 + test_seconds.load()));
}

/// Who calls.
struct user {
    explicit user(std::string name) { identity.name = std::move(name); }
    beckon::caller_identity identity;
    [[nodiscard]] job_owner owner() const { return job_owner(&identity); }
};

class board_fixture : public testing::Test {
public:
    ~board_fixture() override {
        waits.open();
        if (board) board->stop();
    }
    void make(beckon::job_options options = {}, beckon::authorizer asked = {}) {
        if (board) board->stop();
        beckon::job_surroundings around;
        around.shown = beckon::intrusive_ptr<beckon::servant>(
            static_cast<beckon::servant*>(shown.core().get()));
        if (asked) around.authorize = std::make_shared<const beckon::authorizer>(std::move(asked));
        around.now = &test_now;
        around.wall_now = &test_wall_now;
        board = beckon::job_board::make(around, options);
    }
    [[nodiscard]] result<std::string> start(const user& who, std::string method,
                                            value arguments = value::list()) const {
        job_order order{.method = std::move(method), .arguments = std::move(arguments)};
        order.caller = &who.identity;
        return board->start(order);
    }
    /// Its end.
    [[nodiscard]] job_status ended(const std::string& id, const user& who) const {
        std::promise<result<job_status>> came;
        board->wait(id, who.owner(), 1h, [&](result<job_status> told) { came.set_value(told); });
        auto told = came.get_future().get();
        EXPECT_TRUE(told);
        return told ? *told : job_status{};
    }

    gate waits;
    beckon::object shown =
        beckon::object_builder("Root")
            .method("add", [](int a, int b) { return a + b; }, {"a", "b"})
            .method("echo", [](value what) { return what; })
            .method("fail", [](std::string what) -> int { throw std::runtime_error(what); })
            .method("wait", [this] { waits.pass(); })
            .method("self", [this] { return shown; })
            .method("whoami", [] { return beckon::this_call::caller_name(); })
            .method("work",
                    [this] {
                        beckon::this_call::report_progress(0.5, "half of it");
                        waits.pass();
                    })
            .build();
    std::shared_ptr<beckon::job_board> board;
    const user alice{"alice"};
    const user bob{"bob"};
    const user nobody{"anonymous"};
};

} // namespace jobs_test
