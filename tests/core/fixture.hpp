// A server with a Lab, and sessions to it, over each transport of this machine.
#pragma once

#include <gtest/gtest.h>

#include <cstdio>
#include <functional>
#include <thread>

#include "base/kept_log_test.hpp"
#include "beckon/session/runtime.hpp"
#include "beckon/session/session.hpp"
#include "core/services.hpp"

namespace beckon::core_test {

using namespace std::chrono_literals;

/// Looks until something holds that is about to; false after ten seconds.
[[nodiscard]] inline bool eventually(const std::function<bool()>& holds) {
    const auto end = std::chrono::steady_clock::now() + 10s;
    while (!holds()) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::yield();
    }
    return true;
}

/// An endpoint that is nobody else's.
[[nodiscard]] inline std::string fresh_endpoint(const std::string& transport) {
    static std::atomic<int> last{0};
    const std::string name =
        concat("beckon-core-", ::testing::UnitTest::GetInstance()->random_seed(), "-",
               std::chrono::steady_clock::now().time_since_epoch().count(), "-", ++last);
    if (transport == "tcp") return "tcp://127.0.0.1:0";
    if (transport == "unix") return concat("unix:", ::testing::TempDir(), name);
    return concat("memory:", name);
}

/// A program that serves: its own threads, its own objects. (The memory transport joins one program with itself.)
class serving {
public:
    explicit serving(std::shared_ptr<context> in = nullptr, limits allowed = {});
    /// Nothing of a session may hold the objects any more.
    ~serving();

    kept_log log{log_level::warning};
    std::shared_ptr<context> inside;
    std::shared_ptr<lab> lab_object;
    std::shared_ptr<slow> slow_object;
    server there;
};

/// Tests that run over every transport.
class over_each : public ::testing::TestWithParam<const char*> {
protected:
    over_each() : url_(far_.there.listen(fresh_endpoint(GetParam()))) {
        if (GetParam() != std::string("memory")) near_ = *context::create({.log = log_});
    }
    ~over_each() override {
        sessions_.clear();
        session_ = {};
    }

    [[nodiscard]] connected open(const limits& allowed = {}) {
        connect_options options;
        options.context = near_ ? near_ : far_.inside;
        options.limits = allowed;
        return connect(url_, options);
    }
    /// The session that most tests need only one of.
    [[nodiscard]] connected& session() {
        if (!session_.core()) session_ = open();
        return session_;
    }
    [[nodiscard]] ref<Lab> lab_there() { return session().get<Lab>("lab"); }
    [[nodiscard]] ref<Slow> slow_there() { return session().get<Slow>("slow"); }

    kept_log log_{log_level::warning};
    serving far_;
    std::string url_;
    std::shared_ptr<context> near_;
    connected session_;
    std::vector<connected> sessions_;
};

#define BECKON_OVER_EACH(fixture)                                                                  \
    INSTANTIATE_TEST_SUITE_P(over, fixture, ::testing::Values("tcp", "unix", "memory"),            \
                             [](const auto& of) { return std::string(of.param); })

/// The error of a call that must fail.
template <typename Error, typename Call>
[[nodiscard]] std::string failure_of(Call&& call) {
    try {
        call();
    } catch (const Error& failed) {
        return failed.what();
    } catch (const std::exception& other) {
        return concat("wrong exception: ", other.what());
    }
    return "no exception";
}

} // namespace beckon::core_test
