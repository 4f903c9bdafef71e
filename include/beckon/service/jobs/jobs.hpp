// Calls that go on when their callers have gone, as an object that every protocol serves: server::publish_jobs publishes it
// as "jobs". docs/guide/jobs.md.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "beckon/value/reflect.hpp"
#include "beckon/value/value.hpp"

namespace beckon {

/// What is told of a job.
struct job_state {
    std::string id;
    std::string method; ///< As it was given to `start`.
    std::string stage;  ///< "waiting", "running", "done", "failed" or "cancelled".
    std::optional<double>
        fraction;      ///< Of the work done, 0 to 1; null where the handler has not said.
    std::string text;  ///< What the handler said it is doing.
    double age = 0;    ///< Seconds since it was started.
    std::string error; ///< Of one that failed or was cancelled: why.

    [[nodiscard]] bool is_over() const {
        return stage == "done" || stage == "failed" || stage == "cancelled";
    }
};
BECKON_RECORD(job_state, id, method, stage, fraction, text, age, error)

/// A job belongs to who started it: to all others it is not_found. Who is not identified knows it by its id alone, which
/// cannot be guessed.
///
///   auto jobs = session.get<beckon::jobs>("jobs");
///   std::string id = jobs->start("film.render", {{"scene 7"}}, {}, {});
///   while (!jobs->wait(id, 1000).is_over()) ...
///   value film = jobs->fetch(id, {});
struct jobs {
    /// Starts a call of "object.method" (of "method", of the object that is shown first) with arguments by position and by
    /// name, and gives the job's id. After `timeout_ms` the job has failed.
    ///
    /// Errors: access_denied, and whatever else refuses the call itself; type_mismatch, for references and streams among
    /// the arguments; overloaded and limit_exceeded, by job_options.
    std::string start(std::string method, std::optional<std::vector<value>> arguments,
                      std::optional<std::map<std::string, value>> named,
                      std::optional<std::int64_t> timeout_ms);
    job_state poll(std::string id);
    /// The same once the job has ended, or after so many milliseconds.
    job_state wait(std::string id, std::int64_t milliseconds);
    /// The result; throws what the call threw. The job is forgotten then, unless `keep` is true: then it can be fetched again
    /// until its time is over.
    ///
    /// Errors: invalid_argument, for a job that has not ended.
    value fetch(std::string id, std::optional<bool> keep);
    /// The job ends as cancelled, and its handler is told. Whether it had not ended before.
    bool cancel(std::string id);
    /// The caller's own, the oldest first.
    ///
    /// Errors: access_denied, for who is not identified, unless job_options::unidentified_are_one.
    std::vector<job_state> list();
};
BECKON_INTERFACE(jobs, (start, method, arguments, named, timeout_ms), (poll, id),
                 (wait, id, milliseconds), (fetch, id, keep), (cancel, id), (list))

} // namespace beckon
