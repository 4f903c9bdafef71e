// What a program chooses for the jobs that it runs.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace beckon {

/// Limits of all jobs of one server together. Each is named in the error that it raises.
struct job_options {
    std::size_t max_jobs = 10'000; ///< Waiting, running, and ended but not fetched.
    std::size_t max_threads =
        16; ///< Handlers at once that hold a thread; coroutines that wait hold none.
    std::size_t max_job_bytes = 64u << 20; ///< Of one job's arguments, and of its result.
    std::size_t max_kept_bytes = 256u
                                 << 20; ///< Of all arguments and results; beyond it no job begins.
    std::chrono::seconds max_run_time{
        86'400}; ///< From the start to the end, whatever a caller asks for.
    std::chrono::seconds keep_for{3'600}; ///< A result that nobody fetches.
    /// Callers who are not identified share one list, and can ask for each other's jobs. Otherwise nobody can list those:
    /// who begins one knows it by its id, which cannot be guessed.
    bool unidentified_are_one = false;
    /// An SQLite database, made where there is none: results outlive the server. Empty: nothing does.
    std::string file{};
};

} // namespace beckon
