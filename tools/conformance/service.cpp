#include "conformance/service.hpp"

#include <algorithm>
#include <cctype>
#include <numeric>
#include <stdexcept>
#include <tuple>

namespace conformance {

namespace {

class counter {
public:
    counter(std::shared_ptr<std::atomic<std::int64_t>> live, std::int64_t start)
        : live_(std::move(live)), now_(start) {
        ++*live_;
    }
    ~counter() { --*live_; }
    counter(const counter&) = delete;
    counter& operator=(const counter&) = delete;

    std::int64_t increment(std::int64_t by) {
        std::int64_t before = now_;
        std::int64_t after = 0;
        do {
            if (__builtin_add_overflow(before, by, &after))
                throw std::overflow_error("counter does not fit int64");
        } while (!now_.compare_exchange_weak(before, after));
        return after;
    }
    std::int64_t value() { return now_; }

private:
    const std::shared_ptr<std::atomic<std::int64_t>> live_;
    std::atomic<std::int64_t> now_;
};

class bench {
public:
    beckon::bytes echo(beckon::byte_view data) { return {data.begin(), data.end()}; }
    std::string say(std::string_view text) { return std::string(text); }
    beckon::ref<Counter> make(std::int64_t start) {
        return beckon::make_ref<Counter>(std::make_shared<counter>(live_, start));
    }
    beckon::ref<Bench> next() {
        return beckon::ref<Bench>(beckon::intrusive_ptr<beckon::object_core>(self));
    }
    beckon::object_core* self = nullptr; // not counted: it holds this

private:
    const std::shared_ptr<std::atomic<std::int64_t>> live_ =
        std::make_shared<std::atomic<std::int64_t>>(0);
};

bool is_blank(char letter) { return std::isspace(static_cast<unsigned char>(letter)) != 0; }

/// A coroutine of its own: it outlives the call, and with that perhaps the service.
beckon::stream<std::int64_t> count(std::int64_t n) {
    for (std::int64_t i = 1; i <= n; ++i) co_yield i;
}

std::int64_t added(std::int64_t a, std::int64_t b) {
    std::int64_t sum = 0;
    if (__builtin_add_overflow(a, b, &sum))
        throw std::overflow_error(beckon::concat(a, " + ", b, " does not fit int64"));
    return sum;
}

} // namespace

std::int64_t service::add(std::int64_t a, std::int64_t b) { return added(a, b); }

double service::sum(const std::vector<double>& numbers) {
    return std::accumulate(numbers.begin(), numbers.end(), 0.0);
}

beckon::bytes service::reverse(beckon::bytes data) {
    std::reverse(data.begin(), data.end());
    return data;
}

Item service::restock(Item item, std::int64_t by) {
    const std::int64_t after = added(item.count, by);
    if (after < 0) throw OutOfStock{item.name, by == INT64_MIN ? INT64_MAX : -by, item.count};
    item.count = after;
    return item;
}

std::vector<Item> service::sort_items(std::vector<Item> items) {
    std::stable_sort(items.begin(), items.end(), [](const Item& a, const Item& b) {
        return std::tie(a.name, a.count) < std::tie(b.name, b.count);
    });
    return items;
}

std::map<std::string, std::int64_t> service::word_count(const std::string& text) {
    std::map<std::string, std::int64_t> counts;
    for (auto at = text.begin(); at != text.end();) {
        const auto begin = std::find_if_not(at, text.end(), is_blank);
        at = std::find_if(begin, text.end(), is_blank);
        if (begin != at) ++counts[std::string(begin, at)];
    }
    return counts;
}

void service::fail(const std::string& message) { throw std::runtime_error(message); }

std::string service::sleep(std::int64_t milliseconds) {
    const std::int64_t whole =
        std::clamp<std::int64_t>(milliseconds, 0, INT64_C(1'000'000'000'000));
    // Who waits for a job sees how far it is.
    const std::int64_t steps =
        beckon::this_call::progress_wanted() ? std::clamp<std::int64_t>(whole / 50, 1, 1000) : 1;
    for (std::int64_t done = 0; done < steps; ++done) {
        const std::int64_t slept = whole / steps * done;
        beckon::this_call::report_progress(static_cast<double>(done) / static_cast<double>(steps),
                                           beckon::concat("slept ", slept, " ms"));
        const std::int64_t next = done + 1 == steps ? whole : whole / steps * (done + 1);
        beckon::this_call::sleep_for(std::chrono::milliseconds(next - slept));
    }
    beckon::this_call::report_progress(1, beckon::concat("slept ", whole, " ms"));
    return beckon::concat("slept ", milliseconds, " ms");
}

beckon::ref<Counter> service::make_counter(std::int64_t start) {
    return beckon::make_ref<Counter>(std::make_shared<counter>(live_, start));
}

std::int64_t service::call_back(const beckon::ref<Listener>& listener, std::int64_t times) {
    for (std::int64_t i = 1; i <= times; ++i) listener->on_event(i, beckon::concat("event ", i));
    return times;
}

void service::subscribe(beckon::ref<Listener> listener, std::int64_t times,
                        std::int64_t interval_ms) {
    if (!listener) throw std::invalid_argument("listener is null");
    const auto interval = std::chrono::milliseconds(
        std::clamp<std::int64_t>(interval_ms, 0, INT64_C(1'000'000'000'000)));
    subscribed_.add(std::move(listener), times, interval);
}

std::int64_t service::nest(const beckon::ref<Conformance>& peer, std::int64_t depth) {
    if (depth <= 0) return 0;
    const beckon::ref<Conformance> self{beckon::intrusive_ptr<beckon::object_core>(self_)};
    return 1 + peer->nest(self, depth - 1);
}

beckon::stream<std::int64_t> service::count_to(std::int64_t n) { return count(n); }

std::int64_t service::total(beckon::stream<std::int64_t> numbers) {
    std::int64_t sum = 0;
    for (const std::int64_t number : numbers) sum = added(sum, number);
    return sum;
}

beckon::ref<Conformance> make_conformance() {
    const auto made = std::make_shared<service>();
    auto reference = beckon::make_ref<Conformance>(made);
    made->self_ = reference.core().get();
    return reference;
}

beckon::ref<Bench> make_bench() {
    const auto made = std::make_shared<bench>();
    auto reference = beckon::make_ref<Bench>(made, beckon::policy::inline_);
    made->self = reference.core().get();
    return reference;
}

void publish(beckon::server& at) {
    at.publish("conformance", make_conformance());
    at.publish("bench", make_bench());
}

} // namespace conformance
