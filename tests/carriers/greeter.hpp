// The interface that the tests of carriers call, and what they wait with.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/kept_log_test.hpp"
#include "beckon/beckon.hpp"
#include "beckon/service/carrier.hpp"

namespace beckon::carrier_test {

using namespace std::chrono_literals;

struct Greeter {
    std::string greet(std::string who);
};
BECKON_INTERFACE(Greeter, (greet, who))

class greeter {
public:
    explicit greeter(std::string name = "greeter") : name_(std::move(name)) {}
    std::string greet(const std::string& who) { return name_ + " greets " + who; }

private:
    const std::string name_;
};

/// Looks until something holds that is about to; false after ten seconds.
[[nodiscard]] inline bool eventually(const std::function<bool()>& holds) {
    const auto end = std::chrono::steady_clock::now() + 10s;
    while (!holds()) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::yield();
    }
    return true;
}

/// A context with threads of its own and a log that is kept.
class carriers : public ::testing::Test {
protected:
    carriers() : inside(*context::create({.log = log})) {}

    [[nodiscard]] server_options serving() const {
        server_options options;
        options.context = inside;
        return options;
    }
    [[nodiscard]] carrier_options carrying() const {
        carrier_options options;
        options.serving = serving();
        return options;
    }
    [[nodiscard]] connect_options connecting() const {
        connect_options options;
        options.context = inside;
        return options;
    }
    [[nodiscard]] std::string greeting_at(const std::string& endpoint) const {
        return connect(endpoint, connecting()).get<Greeter>("greeter")->greet("you");
    }
    /// A list with a greeter in it.
    [[nodiscard]] static std::shared_ptr<publications> with_greeter(std::string name) {
        auto out = std::make_shared<publications>();
        out->publish("greeter",
                     make_ref<Greeter>(std::make_shared<greeter>(std::move(name))).core());
        return out;
    }

    kept_log log{log_level::warning};
    std::shared_ptr<context> inside;
};

/// Who came and went, in order.
class visitors {
public:
    void watch(carrier& of) {
        of.on_connect([this](const connected& peer) { note(concat("+", peer.name())); });
        of.on_disconnect([this](const connected& peer) { note(concat("-", peer.name())); });
    }
    void note(std::string what) {
        const std::lock_guard lock(mutex_);
        seen_.push_back(std::move(what));
    }
    [[nodiscard]] std::vector<std::string> seen() const {
        const std::lock_guard lock(mutex_);
        return seen_;
    }

private:
    mutable std::mutex mutex_;
    std::vector<std::string> seen_;
};

} // namespace beckon::carrier_test
