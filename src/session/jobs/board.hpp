// The board itself: what it knows of its jobs, and the thread that watches the time.
#pragma once

#include <array>
#include <condition_variable>
#include <functional>
#include <future>
#include <mutex>
#include <thread>
#include <unordered_set>

#include "beckon/session/jobs/job_board.hpp"
#include "session/jobs/job_call.hpp"
#include "session/jobs/job_entry.hpp"
#include "session/jobs/job_threads.hpp"
#include "session/jobs/store_writer.hpp"

namespace beckon::jobs_detail {

/// The lock is held for looking things up, never while something is written to the store, nor while something of the
/// program's runs: handlers, access rules, and whoever waits for a job's end.
class board final : public job_board, public job_ends {
public:
    board(job_surroundings around, job_options options);
    ~board() override { stop(); }

    // What users ask for: job_board.cpp
    result<void> configure(job_options options, std::unique_ptr<job_store> store) override;
    [[nodiscard]] job_options options() const override;
    result<std::string> start(const job_order& order) override;
    result<job_status> find(std::string_view id, const job_owner& who) override;
    function<void()> wait(std::string_view id, const job_owner& who, nanoseconds at_most,
                          told_function told) override;
    result<value> fetch(std::string_view id, const job_owner& who, bool keep) override;
    result<bool> cancel(std::string_view id, const job_owner& who) override;
    result<std::vector<job_status>> list(const job_owner& who) override;
    std::size_t size() override;
    std::size_t unfinished() override;
    void rest() noexcept override;
    void stop() noexcept override;

    // What becomes of calls: running_jobs.cpp
    void ended(job_entry& job, result<value> outcome) override;
    bool run(function<void()> step) override { return threads_->post(std::move(step)); }

private:
    using entry_pointer = intrusive_ptr<job_entry>;
    /// What is to be done without the lock: gathered under it.
    struct aftermath {
        std::vector<std::pair<std::shared_ptr<job_wait>, result<job_status>>> told;
        std::vector<entry_pointer> given_up;
        std::vector<entry_pointer> gone; ///< Freed then.
        [[nodiscard]] bool empty() const noexcept {
            return told.empty() && given_up.empty() && gone.empty();
        }
        void happen();
        ~aftermath() { happen(); }
    };
    /// Jobs by their ids, which stand in them.
    struct by_id {
        using is_transparent = void;
        static std::string_view id_of(std::string_view id) noexcept { return id; }
        static std::string_view id_of(const entry_pointer& job) noexcept { return job->id; }
        template <typename T>
        std::size_t operator()(const T& each) const noexcept {
            return std::hash<std::string_view>()(id_of(each));
        }
        template <typename T, typename U>
        bool operator()(const T& a, const U& b) const noexcept {
            return id_of(a) == id_of(b);
        }
    };

    // REQUIRES: locked.
    [[nodiscard]] time_point now() const { return around_.now(); }
    [[nodiscard]] std::string next_id();
    [[nodiscard]] result<entry_pointer> lookup(std::string_view id, const job_owner& who) const;
    [[nodiscard]] result<void> check_room(std::string_view id, std::size_t bytes) const;
    void insert(const entry_pointer& job, time_point own_time);
    void set_size(job_entry& job, std::size_t size);
    void leave_queue(job_entry& job);
    void forget(const entry_pointer& job, aftermath& after);
    /// It is over; whoever waits is told.
    void end(const entry_pointer& job, job_stage stage, std::shared_ptr<const bytes> kept,
             std::optional<error> failure, aftermath& after);
    void give_up(const entry_pointer& job, job_stage stage, error why, aftermath& after);
    void erase_stored(const std::string& id);
    /// Tells the store of a job that begins. What is given tells what came of that; nothing where nobody waits for it.
    [[nodiscard]] std::future<result<void>> save_begin(const job_entry& job, bool is_awaited);
    /// Ends the job once that is in the store: until then it still runs, for all who ask.
    void end_when_saved(job_entry& job, job_stage stage, std::shared_ptr<const bytes> kept,
                        std::optional<error> failure);
    void save_outcome(const job_entry& job, std::shared_ptr<const bytes> kept,
                      std::optional<error> failure, function<void()> then);
    [[nodiscard]] job_time on_the_wall(time_point when) const;
    void set_own_time(job_entry& job, time_point when);
    void settle(); ///< What the time has come for; the keeper does what follows from it.
    void take_over(const stored_job& stored, aftermath& after);
    [[nodiscard]] bool watch_time();

    // Without the lock: running_jobs.cpp
    [[nodiscard]] std::shared_ptr<board> self() {
        return std::static_pointer_cast<board>(shared_from_this());
    }
    [[nodiscard]] result<intrusive_ptr<servant>> target_of(dynamic_request& request,
                                                           const caller_identity* caller) const;
    void begin(const entry_pointer& job);
    void call(const entry_pointer& job, servant& target, dynamic_request request);
    void drop_wait(const std::shared_ptr<job_wait>& wait);
    void keep_time() noexcept;

    job_surroundings around_; ///< Constant until the end.
    const std::shared_ptr<job_threads> threads_ = std::make_shared<job_threads>();
    mutable std::mutex mutex_;
    job_options options_;
    std::shared_ptr<store_writer> store_; ///< Null: memory alone.
    std::unordered_set<entry_pointer, by_id, by_id> jobs_;
    std::array<std::byte, 32> secret_; ///< From the machine's random source: nobody can guess ids.
    std::uint64_t ids_ = 0;            ///< That were made.
    std::size_t unfinished_ = 0;
    std::size_t queued_ = 0; ///< Calls that are still to begin, with those that were given up.
    std::size_t kept_bytes_ = 0;
    agenda agenda_;
    std::thread keeper_; ///< Sleeps until the next of them.
    std::condition_variable earlier_;
    aftermath outbox_; ///< For the keeper to do: whoever looks may hold a session's lock.
    bool resting_ = false;
    bool stopped_ = false;
};

} // namespace beckon::jobs_detail
