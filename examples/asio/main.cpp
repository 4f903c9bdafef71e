// Beckon inside an Asio loop: one thread, no thread of Beckon's own. An adapter for another loop (libuv, Qt, GLib) differs
// in the one class below.
#include <chrono>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include <asio.hpp>

#include <beckon/beckon.hpp>
#include <beckon/session/runtime.hpp>

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
        descriptor_.async_wait(asio::posix::stream_descriptor::wait_read,
                               [this](const asio::error_code& failure) {
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

// --- A server in the loop, beside a timer of Asio's; its client is another program ---

void serve_in_the_loop(asio::io_context& loop, const std::shared_ptr<beckon::context>& context) {
    beckon::server_options options;
    options.context = context;
    beckon::server server(options);
    server.publish<Adder>("adder", std::make_shared<adder>());
    const std::string endpoint = server.listen("tcp://127.0.0.1:0");

    asio::steady_timer timer(loop);
    int ticks = 0;
    bool over = false;
    const std::function<void(asio::error_code)> tick = [&](asio::error_code failure) {
        if (failure || over) return;
        ++ticks;
        timer.expires_after(std::chrono::milliseconds(1));
        timer.async_wait(tick);
    };
    tick({});

    std::int64_t sum = 0;
    std::thread other_program([&] {
        const auto adder = beckon::connect(endpoint).get<Adder>("adder");
        for (std::int64_t i = 1; i <= 100; ++i) sum = adder->add(sum, i);
        asio::post(loop, [&] {
            over = true;
            timer.cancel();
            loop.stop();
        });
    });
    loop.run();
    other_program.join();
    // The timer's last handler still waits in the loop, and names what stands on this stack.
    loop.restart();
    loop.poll();
    std::printf("server: 1 + ... + 100 = %lld, and the timer %s\n", static_cast<long long>(sum),
                ticks > 0 ? "ticked" : "stood still");
}

// --- A client in the loop; its server is another program ---

void call_from_the_loop(asio::io_context& loop, const std::shared_ptr<beckon::context>& context) {
    beckon::server other_program;
    other_program.publish<Adder>("adder", std::make_shared<adder>());

    beckon::connect_options options;
    options.context = context;
    const auto session = beckon::connect(other_program.listen("tcp://127.0.0.1:0"), options);

    // A synchronous call works here too: the calling thread reads its own connection while it waits. It runs nothing else
    // meanwhile, neither the loop nor other connections.
    const auto adder = session.get<Adder>("adder");

    // Asynchronous calls leave the thread to the loop. Each continuation makes the next call.
    std::int64_t sum = 0;
    std::int64_t next_number = 1;
    beckon::future<void> pending;
    const std::function<void()> add_next = [&] {
        pending =
            adder.async()->add(sum, next_number).then([&](beckon::result<std::int64_t> added) {
                sum = added.value();
                if (++next_number > 100) return loop.stop();
                asio::post(loop, add_next);
            });
    };
    add_next();
    loop.restart();
    loop.run();
    std::printf("client: 1 + ... + 100 = %lld\n", static_cast<long long>(sum));
}

int main() {
    asio::io_context loop;
    beckon::runtime_options options;
    options.embedded = true;
    const auto context = beckon::context::create(options).value();
    const beckon_in_asio adapter(loop, context->runtime());
    serve_in_the_loop(loop, context);
    call_from_the_loop(loop, context);
}
