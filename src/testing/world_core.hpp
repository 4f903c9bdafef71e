// What the parts of a simulated world share: time, what comes next, and whose code runs.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "beckon/base/function.hpp"
#include "beckon/object/thread_time.hpp"
#include "beckon/object/waitable.hpp"
#include "beckon/testing/world.hpp"
#include "testing/virtual_thread.hpp"

namespace beckon::testing {

/// A place where a thread sleeps.
struct sleeping_place {
    std::uint64_t id = 0;
    waitable* waiting = nullptr;
    time_point deadline = never;
    virtual_thread* thread = nullptr;
    time_point begun{};
    bool woken = false;
    bool deadlocked = false;
};

class world_core final : public std::enable_shared_from_this<world_core>, private thread_time {
public:
    world_core(std::uint64_t seed, world_options options);
    ~world_core();

    [[nodiscard]] time_point now() noexcept override { return now_; }
    /// The one that runs.
    [[nodiscard]] virtual_thread& thread() noexcept { return *thread_; }
    void schedule_at(time_point when, function<void()> action);
    void schedule(nanoseconds delay, function<void()> action) {
        schedule_at(deadline_after(now_, delay), std::move(action));
    }
    /// Shortly: as long as a thread takes to notice.
    void soon(function<void()> action) {
        schedule(chance.between(nanoseconds(0), std::chrono::microseconds(20)), std::move(action));
    }
    bool step();
    void run_for(nanoseconds length);

    enum class outcome : std::uint8_t { done, woken, late, deadlocked };
    /// Lets others run until `place.waiting` is done, the deadline is there, or somebody wakes the place.
    outcome sleep(sleeping_place& place);
    /// Wakes the thread that sleeps at the place with that number, if it still does.
    void wake(std::uint64_t id) noexcept;

    /// Adds to the digest, and to the trace where it is kept.
    template <typename... Parts>
    void note(std::uint64_t fingerprint, const Parts&... parts) {
        mix(static_cast<std::uint64_t>(now_.time_since_epoch().count()));
        mix(fingerprint);
        if (options.keep_trace) add_line(parts...);
    }
    template <typename... Parts>
    void add_line(const Parts&... parts) {
        trace.push_back(concat(now_.time_since_epoch().count() / 1000, " us  ", parts...));
    }
    void mix(std::uint64_t number) noexcept { digest = (digest ^ number) * 0x100'0000'01b3u; }
    [[nodiscard]] std::uint64_t new_id() noexcept { return ++last_id_; }

    [[nodiscard]] bool is_partitioned(const node_core& one, const node_core& other) const;

    const std::uint64_t seed;
    random chance;       ///< The network's and the threads' choices.
    random tests_chance; ///< The test's.
    world_options options;
    std::vector<std::shared_ptr<node_core>> nodes;
    std::vector<std::weak_ptr<link_core>> links;
    std::set<std::pair<std::size_t, std::size_t>> partitions; ///< Node numbers, the lesser first.
    std::uint64_t digest = 0xcbf2'9ce4'8422'2325u;
    std::vector<std::string> trace;
    std::uint64_t events = 0;
    std::size_t sessions = 0;
    bool over = false; ///< The world is no more; only handles are left.

    /// Has all that sleeps go on with an error, and ends time.
    void end();

private:
    struct event {
        time_point at;
        std::uint64_t number;
        mutable function<void()> action;
        bool operator>(const event& other) const noexcept {
            return at != other.at ? at > other.at : number > other.number;
        }
    };
    // thread_time: waits that no session drives, such as this_call::sleep_for.
    void wait(waitable& waiting, time_point deadline) override;

    static void run_events(void* world);
    void run_event();
    void give_way();
    [[nodiscard]] virtual_thread* next_to_run();
    [[nodiscard]] virtual_thread& spare();
    void switch_to(virtual_thread& next);
    [[nodiscard]] bool may_go_on(const sleeping_place& place) const noexcept;

    time_point now_{std::chrono::seconds(1000)};
    virtual_thread main_;
    virtual_thread* thread_ = &main_;
    std::vector<std::unique_ptr<virtual_thread>> threads_;
    std::vector<virtual_thread*> spare_;    ///< They would run events.
    std::vector<sleeping_place*> sleeping_; ///< In the order in which they fell asleep.
    bool stepping_ = false;                 ///< The test's thread wants to go on after one step.
    bool stepped_ = false;
    bool ending_ = false;
    std::vector<event> queue_; ///< A heap.
    std::uint64_t last_event_ = 0;
    std::uint64_t last_id_ = 0;
    thread_time* outer_time_;
};

} // namespace beckon::testing
