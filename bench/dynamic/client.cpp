// Echoes of a dynamic value, 64 in flight, over any protocol. Usage: ENDPOINT OBJECT PAYLOAD SECONDS; the object may be empty, for
// the root; payloads are integer, text and map. Prints calls a second, and microseconds of this program's processor time for one.
#include <sys/resource.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <latch>
#include <string_view>

#include "beckon/beckon.hpp"
#include "beckon/object/task.hpp"
#include "conformance/bench.hpp"

namespace {

using clock_type = std::chrono::steady_clock;

beckon::value payload_named(std::string_view name) {
    if (name == "integer") return 7;
    if (name == "text") return "0123456789abcdef0123456789abcdef";
    if (name == "map") {
        return beckon::value::map({{"name", "bolt"},
                                   {"count", 12},
                                   {"tags", beckon::value::list({"steel", "m8"})},
                                   {"at", beckon::value::map({{"x", 1.5}, {"y", 2.25}})}});
    }
    std::fprintf(stderr, "unknown payload %.*s; there are: integer text map\n",
                 static_cast<int>(name.size()), name.data());
    std::exit(2);
}

struct window {
    beckon::ref<conformance::Conformance> target;
    beckon::value payload;
    clock_type::time_point end;
    std::atomic<std::size_t> calls{0};
    std::latch left{64};
};

beckon::task<void> keep_calling(window& shared) {
    while (clock_type::now() < shared.end) {
        auto pending = shared.target.async()->echo(shared.payload);
        const beckon::value same = co_await pending;
        if (same != shared.payload) std::abort();
        shared.calls.fetch_add(1, std::memory_order_relaxed);
    }
}

double processor_seconds() {
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(used.ru_utime) + seconds(used.ru_stime);
}

} // namespace

int main(int count, char** words) {
    if (count != 5) {
        std::fprintf(stderr, "usage: %s ENDPOINT OBJECT PAYLOAD SECONDS\n", words[0]);
        return 2;
    }
    const double seconds = std::atof(words[4]);
    const auto session = beckon::connect(words[1]);
    window shared{session.get<conformance::Conformance>(words[2]), payload_named(words[3]), {}};
    for (int i = 0; i < 1000; ++i) static_cast<void>(shared.target->echo(shared.payload)); // warm
    const double used_before = processor_seconds();
    const auto begin = clock_type::now();
    shared.end = begin + std::chrono::microseconds(static_cast<std::int64_t>(seconds * 1e6));
    std::atomic<bool> failed{false};
    for (int i = 0; i < 64; ++i) {
        beckon::start(keep_calling(shared))
            .then([&](const beckon::result<void>& outcome) {
                if (!outcome) failed = true;
                shared.left.count_down();
            })
            .detach();
    }
    shared.left.wait();
    const std::chrono::duration<double> passed = clock_type::now() - begin;
    const auto calls = static_cast<double>(shared.calls);
    std::printf("%.0f %.3f\n", calls / passed.count(),
                (processor_seconds() - used_before) * 1e6 / calls);
    return failed ? 1 : 0;
}
