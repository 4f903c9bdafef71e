// A job's call, as the object that serves it sees it.
#pragma once

#include <functional>

#include "beckon/object/servant.hpp"
#include "session/jobs/job_entry.hpp"

namespace beckon::jobs_detail {

/// What becomes of calls. Outlives them.
class job_ends {
public:
    virtual ~job_ends() = default;
    /// Once for each call; more is ignored.
    virtual void ended(job_entry& job, result<value> outcome) = 0;
    /// Runs a step where handlers run; false where nothing runs any more.
    virtual bool run(function<void()> step) = 0;
};

/// Calls the object, whose turn the caller holds where it has one; that is given on when the call is over.
///
/// REQUIRES: no lock is held.
void call_for(const intrusive_ptr<job_entry>& job, const std::shared_ptr<job_ends>& ends,
              servant& target, dynamic_request request);

/// Gives on the turn of an object that has turns.
void leave_turn(servant& target);

/// A turn that has come, until the call that it came for is made: where that is dropped, the next one has it.
class held_turn {
public:
    explicit held_turn(intrusive_ptr<servant> target) noexcept : target_(std::move(target)) {}
    held_turn(held_turn&& other) noexcept : target_(std::move(other.target_)) {}
    held_turn& operator=(held_turn&&) = delete;
    ~held_turn();
    [[nodiscard]] intrusive_ptr<servant> take() noexcept { return std::move(target_); }

private:
    intrusive_ptr<servant> target_;
};

} // namespace beckon::jobs_detail
