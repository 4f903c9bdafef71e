// Beckon inside an Asio loop: one thread, no thread of Beckon's own. An adapter for another loop (libuv, Qt, GLib) differs
// in the one class below.
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>

#include <asio.hpp>

#include <beckon/beckon.hpp>

/// Runs a Beckon runtime in an Asio loop: whenever its descriptor is readable, it has something to do.
///
/// Lifetime: ends before the loop. The runtime goes on working, unpolled, without it.
class beckon_in_asio {
public:
    beckon_in_asio(asio::io_context& loop, std::shared_ptr<beckon::runtime> runs)
        : runtime_(std::move(runs)), descriptor_(loop, runtime_->descriptor()) {
        wait();
    }
    ~beckon_in_asio() { descriptor_.release(); } // it belongs to the runtime, which closes it

private:
    void wait() {
        descriptor_.async_wait(asio::posix::stream_descriptor::wait_read, [this](const asio::error_code& failure) {
            if (failure) return; // this adapter has ended
            runtime_->poll();
            wait();
        });
    }
    std::shared_ptr<beckon::runtime> runtime_;
    asio::posix::stream_descriptor descriptor_;
};

struct Adder {
    std::int64_t add(std::int64_t a, std::int64_t b);
};
BECKON_INTERFACE(Adder, (add, a, b))

struct adder {
    std::int64_t add(std::int64_t a, std::int64_t b) { return a + b; }
};

int main() {
    asio::io_context loop;
    beckon::runtime_options embedded;
    embedded.embedded = true;
    const auto context = beckon::context::create(embedded).value();
    beckon_in_asio adapter(loop, context->runtime());

    // Server and client share the loop with Asio's own timer.
    beckon::server_options serving;
    serving.context = context;
    beckon::server server(serving);
    server.publish<Adder>("adder", std::make_shared<adder>());
    const std::string endpoint = server.listen("tcp://127.0.0.1:0");

    beckon::connect_options connecting;
    connecting.context = context;
    const auto session = beckon::connect(endpoint, connecting);

    asio::steady_timer timer(loop, std::chrono::milliseconds(1));
    int ticks = 0;
    const std::function<void(asio::error_code)> tick = [&](asio::error_code failure) {
        if (failure) return;
        ++ticks;
        timer.expires_after(std::chrono::milliseconds(1));
        timer.async_wait(tick);
    };
    timer.async_wait(tick);

    // A synchronous call works too: the calling thread is the one that would run the loop, so it serves the runtime itself
    // while it waits, and nothing else of the loop.
    const auto adder = session.get<Adder>("adder");
    std::printf("2 + 3 = %lld\n", static_cast<long long>(adder->add(2, 3)));

    // Asynchronous calls leave the thread to the loop. Each continuation makes the next call.
    int left = 100;
    beckon::future<void> pending;
    std::int64_t sum = 0;
    const std::function<void()> next = [&] {
        pending = adder.async()->add(sum, left).then([&](beckon::result<std::int64_t> added) {
            sum = added.value();
            if (--left != 0) return asio::post(loop, next);
            timer.cancel();
            loop.stop();
        });
    };
    next();
    loop.run();
    std::printf("1 + ... + 100 = %lld, while the timer %s\n", static_cast<long long>(sum),
                ticks >= 0 ? "ticked" : "stood still");
}
