#include "testing/world_core.hpp"

#include <algorithm>
#include <functional>

#include "beckon/object/exception.hpp"
#include "testing/endpoint.hpp"
#include "testing/node_core.hpp"

namespace beckon::testing {

namespace {
// Threads are looked at this often: a handler that blocks loses the input that it keeps others from.
constexpr nanoseconds look_every = std::chrono::milliseconds(1);
} // namespace

world_core::world_core(std::uint64_t seed_of_it, world_options settings)
    : seed(seed_of_it), chance(seed_of_it), tests_chance(chance.fork()),
      options(std::move(settings)), outer_time_(thread_time::exchange(this)) {}

world_core::~world_core() = default;

void world_core::end() {
    BECKON_ASSERT(thread_ == &main_,
                  "a world ends on the thread that made it, outside of its events");
    ending_ = true;
    while (!sleeping_.empty()) step();
    thread_time::exchange(outer_time_);
    over = true;
    queue_.clear();
    spare_.clear();
    threads_.clear(); // their stacks hold nothing but the loop that runs events
}

void world_core::schedule_at(time_point when, function<void()> action) {
    if (over) return;
    queue_.push_back({std::max(when, now_), ++last_event_, std::move(action)});
    std::push_heap(queue_.begin(), queue_.end(), std::greater<>());
}

// --- Whose turn it is ---

void world_core::switch_to(virtual_thread& next) {
    virtual_thread& before = *std::exchange(thread_, &next);
    before.switch_to(next);
}

virtual_thread& world_core::spare() {
    if (spare_.empty()) {
        threads_.push_back(std::make_unique<virtual_thread>(&world_core::run_events, this));
        return *threads_.back();
    }
    virtual_thread& taken = *spare_.back();
    spare_.pop_back();
    return taken;
}

bool world_core::may_go_on(const sleeping_place& place) const noexcept {
    return place.woken || place.deadlocked || place.waiting->done() || now_ >= place.deadline ||
           ending_;
}

/// The test's thread after its step, or a thread that need not sleep any more; null where there is none.
virtual_thread* world_core::next_to_run() {
    if (stepping_ && stepped_) return &main_;
    for (sleeping_place* const each : sleeping_) {
        if (each->deadline == never && now_ - each->begun > options.patience)
            each->deadlocked = true;
        if (!may_go_on(*each)) continue;
        stepped_ = true;
        return each->thread;
    }
    if (!queue_.empty() && !ending_) return nullptr;
    // Nothing will happen any more: who fell asleep last waits in vain.
    if (!sleeping_.empty()) {
        sleeping_.back()->deadlocked = true;
        return sleeping_.back()->thread;
    }
    return &main_;
}

/// The current thread has nothing to do. Returns when it is chosen again.
void world_core::give_way() {
    virtual_thread* const next = next_to_run();
    switch_to(next != nullptr ? *next : spare());
}

void world_core::run_events(void* world) {
    auto& self = *static_cast<world_core*>(world);
    for (;;) {
        if (virtual_thread* const next = self.next_to_run()) {
            self.spare_.push_back(self.thread_);
            self.switch_to(*next);
        } else {
            self.run_event();
        }
    }
}

void world_core::run_event() {
    std::pop_heap(queue_.begin(), queue_.end(), std::greater<>());
    const event next = std::move(queue_.back());
    queue_.pop_back();
    now_ = std::max(now_, next.at);
    ++events;
    stepped_ = true;
    mix(static_cast<std::uint64_t>(now_.time_since_epoch().count()));
    mix(next.number);
    next.action();
}

bool world_core::step() {
    BECKON_ASSERT(thread_ == &main_, "inside an event the world goes on by itself: wait instead");
    stepping_ = true;
    stepped_ = false;
    give_way();
    stepping_ = false;
    return stepped_;
}

void world_core::run_for(nanoseconds length) {
    const time_point end = deadline_after(now_, length);
    if (thread_ != &main_) {
        waitable nobody;
        return wait(nobody, end);
    }
    schedule_at(end, [] {});
    while (now_ < end) step();
}

// --- Sleeping ---

world_core::outcome world_core::sleep(sleeping_place& place) {
    if (over || ending_) return outcome::deadlocked;
    place.thread = thread_;
    place.begun = now_;
    place.woken = false;
    if (place.id == 0) place.id = new_id();
    if (place.deadline != never) schedule_at(place.deadline, [] {});
    if (endpoint::holds_input(*thread_)) {
        // Its handlers keep input from being read that others may wait for: they lose it at the next look or so.
        schedule(look_every + chance.between(nanoseconds(0), look_every), [this, id = place.id] {
            for (const sleeping_place* const each : sleeping_) {
                if (each->id == id) return endpoint::take_over_from(*each->thread);
            }
        });
    }
    sleeping_.push_back(&place);
    give_way();
    sleeping_.erase(std::find(sleeping_.begin(), sleeping_.end(), &place));
    if (place.waiting->done()) return outcome::done;
    if (place.deadlocked || ending_) return outcome::deadlocked;
    return now_ >= place.deadline ? outcome::late : outcome::woken;
}

void world_core::wake(std::uint64_t id) noexcept {
    for (sleeping_place* const each : sleeping_) {
        if (each->id == id) each->woken = true;
    }
}

void world_core::wait(waitable& waiting, time_point deadline) {
    sleeping_place here;
    here.waiting = &waiting;
    here.deadline = deadline;
    while (!waiting.done()) {
        const outcome ended = sleep(here);
        if (ended == outcome::late) return;
        if (ended == outcome::deadlocked)
            throw_error(fail(errc::would_deadlock, "nothing is left that could end this wait"));
    }
}

bool world_core::is_partitioned(const node_core& one, const node_core& other) const {
    return partitions.contains(std::minmax(one.number, other.number));
}

} // namespace beckon::testing
