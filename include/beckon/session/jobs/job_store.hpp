// Where jobs are kept besides memory.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "beckon/base/bytes.hpp"
#include "beckon/base/result.hpp"

namespace beckon {

/// Seconds since 1970: what a clock on the wall says, since monotonic ones begin anew with the machine.
using job_time = std::chrono::duration<double>;

struct stored_job {
    std::string id{};
    std::string owner{}; ///< job_owner::key.
    std::string method{};
    job_time begun{};
    job_time forget_at{};           ///< Of one that has ended; else the latest that it may be.
    std::optional<bytes> outcome{}; ///< Nothing: it has not ended.
};

/// Keeps jobs from one run of the server to the next.
///
/// Thread-safety: one thread at a time.
class job_store {
public:
    virtual ~job_store() = default;
    /// All that are there.
    [[nodiscard]] virtual result<std::vector<stored_job>> load() = 0;
    [[nodiscard]] virtual result<void> add(const stored_job& begun) = 0;
    [[nodiscard]] virtual result<void> finish(const std::string& id, byte_view outcome,
                                              job_time forget_at) = 0;
    [[nodiscard]] virtual result<void> erase(const std::string& id) = 0;
};

} // namespace beckon
