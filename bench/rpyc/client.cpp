// A C++ client of RPyC's own server: calls a second. Usage: ENDPOINT SECONDS
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "beckon/rpyc.hpp"

namespace {

using clock_type = std::chrono::steady_clock;

template <typename Call>
double calls_a_second(double seconds, const Call& call) {
    for (int i = 0; i < 200; ++i) call(); // warm
    long calls = 0;
    const auto start = clock_type::now();
    std::chrono::duration<double> passed{};
    do {
        for (int i = 0; i < 50; ++i) call();
        calls += 50;
        passed = clock_type::now() - start;
    } while (passed.count() < seconds);
    return static_cast<double>(calls) / passed.count();
}

} // namespace

int main(int count, char** words) {
    if (count != 3) {
        std::fprintf(stderr, "usage: %s ENDPOINT SECONDS\n", words[0]);
        return 2;
    }
    const double seconds = std::atof(words[2]);
    const auto conversation = beckon::connect(words[1]);
    const beckon::dynamic root(conversation.root());
    const beckon::dynamic add = root.get("add");
    std::printf("method %.0f\n", calls_a_second(seconds, [&] { root.call("add", 2, 3); }));
    std::printf("bound %.0f\n", calls_a_second(seconds, [&] { add(2, 3); }));
    const beckon::dynamic numbers = root.call("numbers", 1000);
    std::printf("list %.0f\n", calls_a_second(seconds, [&] {
                    long sum = 0;
                    for (const beckon::dynamic& each : numbers) sum += each.as<long>();
                    if (sum != 499'500) std::abort();
                }));
    return 0;
}
