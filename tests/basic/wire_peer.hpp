// The other side of a basic-socket-rpc conversation, by hand: bytes out, whole messages in.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/kept_log_test.hpp"
#include "beckon/basic.hpp"
#include "beckon/object/named_error.hpp"
#include "beckon/object/operate.hpp"
#include "beckon/transport/memory/memory.hpp"
#include "codec/vector_file_test.hpp"

namespace basic_test {

using namespace std::chrono_literals;
using beckon::byte_view;
using beckon::bytes;
using beckon::concat;
using beckon::errc;
using beckon::kept_log;
using beckon::value;
using beckon::vectors::from_hex;

[[nodiscard]] inline std::string fresh_name() {
    static int last = 0;
    return concat("basic-", std::chrono::steady_clock::now().time_since_epoch().count(), '-',
                  ++last);
}

/// The section of the recorded vectors.
[[nodiscard]] inline value section(std::string_view key) {
    return beckon::vectors::section_of("basic-socket-rpc.json", key, value());
}

/// An EXCEPTION's name and text.
struct told_exception {
    std::string name;
    std::string text;
};

/// One message with its head.
struct message {
    bytes whole;

    [[nodiscard]] int type() const { return std::to_integer<int>(whole[4]); }
    [[nodiscard]] byte_view payload() const { return byte_view(whole).subspan(5); }
    [[nodiscard]] std::string hex() const { return beckon::to_hex(whole); }
    [[nodiscard]] told_exception exception() const {
        EXPECT_EQ(type(), 4) << hex();
        beckon::basic::cursor from(payload());
        told_exception told;
        if (const auto name = from.take_text()) told.name = *name;
        if (const auto text = from.take_text()) told.text = *text;
        return told;
    }
};

class wire_peer {
public:
    explicit wire_peer(std::unique_ptr<beckon::io::byte_stream> stream)
        : stream_(std::move(stream)) {}

    void send(byte_view left) {
        const auto end = std::chrono::steady_clock::now() + 10s;
        while (!left.empty() && std::chrono::steady_clock::now() < end) {
            const auto wrote = stream_->write({&left, 1});
            if (wrote.status == beckon::io::io_status::failed) return; // what follows finds the end
            if (wrote.status == beckon::io::io_status::ok) left = left.subspan(wrote.size);
        }
        EXPECT_TRUE(left.empty()) << "the session takes nothing";
    }
    void send(std::string_view hex) { send(byte_view(from_hex(hex))); }
    /// The next message; nothing where the conversation has ended.
    [[nodiscard]] std::optional<message> try_read() {
        const auto end = std::chrono::steady_clock::now() + 10s;
        for (;;) {
            if (input_.size() >= 4) {
                beckon::basic::cursor head(input_.view());
                const std::size_t size = *head.take_number(4, "size");
                if (input_.size() >= size) {
                    const byte_view whole = input_.view().first(size);
                    message made{bytes(whole.begin(), whole.end())};
                    input_.consume(size);
                    return made;
                }
            }
            std::byte more[4096];
            const auto got = stream_->read_waiting(more, 100ms);
            if (got.status == beckon::io::io_status::ok) {
                input_.append({more, got.size});
            } else if (got.status != beckon::io::io_status::would_block) {
                return {};
            } else if (std::chrono::steady_clock::now() > end) {
                ADD_FAILURE() << "nothing came for ten seconds";
                return {};
            }
        }
    }
    /// Takes the next message without keeping it; its size.
    [[nodiscard]] std::size_t skip() {
        const auto end = std::chrono::steady_clock::now() + 30s;
        std::size_t size = 0;
        std::size_t got = 0;
        std::vector<std::byte> piece(1u << 20);
        while ((size == 0 || got < size) && std::chrono::steady_clock::now() < end) {
            const std::size_t most = size == 0 ? 4 - got : std::min(piece.size(), size - got);
            const auto more =
                stream_->read_waiting({piece.data() + (size == 0 ? got : 0), most}, 100ms);
            if (more.status == beckon::io::io_status::ok) got += more.size;
            if (more.status != beckon::io::io_status::ok &&
                more.status != beckon::io::io_status::would_block)
                break;
            if (size != 0 || got < 4) continue;
            beckon::basic::cursor head(byte_view(piece.data(), 4));
            size = *head.take_number(4, "size");
        }
        return got;
    }
    [[nodiscard]] message read() {
        auto next = try_read();
        EXPECT_TRUE(next) << "the conversation has ended";
        return next ? *std::move(next) : message{from_hex("05000000ff")};
    }
    [[nodiscard]] message ask(std::string_view hex) {
        send(hex);
        return read();
    }
    /// Whether the conversation has ended with nothing more to say.
    [[nodiscard]] bool is_over() { return !try_read(); }
    void close() { stream_.reset(); }

private:
    std::unique_ptr<beckon::io::byte_stream> stream_;
    beckon::buffer input_;
};

inline constexpr std::string_view init = "0800000000000001";
inline constexpr std::string_view let_in = "060000000001";
inline constexpr std::string_view not_yet = "060000000000";

/// A place in memory that servers listen at and clients connect to.
struct place {
    place() : inside(*beckon::context::create({.log = log})), name(fresh_name()) {}
    [[nodiscard]] std::string endpoint() const { return concat("basic+memory:", name); }
    [[nodiscard]] wire_peer connect() const { return wire_peer(*inside->memory().connect(name)); }

    kept_log log;
    const std::shared_ptr<beckon::context> inside;
    const std::string name;
};

// The commands of the server that the vectors were recorded from.
namespace recorded {
using namespace beckon::basic;
inline constexpr auto hello = command(0, "hello", str, str);
inline constexpr auto goodbye = command(1, "goodbye", str, str);
inline constexpr auto add_2_words = command(2, "add_2_words", seq(u32, u32), u32);
inline constexpr auto func_no_args = command(3, "func_no_args", nothing, nothing);
inline constexpr auto raises_key_error = command(4, "raises_key_error", nothing, nothing);
inline constexpr auto raises_own = command(5, "raises_own", nothing, nothing);
inline constexpr auto raises_exit = command(6, "raises_exit", nothing, nothing);
inline constexpr auto raises_unicode = command(7, "raises_unicode", nothing, nothing);
inline constexpr auto returns_300 = command(8, "returns_300", nothing, u8);
inline constexpr auto sum_fixed = command(9, "sum_fixed_array", fixed(3, u32), u32);
inline constexpr auto sum_array = command(10, "sum_array", array(u32), u32);
inline constexpr auto sum_and_echo =
    command(11, "sum_array_echo_string", seq(array(u32), str), seq(u32, str));
inline constexpr auto unknown = command(99, "unknown", str, str);
} // namespace recorded

/// The server that they were recorded from, in C++.
template <typename Shared = beckon::basic::no_data, typename Local = beckon::basic::no_data>
[[nodiscard]] beckon::basic::service<Shared, Local> recorded_service() {
    using namespace recorded;
    const auto sum = [](const std::vector<std::uint32_t>& numbers) {
        std::uint64_t all = 0;
        for (const std::uint32_t each : numbers) all += each;
        return all;
    };
    beckon::basic::service<Shared, Local> made;
    made.respond(hello, [](const std::string& name) { return "hello " + name; })
        .respond(goodbye, [](const std::string& name) { return "goodbye " + name; })
        .respond(add_2_words, [](std::uint64_t a, std::uint64_t b) { return a + b; })
        .respond(func_no_args, [] {})
        .respond(raises_key_error, [] { beckon::throw_error(beckon::key_error("k")); })
        .respond(raises_own,
                 [] { beckon::throw_error(beckon::named_error("shop.MyErr", "custom failure")); })
        .respond(raises_exit,
                 [] { beckon::throw_error(beckon::named_error("builtins.SystemExit", "3")); })
        .respond(raises_unicode,
                 [] {
                     beckon::throw_error(
                         beckon::named_error("builtins.UnicodeDecodeError", "bad byte"));
                 })
        .respond(returns_300, [] { return 300; })
        .respond(sum_fixed, sum)
        .respond(sum_array, sum)
        .respond(sum_and_echo, [sum](const std::vector<std::uint32_t>& numbers, std::string text) {
            return std::make_tuple(sum(numbers), std::move(text));
        });
    return made;
}

} // namespace basic_test
