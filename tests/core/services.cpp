#include "core/services.hpp"

namespace beckon::core_test {

ref<Counter> counter::next() { return make_ref<Counter>(std::make_shared<counter>(now + 1)); }
ref<Counter> counter::itself() { return make_ref<Counter>(shared_from_this()); }

void lab::fail(const std::string& kind) {
    if (kind == "standard") throw std::out_of_range("no such shelf");
    if (kind == "odd") throw 7;
    if (kind == "own") throw_error(beckon::fail(errc::access_denied, "door is shut"));
}

std::int64_t lab::pay(std::int64_t amount) {
    if (amount > 100) throw NoMoney{amount - 100, "current"};
    return 100 - amount;
}

std::int64_t lab::drive(ref<Listener> to, std::int64_t times) {
    std::int64_t last = 0;
    for (std::int64_t i = 1; i <= times; ++i) last = to->told(i);
    return last;
}

ref<Listener> lab::give_back(ref<Listener> to) { return to; }

Basket lab::shuffle(Basket basket) {
    basket.named["one"] = basket.one;
    if (!basket.many.empty()) basket.one = basket.many.back();
    return basket;
}

ref<Counter> lab::make(std::int64_t start) {
    return make_ref<Counter>(std::make_shared<counter>(start));
}

ref<Counter> lab::none() { return {}; }

ref<Counter> lab::make_failing(const std::string& why) { throw std::runtime_error(why); }

void lab::keep(ref<Listener> to) {
    const std::lock_guard lock(mutex);
    keeping = std::move(to);
}

ref<Listener> lab::kept() {
    const std::lock_guard lock(mutex);
    return keeping;
}

std::int64_t lab::nest(ref<Lab> peer, std::int64_t depth) {
    return depth == 0 ? 0 : 1 + peer->nest(self, depth - 1);
}

std::string lab::sleep(std::int64_t milliseconds) {
    gate.open("sleeping");
    try {
        this_call::sleep_for(std::chrono::milliseconds(milliseconds));
    } catch (const cancelled_error&) {
        gate.open("cancelled");
        throw;
    }
    return "slept";
}

std::string lab::block(const std::string& name) {
    gate.pass(name);
    return name;
}

std::string lab::text_of(const std::string& key) {
    const auto* const texts = current_call()->metadata;
    if (texts == nullptr) return "none";
    for (const auto& [name, text] : *texts) {
        if (name == key) return text;
    }
    return "missing";
}

std::int64_t lab::time_left() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(current_call()->deadline -
                                                                 steady_clock_source().now())
        .count();
}

std::string lab::forward_sleep(ref<Lab> next, std::int64_t milliseconds) {
    try {
        return next->sleep(milliseconds);
    } catch (const cancelled_error&) {
        gate.open("forward cancelled");
        throw;
    }
}

std::int64_t lab::forward_time_left(ref<Lab> next) { return next->time_left(); }

void lab::note(std::int64_t number) {
    const std::lock_guard lock(mutex);
    noted.push_back(number);
}

std::vector<std::int64_t> lab::notes() {
    const std::lock_guard lock(mutex);
    return noted;
}

task<std::int64_t> slow::drive(ref<Listener> to, std::int64_t times) {
    std::int64_t last = 0;
    for (std::int64_t i = 1; i <= times; ++i) last = co_await to.async()->told(i);
    co_return last;
}

task<std::string> slow::forward_sleep(ref<Lab> next, std::int64_t milliseconds) {
    try {
        co_return co_await next.async()->sleep(milliseconds);
    } catch (const cancelled_error&) {
        gate.open("cancelled");
        throw;
    }
}

task<std::int64_t> slow::pay(std::int64_t amount) {
    if (amount > 100) throw NoMoney{amount - 100, "savings"};
    co_return 100 - amount;
}

future<std::string> slow::block(ref<Lab> next, std::string name) {
    return next.async()->block(std::move(name));
}

task<std::int64_t> slow::forward_time_left(ref<Lab> next) {
    co_return co_await next.async()->time_left();
}

} // namespace beckon::core_test

namespace beckon::detail {
template BECKON_TEST_FORWARDER(core_test::Lab);
template BECKON_TEST_FORWARDER(core_test::Slow);
template BECKON_TEST_FORWARDER(core_test::Counter);
template BECKON_TEST_FORWARDER(core_test::Listener);
template BECKON_TEST_FORWARDER(directory);
} // namespace beckon::detail
