#include "beckon/session/runtime.hpp"

#include <algorithm>

#include "beckon/session/connection.hpp"
#include "beckon/session/driver.hpp"
#include "beckon/session/spin_backoff.hpp"

namespace beckon {

namespace {
std::atomic<thread_record*> all_records{nullptr};
thread_local const runtime* working_for = nullptr;  // the runtime that this thread is a worker of
thread_local const runtime* serving_here = nullptr; // the one that this thread is in `serve` of

unsigned cores() noexcept {
    static const unsigned count = std::max(1u, std::thread::hardware_concurrency());
    return count;
}
} // namespace

std::chrono::microseconds runtime_options::default_spin() noexcept {
    return std::chrono::microseconds(cores() >= 4 ? 20 : 0);
}

std::mutex& runtime::look_mutex() noexcept {
    static std::mutex& mutex = *new std::mutex; // used by threads that end late
    return mutex;
}

thread_record* thread_record::first() noexcept {
    return all_records.load(std::memory_order_acquire);
}

thread_record& thread_record::mine() {
    struct holder {
        thread_record* record;
        holder() : record(nullptr) {
            for (thread_record* each = first(); each != nullptr; each = each->next) {
                bool expected = false;
                if (each->in_use.compare_exchange_strong(expected, true)) {
                    record = each;
                    return;
                }
            }
            record = new thread_record;
            record->next = all_records.load(std::memory_order_relaxed);
            while (!all_records.compare_exchange_weak(record->next, record,
                                                      std::memory_order_release)) {
            }
        }
        ~holder() { record->in_use.store(false); }
    };
    thread_local holder mine;
    return *mine.record;
}

struct runtime::worker {
    std::thread thread;
    thread_record* record = nullptr;
    bool ended = false;
};

class runtime::ownership final : public io::turn_owner {
public:
    ownership(const std::atomic<worker*>& leader, const worker* self) noexcept
        : leader_(leader), self_(self) {}
    [[nodiscard]] bool lost() const noexcept override {
        return leader_.load(std::memory_order_acquire) != self_;
    }

private:
    const std::atomic<worker*>& leader_;
    const worker* self_;
};

runtime::runtime(runtime_options options)
    : options_(std::move(options)),
      clock_(options_.clock != nullptr ? options_.clock : &own_clock_),
      log_(options_.log.get() != nullptr ? options_.log.get() : &stderr_log()) {}

result<std::shared_ptr<runtime>> runtime::create(runtime_options options) {
    std::shared_ptr<runtime> made(new runtime(std::move(options)), &runtime::end);
    BECKON_ASSIGN(made->loop_,
                  io::event_loop::create(*made->clock_, {.embedded = made->options_.embedded}));
    if (!made->options_.embedded) {
        const std::lock_guard lock(made->mutex_);
        if (!made->start_worker() || !made->start_worker())
            return fail(errc::io_error, "cannot start a thread for the event loop");
    }
    return made;
}

/// The last holder may be a connection, which is freed on a worker: it cannot wait for itself.
void runtime::end(runtime* ended) noexcept {
    if (working_for != ended) {
        delete ended;
        return;
    }
    const std::lock_guard lock(ended->mutex_);
    ended->stopping_ = true;
    for (const auto& each : ended->workers_) {
        if (each->thread.get_id() == std::this_thread::get_id()) ended->heir_ = each.get();
    }
    ended->wake_.notify_all();
    // The heir's turn ends with what it runs now; others in the loop are woken by the destructor.
}

runtime::~runtime() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        wake_.notify_all();
    }
    if (loop_) loop_->wake();
    for (;;) {
        std::unique_ptr<worker> ended;
        {
            const std::lock_guard lock(mutex_);
            if (workers_.empty()) break;
            ended = std::move(workers_.back());
            workers_.pop_back();
        }
        if (ended.get() == heir_) {
            ended->thread.detach(); // this thread
        } else {
            ended->thread.join();
        }
    }
}

std::size_t runtime::thread_count() const {
    const std::lock_guard lock(mutex_);
    return workers_.size();
}

result<std::size_t> runtime::serve(nanoseconds at_most) {
    if (!options_.embedded) {
        return fail(errc::unsupported, "the runtime has threads of its own, which serve already; "
                                       "serving by hand is for runtime_options::embedded");
    }
    if (serving_here == this) {
        return fail(
            errc::would_deadlock,
            "serve was called by what it runs; calls made there are served while they wait");
    }
    const time_point until = deadline_after(clock_->now(), at_most);
    {
        // Not wait_until: the clock may be the program's. No timed_mutex: the thread sanitizer does not see its waits.
        std::unique_lock lock(serving_mutex_);
        if (!serving_ended_.wait_for(lock, std::min<nanoseconds>(at_most, std::chrono::hours(24)),
                                     [this] { return !is_serving_; }))
            return std::size_t{0};
        is_serving_ = true;
    }
    const time_point now = clock_->now();
    const runtime* const outer = std::exchange(serving_here, this);
    const std::size_t ran =
        loop_->run_turn(std::max(nanoseconds(0), until - now), io::sole_owner());
    serving_here = outer;
    {
        const std::lock_guard lock(serving_mutex_);
        is_serving_ = false;
    }
    serving_ended_.notify_one();
    return ran;
}

std::size_t runtime::poll() { return loop_->run_turn(nanoseconds(0), io::sole_owner()); }

bool runtime::start_worker() noexcept {
    try {
        auto made = std::make_unique<worker>();
        worker& self = *made;
        workers_.push_back(std::move(made));
        ++spares_;
        self.thread = std::thread([this, &self] { work(self); });
        return true;
    } catch (...) { // the system gives no more threads: those that there are must do
        if (!workers_.empty() && !workers_.back()->thread.joinable()) {
            workers_.pop_back();
            --spares_;
        }
        return false;
    }
}

/// A worker leads when nobody does, watches when nobody does, and else sleeps until it may.
void runtime::work(worker& self) noexcept {
    self.record = &thread_record::mine();
    working_for = this;
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        if (leader_.load() == nullptr) {
            leader_.store(&self);
            --spares_;
            lock.unlock();
            lead(self);
            lock.lock();
            ++spares_;
        } else if (watcher_ == nullptr) {
            watcher_ = &self;
            --spares_;
            lock.unlock();
            watch(self);
            lock.lock();
            ++spares_;
        } else {
            wake_.wait(lock);
        }
    }
    const bool frees = heir_ == &self;
    lock.unlock();
    if (frees) delete this;
}

void runtime::lead(worker& self) noexcept {
    const ownership mine(leader_, &self);
    const nanoseconds spin = options_.spin;
    spin_backoff spinning;
    const auto goes_on = [&] { return !mine.lost() && !stopping_.load(std::memory_order_relaxed); };
    while (goes_on()) {
        if (spin.count() != 0 && spinning.may_spin()) {
            const time_point until = deadline_after(clock_->now(), spin);
            bool ran = false;
            while (!ran && goes_on() && clock_->now() < until)
                ran = loop_->run_turn(nanoseconds(0), mine) != 0;
            if (ran) {
                spinning.succeeded();
                continue;
            }
            if (!goes_on()) break;
            spinning.failed();
        }
        loop_->run_turn(nanoseconds::max(), mine);
    }
    worker* expected = &self;
    leader_.compare_exchange_strong(expected, nullptr); // where it is stopping
}

bool runtime::leave_loop() noexcept {
    if (options_.embedded || working_for != this) return false;
    worker* const leader = leader_.load(std::memory_order_relaxed);
    if (leader == nullptr || leader->record != &thread_record::mine()) return false;
    const std::lock_guard lock(mutex_);
    if (stopping_ || staying_.load(std::memory_order_relaxed) >= std::min(cores(), 4u) ||
        (spares_ == 0 && (workers_.size() >= options_.max_threads || !start_worker())))
        return false;
    worker* expected = leader;
    if (!leader_.compare_exchange_strong(expected, nullptr)) return false;
    staying_.fetch_add(1, std::memory_order_relaxed);
    wake_.notify_all();
    return true;
}

void runtime::watch(worker& self) noexcept {
    int quiet = 0;
    std::unique_lock lock(mutex_);
    while (!stopping_ && watcher_ == &self) {
        if (quiet >= 100) {
            watcher_sleeps_.store(true);
            // A handler that began just before the store is found by one more look.
            lock.unlock();
            const bool blocked = look();
            lock.lock();
            if (!blocked)
                wake_.wait(lock, [&] {
                    return stopping_ || !watcher_sleeps_.load() || watcher_ != &self;
                });
            watcher_sleeps_.store(false);
            quiet = 0;
        } else {
            wake_.wait_for(lock, options_.look_every);
        }
        if (stopping_) break;
        lock.unlock();
        const bool handlers_run = look();
        lock.lock();
        quiet = handlers_run ? 0 : quiet + 1;
        worker* const leader = leader_.load();
        if (leader == nullptr) { // the look has taken the baton from a blocked thread: lead
            watcher_ = nullptr;
            if (spares_ == 0 && workers_.size() < options_.max_threads)
                static_cast<void>(start_worker());
            wake_.notify_all();
            return;
        }
    }
    if (watcher_ == &self) watcher_ = nullptr;
}

/// Looks at each thread that runs a handler of this runtime. One that has made no step since the last look is taken for
/// blocked: it loses the input it had not come to, and the baton. Says whether any thread ran a handler.
bool runtime::look() noexcept {
    bool any = false;
    const std::lock_guard keep_connections(look_mutex());
    for (thread_record* record = thread_record::first(); record != nullptr; record = record->next) {
        const std::uint64_t steps = record->steps.load(std::memory_order_acquire);
        if (record->top.load() == nullptr) continue;
        marks* known = marks_.find(record);
        if (known == nullptr) known = &marks_.set(record, {});
        if (known->taken_steps == steps) continue;
        any = true;
        if (std::exchange(known->seen_steps, steps) != steps) continue;
        connection::take_over_from(*this, *record, steps);
        const std::lock_guard lock(mutex_);
        worker* const leader = leader_.load();
        const bool leads = leader != nullptr && leader->record == record;
        if (leads && (record->steps.load() != steps ||
                      (spares_ == 0 && workers_.size() >= options_.max_threads)))
            continue; // it goes on after all, or nobody could lead in its place
        if (leads) leader_.store(nullptr, std::memory_order_release);
        known->taken_steps = steps;
    }
    return any;
}

void runtime::wake_watcher() noexcept {
    const std::lock_guard lock(mutex_);
    watcher_sleeps_.store(false);
    wake_.notify_all();
}

} // namespace beckon
