#include "beckon/object/thread_time.hpp"

#include <utility>

namespace beckon {

namespace {

class machine_time final : public thread_time {
public:
    time_point now() noexcept override { return steady_clock_source().now(); }
    void wait(waitable& waiting, time_point deadline) override {
        parker& self = parker::mine();
        while (waiting.announce(self)) {
            if (deadline != never && now() >= deadline) break;
            self.park(deadline);
        }
        waiting.withdraw();
    }
};

machine_time of_the_machine;
thread_local thread_time* own = nullptr;

} // namespace

thread_time& thread_time::mine() noexcept { return own != nullptr ? *own : of_the_machine; }
thread_time* thread_time::exchange(thread_time* other) noexcept {
    return std::exchange(own, other);
}

} // namespace beckon
