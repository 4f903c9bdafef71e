// A relay between two programs that the test plays itself, byte by byte.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "beckon/io/wait.hpp"
#include "beckon/service/context.hpp"
#include "beckon/transport/memory/memory.hpp"
#include "beckon/transport/tcp/tcp.hpp"
#include "service/bridge/relay.hpp"

namespace beckon::bridge_test {

using stream = std::unique_ptr<io::byte_stream>;
using namespace std::string_literals;

/// A test that hangs fails after so long.
inline constexpr std::chrono::seconds patience{20};

[[nodiscard]] inline io::endpoint at(const std::string& text) {
    auto read = io::parse_endpoint(text);
    EXPECT_TRUE(read) << read.error().to_string();
    return *read;
}

[[nodiscard]] inline time_point soon() {
    return deadline_after(steady_clock_source().now(), patience);
}

/// One end for the test and one for the relay.
struct ends {
    stream mine;
    stream relayed;
};
[[nodiscard]] inline ends over_memory(const std::string& name = "raw") {
    auto made = *transport::memory::network::make_pair(name);
    return {std::move(made.first), std::move(made.second)};
}
[[nodiscard]] inline ends over_tcp() {
    auto listening = *transport::tcp::listen(at("tcp://127.0.0.1:0"), {});
    auto mine = *transport::tcp::connect(at("tcp://" + listening->local_endpoint().address), {});
    EXPECT_TRUE(io::wait_readable(listening->descriptor(), soon()).ready);
    auto theirs = *listening->accept();
    EXPECT_NE(theirs, nullptr);
    return {std::move(mine), std::move(theirs)};
}

/// Writes all of it, as the other side takes it.
inline void say(io::byte_stream& to, std::string_view text) {
    while (!text.empty()) {
        const byte_view rest = as_bytes(text);
        const io::io_result done = to.write({&rest, 1});
        if (done.status == io::io_status::would_block) {
            ASSERT_TRUE(io::wait_writable(to.write_descriptor(), soon()).ready);
            continue;
        }
        ASSERT_EQ(done.status, io::io_status::ok);
        text.remove_prefix(done.size);
    }
}
/// What comes until the end, or until so many bytes are there.
[[nodiscard]] inline std::string hear(io::byte_stream& from, std::size_t most = ~std::size_t{0}) {
    std::string heard;
    std::byte room[65536];
    const time_point until = soon();
    while (heard.size() < most) {
        const std::size_t size = std::min(sizeof room, most - heard.size());
        const io::io_result got = from.read_waiting(std::span(room).first(size), patience);
        if (got.status == io::io_status::would_block && steady_clock_source().now() < until)
            continue;
        if (got.status == io::io_status::would_block) ADD_FAILURE() << "nothing came";
        if (got.status != io::io_status::ok) break;
        heard += as_text(byte_view(room).first(got.size));
    }
    return heard;
}
/// What is there.
[[nodiscard]] inline std::string hear_now(io::byte_stream& from) {
    std::string heard;
    std::byte room[65536];
    for (;;) {
        const io::io_result got = from.read(room);
        if (got.status != io::io_status::ok) return heard;
        heard += as_text(byte_view(room).first(got.size));
    }
}
/// Writes until nothing is taken any more; how many bytes were.
[[nodiscard]] inline std::size_t fill(io::byte_stream& to, std::string_view piece) {
    const byte_view view = as_bytes(piece);
    std::size_t taken = 0;
    for (;;) {
        const io::io_result done = to.write({&view, 1});
        if (done.status == io::io_status::ok) {
            taken += done.size;
            continue;
        }
        if (done.status != io::io_status::would_block) return taken;
        const time_point until =
            deadline_after(steady_clock_source().now(), std::chrono::milliseconds(200));
        if (!io::wait_writable(to.write_descriptor(), until).ready) return taken;
    }
}

/// How a relay ended: what `over` was told.
class ending {
public:
    [[nodiscard]] function<void(std::optional<error>)> told() {
        return [to = told_](std::optional<error> why) { to->set_value(std::move(why)); };
    }
    /// "" where nothing was wrong.
    [[nodiscard]] std::string why() {
        if (answer_.wait_for(patience) != std::future_status::ready) return "it goes on";
        const std::optional<error> found = answer_.get();
        return found ? found->to_string() : "";
    }

private:
    std::shared_ptr<std::promise<std::optional<error>>> told_ =
        std::make_shared<std::promise<std::optional<error>>>();
    std::shared_future<std::optional<error>> answer_ = told_->get_future();
};

struct relayed {
    explicit relayed(relay_rules rules = {}, ends at_client = over_memory("client"),
                     ends at_server = over_memory("server"), const limits& allowed = {})
        : client(std::move(at_client.mine)), server(std::move(at_server.mine)) {
        auto made =
            relay::start(inside->runtime(), std::move(at_client.relayed),
                         std::move(at_server.relayed), std::move(rules), allowed, over.told());
        EXPECT_TRUE(made) << made.error().to_string();
        runs = *made;
    }
    ~relayed() {
        runs->close();
        static_cast<void>(over.why());
    }

    std::shared_ptr<context> inside = *context::create();
    ending over;
    stream client;
    stream server;
    intrusive_ptr<relay> runs;
};

/// The rules between two endpoints that can be relayed.
[[nodiscard]] inline relay_rules rules(const std::shared_ptr<context>& inside,
                                       const std::string& accepted, const std::string& dialled) {
    auto made = rules_between(*inside, at(accepted), at(dialled));
    EXPECT_TRUE(made) << accepted << " to " << dialled;
    return made.value_or(relay_rules());
}

} // namespace beckon::bridge_test
