// Jobs of a peer, as beckon call --job and beckon jobs follow them.
#pragma once

#include <optional>
#include <string>

#include "beckon/service/connect.hpp"
#include "beckon/service/jobs/jobs.hpp"
#include "call.hpp"

namespace command {

/// The peer's object for jobs. Throws a failure where it has none.
[[nodiscard]] beckon::ref<beckon::jobs> jobs_of(const beckon::connected& session);

/// Shows how far a job is until it has ended: a bar where standard error is a terminal, else a line for each change.
beckon::job_state follow(const beckon::ref<beckon::jobs>& jobs, const std::string& id);

/// Prints the result; throws what the call threw.
void print_result(const beckon::connected& session, const beckon::ref<beckon::jobs>& jobs,
                  const std::string& id, bool keep);

/// Throws a failure of status::wrong_usage for an endpoint whose protocol cannot carry them.
void check_has_jobs(const std::string& endpoint);
/// "42% slept 420 ms"; empty where the handler has told nothing.
[[nodiscard]] std::string progress_of(const beckon::job_state& job);

/// One run of beckon call --job: starts the call, follows it and prints its result, or with `detach` the id alone.
void call_as_job(const beckon::connected& session, const call_job& job, bool detach);

} // namespace command
