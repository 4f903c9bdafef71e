// Under QCoreApplication: what runs on the main thread, by which transport, and what may not wait there.
#include "beckon_qt/main_loop.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <string>
#include <thread>

#include <QCoreApplication>
#include <QEventLoop>
#include <QTimer>

#include <beckon/quickrpc.hpp>

namespace {

using namespace std::chrono_literals;
using namespace beckon::quickrpc;

struct desk : remote_api {
    using remote_api::remote_api;
    incoming<int(int, int)> add{*this, "add", "a", param("b", 5)};
    outgoing<void(int)> told{*this, "told", param("sum", 0)};
};

/// Runs the loop until `quit` is called; false after ten seconds.
bool run_loop() {
    QTimer patience;
    patience.setSingleShot(true);
    QObject::connect(&patience, &QTimer::timeout, [] { QCoreApplication::exit(1); });
    patience.start(10'000);
    return QCoreApplication::exec() == 0;
}

int port_of(const std::string& name) {
    const std::size_t digits = name.find_last_of(':') + 1;
    return std::stoi(name.substr(digits));
}

/// What ends in such a context ends in turns of it.
struct ended_loop : beckon::qt::main_loop {
    ~ended_loop() {
        for (int turn = 0; turn < 50; ++turn) static_cast<void>(context()->serve(1ms));
    }
};

TEST(qt_main_loop, handlers_and_replies_run_on_the_thread_of_the_loop) {
    const std::thread::id own = std::this_thread::get_id();
    const ended_loop loop;
    desk served({.transport = "tcpserv:127.0.0.1:0", .context = loop.context()});
    std::thread::id handled;
    served.add.connect([&](const std::string& sender, int a, int b) {
        handled = std::this_thread::get_id();
        served.told(to(sender), a + b);
        return a + b;
    });
    served.transport()->start();
    const int port = port_of(served.transport()->name());

    desk calling({.transport = "qtcp:127.0.0.1:" + std::to_string(port),
                  .invert = true,
                  .context = loop.context()});
    calling.transport()->start();
    EXPECT_EQ(calling.transport()->name(), "qtcp:127.0.0.1:" + std::to_string(port));
    std::thread::id told;
    std::thread::id answered;
    int notified = 0;
    int sum = 0;
    calling.told.connect([&](const std::string&, int what) {
        told = std::this_thread::get_id();
        notified = what;
    });
    auto answer = calling.add(2, 3);
    answer.then([&](int result) {
        answered = std::this_thread::get_id();
        sum = result;
        QCoreApplication::exit(0);
    });
    ASSERT_TRUE(run_loop());
    EXPECT_EQ(sum, 5);
    EXPECT_EQ(notified, 5);
    EXPECT_EQ(handled, own);
    EXPECT_EQ(told, own);
    EXPECT_EQ(answered, own);
}

TEST(qt_main_loop, a_child_process_is_called_beside_qts_timers) {
    const char* const build = std::getenv("BECKON_BUILD_DIR");
    if (build == nullptr || ::access((std::string(build) + "/beckon").c_str(), X_OK) != 0)
        GTEST_SKIP() << "the command, which is to be the child, was not built";
    const ended_loop loop;
    desk calling(
        {.transport = std::string("qprocess:(") + build + "/beckon serve --listen quickrpc+stdio:)",
         .invert = true,
         .context = loop.context()});
    calling.transport()->start();
    int ticks = 0;
    QTimer ticking;
    QObject::connect(&ticking, &QTimer::timeout, [&] { ++ticks; });
    ticking.start(0);
    int sum = 0;
    int left = 50;
    std::function<void()> next = [&] {
        calling.add(sum, left).then([&](int result) {
            sum = result;
            if (--left == 0) return QCoreApplication::exit(0);
            next();
        });
    };
    next();
    ASSERT_TRUE(run_loop());
    EXPECT_EQ(sum, 50 * 51 / 2);
    EXPECT_GT(ticks, 0);
    EXPECT_EQ(calling.transport()->peers().size(), 1u);
}

TEST(qt_main_loop, a_promise_that_the_loop_would_settle_is_not_waited_for_in_it) {
    const ended_loop loop;
    desk served({.transport = "tcpserv:127.0.0.1:0"}); // which has threads of its own
    served.add.connect([](const std::string&, int a, int b) { return a + b; });
    served.transport()->start();
    desk calling(
        {.transport = "tcp:127.0.0.1:" + std::to_string(port_of(served.transport()->name())),
         .invert = true,
         .context = loop.context()});
    calling.transport()->start();
    const auto answer = calling.add(1, 2);
    const auto begun = std::chrono::steady_clock::now();
    EXPECT_THROW(static_cast<void>(answer.result(10s)), promise_deadlock_error);
    EXPECT_LT(std::chrono::steady_clock::now() - begun, 5s);
    int sum = 0;
    answer.then([&](int result) {
        sum = result;
        QCoreApplication::exit(0);
    });
    ASSERT_TRUE(run_loop());
    EXPECT_EQ(sum, 3);
    EXPECT_EQ(answer.result(), 3) << "which is there by now";
}

TEST(qt_main_loop, a_handler_may_run_a_loop_of_qts_inside) {
    const ended_loop loop;
    desk served({.transport = "tcpserv:127.0.0.1:0", .context = loop.context()});
    int inside = 0;
    served.add.connect([&](const std::string&, int a, int b) {
        QEventLoop nested;
        QTimer::singleShot(20, &nested, [&] {
            ++inside;
            nested.quit();
        });
        nested.exec();
        return a + b;
    });
    served.transport()->start();
    desk calling(
        {.transport = "tcp:127.0.0.1:" + std::to_string(port_of(served.transport()->name())),
         .invert = true}); // from threads of the library
    calling.transport()->start();
    int sum = 0;
    std::thread other([&] {
        for (int i = 1; i <= 3; ++i) sum = calling.add(sum, i).result(10s);
        QMetaObject::invokeMethod(
            qApp, [] { QCoreApplication::exit(0); }, Qt::QueuedConnection);
    });
    EXPECT_TRUE(run_loop());
    other.join();
    EXPECT_EQ(sum, 6);
    EXPECT_EQ(inside, 3);
}

} // namespace

int main(int count, char** words) {
    QCoreApplication program(count, words);
    testing::InitGoogleTest(&count, words);
    return RUN_ALL_TESTS();
}
