#include "beckon/io/event_loop.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <ctime>
#include <mutex>
#include <span>
#include <utility>

#include "io/descriptor.hpp"
#include "io/function_queue.hpp"
#include "io/os_error.hpp"
#include "io/timer_heap.hpp"
#include "io/watch_table.hpp"

namespace beckon::io {

namespace {

// No watch has a slot this high.
constexpr watch_token wake_token = watch_table::no_token;
constexpr watch_token timer_token = watch_table::no_token | watch_token{1} << 32;
constexpr std::size_t events_a_turn = 64;

timespec to_timespec(nanoseconds length) noexcept {
    timespec spec{};
    spec.tv_sec = static_cast<std::time_t>(length.count() / 1'000'000'000);
    spec.tv_nsec = static_cast<long>(length.count() % 1'000'000'000);
    return spec;
}

/// Waits with nanosecond grain where the kernel can, else rounds up to milliseconds.
int wait_for_events(int epoll, epoll_event* events, int most, nanoseconds wait) noexcept {
    if (wait <= nanoseconds(0)) return ::epoll_wait(epoll, events, most, 0);
    if (wait == nanoseconds::max()) return ::epoll_wait(epoll, events, most, -1);
    const timespec spec = to_timespec(wait);
    const int count = ::epoll_pwait2(epoll, events, most, &spec, nullptr);
    if (count >= 0 || (errno != ENOSYS && errno != EPERM)) return count;
    const auto rounded = std::min<std::int64_t>((wait.count() + 999'999) / 1'000'000, 1 << 30);
    return ::epoll_wait(epoll, events, most, static_cast<int>(rounded));
}

} // namespace

class event_loop::state {
public:
    state(const clock_source& clock, event_loop_options options)
        : clock_(clock), options_(options) {}

    [[nodiscard]] result<void> open();
    std::size_t run_turn(nanoseconds max_wait, const turn_owner& owner);
    [[nodiscard]] result<watch_id> watch(int fd, interest wanted, intrusive_ptr<watcher> target);
    result<void> change(watch_id id, interest wanted);
    void unwatch(watch_id id) noexcept;
    [[nodiscard]] timer_id schedule_at(time_point when, function<void()> callback);
    bool cancel(timer_id id) noexcept;
    [[nodiscard]] time_point next_timer() noexcept;
    void post(function<void()> callback);
    void wake() noexcept;
    [[nodiscard]] int descriptor() const noexcept { return epoll_.get(); }
    [[nodiscard]] std::uint64_t watchers_told() const noexcept {
        return watchers_told_.load(std::memory_order_relaxed);
    }
    [[nodiscard]] const clock_source& clock() const noexcept { return clock_; }

private:
    /// What the turn may run: nothing that is added while it runs, else it might never end.
    struct batch {
        std::size_t posted = 0;
        std::uint64_t timer_bound = 0;
        time_point now;
    };

    // Called with the lock held:
    [[nodiscard]] nanoseconds time_to_wait(nanoseconds max_wait) noexcept;
    [[nodiscard]] bool must_signal() noexcept;
    void arm_timer() noexcept;

    // Called without it:
    void signal() noexcept;
    [[nodiscard]] batch wait(nanoseconds max_wait, std::array<epoll_event, events_a_turn>& events,
                             std::size_t& count) noexcept;
    bool run_posted() noexcept;
    bool run_timer(const batch& limits) noexcept;
    bool run_watcher(watch_token token, bool readable, bool writable) noexcept;
    std::size_t dispatch(const batch& limits, std::span<const epoll_event> events,
                         const turn_owner& owner) noexcept;
    void hand_back() noexcept;

    const clock_source& clock_;
    const event_loop_options options_;
    io::descriptor epoll_;
    io::descriptor wake_;
    io::descriptor timer_;

    std::atomic<std::uint64_t> watchers_told_{0};
    std::mutex lock_; ///< Guards all below. No callback or destructor of a user's runs under it.
    watch_table watches_;
    timer_heap timers_;
    time_point last_now_{}; ///< Of the latest turn: no timer is older, so none can starve another.
    time_point armed_ = never; ///< What the timer descriptor is set to; `embedded` only.
    function_queue posted_;
    unsigned sleepers_ = 0; ///< Threads in epoll_wait that may sleep.
    time_point asleep_until_ = never;
    bool wake_wanted_ = false; ///< wake() was called and no turn has noticed yet.
    bool signalled_ = false;   ///< The wake descriptor was written and no turn has noticed yet.
};

result<void> event_loop::state::open() {
    epoll_.reset(::epoll_create1(EPOLL_CLOEXEC));
    if (!epoll_) return os_fail(errc::io_error, errno, "cannot make an epoll descriptor");
    wake_.reset(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!wake_) return os_fail(errc::io_error, errno, "cannot make a wake-up descriptor");
    // Edge-triggered: each write is reported once, and nobody spends a read on taking it back.
    epoll_event event{};
    event.events = EPOLLIN | EPOLLET;
    event.data.u64 = wake_token;
    watches_.attach(epoll_.get());
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wake_.get(), &event) != 0)
        return os_fail(errc::io_error, errno, "cannot watch the wake-up descriptor");
    if (!options_.embedded) return {};
    timer_.reset(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
    if (!timer_) return os_fail(errc::io_error, errno, "cannot make a timer descriptor");
    event.events = EPOLLIN;
    event.data.u64 = timer_token;
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, timer_.get(), &event) != 0)
        return os_fail(errc::io_error, errno, "cannot watch the timer descriptor");
    return {};
}

// ---- Waking the sleeper ----

bool event_loop::state::must_signal() noexcept {
    // Nobody asleep: the next turn looks at the queues before it sleeps. A foreign loop cannot look.
    if (signalled_ || (sleepers_ == 0 && !options_.embedded)) return false;
    signalled_ = true;
    return true;
}

void event_loop::state::signal() noexcept {
    const std::uint64_t one = 1;
    // Fails only when the counter is full, and then the descriptor is readable anyway.
    [[maybe_unused]] const auto written = ::write(wake_.get(), &one, sizeof one);
}

void event_loop::state::post(function<void()> callback) {
    bool must = false;
    {
        const std::lock_guard guard(lock_);
        posted_.push(std::move(callback));
        must = must_signal();
    }
    if (must) signal();
}

void event_loop::state::wake() noexcept {
    bool must = false;
    {
        const std::lock_guard guard(lock_);
        wake_wanted_ = true;
        must = must_signal();
    }
    if (must) signal();
}

// ---- Timers ----

timer_id event_loop::state::schedule_at(time_point when, function<void()> callback) {
    timer_id id;
    bool must = false;
    {
        const std::lock_guard guard(lock_);
        when = std::max(when, last_now_);
        id = timers_.add(when, std::move(callback));
        if (options_.embedded) arm_timer();
        must = sleepers_ != 0 && when < asleep_until_ && must_signal();
    }
    if (must) signal();
    return id;
}

bool event_loop::state::cancel(timer_id id) noexcept {
    function<void()> dropped;
    {
        const std::lock_guard guard(lock_);
        dropped = timers_.remove(id);
    }
    return static_cast<bool>(dropped);
}

time_point event_loop::state::next_timer() noexcept {
    const std::lock_guard guard(lock_);
    return timers_.earliest();
}

void event_loop::state::arm_timer() noexcept {
    const time_point earliest = timers_.earliest();
    if (earliest == armed_) return;
    armed_ = earliest;
    itimerspec spec{};
    if (earliest != never) {
        // Relative, because the injected clock need not be the kernel's. Zero would disarm.
        spec.it_value = to_timespec(std::max(nanoseconds(1), earliest - clock_.now()));
    }
    ::timerfd_settime(timer_.get(), 0, &spec, nullptr);
}

// ---- Watches ----

result<watch_id> event_loop::state::watch(int fd, interest wanted, intrusive_ptr<watcher> target) {
    bool must = false;
    result<watch_id> id = watch_id{};
    {
        const std::lock_guard guard(lock_);
        id = watches_.add(fd, wanted, std::move(target));
        must = watches_.any_always_ready() && must_signal();
    }
    if (must) signal();
    return id;
}

result<void> event_loop::state::change(watch_id id, interest wanted) {
    bool must = false;
    {
        const std::lock_guard guard(lock_);
        BECKON_TRY(watches_.change(id, wanted));
        must = watches_.any_always_ready() && must_signal();
    }
    if (must) signal();
    return {};
}

void event_loop::state::unwatch(watch_id id) noexcept {
    intrusive_ptr<watcher> dropped;
    const std::lock_guard guard(lock_);
    dropped = watches_.remove(id);
}

// ---- The turn ----

nanoseconds event_loop::state::time_to_wait(nanoseconds max_wait) noexcept {
    asleep_until_ = never;
    if (!posted_.empty() || wake_wanted_ || watches_.any_always_ready()) return nanoseconds(0);
    if (max_wait <= nanoseconds(0)) return nanoseconds(0);
    const time_point earliest = timers_.earliest();
    if (earliest == never) return max_wait;
    asleep_until_ = earliest;
    return std::clamp(earliest - clock_.now(), nanoseconds(0), max_wait);
}

event_loop::state::batch event_loop::state::wait(nanoseconds max_wait,
                                                 std::array<epoll_event, events_a_turn>& events,
                                                 std::size_t& count) noexcept {
    nanoseconds patience{};
    {
        const std::lock_guard guard(lock_);
        patience = time_to_wait(max_wait);
        if (patience > nanoseconds(0)) ++sleepers_;
    }
    const int ready =
        wait_for_events(epoll_.get(), events.data(), static_cast<int>(events.size()), patience);
    count = ready > 0 ? static_cast<std::size_t>(ready) : 0;

    const std::lock_guard guard(lock_);
    if (patience > nanoseconds(0)) --sleepers_;
    wake_wanted_ = false;
    for (std::size_t i = 0; i < count; ++i) {
        if (events[i].data.u64 == wake_token) signalled_ = false;
        // Set anew when the turn ends, which also takes its readiness back.
        if (events[i].data.u64 == timer_token) armed_ = time_point::min();
    }
    batch limits;
    limits.posted = posted_.size();
    limits.timer_bound = timers_.mark();
    if (!timers_.empty()) limits.now = last_now_ = std::max(last_now_, clock_.now());
    return limits;
}

bool event_loop::state::run_posted() noexcept {
    function<void()> callback;
    {
        const std::lock_guard guard(lock_);
        if (posted_.empty()) return false; // A nested turn or a new owner was quicker.
        callback = posted_.pop();
    }
    callback();
    return true;
}

bool event_loop::state::run_timer(const batch& limits) noexcept {
    function<void()> callback;
    {
        const std::lock_guard guard(lock_);
        callback = timers_.pop_due(limits.now, limits.timer_bound);
    }
    if (!callback) return false;
    callback();
    return true;
}

bool event_loop::state::run_watcher(watch_token token, bool readable, bool writable) noexcept {
    intrusive_ptr<watcher> target;
    {
        const std::lock_guard guard(lock_);
        target = watches_.target(token, readable, writable);
    }
    if (!target) return false;
    watchers_told_.fetch_add(1, std::memory_order_relaxed);
    target->on_ready(readable, writable);
    return true;
}

std::size_t event_loop::state::dispatch(const batch& limits, std::span<const epoll_event> events,
                                        const turn_owner& owner) noexcept {
    std::size_t ran = 0;
    for (std::size_t i = 0; i < limits.posted && run_posted(); ++i) {
        ++ran;
        if (owner.lost()) return ran;
    }
    while (run_timer(limits)) {
        ++ran;
        if (owner.lost()) return ran;
    }
    const std::size_t before = ran;
    for (const epoll_event& event : events) {
        const watch_token token = event.data.u64;
        if (token == wake_token || token == timer_token) continue;
        const bool broken = (event.events & (EPOLLHUP | EPOLLERR)) != 0;
        if (!run_watcher(token, broken || (event.events & EPOLLIN) != 0,
                         broken || (event.events & EPOLLOUT) != 0))
            continue;
        ++ran;
        if (owner.lost()) return ran;
    }
    std::size_t posted = 0;
    for (std::uint32_t index = 0;;) {
        watch_token token{};
        {
            const std::lock_guard guard(lock_);
            token = watches_.next_always_ready(index);
            posted = posted_.size();
        }
        if (token == watch_table::no_token) break;
        if (!run_watcher(token, true, true)) continue;
        ++ran;
        if (owner.lost()) return ran;
    }
    // What watchers posted, above all to send what they wrote elsewhere, need not wait for another look at the descriptors.
    for (posted = ran == before ? 0 : posted; posted != 0 && run_posted(); --posted) {
        ++ran;
        if (owner.lost()) return ran;
    }
    return ran;
}

void event_loop::state::hand_back() noexcept {
    bool must = false;
    {
        const std::lock_guard guard(lock_);
        arm_timer();
        must = (!posted_.empty() || watches_.any_always_ready()) && must_signal();
    }
    if (must) signal();
}

std::size_t event_loop::state::run_turn(nanoseconds max_wait, const turn_owner& owner) {
    // On this thread's stack: after a takeover the new owner fetches events into its own.
    std::array<epoll_event, events_a_turn> events;
    std::size_t count = 0;
    const batch limits = wait(max_wait, events, count);
    std::size_t ran = 0;
    if (owner.lost()) {
        // What was fetched is dropped: descriptors report again, but the wake-up must be repeated.
        wake();
    } else {
        ran = dispatch(limits, std::span(events).first(count), owner);
    }
    if (options_.embedded) hand_back();
    return ran;
}

// ---- The public face ----

result<std::unique_ptr<event_loop>> event_loop::create(const clock_source& clock,
                                                       event_loop_options options) {
    auto inside = std::make_unique<state>(clock, options);
    BECKON_TRY(inside->open());
    return std::unique_ptr<event_loop>(new event_loop(std::move(inside)));
}

event_loop::event_loop(std::unique_ptr<state> inside) noexcept : state_(std::move(inside)) {}
event_loop::~event_loop() = default;

std::size_t event_loop::run_turn(nanoseconds max_wait, const turn_owner& owner) {
    return state_->run_turn(max_wait, owner);
}
result<watch_id> event_loop::watch(int fd, interest wanted, intrusive_ptr<watcher> target) {
    return state_->watch(fd, wanted, std::move(target));
}
result<void> event_loop::change(watch_id id, interest wanted) { return state_->change(id, wanted); }
void event_loop::unwatch(watch_id id) noexcept { state_->unwatch(id); }
timer_id event_loop::schedule_at(time_point when, function<void()> callback) {
    return state_->schedule_at(when, std::move(callback));
}
bool event_loop::cancel(timer_id id) noexcept { return state_->cancel(id); }
time_point event_loop::next_timer() const noexcept { return state_->next_timer(); }
void event_loop::post(function<void()> callback) { state_->post(std::move(callback)); }
void event_loop::wake() noexcept { state_->wake(); }
int event_loop::descriptor() const noexcept { return state_->descriptor(); }
std::uint64_t event_loop::watchers_told() const noexcept { return state_->watchers_told(); }
const clock_source& event_loop::clock() const noexcept { return state_->clock(); }

} // namespace beckon::io
