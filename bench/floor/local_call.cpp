#include "floor/local_call.hpp"

#include <memory>

#include "common/clock.hpp"

namespace bench::floor {
namespace {

struct counter {
    virtual ~counter() = default;
    virtual std::int64_t increment(std::int64_t by) = 0;
};

struct counting_up final : counter {
    std::int64_t increment(std::int64_t by) override { return value += by; }
    std::int64_t value = 0;
};

/// Never called. With one implementation in sight the compiler would call that one directly.
struct counting_down final : counter {
    std::int64_t increment(std::int64_t by) override { return value -= by; }
    std::int64_t value = 0;
};

std::unique_ptr<counter> make_counter(bool up) {
    if (up) return std::make_unique<counting_up>();
    return std::make_unique<counting_down>();
}

} // namespace

figure local_call(const options& chosen) {
    const std::unique_ptr<counter> object = make_counter(chosen.seconds > 0);
    // The median of batches: the mean would hold the time that other programs took from us.
    constexpr std::uint64_t batch = 1u << 14;
    samples batches(1 << 16);
    quota left(chosen.seconds, chosen.calls);
    while (left.take()) {
        const std::uint64_t start = now_ns();
        for (std::uint64_t i = 0; i < batch; ++i) {
            counter* opaque = object.get();
            asm volatile("" : "+r"(opaque)); // the compiler may no longer know which class it is
            opaque->increment(1);
        }
        batches.add(now_ns() - start);
    }
    return {batches.microseconds_at(0.50) * 1000 / static_cast<double>(batch), "ns"};
}

} // namespace bench::floor
