// Jobs in an SQLite database.
#pragma once

#include <memory>
#include <string>

#include "beckon/base/result.hpp"
#include "beckon/session/jobs/job_store.hpp"

namespace beckon::storage::sqlite {

/// The table `beckon_jobs` of the database in that file; both are made where there are none. One server at a time: it holds
/// the database as long as the store lives. What was written is there after the death of the process; after a loss of power
/// the last of it may be missing.
///
/// Errors: io_error, with SQLite's words: no such folder, no database, held by another server.
[[nodiscard]] result<std::unique_ptr<job_store>> open_job_store(const std::string& file);

} // namespace beckon::storage::sqlite
