// Values one after the other, in both directions. A slow reader holds the writer back; nobody's memory grows.
#include <atomic>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <beckon/beckon.hpp>

struct Numbers {
    beckon::stream<std::int64_t> count_to(std::int64_t n);
    std::int64_t total(beckon::stream<std::int64_t> numbers);
    /// Gives back each number squared, while the next one is on its way.
    beckon::stream<std::int64_t> squares(beckon::stream<std::int64_t> numbers);
    beckon::stream<beckon::bytes> blocks(std::int64_t count, std::int64_t size);
    beckon::stream<std::int64_t> broken();
};
BECKON_INTERFACE(Numbers, (count_to, n), (total, numbers), (squares, numbers),
                 (blocks, count, size), (broken))

// --- The server ---

std::atomic<std::int64_t> blocks_made{0};
std::atomic<bool> counting_ended{false};

class number_source {
public:
    /// A producer is a coroutine. It runs when the reader wants more, and is destroyed when the reader wants none.
    beckon::stream<std::int64_t> count_to(std::int64_t n) {
        struct note_end {
            ~note_end() { counting_ended = true; }
        } at_end;
        for (std::int64_t i = 1; i <= n; ++i) co_yield i;
    }
    /// A consumer is a loop.
    std::int64_t total(beckon::stream<std::int64_t> numbers) {
        std::int64_t sum = 0;
        for (const std::int64_t number : numbers) sum += number;
        return sum;
    }
    beckon::stream<std::int64_t> squares(beckon::stream<std::int64_t> numbers) {
        for (;;) {
            std::optional<std::int64_t> number = co_await numbers.async_next();
            if (!number) break;
            co_yield *number** number;
        }
    }
    beckon::stream<beckon::bytes> blocks(std::int64_t count, std::int64_t size) {
        for (std::int64_t i = 0; i < count; ++i) {
            ++blocks_made;
            co_yield beckon::bytes(static_cast<std::size_t>(size));
        }
    }
    beckon::stream<std::int64_t> broken() {
        co_yield 1;
        throw std::runtime_error("ran out of numbers");
    }
};

// --- The client ---

beckon::stream<std::int64_t> odd_numbers_below(std::int64_t limit) {
    for (std::int64_t i = 1; i < limit; i += 2) co_yield i;
}

int main() {
    beckon::server server;
    server.publish<Numbers>("numbers", std::make_shared<number_source>());
    auto session = beckon::connect(server.listen("tcp://127.0.0.1:0"));
    auto numbers = session.get<Numbers>("numbers");

    std::int64_t sum = 0;
    for (const std::int64_t number : numbers->count_to(1000)) sum += number;
    std::printf("read: sum %lld\n", static_cast<long long>(sum));

    // A container's items, or what a coroutine makes.
    const auto of_list = numbers->total(beckon::stream_of(std::vector<std::int64_t>{1, 2, 3}));
    const auto of_coroutine = numbers->total(odd_numbers_below(100));
    std::printf("written: totals %lld and %lld\n", static_cast<long long>(of_list),
                static_cast<long long>(of_coroutine));

    std::printf("both ways:");
    for (const std::int64_t square : numbers->squares(odd_numbers_below(8)))
        std::printf(" %lld", static_cast<long long>(square));
    std::printf("\n");

    // 100 blocks of 64 KiB; the reader takes one and stops to think. The window is 256 KiB.
    {
        auto blocks = numbers->blocks(100, 65536);
        const std::size_t first = blocks.next()->size();
        numbers->total(beckon::stream_of(
            std::vector<std::int64_t>{})); // a call later: what could be sent has been
        std::printf("slow reader: took %zu bytes, the writer made %s\n", first,
                    blocks_made.load() < 20 ? "a few blocks and waits" : "too many");
    }

    // Dropping the reading end tells the producer to stop.
    counting_ended = false;
    {
        auto endless = numbers->count_to(1'000'000'000'000);
        std::printf("stopped after %lld\n", static_cast<long long>(*endless.next()));
    }
    while (!counting_ended) numbers->total({}); // each call gives the message its time to arrive
    std::printf("the producer has ended\n");

    try {
        for (const std::int64_t number : numbers->broken())
            std::printf("broken: %lld\n", static_cast<long long>(number));
    } catch (const beckon::remote_error& failure) {
        std::printf("broken: %s\n", failure.message().c_str());
    }
}
