// What telling protocols apart costs. Usage: ENDPOINT ENDPOINT SECONDS. For each of both, in turns of a tenth of a second:
// connects, calls once and ends; then, over one connection, calls one after the other. Prints four medians in microseconds.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "beckon/beckon.hpp"
#include "conformance/bench.hpp"

namespace {

using clock_type = std::chrono::steady_clock;
using conformance::Conformance;

constexpr std::chrono::milliseconds turn{100};

struct place {
    std::string endpoint;
    std::vector<double> first{};
    std::vector<double> later{};

    void measure() {
        for (const auto until = clock_type::now() + turn; clock_type::now() < until;) {
            const auto begun = clock_type::now();
            const auto session = beckon::connect(endpoint);
            check(session.get<Conformance>("conformance")->add(2, 3));
            first.push_back(since(begun));
        }
        const auto session = beckon::connect(endpoint);
        const auto service = session.get<Conformance>("conformance");
        for (const auto until = clock_type::now() + turn; clock_type::now() < until;) {
            const auto begun = clock_type::now();
            check(service->add(2, 3));
            later.push_back(since(begun));
        }
    }

private:
    static void check(std::int64_t sum) {
        if (sum != 5) std::abort();
    }
    static double since(clock_type::time_point begun) {
        return std::chrono::duration<double, std::micro>(clock_type::now() - begun).count();
    }
};

double median(std::vector<double>& all) {
    std::nth_element(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(all.size() / 2),
                     all.end());
    return all[all.size() / 2];
}

} // namespace

int main(int count, char** words) {
    if (count != 4) {
        std::fprintf(stderr, "usage: one-port-client ENDPOINT ENDPOINT SECONDS\n");
        return 2;
    }
    place one{words[1]};
    place other{words[2]};
    const auto until = clock_type::now() + std::chrono::duration<double>(std::atof(words[3]));
    while (clock_type::now() < until) {
        one.measure();
        other.measure();
    }
    std::printf("%.2f %.2f %.2f %.2f\n", median(one.first), median(other.first), median(one.later),
                median(other.later));
    return 0;
}
