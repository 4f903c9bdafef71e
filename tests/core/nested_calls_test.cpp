// Calls that come back while the caller's own one is being written: its thread does not sleep yet, and must find them.
#include <atomic>
#include <latch>

#include "beckon/io/byte_stream.hpp"
#include "beckon/transport/tcp/tcp.hpp"
#include "core/fixture.hpp"

namespace beckon::core_test {

struct Teller {
    std::int64_t ask_back(ref<Listener> whom);
};
BECKON_INTERFACE(Teller, (ask_back, whom))

namespace {

struct teller {
    std::int64_t ask_back(const ref<Listener>& whom) {
        future<std::int64_t> answer = whom.async()->told(1);
        asked.count_down(); // what is sent from now on comes behind it
        return answer.get();
    }
    std::latch asked{1};
};

struct function_listener {
    std::function<std::int64_t(std::int64_t)> answer;
    std::int64_t told(std::int64_t number) { return answer(number); }
};

ref<Listener> listen_by(std::function<std::int64_t(std::int64_t)> answer) {
    return make_ref<Listener>(
        std::make_shared<function_listener>(function_listener{std::move(answer)}),
        policy::concurrent);
}

/// A stream whose writer runs something behind each write, while it holds no lock.
class telling_stream final : public io::byte_stream {
public:
    telling_stream(std::unique_ptr<io::byte_stream> below, std::function<void()> written)
        : below_(std::move(below)), written_(std::move(written)) {}
    io::io_result read(std::span<std::byte> into) noexcept override { return below_->read(into); }
    io::io_result write(std::span<const byte_view> gathered) noexcept override {
        const io::io_result done = below_->write(gathered);
        written_();
        return done;
    }
    [[nodiscard]] int read_descriptor() const noexcept override {
        return below_->read_descriptor();
    }
    [[nodiscard]] int write_descriptor() const noexcept override {
        return below_->write_descriptor();
    }
    void shutdown_write() noexcept override { below_->shutdown_write(); }
    void close() noexcept override { below_->close(); }
    [[nodiscard]] std::string peer_name() const override { return below_->peer_name(); }
    [[nodiscard]] bool is_local() const noexcept override { return below_->is_local(); }

private:
    const std::unique_ptr<io::byte_stream> below_;
    const std::function<void()> written_;
};

void await(const std::latch& reached) {
    EXPECT_TRUE(eventually([&] { return reached.try_wait(); }));
}

/// The loop's thread is the reader when the caller begins to wait, and reads the call that comes back while the caller
/// still writes its own.
void ask_and_be_asked() {
    std::latch is_reader{1};
    std::latch may_go_on{1};
    std::latch has_read_all{1};
    std::atomic<bool> calls{false};
    const std::thread::id caller = std::this_thread::get_id();
    auto inside = *context::create();
    inside->add_transport(
        "telling", {.connect = [&](const io::endpoint& where, const io::connect_options& options)
                        -> result<std::unique_ptr<io::byte_stream>> {
            io::endpoint plain = where;
            plain.transport = "tcp";
            BECKON_ASSIGN(auto below, transport::tcp::connect(plain, options));
            return std::unique_ptr<io::byte_stream>(
                std::make_unique<telling_stream>(std::move(below), [&] {
                    if (std::this_thread::get_id() != caller || !calls.exchange(false)) return;
                    may_go_on.count_down();
                    // Nobody reads meanwhile where the loop's thread has lost its turn, so that the caller is the reader.
                    const auto until = std::chrono::steady_clock::now() + 200ms;
                    while (!has_read_all.try_wait() && std::chrono::steady_clock::now() < until)
                        std::this_thread::yield();
                }));
        }});
    const auto served = std::make_shared<teller>();
    auto outside = *context::create();
    server there({.context = outside});
    there.publish<Teller>("teller", served, policy::concurrent);
    const auto keeper = std::make_shared<lab>();
    there.publish<Lab>("lab", keeper);
    const std::string real = there.listen("tcp://127.0.0.1:0");
    const auto session =
        connect(concat("telling:", real.substr(real.find("//"))), {.context = inside});
    const auto asked = session.get<Teller>("teller");
    // By it the loop's thread is kept busy first, and told last that all before it has been read.
    session.get<Lab>("lab")->keep(listen_by([&](std::int64_t number) {
        if (number == 0) {
            is_reader.count_down();
            await(may_go_on);
        } else {
            has_read_all.count_down();
        }
        return number;
    }));
    std::thread others([&] { // whose replies cannot leave before the caller has written
        const ref<Listener> listener = keeper->kept();
        auto first = listener.async()->told(0);
        await(served->asked);
        auto last = listener.async()->told(1);
        EXPECT_NO_THROW(first.get());
        EXPECT_NO_THROW(last.get());
    });
    await(is_reader);
    calls = true;
    std::int64_t answer = 0;
    EXPECT_NO_THROW(answer = asked.with(timeout(5s))->ask_back(listen_by([](std::int64_t number) {
        return number + 6;
    })));
    EXPECT_EQ(answer, 7);
    if (calls.exchange(false)) may_go_on.count_down(); // somebody else wrote
    others.join();
}

TEST(nested_calls, that_come_back_while_the_caller_writes_are_run_by_it) {
    // Where another thread has taken the loop over meanwhile, the caller reads by itself: several times.
    for (int i = 0; i < 5 && !HasFailure(); ++i) ask_and_be_asked();
}

} // namespace
} // namespace beckon::core_test
