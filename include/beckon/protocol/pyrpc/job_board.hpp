// Calls that run on while nobody is connected: their callers come by from time to time and ask for the outcome.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "beckon/base/bytes.hpp"
#include "beckon/base/result.hpp"

namespace beckon::pyrpc {

/// Seconds since 1970, as the clocks of callers tell them.
using wall_time = std::chrono::duration<double>;
[[nodiscard]] wall_time wall_now() noexcept;

/// Knows such calls by the ids that their callers gave them. What an id is, it does not ask: it gets bytes, equal for equal ids.
///
/// Thread-safety: all functions, from any thread, with a session's lock held: they neither wait nor call back.
class job_board {
public:
    enum class stage : std::uint8_t { unknown, running, finished };
    struct entry {
        job_board::stage stage = stage::unknown;
        bytes outcome{}; ///< Of a finished one: as `finish` got it.
    };

    virtual ~job_board() = default;
    /// A call begins. It is forgotten when `due` has come, finished or not.
    ///
    /// Errors: invalid_argument, where the id is taken; overloaded, where there is no room.
    [[nodiscard]] virtual result<void> begin(byte_view id, std::optional<wall_time> due) = 0;
    /// Nothing happens where it has been forgotten.
    virtual void finish(byte_view id, byte_view outcome) = 0;
    /// An outcome stays: it can be asked for again.
    [[nodiscard]] virtual entry find(byte_view id) = 0;
};

struct job_board_options {
    std::size_t max_jobs = 10'000;
    std::size_t max_outcome_bytes = 256u << 20; ///< Of all together; beyond it none begins.
    std::chrono::seconds max_age{86'400 + 10};  ///< However late a caller's clock says.
    /// How often those whose time is over are looked for; whenever the board is used they are.
    std::chrono::seconds clean_interval{60};
    wall_time (*now)() noexcept = &wall_now;
};
/// In memory.
[[nodiscard]] std::shared_ptr<job_board> make_job_board(const job_board_options& options = {});

} // namespace beckon::pyrpc
