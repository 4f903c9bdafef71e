// What of the conformance service remcall itself can carry, in its names.
#pragma once

#include "conformance/types.hpp"

namespace conformance::remcall {

struct Listener {
    void onEvent(std::int64_t sequence, std::string text);
};
BECKON_INTERFACE(Listener, (onEvent, sequence, text))

struct Main {
    std::int64_t add(std::int64_t a, std::int64_t b);
    std::string concat(std::string a, std::string b);
    void fail(std::string message);
    std::string sleep(std::int64_t milliseconds);
    beckon::ref<Counter> makeCounter(std::int64_t start);
    std::int64_t liveObjects();
    std::int64_t callBack(beckon::ref<Listener> listener, std::int64_t times);
    void subscribe(beckon::ref<Listener> listener, std::int64_t times, std::int64_t intervalMs);
    std::int64_t nest(beckon::ref<Main> peer, std::int64_t depth);
    Mood mood(Mood mood);
    double half(double number);
    std::string whoami();
};
BECKON_INTERFACE(Main, (add, a, b), (concat, a, b), (fail, message), (sleep, milliseconds),
                 (makeCounter, start), (liveObjects), (callBack, listener, times),
                 (subscribe, listener, times, intervalMs), (nest, peer, depth), (mood, mood),
                 (half, number), (whoami))

} // namespace conformance::remcall
