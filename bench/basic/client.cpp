// A client of any server of basic-socket-rpc: calls a second, one at a time and 64 in flight; milliseconds for
// the echo of a large message. Usage: PORT SECONDS
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <vector>

#include "commands.hpp"

namespace {

using clock_type = std::chrono::steady_clock;
constexpr int at_once = 64;

template <typename Call>
double calls_a_second(double seconds, int calls_each, const Call& call) {
    for (int i = 0; i < 50; ++i) call(); // warm
    long calls = 0;
    const auto start = clock_type::now();
    std::chrono::duration<double> passed{};
    do {
        for (int i = 0; i < 10; ++i) call();
        calls += 10 * calls_each;
        passed = clock_type::now() - start;
    } while (passed.count() < seconds);
    return static_cast<double>(calls) / passed.count();
}

} // namespace

int main(int count, char** words) {
    if (count != 3) {
        std::fprintf(stderr, "usage: %s PORT SECONDS\n", words[0]);
        return 2;
    }
    const double seconds = std::atof(words[2]);
    beckon::basic::client peer("127.0.0.1", static_cast<std::uint16_t>(std::atoi(words[1])));
    peer.connect();
    std::printf("one %.0f\n", calls_a_second(seconds, 1, [&] {
                    if (peer.call(bench::add, 1000, 2050) != 3050) std::abort();
                }));
    std::deque<beckon::future<std::uint32_t>> flying;
    std::printf("many %.0f\n", calls_a_second(seconds, at_once, [&] {
                    for (int i = 0; i < at_once; ++i)
                        flying.push_back(peer.start(bench::add, i, 2050));
                    for (std::uint32_t i = 0; i < at_once; ++i, flying.pop_front())
                        if (flying.front().get() != i + 2050) std::abort();
                }));
    const beckon::bytes large((64u << 20) - 64, std::byte{7});
    std::vector<double> all;
    for (int i = 0; i < 5; ++i) {
        const auto start = clock_type::now();
        if (peer.call(bench::echo, large).size() != large.size()) std::abort();
        all.push_back(std::chrono::duration<double, std::milli>(clock_type::now() - start).count());
    }
    std::sort(all.begin(), all.end());
    std::printf("large %.1f\n", all[2]);
    return 0;
}
