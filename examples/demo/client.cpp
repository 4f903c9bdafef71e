// The demonstration's client: shows one of each thing over one endpoint. Usage: demo_client ENDPOINT
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include <unistd.h>

#include "workshop.hpp"

namespace {

struct progress {
    std::string seen;
    void on_step(std::int32_t done) { seen += " " + std::to_string(done); }
};

beckon::stream<std::int64_t> odd_numbers_below(std::int64_t limit) {
    for (std::int64_t i = 1; i < limit; i += 2) co_yield i;
}

/// The median of many runs, in microseconds.
template <typename F>
double median_microseconds(F run) {
    std::vector<double> times;
    for (int i = 0; i < 300; ++i) {
        const auto begin = std::chrono::steady_clock::now();
        run();
        times.push_back(
            std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - begin)
                .count());
    }
    std::nth_element(times.begin(), times.begin() + 150, times.end());
    return times[150];
}

void call(const beckon::ref<Workshop>& workshop) {
    std::printf("  %-12s add(2, 3) gives %g\n", "call", workshop->add(2, 3));
}

void callbacks(const beckon::ref<Workshop>& workshop) {
    const auto mine = std::make_shared<progress>();
    workshop->work(5, beckon::make_ref<Progress>(mine));
    std::printf("  %-12s the server called this program's object with%s\n", "callbacks",
                mine->seen.c_str());
}

void streams(const beckon::ref<Workshop>& workshop) {
    std::int64_t sum = 0;
    for (const std::int64_t number : workshop->count_to(10'000)) sum += number;
    const auto total = workshop->total(odd_numbers_below(1000));
    std::printf(
        "  %-12s 10,000 numbers read, their sum is %lld; 500 written, the server's is %lld\n",
        "streams", static_cast<long long>(sum), static_cast<long long>(total));
}

void exception(const beckon::ref<Workshop>& workshop) {
    try {
        workshop->sell("nails", 20);
    } catch (const OutOfStock& failure) {
        std::printf("  %-12s caught OutOfStock: wanted %lld %s, there are %lld\n", "exception",
                    static_cast<long long>(failure.wanted), failure.name.c_str(),
                    static_cast<long long>(failure.available));
    }
}

void pipelining(const beckon::ref<Workshop>& workshop) {
    std::string found;
    const auto chain = [&] {
        auto root = workshop.async()->root();
        auto usr = root.async()->open("usr");
        auto share = usr.async()->open("share");
        auto doc = share.async()->open("doc");
        found = doc->path();
    };
    const auto steps = [&] {
        found = workshop->root()->open("usr")->open("share")->open("doc")->path();
    };
    const double single = median_microseconds([&] { workshop->add(1, 1); });
    const double one_by_one = median_microseconds(steps);
    const double at_once = median_microseconds(chain);
    std::printf("  %-12s 5 calls, each on the result of the one before: %s\n", "pipelining",
                found.c_str());
    std::printf("  %-12s one after the other %.0f us, pipelined %.0f us, a single call %.0f us\n",
                "", one_by_one, at_once, single);
}

} // namespace

int main(int argc, char** argv) try {
    if (argc != 2) {
        std::fprintf(stderr, "usage: demo_client ENDPOINT\n");
        return 2;
    }
    const auto session = beckon::connect(argv[1]);
    const auto workshop = session.get<Workshop>("workshop");
    std::printf("  %-12s client %d, server %lld, at %s\n", "processes",
                static_cast<int>(::getpid()), static_cast<long long>(workshop->process_id()),
                argv[1]);
    call(workshop);
    callbacks(workshop);
    streams(workshop);
    exception(workshop);
    pipelining(workshop);
} catch (const beckon::exception& failure) {
    std::fprintf(stderr, "demo_client: %s\n", failure.what());
    return 1;
}
