// Runs calls as jobs, and keeps what comes of them until it is fetched. docs/guide/jobs.md says what users see of it.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "beckon/base/function.hpp"
#include "beckon/base/log.hpp"
#include "beckon/object/servant.hpp"
#include "beckon/session/authorization.hpp"
#include "beckon/session/jobs/job.hpp"
#include "beckon/session/jobs/job_options.hpp"
#include "beckon/session/jobs/job_store.hpp"

namespace beckon {

/// What jobs call, and by whose leave.
struct job_surroundings {
    intrusive_ptr<servant> shown{};   ///< What peers of dynamic protocols are shown first.
    shared_authorizer authorize{};    ///< Null: everybody may call everything.
    log_sink* log = nullptr;          ///< Null: nobody's.
    time_point (*now)() = nullptr;    ///< Null: the machine's monotonic clock.
    job_time (*wall_now)() = nullptr; ///< Null: the machine's.
};

/// A job makes the same call as its caller's conversation would: the object's access rules are asked, when it is begun and
/// again when its turn has come; the handler sees the caller's name and metadata, a deadline, and its cancellation. It has no
/// conversation: arguments and results are plain data, and references and streams in them are refused.
///
/// A job belongs to who began it. To others it is as if it were not there. Callers who are not identified own what they
/// know the id of, which is 128 bits from the machine's random source.
///
/// Handlers run on threads of the board's own, oldest job first; objects with policy::serial are called in their turn.
///
/// Thread-safety: all functions, from any thread; a session's lock may be held, but for `wait`, `cancel` and `stop`.
class job_board : public std::enable_shared_from_this<job_board> {
public:
    [[nodiscard]] static std::shared_ptr<job_board> make(job_surroundings around,
                                                         job_options options = {});
    virtual ~job_board() = default;

    /// Other limits, and a store whose jobs are taken over; null: none. Jobs that had not ended when the last server did
    /// have failed with `disconnected`.
    [[nodiscard]] virtual result<void> configure(job_options options,
                                                 std::unique_ptr<job_store> store) = 0;
    [[nodiscard]] virtual job_options options() const = 0;

    /// Begins a job and gives its id.
    ///
    /// Errors: type_mismatch, for arguments that are no plain data; what the access rules say; invalid_argument, where the
    /// order's own id is taken; overloaded, limit_exceeded, by the limits; io_error, where the store fails.
    [[nodiscard]] virtual result<std::string> start(const job_order& order) = 0;
    /// Errors: not_found, for a job that is not there, is forgotten, or is another's.
    [[nodiscard]] virtual result<job_status> find(std::string_view id, const job_owner& who) = 0;
    using told_function = function<void(result<job_status>)>;
    /// Tells the same once the job has ended, or `at_most` is over: once, from any thread, without locks. What it returns
    /// gives the wait up, which is told as `cancelled` where nothing else has been; null where it has been told already.
    virtual function<void()> wait(std::string_view id, const job_owner& who, nanoseconds at_most,
                                  told_function told) = 0;
    /// The result, or the error that the job ended with. It is forgotten then, unless it is to be kept.
    ///
    /// Errors: not_found, as `find`; invalid_argument for a job that has not ended.
    [[nodiscard]] virtual result<value> fetch(std::string_view id, const job_owner& who,
                                              bool keep = false) = 0;
    /// The job ends as cancelled at once, and its handler is told. Whether it had not ended before.
    ///
    /// Errors: not_found, as `find`.
    [[nodiscard]] virtual result<bool> cancel(std::string_view id, const job_owner& who) = 0;
    /// Those of one owner, the oldest first.
    ///
    /// Errors: access_denied, for who is not identified (`job_options::unidentified_are_one`).
    [[nodiscard]] virtual result<std::vector<job_status>> list(const job_owner& who) = 0;

    /// How many there are, and how many of them have not ended.
    [[nodiscard]] virtual std::size_t size() = 0;
    [[nodiscard]] virtual std::size_t unfinished() = 0;
    /// Begins none any more.
    virtual void rest() noexcept = 0;
    /// The same; tells all handlers to end, and waits for those that hold a thread, but the calling one. Idempotent.
    virtual void stop() noexcept = 0;
};

} // namespace beckon
