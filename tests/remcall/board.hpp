// The notice board that the conversations of the vectors were recorded with, in C++.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "beckon/beckon.hpp"
#include "beckon/object/exception.hpp"

namespace remcall_board {

using beckon::ref;

enum class Level { Low, Medium, High };
struct Pair {
    std::int8_t a = 0;
    std::int8_t b = 0;
};
struct Item {
    std::string Label();
    void Relabel(std::string text);
    Level Rank();
    ref<Item> Twin();
};
struct Listener {
    void Notify(std::string text, Level level);
    std::uint32_t Score();
    ref<Item> Choose(ref<Item> one, ref<Item> two);
};
struct Main {
    ref<Item> Make(std::string label, Level rank);
    ref<Item> Find(std::string label);
    void Subscribe(ref<Listener> listener);
    ref<Listener> Current();
    std::uint32_t Publish(std::string text, Level level);
    std::uint8_t Same(ref<Item> one, ref<Item> two);
    ref<Main> Myself();
    ref<Item> Pick(ref<Listener> listener, ref<Item> one, ref<Item> two);
    Level Raise(Level level);
    void Boom();
    std::uint8_t Slow(std::uint8_t millis);
    bool Flip(bool flag);
    beckon::date Day(beckon::date day);
    std::vector<std::int8_t> Array(std::vector<std::int8_t> values);
    Pair Swap(Pair pair);
    std::uint8_t Camel(std::uint8_t someValue);
    std::uint8_t Missing();
    Level BadLevel();
    bool Truth();
    std::int8_t Narrow(std::int8_t value);
};
BECKON_ENUM(Level, Low, Medium, High)
BECKON_RECORD(Pair, a, b)
BECKON_INTERFACE(Item, (Label), (Relabel, text), (Rank), (Twin))
BECKON_INTERFACE(Listener, (Notify, text, level), (Score), (Choose, one, two))
BECKON_INTERFACE(Main, (Make, label, rank), (Find, label), (Subscribe, listener), (Current),
                 (Publish, text, level), (Same, one, two), (Myself), (Pick, listener, one, two),
                 (Raise, level), (Boom), (Slow, millis), (Flip, flag), (Day, day), (Array, values),
                 (Swap, pair), (Camel, someValue), (Missing), (BadLevel), (Truth), (Narrow, value))

struct item {
    std::string label;
    Level rank = Level::Low;
    beckon::ref<Item> self{}; ///< Set by the board, and cleared by it.

    std::string Label() { return label; }
    void Relabel(std::string text) { label = std::move(text); }
    Level Rank() { return rank; }
    ref<Item> Twin() { return self; }
};

/// Answers as the recorded server did. Calls come one at a time in these tests.
struct board {
    ~board() {
        for (const auto& each : items) each->self = {};
    }
    ref<Item> Make(std::string label, Level rank) {
        auto made = std::make_shared<item>(item{std::move(label), rank});
        made->self = beckon::make_ref<Item>(made);
        items.push_back(made);
        return made->self;
    }
    ref<Item> Find(const std::string& label) {
        for (const auto& each : items) {
            if (each->label == label) return each->self;
        }
        return {};
    }
    void Subscribe(ref<Listener> one) { listener = std::move(one); }
    ref<Listener> Current() { return listener; }
    std::uint32_t Publish(std::string text, Level level) {
        if (!listener) return 0;
        listener->Notify(std::move(text), level);
        return listener->Score();
    }
    std::uint8_t Same(const ref<Item>& one, const ref<Item>& two) { return one == two ? 1 : 0; }
    ref<Main> Myself() { return myself; }
    ref<Item> Pick(const ref<Listener>& chooser, ref<Item> one, ref<Item> two) {
        return chooser->Choose(std::move(one), std::move(two));
    }
    Level Raise(Level level) {
        return level == Level::High ? level : static_cast<Level>(static_cast<int>(level) + 1);
    }
    void Boom() { throw std::runtime_error("implementation failed"); }
    std::uint8_t Slow(std::uint8_t millis) {
        beckon::this_call::sleep_for(std::chrono::milliseconds(millis));
        while (millis > slowest_that_ends)
            beckon::this_call::sleep_for(std::chrono::milliseconds(1));
        return millis;
    }
    bool Flip(bool flag) { return !flag; }
    beckon::date Day(beckon::date day) { return day; }
    std::vector<std::int8_t> Array(std::vector<std::int8_t> values) { return values; }
    Pair Swap(Pair pair) { return {pair.b, pair.a}; }
    std::uint8_t Camel(std::uint8_t someValue) { return someValue; }
    Level BadLevel() { return static_cast<Level>(7); }
    bool Truth() { return true; }
    std::int8_t Narrow(std::int8_t number) { return number; }

    std::vector<std::shared_ptr<item>> items;
    ref<Listener> listener;
    ref<Main> myself;
    std::atomic<std::uint8_t> slowest_that_ends{255};
};

} // namespace remcall_board
