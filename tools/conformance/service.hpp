// The conformance service.
#pragma once

#include <atomic>
#include <memory>

#include "conformance/bench.hpp"
#include "conformance/subscriptions.hpp"
#include "conformance/types.hpp"

namespace conformance {

/// Thread-safety: all functions, from any thread.
class service {
public:
    beckon::value echo(beckon::value what) { return what; }
    std::int64_t add(std::int64_t a, std::int64_t b);
    std::string concat(std::string a, const std::string& b) { return std::move(a += b); }
    double sum(const std::vector<double>& numbers);
    beckon::bytes reverse(beckon::bytes data);
    Item restock(Item item, std::int64_t by);
    std::vector<Item> sort_items(std::vector<Item> items);
    std::map<std::string, std::int64_t> word_count(const std::string& text);
    void fail(const std::string& message);
    std::string sleep(std::int64_t milliseconds);
    beckon::ref<Counter> make_counter(std::int64_t start);
    std::int64_t live_objects() { return *live_; }
    std::int64_t call_back(const beckon::ref<Listener>& listener, std::int64_t times);
    void subscribe(beckon::ref<Listener> listener, std::int64_t times, std::int64_t interval_ms);
    std::int64_t nest(const beckon::ref<Conformance>& peer, std::int64_t depth);
    beckon::stream<std::int64_t> count_to(std::int64_t n);
    std::int64_t total(beckon::stream<std::int64_t> numbers);
    std::string whoami() { return beckon::this_call::caller_name(); }

private:
    friend beckon::ref<Conformance> make_conformance();
    std::shared_ptr<std::atomic<std::int64_t>> live_ =
        std::make_shared<std::atomic<std::int64_t>>(0);
    beckon::object_core* self_ = nullptr; // not counted: it holds this
    subscriptions subscribed_;
};

/// An object that implements Conformance.
[[nodiscard]] beckon::ref<Conformance> make_conformance();
/// An object that implements Bench.
[[nodiscard]] beckon::ref<Bench> make_bench();
/// Publishes both: as `conformance` and as `bench`.
void publish(beckon::server& at);

} // namespace conformance
