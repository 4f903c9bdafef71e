// A bridge that is stopped while it reaches the other side for somebody: it waits for nobody there.
#include <unistd.h>

#include <algorithm>
#include <future>

#include "beckon/io/wait.hpp"
#include "beckon/transport/memory/memory.hpp"
#include "beckon/transport/tcp/tcp.hpp"
#include "beckon/transport/unix/unix.hpp"
#include "objects_fixture.hpp"

namespace beckon::bridge_test {
namespace {

constexpr std::chrono::seconds patience{20};
constexpr std::chrono::hours long_time{1};

struct stopping : across, testing::WithParamInterface<const char*> {
    /// Ends in the time that a test has only where nobody is waited for.
    static bool ends(bridge& what) {
        auto over = std::async(std::launch::async, [&] { what.stop(); });
        return over.wait_for(patience) == std::future_status::ready;
    }
    bridge to(const std::string& far, const std::string& near) {
        bridge_options options;
        options.serving.context = inside;
        options.serving.limits.handshake_within = long_time;
        options.reaching.limits.handshake_within = long_time;
        options.reaching.timeout = long_time;
        bridge made(far, std::move(options));
        made.listen(near + "memory:here");
        return made;
    }
    std::unique_ptr<io::byte_stream> call(const std::string& near) {
        const io::endpoint where = io::parse_endpoint(near + "memory:here").value();
        return transport::memory::connect(inside->memory(), where, {}).value();
    }
};

TEST_P(stopping, EndsWhileAServerThatSaysNothingIsWaitedFor) {
    auto silent =
        transport::tcp::listen(io::parse_endpoint("tcp://127.0.0.1:0").value(), {}).value();
    bridge made = to(concat(GetParam(), "://", silent->local_endpoint().address), "msgpack+");
    const auto client = call("msgpack+");
    ASSERT_TRUE(io::wait_readable(silent->descriptor(),
                                  deadline_after(steady_clock_source().now(), patience))
                    .ready);
    const auto called = silent->accept();
    ASSERT_TRUE(called && *called != nullptr);
    EXPECT_TRUE(ends(made));
}

INSTANTIATE_TEST_SUITE_P(of, stopping,
                         testing::Values("tcp", "rpyc+tcp", "jsonrpc+ws", "msgpack+ws"),
                         [](const auto& each) {
                             std::string name = each.param;
                             std::replace(name.begin(), name.end(), '+', '_');
                             return name;
                         });

using stopping_dials = stopping;

TEST_F(stopping_dials, EndWhileAServerThatTakesNobodyIsCalled) {
    const io::endpoint where =
        io::parse_endpoint(concat("unix:/tmp/beckon_stopping_", ::getpid())).value();
    io::listen_options few;
    few.backlog = 0;
    const auto full = transport::unix_::listen(where, few).value();
    io::connect_options hasty;
    hasty.timeout = std::chrono::milliseconds(1);
    std::vector<std::unique_ptr<io::byte_stream>> waiting;
    while (auto more = transport::unix_::connect(where, hasty)) waiting.push_back(std::move(*more));
    for (const std::string near : {"", "msgpack+"}) { // by messages, and by objects
        std::promise<void> dialled;
        inside->add_transport(
            "full", {.connect = [&](const io::endpoint&, const io::connect_options& options) {
                dialled.set_value();
                return transport::unix_::connect(where, options);
            }});
        bridge made = to("full:", near);
        const auto client = call(near);
        ASSERT_EQ(dialled.get_future().wait_for(patience), std::future_status::ready) << near;
        EXPECT_TRUE(ends(made)) << near;
    }
}

} // namespace
} // namespace beckon::bridge_test
