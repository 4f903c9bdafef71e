// What the parts of a simulated world share: time, what comes next, and whose code runs.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "beckon/base/function.hpp"
#include "beckon/object/call.hpp"
#include "beckon/object/thread_time.hpp"
#include "beckon/object/waitable.hpp"
#include "beckon/testing/world.hpp"
#include "session/active_call.hpp"

namespace beckon::testing {

/// One thread of a simulated program. All run on the test's one thread; what the library keeps for each thread is
/// swapped when another takes its turn.
struct virtual_thread {
    activation* top = nullptr;     ///< The innermost handler that it runs.
    const void* turn_of = nullptr; ///< The endpoint whose turn it runs: that one sends at the turn's end.
    call_context* call = nullptr;  ///< While another thread runs.
    active_call* running = nullptr;
};

/// A place on the stack where code waits and lets the world run.
struct waiting_place {
    std::uint64_t id = 0;
    waitable* waiting = nullptr;
    virtual_thread* thread = nullptr;
    time_point over_at = never; ///< When it was seen to be done.
};

class world_core final : public std::enable_shared_from_this<world_core>, private thread_time {
public:
    world_core(std::uint64_t seed, world_options options);
    ~world_core();

    /// Runs code on another thread of the simulation for a scope.
    class on_thread {
    public:
        on_thread(world_core& world, virtual_thread& thread) noexcept;
        ~on_thread();
        on_thread(const on_thread&) = delete;
        on_thread& operator=(const on_thread&) = delete;

    private:
        world_core& world_;
        virtual_thread* before_;
    };

    [[nodiscard]] time_point now() noexcept override { return now_; }
    [[nodiscard]] virtual_thread& thread() noexcept { return *thread_; }
    void schedule_at(time_point when, function<void()> action);
    void schedule(nanoseconds delay, function<void()> action) { schedule_at(deadline_after(now_, delay), std::move(action)); }
    /// Shortly: as long as a thread takes to notice.
    void soon(function<void()> action) {
        schedule(chance.between(nanoseconds(0), std::chrono::microseconds(20)), std::move(action));
    }
    bool step();
    void run_for(nanoseconds length);

    enum class outcome : std::uint8_t { done, late, deadlocked };
    /// Lets the world run until `place.waiting` is done. `place.thread` is the current one.
    outcome wait_at(waiting_place& place, time_point deadline);
    /// The place with that number, or null where the code there has gone on.
    [[nodiscard]] waiting_place* place(std::uint64_t id) noexcept;

    /// Adds to the digest, and to the trace where it is kept.
    template <typename... Parts>
    void note(std::uint64_t fingerprint, const Parts&... parts) {
        mix(static_cast<std::uint64_t>(now_.time_since_epoch().count()));
        mix(fingerprint);
        if (options.keep_trace)
            trace.push_back(concat(now_.time_since_epoch().count() / 1000, " us  ", parts...));
    }
    void mix(std::uint64_t number) noexcept { digest = (digest ^ number) * 0x100'0000'01b3u; }
    [[nodiscard]] std::uint64_t new_id() noexcept { return ++last_id_; }

    [[nodiscard]] bool is_partitioned(const node_core& one, const node_core& other) const;

    const std::uint64_t seed;
    random chance;         ///< The network's and the threads' choices.
    random tests_chance;   ///< The test's.
    world_options options;
    std::vector<std::shared_ptr<node_core>> nodes;
    std::vector<std::weak_ptr<link_core>> links;
    std::set<std::pair<std::size_t, std::size_t>> partitions; ///< Node numbers, the lesser first.
    std::uint64_t digest = 0xcbf2'9ce4'8422'2325u;
    std::vector<std::string> trace;
    std::uint64_t events = 0;
    std::size_t sessions = 0;
    time_point last_wait_over = never;
    bool over = false; ///< The world is no more; only handles are left.

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

    time_point now_{std::chrono::seconds(1000)};
    virtual_thread main_;
    virtual_thread* thread_ = &main_;
    std::vector<event> queue_; ///< A heap.
    std::uint64_t last_event_ = 0;
    std::uint64_t last_id_ = 0;
    std::vector<waiting_place*> places_; ///< The stack of waits.
    thread_time* outer_time_;
};

} // namespace beckon::testing
