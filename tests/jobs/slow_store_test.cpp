// A store that takes its time holds up nobody but who asks for what is being written.
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "beckon/session/jobs/job_store.hpp"
#include "board_fixture.hpp"

namespace jobs_test {
namespace {

/// What a store was told, and a door that its writers of outcomes wait at.
struct told_store {
    std::mutex mutex;
    std::condition_variable changed;
    bool open = true;
    bool fails = false;
    int waiting = 0;
    std::vector<std::string> told;
    std::vector<beckon::stored_job> left;
    std::promise<void>* closed = nullptr;

    void shut() {
        const std::lock_guard lock(mutex);
        open = false;
    }
    void let_pass() {
        const std::lock_guard lock(mutex);
        open = true;
        changed.notify_all();
    }
    void await_writer() {
        std::unique_lock lock(mutex);
        EXPECT_TRUE(changed.wait_for(lock, 60s, [&] { return waiting != 0; }));
    }
};

class slow_store final : public beckon::job_store {
public:
    explicit slow_store(told_store& of) : of_(&of) {}
    ~slow_store() override {
        if (of_->closed != nullptr) of_->closed->set_value();
    }
    result<std::vector<beckon::stored_job>> load() override { return of_->left; }
    result<void> add(const beckon::stored_job& begun) override {
        return note("add " + begun.method);
    }
    result<void> finish(const std::string&, beckon::byte_view, beckon::job_time) override {
        {
            std::unique_lock lock(of_->mutex);
            ++of_->waiting;
            of_->changed.notify_all();
            EXPECT_TRUE(of_->changed.wait_for(lock, 60s, [&] { return of_->open; }));
        }
        return note("finish");
    }
    result<void> erase(const std::string&) override { return note("erase"); }

private:
    result<void> note(std::string what) {
        const std::lock_guard lock(of_->mutex);
        of_->told.push_back(std::move(what));
        if (of_->fails) return beckon::fail(errc::io_error, "disk is full");
        return {};
    }
    told_store* const of_;
};

struct SlowStore : board_fixture {
    ~SlowStore() override {
        store.let_pass();
        waits.open();
        if (board) board->stop();
        board.reset();
    }
    void begin(beckon::job_options options = {}) {
        make(options);
        ASSERT_TRUE(board->configure(options, std::make_unique<slow_store>(store)));
    }
    [[nodiscard]] job_stage stage(const std::string& id) const {
        return board->find(id, alice.owner()).value().stage;
    }
    told_store store;
};

TEST_F(SlowStore, a_job_runs_until_its_outcome_is_written_and_others_are_answered_meanwhile) {
    begin();
    const std::string other = start(alice, "wait").value();
    waits.await_begun(1);
    store.shut();
    const std::string id = start(alice, "add", value::list({1, 2})).value();
    store.await_writer();
    EXPECT_EQ(stage(id), job_stage::running);
    EXPECT_EQ(board->fetch(id, alice.owner()).error().code(), errc::invalid_argument);
    EXPECT_EQ(stage(other), job_stage::running);
    EXPECT_EQ(board->list(alice.owner()).value().size(), 2u);
    EXPECT_EQ(board->unfinished(), 2u);
    job_order at_once{.method = "wait", .waits_for_store = false};
    at_once.caller = &alice.identity;
    EXPECT_TRUE(board->start(at_once));
    waits.await_begun(2);
    EXPECT_TRUE(board->cancel(other, alice.owner()).value());
    EXPECT_EQ(stage(other), job_stage::cancelled);
    store.let_pass();
    EXPECT_EQ(ended(id, alice).stage, job_stage::done);
    EXPECT_EQ(board->fetch(id, alice.owner()).value(), value(3));
    board->stop();
    const std::vector<std::string> expected{"add wait", "add add", "finish",
                                            "add wait", "finish",  "erase"};
    EXPECT_EQ(store.told, expected);
}

TEST_F(SlowStore, who_gives_up_a_job_while_its_outcome_is_written_has_given_it_up) {
    begin();
    store.shut();
    const std::string id = start(alice, "add", value::list({1, 2})).value();
    store.await_writer();
    EXPECT_TRUE(board->cancel(id, alice.owner()).value());
    EXPECT_FALSE(board->cancel(id, alice.owner()).value());
    store.let_pass();
    board->stop();
    EXPECT_EQ(stage(id), job_stage::cancelled);
    const std::vector<std::string> expected{"add add", "finish", "finish"};
    EXPECT_EQ(store.told, expected);
}

TEST_F(SlowStore, a_job_that_cannot_be_written_does_not_begin) {
    begin();
    store.fails = true;
    const auto begun = start(alice, "add", value::list({1, 2}));
    ASSERT_FALSE(begun);
    EXPECT_EQ(begun.error().to_string(), "io_error: disk is full");
    EXPECT_EQ(board->size(), 0u);
    EXPECT_EQ(board->unfinished(), 0u);
}

TEST_F(SlowStore, what_an_earlier_server_left_stays_and_counts_as_much_as_what_this_one_has) {
    for (const char* const id : {"one", "two", "three"})
        store.left.push_back({.id = id,
                              .owner = alice.owner().key,
                              .method = "add",
                              .begun = test_wall_now(),
                              .forget_at = test_wall_now() + 100s});
    begin({.max_jobs = 2});
    EXPECT_EQ(board->list(alice.owner()).value().size(), 3u);
    EXPECT_EQ(start(alice, "add", value::list({1, 2})).error().to_string(),
              "overloaded: there are 3 jobs already; limit is 2 (max_jobs)");
    EXPECT_FALSE(board->fetch("one", alice.owner()));
    EXPECT_FALSE(board->fetch("two", alice.owner()));
    EXPECT_TRUE(start(alice, "add", value::list({1, 2})));
}

TEST_F(SlowStore, who_is_told_of_a_job_may_drop_the_board_with_all_that_it_has) {
    begin();
    store.shut();
    const std::string id = start(alice, "add", value::list({1, 2})).value();
    store.await_writer();
    std::promise<void> closed;
    store.closed = &closed;
    beckon::job_board& last = *board;
    last.wait(id, alice.owner(), 1h, [held = std::exchange(board, nullptr)](const auto& told) {
        EXPECT_EQ(told.value().stage, job_stage::done);
        // Those who have a part in it by the way let go of it, so that this is most likely the last.
        for (int i = 0; i < 10'000 && held.use_count() > 1; ++i) std::this_thread::yield();
    });
    store.let_pass();
    closed.get_future().wait();
}

} // namespace
} // namespace jobs_test
