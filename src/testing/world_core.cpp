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
    : seed(seed_of_it), chance(seed_of_it), tests_chance(chance.fork()), options(std::move(settings)),
      outer_time_(thread_time::exchange(this)) {}

world_core::~world_core() = default;

void world_core::end() {
    thread_time::exchange(outer_time_);
    over = true;
    queue_.clear();
}

world_core::on_thread::on_thread(world_core& world, virtual_thread& thread) noexcept
    : world_(world), before_(std::exchange(world.thread_, &thread)) {
    before_->call = exchange_current_call(thread.call);
    before_->running = active_call::exchange_running(thread.running);
}

world_core::on_thread::~on_thread() {
    virtual_thread& mine = *std::exchange(world_.thread_, before_);
    mine.call = exchange_current_call(before_->call);
    mine.running = active_call::exchange_running(before_->running);
}

void world_core::schedule_at(time_point when, function<void()> action) {
    if (over) return;
    queue_.push_back({std::max(when, now_), ++last_event_, std::move(action)});
    std::push_heap(queue_.begin(), queue_.end(), std::greater<>());
}

bool world_core::step() {
    if (queue_.empty()) return false;
    std::pop_heap(queue_.begin(), queue_.end(), std::greater<>());
    const event next = std::move(queue_.back());
    queue_.pop_back();
    now_ = std::max(now_, next.at);
    ++events;
    mix(static_cast<std::uint64_t>(now_.time_since_epoch().count()));
    mix(next.number);
    {
        virtual_thread fresh;
        const on_thread scope(*this, fresh);
        next.action();
        next.action.reset();
    }
    for (waiting_place* const each : places_) {
        if (each->over_at == never && each->waiting->done()) each->over_at = now_;
    }
    return true;
}

void world_core::run_for(nanoseconds length) {
    const time_point end = deadline_after(now_, length);
    while (!queue_.empty() && queue_.front().at <= end)
        step();
    now_ = std::max(now_, end);
}

waiting_place* world_core::place(std::uint64_t id) noexcept {
    for (waiting_place* const each : places_) {
        if (each->id == id) return each;
    }
    return nullptr;
}

world_core::outcome world_core::wait_at(waiting_place& where, time_point deadline) {
    if (over) return outcome::deadlocked;
    const time_point begun = now_;
    places_.push_back(&where);
    struct leaving {
        std::vector<waiting_place*>& places;
        ~leaving() { places.pop_back(); } // also where a test's own action throws
    } const leave{places_};
    if (deadline != never) schedule_at(deadline, [] {});
    if (endpoint::holds_input(*where.thread)) {
        // Its handlers keep input from being read that others may wait for: they lose it at the next look or the one after.
        schedule(look_every + chance.between(nanoseconds(0), look_every), [this, id = where.id] {
            if (waiting_place* const blocked = place(id)) endpoint::take_over_from(*blocked->thread);
        });
    }
    outcome ended = outcome::done;
    while (!where.waiting->done()) {
        if (now_ >= deadline) {
            ended = outcome::late;
            break;
        }
        if ((deadline == never && now_ - begun > options.patience) || !step()) {
            ended = outcome::deadlocked;
            break;
        }
    }
    last_wait_over = where.over_at == never ? now_ : where.over_at;
    return ended;
}

void world_core::wait(waitable& waiting, time_point deadline) {
    if (waiting.done()) return;
    waiting_place here{new_id(), &waiting, thread_};
    if (wait_at(here, deadline) == outcome::deadlocked)
        throw_error(fail(errc::would_deadlock, "nothing is left that could end this wait"));
}

bool world_core::is_partitioned(const node_core& one, const node_core& other) const {
    return partitions.contains(std::minmax(one.number, other.number));
}

} // namespace beckon::testing
