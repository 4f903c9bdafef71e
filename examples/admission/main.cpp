// One oscilloscope, three programs that want it: each has it for itself, in the order in which they came.
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include "beckon/beckon.hpp"
#include "beckon/service/admission/admission.hpp"

struct Scope {
    double measure(std::int64_t channel);
};
BECKON_INTERFACE(Scope, (measure, channel))

struct scope {
    double measure(std::int64_t channel) { return 0.5 * static_cast<double>(channel); }
};

// A program that waits for its turn and tells how far it is.
void wait_and_measure(const std::string& endpoint, const char* who) {
    const auto session = beckon::connect(endpoint);
    const auto desk = session.get<beckon::admission>("admission");
    auto places = desk->places();
    while (const auto place = places.next())
        if (*place > 0)
            std::printf("%s waits at place %lld\n", who, static_cast<long long>(*place));
    std::printf("%s measures %.1f V\n", who, session.get<Scope>("scope")->measure(3));
    desk->leave();
}

int main() {
    beckon::admission_options one_at_a_time{.places = 1, .lease = std::chrono::minutes(10)};
    one_at_a_time.administrator = [](const beckon::caller_identity& who) {
        return who.name == "ann";
    };
    beckon::server server({.admission = beckon::admit(one_at_a_time)});
    server.publish<Scope>("scope", std::make_shared<scope>());
    const std::string endpoint = server.listen("memory:lab");

    const auto first = beckon::connect(endpoint);
    const auto desk = first.get<beckon::admission>("admission");
    const auto there = first.get<Scope>("scope");
    try {
        there->measure(1);
    } catch (const beckon::exception& refused) {
        std::printf("first: %s\n", refused.what());
    }
    desk->enter(0); // at once, or an error
    std::printf("first measures %.1f V\n", there->measure(1));

    // It ends without leaving: who vanishes gives up the place.
    std::vector<std::thread> others;
    others.emplace_back(wait_and_measure, endpoint, "second");
    while (desk->state().waiting != 1) std::this_thread::yield();
    others.emplace_back(wait_and_measure, endpoint, "third");
    while (desk->state().waiting != 2) std::this_thread::yield();
    first.close();
    for (std::thread& each : others) each.join();
}
