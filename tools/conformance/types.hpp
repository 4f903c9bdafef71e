// The conformance service's types: the same service in every protocol, for tests, benchmarks and examples.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "beckon/beckon.hpp"
#include "beckon/object/stream.hpp"

namespace conformance {

enum class Mood : std::int32_t { calm, busy, broken };
BECKON_ENUM(Mood, calm, busy, broken)

struct Point {
    double x = 0;
    double y = 0;
    bool operator==(const Point&) const = default;
};
BECKON_RECORD(Point, x, y)

struct Item {
    std::string name;
    std::int64_t count = 0;
    std::vector<std::string> tags;
    std::optional<Point> at;
    Mood mood = Mood::calm;
    bool operator==(const Item&) const = default;
};
BECKON_RECORD(Item, name, count, tags, at, mood)

struct OutOfStock {
    std::string name;
    std::int64_t wanted = 0;
    std::int64_t available = 0;
};
BECKON_EXCEPTION(OutOfStock, name, wanted, available)

struct Listener {
    void on_event(std::int64_t sequence, std::string text);
};
BECKON_INTERFACE(Listener, (on_event, sequence, text))

struct Counter {
    std::int64_t increment(std::int64_t by);
    std::int64_t value();
};
BECKON_INTERFACE(Counter, (increment, by), (value))

struct Conformance {
    beckon::value echo(beckon::value what);
    std::int64_t add(std::int64_t a, std::int64_t b);
    std::string concat(std::string a, std::string b);
    double sum(std::vector<double> numbers);
    beckon::bytes reverse(beckon::bytes data);
    Item restock(Item item, std::int64_t by);
    std::vector<Item> sort_items(std::vector<Item> items);
    std::map<std::string, std::int64_t> word_count(std::string text);
    void fail(std::string message);
    std::string sleep(std::int64_t milliseconds);
    beckon::ref<Counter> make_counter(std::int64_t start);
    std::int64_t live_objects();
    std::int64_t call_back(beckon::ref<Listener> listener, std::int64_t times);
    void subscribe(beckon::ref<Listener> listener, std::int64_t times, std::int64_t interval_ms);
    std::int64_t nest(beckon::ref<Conformance> peer, std::int64_t depth);
    beckon::stream<std::int64_t> count_to(std::int64_t n);
    std::int64_t total(beckon::stream<std::int64_t> numbers);
    std::string whoami();
};
BECKON_INTERFACE(Conformance, (echo, what), (add, a, b), (concat, a, b), (sum, numbers),
                 (reverse, data), (restock, item, by), (sort_items, items), (word_count, text),
                 (fail, message), (sleep, milliseconds), (make_counter, start), (live_objects),
                 (call_back, listener, times), (subscribe, listener, times, interval_ms),
                 (nest, peer, depth), (count_to, n), (total, numbers), (whoami))
BECKON_RAISES(Conformance, OutOfStock)

} // namespace conformance
