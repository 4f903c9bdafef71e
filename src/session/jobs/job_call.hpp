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

} // namespace beckon::jobs_detail
