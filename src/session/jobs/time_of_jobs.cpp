// The time of jobs, and the end of them all.
#include <algorithm>
#include <iterator>
#include <system_error>

#include "session/jobs/board.hpp"

namespace beckon::jobs_detail {

void board::set_own_time(job_entry& job, time_point when) {
    if (std::exchange(job.is_listed, true)) agenda_.erase(job.at);
    job.at = agenda_.emplace(when, due{entry_pointer(&job), nullptr});
    if (job.at == agenda_.begin()) earlier_.notify_one();
}

void board::settle() {
    const time_point at = now();
    while (!agenda_.empty() && agenda_.begin()->first <= at) {
        const due each = agenda_.begin()->second;
        if (each.wait) {
            agenda_.erase(agenda_.begin());
            const auto over = std::ranges::find_if(
                each.of->waits, [&](const auto& one) { return one.first.get() == each.wait; });
            outbox_.told.emplace_back(std::move(over->first), each.of->status(at));
            each.of->waits.erase(over);
        } else if (is_over(each.of->stage) || each.of->is_forgotten_then) {
            forget(each.of, outbox_);
        } else {
            const auto within = std::chrono::duration_cast<std::chrono::milliseconds>(
                each.of->deadline - each.of->begun);
            give_up(each.of, job_stage::failed,
                    fail(errc::timeout, "job ", each.of->id, " did not end within ", within.count(),
                         " ms"),
                    outbox_);
        }
    }
    if (!outbox_.empty()) earlier_.notify_one();
}

void board::drop_wait(const std::shared_ptr<job_wait>& wait) {
    {
        const std::lock_guard lock(mutex_);
        auto& waits = wait->of->waits;
        const auto found =
            std::ranges::find_if(waits, [&](const auto& one) { return one.first == wait; });
        if (found == waits.end()) return; // it is being told
        agenda_.erase(found->second);
        waits.erase(found);
    }
    wait->told(fail(errc::cancelled, "nobody waits for the job any more"));
}

bool board::watch_time() {
    if (keeper_.joinable()) return true;
    try {
        keeper_ = std::thread([this] { keep_time(); });
    } catch (const std::system_error&) {
        return false;
    }
    return true;
}

void board::keep_time() noexcept {
    constexpr nanoseconds longest = std::chrono::hours(1); // what it sleeps: a clock may be set
    const std::weak_ptr<job_board> self = weak_from_this();
    std::unique_lock lock(mutex_);
    while (!stopped_) {
        settle();
        if (!outbox_.empty()) {
            {
                const auto alive = self.lock(); // who is told may drop the last of the board
                aftermath doing;
                std::swap(doing.told, outbox_.told);
                std::swap(doing.given_up, outbox_.given_up);
                std::swap(doing.gone, outbox_.gone);
                lock.unlock();
            }
            // Where it was dropped here, nothing of it is left; elsewhere, that waits for this thread.
            if (self.expired()) return;
            lock.lock();
            continue;
        }
        const nanoseconds left = agenda_.empty() ? longest : agenda_.begin()->first - now();
        earlier_.wait_for(lock, std::min(left, longest));
    }
}

// --- The end ---

void board::rest() noexcept {
    const std::lock_guard lock(mutex_);
    resting_ = true;
}

void board::stop() noexcept {
    std::thread keeper;
    std::shared_ptr<store_writer> store;
    job_surroundings dropped; // what is published may hold this
    {
        aftermath after;
        const std::lock_guard lock(mutex_);
        if (!std::exchange(stopped_, true)) {
            // A store tells the next run of the server which have not ended: it is not told of these.
            for (const entry_pointer& job : jobs_) {
                if (is_over(job->stage)) continue;
                end(job, job_stage::cancelled, nullptr,
                    fail(errc::cancelled, "job ", job->id, " was cancelled: server stops"), after);
                after.given_up.push_back(job);
            }
        }
        // The keeper does nothing more of what there is to tell.
        std::ranges::move(outbox_.told, std::back_inserter(after.told));
        std::ranges::move(outbox_.given_up, std::back_inserter(after.given_up));
        std::ranges::move(outbox_.gone, std::back_inserter(after.gone));
        outbox_.told.clear();
        outbox_.given_up.clear();
        outbox_.gone.clear();
        std::swap(keeper, keeper_);
        store = store_;
        std::swap(dropped.shown, around_.shown);
        std::swap(dropped.authorize, around_.authorize);
        earlier_.notify_all();
    }
    if (keeper.joinable()) {
        if (keeper.get_id() == std::this_thread::get_id()) {
            keeper.detach();
        } else {
            keeper.join();
        }
    }
    threads_->stop();
    if (store) store->flush();
}

} // namespace beckon::jobs_detail
