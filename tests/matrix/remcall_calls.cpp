#include <atomic>
#include <chrono>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

#include "conformance/remcall_service.hpp"
#include "conformance/service.hpp"
#include "matrix/calls.hpp"

namespace matrix {

namespace {

using namespace std::chrono_literals;
using part = beckon::ref<conformance::remcall::Main>;

constexpr auto patience = 30s;

void expect(bool holds, const char* what) {
    if (!holds) throw std::runtime_error(what);
}

/// Until it holds.
template <typename Condition>
void await(const Condition& holds, const char* what) {
    const auto until = std::chrono::steady_clock::now() + patience;
    while (!holds() && std::chrono::steady_clock::now() < until) std::this_thread::sleep_for(1ms);
    expect(holds(), what);
}

template <typename Failure, typename Call>
void expect_failure(const Call& call) {
    try {
        call();
    } catch (const Failure&) {
        return;
    }
    throw std::runtime_error("nothing was thrown");
}

struct counting {
    std::atomic<int> events{0};
    void onEvent(std::int64_t, const std::string&) { ++events; }
};

} // namespace

const std::vector<std::pair<std::string_view, remcall_check>>& remcall_checks() {
    static const std::vector<std::pair<std::string_view, remcall_check>> all{
        {"add",
         [](const part& with) {
             expect(with->add(2, 3) == 5, "another sum");
             expect_failure<beckon::remote_error>(
                 [&] { with->add(std::numeric_limits<std::int64_t>::max(), 1); });
         }},
        {"concat",
         [](const part& with) {
             expect(with->concat("a\u00e9", "b") == "a\u00e9"
                                                    "b",
                    "another text");
         }},
        {"fail",
         [](const part& with) {
             expect_failure<beckon::remote_error>([&] { with->fail("boom"); });
         }},
        {"sleep",
         [](const part& with) {
             expect(with->sleep(5) == "slept 5 ms", "another answer");
             expect_failure<beckon::timeout_error>(
                 [&] { with.with(beckon::timeout(20ms))->sleep(200); });
         }},
        {"make_counter",
         [](const part& with) {
             const auto counter = with->makeCounter(5);
             expect(counter->increment(2) == 7 && counter->value() == 7, "another number");
         }},
        {"live_objects",
         [](const part& with) {
             const auto none = [&] { return with->liveObjects() == 0; };
             await(none, "a counter was not given back"); // those of the checks before
             {
                 const auto counter = with->makeCounter(5);
                 expect(with->liveObjects() == 1, "another number of counters");
             }
             await(none, "a counter was not given back");
         }},
        {"call_back",
         [](const part& with) {
             const auto listener = std::make_shared<counting>();
             const auto lent = beckon::make_ref<conformance::remcall::Listener>(listener);
             expect(with->callBack(lent, 3) == 3 && listener->events == 3, "another number");
         }},
        {"subscribe",
         [](const part& with) {
             const auto listener = std::make_shared<counting>();
             const auto lent = beckon::make_ref<conformance::remcall::Listener>(listener);
             with->subscribe(lent, 3, 1);
             await([&] { return listener->events == 3; }, "another number of events");
         }},
        {"nest",
         [](const part& with) {
             const auto mine = conformance::remcall::make_main(conformance::make_conformance());
             expect(with->nest(mine, 20) == 20, "another depth");
         }},
        {"mood",
         [](const part& with) {
             expect(with->mood(conformance::Mood::broken) == conformance::Mood::broken,
                    "another mood");
         }},
        {"half", [](const part& with) { expect(with->half(-5) == -2.5, "another number"); }},
        {"whoami", [](const part& with) { expect(with->whoami() == "anonymous", "another name"); }},
    };
    return all;
}

} // namespace matrix
