// A small service in two versions, and a client of it whose conversation is recorded.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "beckon/beckon.hpp"
#include "beckon/service/recording.hpp"
#include "service/bridge/recording.hpp"
#include "service/bridge/recording_file.hpp"
#include "service/dial.hpp"

namespace record_tests {

struct Counter {
    std::int64_t increment(std::int64_t by);
};
struct Listener {
    std::int64_t on_event(std::int64_t number);
};
struct Shop {
    std::string say(std::string text);
    std::int64_t price(std::string name);
    beckon::ref<Counter> make_counter(std::int64_t start);
    std::int64_t call_back(beckon::ref<Listener> listener, std::int64_t times);
    beckon::stream<std::int64_t> count_to(std::int64_t last);
};

BECKON_INTERFACE(Counter, (increment, by))
BECKON_INTERFACE(Listener, (on_event, number))
BECKON_INTERFACE(Shop, (say, text), (price, name), (make_counter, start),
                 (call_back, listener, times), (count_to, last))

struct counter {
    std::int64_t sum = 0;
    std::int64_t increment(std::int64_t by) { return sum += by; }
};

inline beckon::stream<std::int64_t> counting(std::int64_t last) {
    for (std::int64_t i = 1; i <= last; ++i) co_yield i;
}

/// What a later version of the server does otherwise.
struct shop_version {
    std::int64_t nails = 3;
    std::int64_t step = 1;  ///< What a counter adds for one.
    bool says_more = false; ///< It calls listeners once more than it is asked to.
};

struct shop {
    shop_version version;
    std::vector<beckon::future<std::int64_t>> unanswered{};

    std::string say(const std::string& text) {
        if (text == "fail") throw std::invalid_argument("no such word");
        return text;
    }
    std::int64_t price(const std::string& name) { return name == "nails" ? version.nails : 10; }
    beckon::ref<Counter> make_counter(std::int64_t start) {
        auto made = std::make_shared<counter>();
        made->sum = start + version.step - 1;
        return beckon::make_ref<Counter>(made);
    }
    std::int64_t call_back(const beckon::ref<Listener>& listener, std::int64_t times) {
        std::int64_t sum = 0;
        for (std::int64_t i = 1; i <= times; ++i) sum += listener->on_event(i);
        if (version.says_more) unanswered.push_back(listener.async()->on_event(times + 1));
        return sum;
    }
    beckon::stream<std::int64_t> count_to(std::int64_t last) { return counting(last); }
};

struct listener {
    std::int64_t heard = 0;
    std::int64_t on_event(std::int64_t number) { return heard += number; }
};

} // namespace record_tests
