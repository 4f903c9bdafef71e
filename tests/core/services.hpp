// The interfaces that the tests of the core call, and their implementations.
#pragma once

#include <atomic>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "beckon/beckon.hpp"

namespace beckon::core_test {

struct Listener {
    std::int64_t told(std::int64_t number);
};
BECKON_INTERFACE(Listener, (told, number))

struct Counter {
    std::int64_t increment(std::int64_t by);
    std::int64_t value();
    ref<Counter> next();
    ref<Counter> itself();
};
BECKON_INTERFACE(Counter, (increment, by), (value), (next), (itself))

/// References in every place that a type can have.
struct Basket {
    std::string name;
    ref<Listener> one;
    std::vector<ref<Listener>> many;
    std::map<std::string, ref<Listener>> named;
    std::optional<ref<Listener>> perhaps;
};
BECKON_RECORD(Basket, name, one, many, named, perhaps)

struct NoMoney {
    std::int64_t missing = 0;
    std::string account;
};
BECKON_EXCEPTION(NoMoney, missing, account)

struct Lab {
    double add(double a, double b);
    std::string echo(std::string text);
    bytes reverse(bytes content);
    void fail(std::string kind);
    std::int64_t pay(std::int64_t amount);
    std::int64_t drive(ref<Listener> listener, std::int64_t times);
    ref<Listener> give_back(ref<Listener> listener);
    Basket shuffle(Basket basket);
    ref<Counter> make(std::int64_t start);
    ref<Counter> none();
    ref<Counter> make_failing(std::string why);
    void keep(ref<Listener> listener);
    ref<Listener> kept();
    std::int64_t nest(ref<Lab> peer, std::int64_t depth);
    std::string sleep(std::int64_t milliseconds);
    std::string block(std::string gate);
    std::string text_of(std::string key);
    std::int64_t time_left();
    std::string forward_sleep(ref<Lab> next, std::int64_t milliseconds);
    std::int64_t forward_time_left(ref<Lab> next);
    void note(std::int64_t number);
    std::vector<std::int64_t> notes();
};
BECKON_INTERFACE(Lab, (add, a, b), (echo, text), (reverse, content), (fail, kind), (pay, amount),
                 (drive, listener, times), (give_back, listener), (shuffle, basket), (make, start),
                 (none), (make_failing, why), (keep, listener), (kept), (nest, peer, depth),
                 (sleep, milliseconds), (block, gate), (text_of, key), (time_left),
                 (forward_sleep, next, milliseconds), (forward_time_left, next), (note, number),
                 (notes))
BECKON_RAISES(Lab, NoMoney)
BECKON_ONEWAY(Lab, note)

/// The same questions, answered by coroutines.
struct Slow {
    std::int64_t drive(ref<Listener> listener, std::int64_t times);
    std::string forward_sleep(ref<Lab> next, std::int64_t milliseconds);
    std::int64_t pay(std::int64_t amount);
    std::string block(ref<Lab> next, std::string gate);
    std::int64_t forward_time_left(ref<Lab> next);
};
BECKON_INTERFACE(Slow, (drive, listener, times), (forward_sleep, next, milliseconds), (pay, amount),
                 (block, next, gate), (forward_time_left, next))
BECKON_RAISES(Slow, NoMoney)

/// Counts what lives, so that a test can see that all of it went.
struct counted {
    counted() { ++alive; }
    counted(const counted&) = delete;
    counted& operator=(const counted&) = delete;
    ~counted() { --alive; }
    inline static std::atomic<int> alive{0};
};

struct listener : counted {
    std::int64_t told(std::int64_t number) {
        sum += number;
        return number + 1;
    }
    std::atomic<std::int64_t> sum{0};
};

struct counter : counted, std::enable_shared_from_this<counter> {
    explicit counter(std::int64_t start) : now(start) {}
    std::int64_t increment(std::int64_t by) { return now += by; }
    std::int64_t value() { return now; }
    ref<Counter> next();
    ref<Counter> itself();
    std::atomic<std::int64_t> now;
};

/// Places where handlers block until the test lets them go: real blocking, which no library call sees.
class gates {
public:
    /// Says that somebody is here, and waits.
    void pass(const std::string& name) {
        std::unique_lock lock(mutex_);
        ++waiting_[name];
        changed_.notify_all();
        changed_.wait(lock, [&] { return open_[name]; });
        --waiting_[name];
        changed_.notify_all();
    }
    void open(const std::string& name) {
        const std::lock_guard lock(mutex_);
        open_[name] = true;
        changed_.notify_all();
    }
    /// Waits until so many wait at the gate.
    void await(const std::string& name, int count = 1) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return waiting_[name] >= count; });
    }
    [[nodiscard]] int waiting(const std::string& name) {
        const std::lock_guard lock(mutex_);
        return waiting_[name];
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::map<std::string, int> waiting_;
    std::map<std::string, bool> open_;
};

struct lab : counted {
    double add(double a, double b) { return a + b; }
    std::string echo(std::string text) { return text; }
    bytes reverse(bytes content) { return {content.rbegin(), content.rend()}; }
    void fail(const std::string& kind);
    std::int64_t pay(std::int64_t amount);
    std::int64_t drive(ref<Listener> to, std::int64_t times);
    ref<Listener> give_back(ref<Listener> to);
    Basket shuffle(Basket basket);
    ref<Counter> make(std::int64_t start);
    ref<Counter> none();
    ref<Counter> make_failing(const std::string& why);
    void keep(ref<Listener> to);
    ref<Listener> kept();
    std::int64_t nest(ref<Lab> peer, std::int64_t depth);
    std::string sleep(std::int64_t milliseconds);
    std::string block(const std::string& name);
    std::string text_of(const std::string& key);
    std::int64_t time_left();
    std::string forward_sleep(ref<Lab> next, std::int64_t milliseconds);
    std::int64_t forward_time_left(ref<Lab> next);
    void note(std::int64_t number);
    std::vector<std::int64_t> notes();

    ref<Lab> self;
    gates gate;
    std::mutex mutex;
    ref<Listener> keeping;
    std::vector<std::int64_t> noted;
};

struct slow : counted {
    task<std::int64_t> drive(ref<Listener> to, std::int64_t times);
    task<std::string> forward_sleep(ref<Lab> next, std::int64_t milliseconds);
    task<std::int64_t> pay(std::int64_t amount);
    future<std::string> block(ref<Lab> next, std::string name);
    task<std::int64_t> forward_time_left(ref<Lab> next);
    gates gate;
};

} // namespace beckon::core_test

// Compiled once, in services.cpp: these templates are most of what each test file would compile anew.
namespace beckon::detail {
#define BECKON_TEST_FORWARDER(Interface)                                                           \
    intrusive_ptr<servant> make_forwarder<Interface>(const interface_descriptor&, object_core&)
extern template BECKON_TEST_FORWARDER(core_test::Lab);
extern template BECKON_TEST_FORWARDER(core_test::Slow);
extern template BECKON_TEST_FORWARDER(core_test::Counter);
extern template BECKON_TEST_FORWARDER(core_test::Listener);
extern template BECKON_TEST_FORWARDER(directory);
} // namespace beckon::detail
