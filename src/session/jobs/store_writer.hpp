// Writes jobs to their store on a thread of its own.
#pragma once

#include <memory>
#include <thread>

#include "beckon/base/function.hpp"
#include "beckon/session/jobs/job_store.hpp"

namespace beckon::jobs_detail {

/// Takes steps in the order in which they are given. A disk may be slow: who asks for one job does not wait until another
/// one has been written.
///
/// Thread-safety: all functions, from any thread.
/// Lifetime: does what it was given before it goes.
class store_writer {
public:
    using step = function<void(job_store&)>;

    /// Errors: overloaded, where no thread can be started.
    [[nodiscard]] static result<std::shared_ptr<store_writer>>
    make(std::unique_ptr<job_store> store);
    store_writer(const store_writer&) = delete;
    store_writer& operator=(const store_writer&) = delete;
    ~store_writer();

    void give(step what);
    /// Waits until all that has been given so far is written; not where a step asks for it.
    void flush();

private:
    struct queue;
    explicit store_writer(std::shared_ptr<queue> steps) noexcept : steps_(std::move(steps)) {}

    const std::shared_ptr<queue> steps_;
    std::thread writes_;
};

} // namespace beckon::jobs_detail
