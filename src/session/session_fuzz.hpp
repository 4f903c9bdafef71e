// Arbitrary bytes from a peer, through the simulated network, into a session that publishes an object with methods of
// every kind. Nothing may crash, hang or be left over, whatever comes. Shared by the fuzz target and by the test that
// records its corpus.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "beckon/object/stream.hpp"
#include "beckon/object/task.hpp"
#include "beckon/testing.hpp"

namespace beckon::fuzzed {

struct Leaf {
    std::int64_t value(std::int64_t add);
};
struct Target {
    std::string echo(std::string text, std::vector<std::int64_t> numbers);
    ref<Leaf> make();
    void keep(ref<Leaf> object);
    ref<Leaf> give();
    std::int64_t visit(std::vector<ref<Leaf>> objects);
    std::int64_t roam(ref<Leaf> object);
    stream<std::int64_t> count(std::int64_t to);
    std::int64_t sum(stream<std::int64_t> numbers);
    void nap();
    void fail();
    void tell(ref<Leaf> object);
};
BECKON_INTERFACE(Leaf, (value, add))
BECKON_INTERFACE(Target, (echo, text, numbers), (make), (keep, object), (give), (visit, objects),
                 (roam, object), (count, to), (sum, numbers), (nap), (fail), (tell, object))
BECKON_ONEWAY(Target, tell)

/// A peer that says what it is told to and listens to nothing.
class raw_protocol final : public protocol {
public:
    explicit raw_protocol(byte_view says) : says_(says) {}
    [[nodiscard]] std::string_view name() const noexcept override { return "raw"; }
    result<consumed> consume(byte_view input, session_events&) override {
        return consumed{input.size(), verdict::go_on};
    }
    [[nodiscard]] std::size_t message_size(byte_view) const noexcept override { return 0; }
    void write_greeting(buffer& out, const greeting&) override { out.append(says_); }
    void begin_call(native::writer&, const call_head&) override {}
    void begin_reply(native::writer&, std::uint32_t) override {}
    void begin_stream_item(native::writer&, std::uint32_t) override {}
    void finish(native::writer&) override {}
    void write_error(buffer&, std::uint32_t, const error&, bool) override {}
    void write_cancel(buffer&, std::uint32_t) override {}
    void write_release(buffer&, std::span<const std::pair<std::uint32_t, std::uint32_t>>) override {
    }
    void write_stream_end(buffer&, std::uint32_t, const error*) override {}
    void write_stream_credit(buffer&, std::uint32_t, std::uint32_t) override {}
    void write_stream_stop(buffer&, std::uint32_t) override {}
    void write_ping(buffer&, std::uint64_t) override {}
    void write_pong(buffer&, std::uint64_t) override {}
    void write_go_away(buffer&, const error&) override {}
    void write_bye(buffer&) override {}

private:
    byte_view says_;
};

/// Whatever numbers a peer makes up.
inline std::int64_t wrapping_sum(std::int64_t a, std::int64_t b) {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

struct leaf {
    std::int64_t value(std::int64_t add) { return wrapping_sum(add, 1); }
};

/// What one run did.
struct outcome {
    std::uint64_t calls = 0; ///< That reached the target.
    std::vector<std::string> complaints;
    std::uint64_t events = 0;
};

struct target {
    explicit target(outcome& tells) : seen(tells) {}

    std::string echo(std::string text, std::vector<std::int64_t> numbers) {
        ++seen.calls;
        return concat(text, numbers.size());
    }
    ref<Leaf> make() {
        ++seen.calls;
        return make_ref<Leaf>(std::make_shared<leaf>());
    }
    void keep(ref<Leaf> object) {
        ++seen.calls;
        kept.push_back(std::move(object));
        if (kept.size() > 4) kept.erase(kept.begin());
    }
    ref<Leaf> give() {
        ++seen.calls;
        return kept.empty() ? ref<Leaf>() : kept.back();
    }
    std::int64_t visit(const std::vector<ref<Leaf>>& objects) {
        ++seen.calls;
        std::int64_t sum = 0;
        for (const ref<Leaf>& each : objects) {
            if (!each) continue;
            const auto timed = each.with(timeout(std::chrono::milliseconds(50)));
            sum = wrapping_sum(sum, timed->value(sum));
        }
        return sum;
    }
    task<std::int64_t> roam(ref<Leaf> object) {
        ++seen.calls;
        if (!object) co_return 0;
        future<std::int64_t> value =
            object.with(timeout(std::chrono::milliseconds(50))).async()->value(1);
        co_return co_await value;
    }
    stream<std::int64_t> count(std::int64_t to) {
        ++seen.calls;
        return count_up(to < 1000 ? to : 1000);
    }
    task<std::int64_t> sum(stream<std::int64_t> numbers) {
        ++seen.calls;
        std::int64_t sum = 0;
        for (;;) {
            future<std::optional<std::int64_t>> next = numbers.async_next();
            const std::optional<std::int64_t> got = co_await next;
            if (!got) co_return sum;
            sum ^= *got;
        }
    }
    void nap() {
        ++seen.calls;
        this_call::sleep_for(std::chrono::milliseconds(5));
    }
    void fail() {
        ++seen.calls;
        throw std::runtime_error("failed on purpose");
    }
    void tell(const ref<Leaf>&) { ++seen.calls; }

    static stream<std::int64_t> count_up(std::int64_t to) {
        for (std::int64_t i = 0; i < to; ++i) co_yield i;
    }
    std::vector<ref<Leaf>> kept;
    outcome& seen;
};

/// What the session under test finds odd or wrong about its peer.
class complaint_box final : public log_sink {
public:
    explicit complaint_box(outcome& tells) : seen_(tells) {}
    [[nodiscard]] bool wants(log_level) const noexcept override { return true; }
    void write(log_level, std::string_view id, std::string_view text) noexcept override {
        if (seen_.complaints.size() < 20) seen_.complaints.push_back(concat(id, ' ', text));
    }

private:
    outcome& seen_;
};

inline void require(bool holds, const char* what) {
    if (holds) return;
    std::fprintf(stderr, "broken promise: %s\n", what);
    std::abort();
}

/// How the input comes: as fast as the network takes it, or no faster than whole messages are answered.
enum class pace : std::uint8_t { at_once, slowly };

/// Runs one input. `speak` makes the protocol of the session under test; null: the native one.
inline outcome run_bytes(byte_view input, pace comes,
                         std::unique_ptr<protocol> (*speak)() = nullptr) {
    outcome seen;
    complaint_box log(seen);
    testing::world_options options;
    options.log = &log;
    options.limits.max_message_bytes = 64u << 10;
    options.limits.stream_window_bytes = 512;
    options.limits.default_timeout = std::chrono::milliseconds(100);
    options.limits.ping_after = std::chrono::milliseconds(0);
    options.limits.max_calls_in_flight = 32;
    options.limits.max_exports = 64;
    options.limits.max_pipelined = 16;
    options.limits.max_streams = 8;
    const limits allowed = options.limits;
    if (comes == pace::slowly) options.network.window_bytes = 16; // the least that a message has
    bool near = true; // the side that connects is made first
    options.make_protocol = [&]() -> std::unique_ptr<protocol> {
        if (std::exchange(near, false)) return std::make_unique<raw_protocol>(input);
        return speak != nullptr ? speak() : nullptr;
    };
    // How the input is cut and in what order threads notice depends on the input alone.
    std::uint64_t seed = input.size();
    for (const std::byte each : input) seed = seed * 131 + static_cast<std::uint64_t>(each);
    testing::world world(seed, std::move(options));
    auto server = world.add_node("server", [&seen](testing::node& self) {
        self.publish<Target>("target", std::make_shared<target>(seen));
    });
    auto client = world.add_node("client");
    {
        const connected peer = world.connect(client, server);
        world.run_for(std::chrono::milliseconds(300));
        for (const connected& conversation : server.sessions()) {
            const session_stats now = conversation.stats();
            require(now.exports <= allowed.max_exports, "exports stay within their limit");
            // Each call in flight may have promised one more.
            require(now.imports <= allowed.max_exports + allowed.max_calls_in_flight,
                    "imports stay within their limit");
            require(now.streams <= allowed.max_streams, "streams stay within their limit");
        }
        peer.close();
    }
    require(world.run_until([&] { return server.sessions().empty(); }),
            "a session ends when its peer has gone");
    world.crash(server); // what it was given to keep goes
    require(world.run_until([&] { return world.session_count() == 0; }),
            "a session is freed when nobody holds it");
    seen.events = world.events_run();
    return seen;
}

} // namespace beckon::fuzzed
