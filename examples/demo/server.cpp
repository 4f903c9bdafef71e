// The demonstration's server. Usage: demo_server ENDPOINT...
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include <unistd.h>

#include "workshop.hpp"

namespace {

struct folder {
    std::string full_path;
    beckon::ref<Folder> open(const std::string& name) {
        return beckon::make_ref<Folder>(std::make_shared<folder>(folder{full_path + "/" + name}));
    }
    std::string path() { return full_path; }
};

struct workshop {
    double add(double a, double b) { return a + b; }
    std::int64_t process_id() { return ::getpid(); }
    std::int32_t work(std::int32_t steps, const beckon::ref<Progress>& progress) {
        for (std::int32_t done = 1; done <= steps; ++done) progress->on_step(done);
        return steps;
    }
    beckon::stream<std::int64_t> count_to(std::int64_t n) {
        for (std::int64_t i = 1; i <= n; ++i) co_yield i;
    }
    std::int64_t total(beckon::stream<std::int64_t> numbers) {
        std::int64_t sum = 0;
        for (const std::int64_t number : numbers) sum += number;
        return sum;
    }
    std::int64_t sell(const std::string& name, std::int64_t count) {
        constexpr std::int64_t available = 6;
        if (count > available) throw OutOfStock{name, count, available};
        return available - count;
    }
    beckon::ref<Folder> root() { return beckon::make_ref<Folder>(std::make_shared<folder>()); }
};

} // namespace

int main(int argc, char** argv) try {
    if (argc < 2) {
        std::fprintf(stderr, "usage: demo_server ENDPOINT...\n");
        return 2;
    }
    beckon::server server;
    server.publish<Workshop>("workshop", std::make_shared<workshop>());
    for (int i = 1; i < argc; ++i) {
        const std::string endpoint = server.listen(argv[i]);
        // On stdio: standard output is the connection, and there is nothing to tell who started this.
        if (std::string_view(argv[i]) != "stdio:") std::printf("listening %s\n", endpoint.c_str());
    }
    std::fflush(stdout);
    if (std::string_view(argv[1]) != "stdio:") {
        server.run();
        return 0;
    }
    // A child lives as long as its conversation.
    while (server.connection_count() != 0)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
} catch (const beckon::exception& failure) {
    std::fprintf(stderr, "demo_server: %s\n", failure.what());
    return 1;
}
