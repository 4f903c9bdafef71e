// The greet example of basic-socket-rpc, both sides: its Python programs can be either of them.
//
//   example_basic_greet                       a server and a client of it, in one process
//   example_basic_greet serve [PORT]          until it is interrupted
//   example_basic_greet serve-exclusive [PORT]
//   example_basic_greet call PORT
#include <cstdio>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "greet.hpp"

namespace {

[[nodiscard]] beckon::basic::service<> greetings() {
    const auto sum = [](const std::vector<std::uint32_t>& numbers) {
        std::uint64_t all = 0;
        for (const std::uint32_t each : numbers) all += each;
        return all; // more than 32 bits are the caller's OverflowError
    };
    beckon::basic::service<> what;
    what.respond(greet::hello, [](const std::string& name) { return "hello " + name; })
        .respond(greet::goodbye, [](const std::string& name) { return "goodbye " + name; })
        .respond(greet::add_2_words, [](std::uint64_t a, std::uint64_t b) { return a + b; })
        .respond(greet::func_no_args, [] { std::puts("hello with no args"); })
        .respond(greet::sum_fixed_array, sum)
        .respond(greet::sum_array, sum)
        .respond(greet::sum_array_echo_string,
                 [sum](const std::vector<std::uint32_t>& numbers, const std::string& text) {
                     return std::tuple(sum(numbers), text);
                 });
    return what;
}

int call(const std::string& endpoint) {
    beckon::basic::client peer(endpoint);
    peer.connect();
    std::printf("%s\n", peer.call(greet::hello, "Robert").c_str());
    std::printf("%s\n", peer.call(greet::goodbye, "Robert").c_str());
    auto first = peer.start(greet::add_2_words, 1000, 2050); // both are on their way
    auto second = peer.start(greet::sum_array, std::vector<int>{16, 2});
    std::printf("%u %u\n", first.get(), second.get());
    try {
        peer.call(greet::add_2_words, 0xffffffffu, 2);
    } catch (const beckon::python::overflow_error& thrown) {
        std::printf("%s\n", thrown.message().c_str());
    }
    peer.call(greet::func_no_args);
    return 0;
}

int serve(const beckon::basic::service<>& what, const std::string& port) {
    beckon::basic::server served(what, "basic+tcp://127.0.0.1:" + port);
    std::printf("%s\n", served.endpoint().c_str());
    std::fflush(stdout);
    served.run();
    return 0;
}

} // namespace

int main(int count, char** words) {
    const std::string_view what = count > 1 ? words[1] : "";
    const std::string port = count > 2 ? words[2] : "0";
    try {
        if (what == "serve") return serve(greetings(), port);
        if (what == "serve-exclusive") return serve(greetings().exclusive(), port);
        if (what == "call") return call("basic+tcp://127.0.0.1:" + port);
        beckon::basic::server served(greetings(), "127.0.0.1", 0);
        return call(served.endpoint());
    } catch (const beckon::exception& thrown) {
        std::fprintf(stderr, "basic_greet: %s\n", thrown.what());
        return 1;
    }
}
