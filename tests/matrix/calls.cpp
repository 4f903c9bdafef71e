#include "matrix/calls.hpp"

#include <condition_variable>
#include <limits>
#include <map>
#include <mutex>
#include <numeric>
#include <stdexcept>
#include <string>

#include "beckon/object/containers.hpp"
#include "beckon/object/dynamic.hpp"
#include "beckon/object/stream.hpp"
#include "conformance/service.hpp"

namespace matrix {

namespace {

using namespace std::chrono_literals;
using beckon::concat;
using conformance::Conformance;
using conformance::Item;
using conformance::Mood;
using service = beckon::ref<Conformance>;

constexpr auto patience = 30s;

void expect(bool holds, std::string_view what) {
    if (!holds) throw std::runtime_error(std::string(what));
}

/// Calls what must fail so.
template <typename Failure, typename Call>
Failure failure_of(const Call& call) {
    try {
        call();
    } catch (const Failure& thrown) {
        return thrown;
    }
    throw std::runtime_error("nothing was thrown");
}

/// Keeps what it is told.
class recorder {
public:
    void on_event(std::int64_t sequence, const std::string& text) {
        const std::lock_guard lock(mutex_);
        told_.push_back(concat(sequence, ':', text));
        changed_.notify_all();
    }
    void expect_three() {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, patience, [&] { return told_.size() >= 3; });
        const std::vector<std::string> wanted{"1:event 1", "2:event 2", "3:event 3"};
        expect(told_ == wanted, concat("was told ", told_.size(), " other things"));
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::string> told_;
};

Item bolt() { return {"bolt", 2, {"m4", "steel"}, conformance::Point{1, -2.5}, Mood::busy}; }

beckon::stream<std::int64_t> numbers(std::int64_t to) {
    for (std::int64_t i = 0; i < to; ++i) co_yield i;
}

void echo(const service& with) {
    const beckon::value given =
        beckon::value::map({{"list", beckon::value::list({1, -2.5, nullptr, true, "text"})},
                            {"bytes", beckon::bytes(3)},
                            {"large", std::numeric_limits<std::int64_t>::max()}});
    beckon::value same = with->echo(given);
    // In RPyC a container is an object, which comes home as such; through a bridge it is another one.
    if (same.is(beckon::value_kind::reference)) {
        const auto lent = beckon::intrusive_ptr<beckon::referent>(same.object());
        const auto& core = static_cast<const beckon::object_core&>(*lent);
        same = core.is_local() ? beckon::container_value(core).value()
                               : beckon::dynamic(same).fetch({.depth = 3});
    }
    expect(same == given, "another value came back");
}

void add(const service& with) {
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    constexpr auto least = std::numeric_limits<std::int64_t>::min();
    expect(with->add(most, least) == -1, "another sum");
    static_cast<void>(failure_of<beckon::remote_error>([&] { with->add(most, 1); }));
}

void restock(const service& with) {
    expect(with->restock(bolt(), 3).count == 5, "another count");
    try {
        with->restock(bolt(), -3);
        expect(false, "nothing was thrown");
    } catch (const conformance::OutOfStock& thrown) {
        expect(thrown.name == "bolt" && thrown.wanted == 3 && thrown.available == 2,
               "other fields of OutOfStock");
    } catch (const beckon::remote_error& thrown) { // of basic-socket-rpc, which tells names alone
        expect(concat(thrown.type_name(), thrown.message()).find("OutOfStock") != std::string::npos,
               thrown.what());
    }
}

void sort_items(const service& with) {
    const Item nail{"nail", 2, {}, {}, Mood::calm};
    expect(with->sort_items({nail, bolt()}) == std::vector<Item>{bolt(), nail}, "another order");
}

void word_count(const service& with) {
    const std::map<std::string, std::int64_t> wanted{{"a", 2}, {"b", 1}};
    expect(with->word_count(" a b\n a\t") == wanted, "other words");
}

void fail(const service& with) {
    const auto thrown = failure_of<beckon::remote_error>([&] { with->fail("boom"); });
    expect(thrown.failure().message() == "boom", thrown.failure().message());
}

void sleep(const service& with) {
    expect(with->sleep(5) == "slept 5 ms", "another answer");
    static_cast<void>(failure_of<beckon::timeout_error>(
        [&] { with.with(beckon::timeout(20ms))->sleep(200); })); // few protocols tell the handler
}

void make_counter(const service& with) {
    const auto counter = with->make_counter(5);
    expect(counter->increment(2) == 7 && counter->value() == 7, "another number");
}

void live_objects(const service& with) {
    const auto expect_none = [&] {
        const auto until = std::chrono::steady_clock::now() + patience;
        while (with->live_objects() > 0 && std::chrono::steady_clock::now() < until)
            std::this_thread::sleep_for(1ms);
        expect(with->live_objects() == 0, "a counter was not given back");
    };
    expect_none(); // those of the checks before
    try {
        const auto counter = with->make_counter(5);
        expect(with->live_objects() == 1, "another number of counters");
    } catch (const beckon::exception&) {
        return; // where no references go; make_counter's own check says so
    }
    expect_none();
}

void call_back(const service& with) {
    const auto listener = std::make_shared<recorder>();
    expect(with->call_back(beckon::make_ref<conformance::Listener>(listener), 3) == 3,
           "another number of calls");
    listener->expect_three();
}

void subscribe(const service& with) {
    const auto listener = std::make_shared<recorder>();
    with->subscribe(beckon::make_ref<conformance::Listener>(listener), 3, 1);
    listener->expect_three();
}

void nest(const service& with) {
    expect(with->nest(conformance::make_conformance(), 20) == 20, "another depth");
}

void count_to(const service& with) {
    std::int64_t last = 0;
    std::int64_t sum = 0;
    auto counted = with->count_to(12'000);
    while (const auto each = counted.next()) {
        expect(*each == last + 1, "another order");
        sum += last = *each;
    }
    expect(sum == 12'000LL * 12'001 / 2, "another sum");
}

void total(const service& with) {
    expect(with->total(numbers(12'000)) == 12'000LL * 11'999 / 2, "another sum");
}

} // namespace

const std::vector<std::pair<std::string_view, check>>& checks() {
    static const std::vector<std::pair<std::string_view, check>> all{
        {"echo", &echo},
        {"add", &add},
        {"concat",
         [](const service& with) {
             expect(with->concat("a\u00e9", "b") == "a\u00e9"
                                                    "b",
                    "another text");
         }},
        {"sum",
         [](const service& with) {
             expect(with->sum({0.5, 1, 2}) == 3.5, "another sum");
         }},
        {"reverse",
         [](const service& with) {
             expect(with->reverse({std::byte{1}, std::byte{2}}) ==
                        beckon::bytes{std::byte{2}, std::byte{1}},
                    "other bytes");
         }},
        {"restock", &restock},
        {"sort_items", &sort_items},
        {"word_count", &word_count},
        {"fail", &fail},
        {"sleep", &sleep},
        {"make_counter", &make_counter},
        {"live_objects", &live_objects},
        {"call_back", &call_back},
        {"subscribe", &subscribe},
        {"nest", &nest},
        {"count_to", &count_to},
        {"total", &total},
        {"whoami",
         [](const service& with) { expect(with->whoami() == "anonymous", "another name"); }},
    };
    return all;
}

} // namespace matrix
