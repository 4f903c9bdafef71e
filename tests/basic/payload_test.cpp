// Where arguments and results lie: large ones once in each direction, those of calls that wait in a place of their own.
#include <atomic>
#include <fstream>
#include <future>

#include "wire_peer.hpp"

namespace basic_test {
namespace {

using namespace beckon::basic;

constexpr std::size_t mebibyte = 1u << 20;
constexpr std::size_t large = 60 * mebibyte;
constexpr auto echo = command(7, "echo", bytes_in_place, beckon::basic::bytes);

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool memory_is_told = false;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool memory_is_told = false;
#else
constexpr bool memory_is_told = true;
#endif
#else
constexpr bool memory_is_told = true;
#endif

/// How much more memory this process has had since then than it had then.
class memory_peak {
public:
    memory_peak() {
        std::ofstream("/proc/self/clear_refs") << 5; // the peak is what there is now
        before_ = told("VmHWM:");
    }
    [[nodiscard]] std::size_t growth() const { return told("VmHWM:") - before_; }

private:
    [[nodiscard]] static std::size_t told(std::string_view what) {
        std::ifstream status("/proc/self/status");
        std::string word;
        while (status >> word) {
            std::size_t kibibytes = 0;
            if (word == what && status >> kibibytes) return kibibytes * 1024;
        }
        return 0;
    }
    std::size_t before_ = 0;
};

/// A large message, in pieces: head, length of the bytes, bytes.
void send_large(wire_peer& to, std::string_view head) {
    to.send(head);
    const bytes piece(mebibyte, std::byte{7});
    for (std::size_t sent = 0; sent < large; sent += piece.size()) to.send(byte_view(piece));
}

[[nodiscard]] std::string large_head(std::size_t before, std::string_view number) {
    beckon::buffer head;
    put_number(head, 5 + before + 4 + large, 4);
    put_number(head, 1, 1);
    head.append(from_hex(number));
    put_number(head, large, 4);
    return beckon::to_hex(head.view());
}

TEST(basic_payload, a_server_has_a_large_message_once_as_it_came_and_once_as_it_goes) {
    if (!memory_is_told) GTEST_SKIP() << "a sanitizer keeps memory of its own";
    place at;
    service<> what;
    what.respond(echo, [](byte_view content) { return content; });
    server served(what, at.endpoint(), {.context = at.inside});
    wire_peer peer = at.connect();
    EXPECT_EQ(peer.ask(init).hex(), let_in);
    const memory_peak peak;
    send_large(peer, large_head(2, "0700"));
    EXPECT_EQ(peer.skip(), large + 9);
    EXPECT_LT(peak.growth(), large * 5 / 2);
}

TEST(basic_payload, a_client_copies_large_arguments_once_and_a_large_result_once) {
    if (!memory_is_told) GTEST_SKIP() << "a sanitizer keeps memory of its own";
    place at;
    auto listener = std::move(at.inside->memory().listen(at.name)).value();
    client here(at.endpoint(), {.context = at.inside});
    std::thread connects([&] { here.connect(); });
    std::unique_ptr<beckon::io::byte_stream> stream;
    while (!stream) stream = std::move(listener->accept()).value();
    wire_peer peer(std::move(stream));
    EXPECT_EQ(peer.read().hex(), init);
    peer.send(let_in);
    connects.join();
    const bytes content(large, std::byte{7});
    const memory_peak out;
    auto answer = here.start(echo, content);
    EXPECT_EQ(peer.skip(), large + 11);
    EXPECT_LT(out.growth(), large * 3 / 2);
    const memory_peak in;
    send_large(peer, large_head(0, ""));
    EXPECT_EQ(answer.get(), content);
    EXPECT_LT(in.growth(), large * 5 / 2);
}

TEST(basic_payload, commands_that_wait_for_their_turn_keep_their_arguments) {
    place at;
    std::promise<void> go;
    std::shared_future<void> gone = go.get_future().share();
    std::atomic<int> begun = 0;
    service<> what;
    what.respond(recorded::hello, [&](const std::string& name) {
        if (begun++ == 0) gone.wait();
        return name;
    });
    server served(what, at.endpoint(), {.context = at.inside});
    wire_peer peer = at.connect();
    EXPECT_EQ(peer.ask(init).hex(), let_in);
    const auto name_of = [](int i) { return std::string(200, static_cast<char>('A' + i)); };
    const auto ask = [&](int i) {
        beckon::buffer out;
        put_number(out, 5 + 2 + 4 + 200, 4);
        put_number(out, 1, 1);
        put_number(out, 0, 2);
        ASSERT_TRUE(put_text(out, name_of(i)));
        peer.send(out.view());
    };
    ask(0);
    while (begun == 0) std::this_thread::yield();
    for (int i = 1; i < 40; ++i) ask(i); // each overwrites the input that the one before came in
    wire_peer other = at.connect();
    EXPECT_EQ(other.ask(init).hex(), let_in); // nobody else waits
    go.set_value();
    for (int i = 0; i < 40; ++i) {
        const message answer = peer.read();
        cursor from(answer.payload());
        EXPECT_EQ(from.take_text().value(), name_of(i));
    }
}

TEST(basic_payload, what_fails_while_it_is_written_is_told_and_leaves_nothing_behind) {
    place at;
    constexpr auto both = command(3, "both", nothing, seq(beckon::basic::bytes, u8));
    service<> what;
    what.respond(both, [] { return std::tuple(bytes(100), 300); });
    server served(what, at.endpoint(), {.context = at.inside});
    client here(at.endpoint(), {.context = at.inside});
    here.connect();
    EXPECT_THROW(static_cast<void>(here.call(both)), beckon::python::overflow_error);
    const auto misfit = here.try_call(command(9, "no", seq(str, u8), nothing), "a", 300);
    ASSERT_FALSE(misfit);
    EXPECT_EQ(misfit.error().message(), "int too big to convert");
    EXPECT_NE(misfit.error().to_string().find("writing the arguments of command 9 (no)"),
              std::string::npos)
        << misfit.error().to_string();
    EXPECT_THROW(static_cast<void>(here.call(both)), beckon::python::overflow_error);
}

} // namespace
} // namespace basic_test
