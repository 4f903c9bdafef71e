// The conversation in docs/wire/native.md, held with the real server and with the real client, byte for byte. So the page
// is what the code does, and others can try a peer of their own against it.
//
// To record it anew after a change of the format: BECKON_RECORD=1 prints what the two really say to each other.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <functional>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "beckon/beckon.hpp"

// The interfaces of the page; their names are part of the digest.

struct OutOfStock {
    std::string name;
    std::int64_t wanted = 0;
};
BECKON_EXCEPTION(OutOfStock, name, wanted)

struct Listener {
    void on_event(std::int64_t sequence, std::string text);
};
BECKON_INTERFACE(Listener, (on_event, sequence, text))

struct Counter {
    std::int64_t increment(std::int64_t by);
};
BECKON_INTERFACE(Counter, (increment, by))

struct Shop {
    std::string say(std::string text);
    std::int64_t call_back(beckon::ref<Listener> listener, std::int64_t times);
    beckon::ref<Counter> make_counter(std::int64_t start);
    std::int64_t sell(std::string name, std::int64_t count);
    beckon::stream<std::int64_t> count_to(std::int64_t n);
};
BECKON_INTERFACE(Shop, (say, text), (call_back, listener, times), (make_counter, start),
                 (sell, name, count), (count_to, n))
BECKON_RAISES(Shop, OutOfStock)

namespace {

struct listener {
    std::string heard;
    void on_event(std::int64_t sequence, const std::string& text) {
        heard += std::to_string(sequence) + text;
    }
};

struct counter {
    std::int64_t number;
    std::int64_t increment(std::int64_t by) { return number += by; }
};

struct shop {
    std::string say(const std::string& text) { return text; }
    std::int64_t call_back(const beckon::ref<Listener>& told, std::int64_t times) {
        for (std::int64_t i = 1; i <= times; ++i) told->on_event(i, "event");
        return times;
    }
    beckon::ref<Counter> make_counter(std::int64_t start) {
        return beckon::make_ref<Counter>(std::make_shared<counter>(counter{start}));
    }
    std::int64_t sell(const std::string& name, std::int64_t count) {
        throw OutOfStock{name, count};
    }
    beckon::stream<std::int64_t> count_to(std::int64_t n) {
        for (std::int64_t i = 1; i <= n; ++i) co_yield i;
    }
};

/// Without deadlines of their own: how much time a nested call has left is no constant.
beckon::limits without_deadlines() {
    beckon::limits limits;
    limits.default_timeout = std::chrono::milliseconds(0);
    return limits;
}

/// What the page's client does, in its order.
void talk(const std::string& endpoint) {
    beckon::connect_options options;
    options.limits = without_deadlines();
    options.user = "lucy";
    const auto session = beckon::connect(endpoint, options);
    const auto shop = session.get<Shop>("shop");

    beckon::call_options with = beckon::timeout(std::chrono::milliseconds(1500));
    with.metadata = {{"trace", "7"}};
    EXPECT_EQ(shop.with(with)->say("hello"), "hello");

    const auto mine = std::make_shared<listener>();
    EXPECT_EQ(shop->call_back(beckon::make_ref<Listener>(mine), 1), 1);
    EXPECT_EQ(mine->heard, "1event");

    {
        auto made = shop.async()->make_counter(5);
        const auto counted = made.async()->increment(2).get();
        EXPECT_EQ(counted, 7);
    } // gives the counter back

    EXPECT_THROW(shop->sell("nails", 20), OutOfStock);

    std::int64_t sum = 0;
    for (const std::int64_t number : shop->count_to(2)) sum += number;
    EXPECT_EQ(sum, 3);
    session.close();
}

std::string serve(beckon::server& server) {
    server.publish<Shop>("shop", std::make_shared<shop>());
    return server.listen("tcp://127.0.0.1:0");
}

beckon::server_options server_options() {
    beckon::server_options options;
    options.limits = without_deadlines();
    return options;
}

// --- The page ---

/// A run of bytes from one side: 'C' or 'S'.
struct speech {
    char side = 0;
    std::string hex; ///< Two digits a byte, one blank after each.
    int line = 0;
};

/// Reads the first block of bytes under a heading. A line of it is: a side, two blanks, bytes in hexadecimal, two blanks, a
/// remark. A line without a side continues the one before.
std::vector<speech> read_page(const std::string& heading) {
    std::ifstream page(std::string(std::getenv("BECKON_SOURCE_DIR")) + "/docs/wire/native.md");
    EXPECT_TRUE(page) << "BECKON_SOURCE_DIR names no tree with the page";
    std::vector<speech> spoken;
    std::string line;
    int number = 0;
    bool there = false;
    bool inside = false;
    while (std::getline(page, line)) {
        ++number;
        if (line == heading) there = true;
        if (there && line.starts_with("C  ")) inside = true;
        if (inside && line.starts_with("```")) break;
        if (!inside || line.size() < 4) continue;
        const std::size_t end = line.find("  ", 3);
        std::string hex = line.substr(3, end == std::string::npos ? end : end - 3);
        if (hex.find_first_not_of("0123456789abcdef ") != std::string::npos) {
            ADD_FAILURE() << "line " << number << " holds no bytes: " << line;
            break;
        }
        hex += ' ';
        if (line[0] == ' ' && !spoken.empty()) {
            spoken.back().hex += hex;
        } else {
            spoken.push_back({line[0], hex, number});
        }
    }
    EXPECT_FALSE(spoken.empty()) << "no block under " << heading;
    return spoken;
}

std::string from_hex(const std::string& hex) {
    std::string raw;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 3)
        raw += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
    return raw;
}

std::string to_hex(std::string_view raw) {
    constexpr char digits[] = "0123456789abcdef";
    std::string hex;
    for (const char each : raw) {
        hex += digits[static_cast<unsigned char>(each) >> 4];
        hex += digits[static_cast<unsigned char>(each) & 15];
        hex += ' ';
    }
    return hex;
}

// --- A peer that says what the page says ---

class raw_socket {
public:
    explicit raw_socket(int number) noexcept : number_(number) {}
    raw_socket(const raw_socket&) = delete;
    raw_socket& operator=(const raw_socket&) = delete;
    ~raw_socket() { ::close(number_); }

    void send(std::string_view raw) const {
        while (!raw.empty()) {
            const ssize_t sent = ::send(number_, raw.data(), raw.size(), MSG_NOSIGNAL);
            ASSERT_GT(sent, 0);
            raw.remove_prefix(static_cast<std::size_t>(sent));
        }
    }
    /// So many bytes, or fewer where no more come within ten seconds.
    [[nodiscard]] std::string read(std::size_t size) const {
        std::string raw;
        while (raw.size() < size) {
            const std::string more = read_some(size - raw.size());
            if (more.empty()) break;
            raw += more;
        }
        return raw;
    }
    [[nodiscard]] std::string read_some(std::size_t most) const {
        pollfd waiting{number_, POLLIN, 0};
        if (::poll(&waiting, 1, 10'000) != 1) return {};
        std::string raw(most, '\0');
        const ssize_t got = ::recv(number_, raw.data(), raw.size(), 0);
        raw.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
        return raw;
    }
    [[nodiscard]] int number() const noexcept { return number_; }

private:
    int number_;
};

sockaddr_in loopback(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    return address;
}

int connect_to(const std::string& endpoint) {
    const int number = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in address = loopback(std::stoi(endpoint.substr(endpoint.rfind(':') + 1)));
    EXPECT_EQ(::connect(number, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    return number;
}

/// Listens on a port of the system's choice.
class raw_listener {
public:
    raw_listener() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address = loopback(0);
        socklen_t size = sizeof address;
        EXPECT_EQ(
            ::bind(socket_.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address),
            0);
        EXPECT_EQ(::listen(socket_.number(), 1), 0);
        EXPECT_EQ(::getsockname(socket_.number(), reinterpret_cast<sockaddr*>(&address), &size), 0);
        endpoint_ = "tcp://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
    }
    [[nodiscard]] const std::string& endpoint() const noexcept { return endpoint_; }
    [[nodiscard]] int accept() const {
        return ::accept4(socket_.number(), nullptr, nullptr, SOCK_CLOEXEC);
    }

private:
    raw_socket socket_;
    std::string endpoint_;
};

/// Says one side's part and compares the other's.
void play(const raw_socket& with, const std::vector<speech>& spoken, char mine) {
    for (const speech& next : spoken) {
        const std::string raw = from_hex(next.hex);
        if (next.side == mine) {
            with.send(raw);
            continue;
        }
        const std::string found = with.read(raw.size());
        ASSERT_EQ(to_hex(found), next.hex) << "at line " << next.line << " of docs/wire/native.md";
    }
}

/// Prints what passes between a client and a server.
void record() {
    beckon::server server(server_options());
    const std::string behind = serve(server);
    const raw_listener listening;
    const std::jthread client([&] { talk(listening.endpoint()); });
    const raw_socket near(listening.accept());
    const raw_socket far(connect_to(behind));
    for (;;) {
        pollfd both[2] = {{near.number(), POLLIN, 0}, {far.number(), POLLIN, 0}};
        if (::poll(both, 2, 10'000) <= 0) break;
        const bool from_client = both[0].revents != 0;
        const std::string raw = (from_client ? near : far).read_some(65536);
        if (raw.empty()) break;
        std::cout << (from_client ? "C  " : "S  ") << to_hex(raw) << "\n";
        (from_client ? far : near).send(raw);
    }
}

} // namespace

TEST(NativeConversation, the_server_answers_as_the_page_says) {
    if (std::getenv("BECKON_RECORD") != nullptr) return record();
    beckon::server server(server_options());
    const raw_socket client(connect_to(serve(server)));
    play(client, read_page("## A conversation"), 'C');
    EXPECT_EQ(client.read_some(100), "") << "the server had more to say after the goodbye";
}

TEST(NativeConversation, the_client_says_what_the_page_says) {
    const std::vector<speech> page = read_page("## A conversation");
    const raw_listener listening;
    const std::jthread server([&] {
        const raw_socket accepted(listening.accept());
        play(accepted, page, 'S');
    });
    talk(listening.endpoint());
}

TEST(NativeConversation, single_frames_are_answered_as_the_page_says) {
    beckon::server server(server_options());
    const raw_socket client(connect_to(serve(server)));
    play(client, read_page("### Single frames"), 'C');
}
