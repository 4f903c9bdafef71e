// A call that goes on when its caller has gone, as those see it who ask for it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "beckon/base/error.hpp"
#include "beckon/base/time.hpp"
#include "beckon/object/call.hpp"
#include "beckon/value/value.hpp"

namespace beckon {

enum class job_stage : std::uint8_t {
    waiting, ///< For a thread, or for the turn of a serial object.
    running,
    done,      ///< It has a result.
    failed,    ///< It has an error: the handler's, or that it took too long.
    cancelled, ///< Somebody who may have given it up. Its error says so.
};
/// "waiting".
[[nodiscard]] std::string_view to_string(job_stage stage) noexcept;
[[nodiscard]] constexpr bool is_over(job_stage stage) noexcept { return stage >= job_stage::done; }

/// What is to be called, as whom.
struct job_order {
    /// "conformance.sleep": what a peer of a dynamic protocol asks the object for that it is shown first.
    std::string method{};
    value arguments = value::list(); ///< By position.
    value named = value::map();      ///< By name.
    /// Null for a call inside this process. Whoever is called so owns the job; "anonymous" is nobody's name.
    const caller_identity* caller = nullptr;
    const beckon::metadata* metadata = nullptr; ///< The handler sees a copy.
    nanoseconds timeout{0}; ///< From now to the end; 0: `job_options::max_run_time`.
    /// Of the caller's own making: what it asks for later. Empty: one is made.
    std::string id{};
    /// When it is forgotten, ended or not; nothing: a time after its end.
    std::optional<nanoseconds> forget_after{};
    /// It begins when the store knows of it. Otherwise at once, for who must not wait; what the store fails with is logged.
    bool waits_for_store = true;
};

/// What is told of a job.
struct job_status {
    std::string id{};
    std::string method{};
    job_stage stage = job_stage::waiting;
    std::optional<double>
        fraction{};     ///< Of the work done, 0 to 1; nothing where the handler has not said.
    std::string text{}; ///< What the handler said it is doing.
    nanoseconds age{0}; ///< Since it was begun.
    std::optional<error> failure{}; ///< Of one that has failed or was cancelled.
};

/// Who asks.
struct job_owner {
    explicit job_owner(const caller_identity* caller);
    [[nodiscard]] bool is_identified() const noexcept { return !key.empty(); }

    std::string key; ///< Equal for equal users; empty for those who are not identified.
};
/// Who has that key; nothing for the program itself.
[[nodiscard]] std::optional<caller_identity> caller_of(std::string_view key);

} // namespace beckon
