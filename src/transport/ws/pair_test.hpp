// What the tests of WebSocket share: both ends, and a peer that says what it likes.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <utility>

#include "beckon/io/wait.hpp"
#include "beckon/transport/ws/ws.hpp"
#include "transport/carriers_test.hpp"
#include "transport/listening_test.hpp"
#include "transport/ws/stream.hpp"

namespace beckon::transport::ws {

inline result<std::unique_ptr<io::listener>> listen_ws(const std::string& options = "",
                                                       const io::listen_options& settings = {},
                                                       const std::string& path = "") {
    const io::endpoint where = at("ws://127.0.0.1:0" + path + options);
    return listen(where, settings, [](const io::listen_options& below) {
        return tcp::listen(at("tcp://127.0.0.1:0"), below);
    });
}

inline result<std::unique_ptr<io::byte_stream>>
connect_ws(const std::string& address, const std::string& options = "",
           const io::connect_options& settings = {}) {
    const std::string host = address.substr(0, address.find('/'));
    return connect(
        at("ws://" + address + options), settings,
        [&](const io::connect_options& below) { return tcp::connect(at("tcp://" + host), below); });
}

/// Both ends over tcp.
inline stream_pair connected_pair(bool server_is_near = false, bool keep = false) {
    auto listening = listen_ws();
    EXPECT_TRUE(listening) << listening.error().to_string();
    result<std::unique_ptr<io::byte_stream>> client = fail(errc::internal, "not run");
    std::thread connecting([&] { client = connect_ws((*listening)->local_endpoint().address); });
    std::unique_ptr<io::byte_stream> server = accept_one(**listening);
    connecting.join();
    EXPECT_TRUE(client) << client.error().to_string();
    if (keep) {
        EXPECT_EQ((*client)->keep_messages(), io::message_mode::free);
        EXPECT_EQ(server->keep_messages(), io::message_mode::free);
    }
    if (server_is_near) return {std::move(server), std::move(client).value(), nullptr};
    return {std::move(client).value(), std::move(server), nullptr};
}

inline std::shared_ptr<const side> side_of(role plays, const std::string& options = "",
                                           std::size_t most = 1u << 20) {
    auto made = make_side(plays, at("ws://127.0.0.1:7000/" + options), {}, {.most_bytes = most});
    EXPECT_TRUE(made) << made.error().to_string();
    return *made;
}

/// A side whose pings come sooner than seconds.
inline std::shared_ptr<const side> impatient(role plays, nanoseconds after) {
    auto made = std::const_pointer_cast<side>(side_of(plays));
    made->ping_after = after;
    return made;
}

/// One end, over memory, and what its peer has in hand: raw bytes.
struct raw_peer {
    explicit raw_peer(role plays, std::shared_ptr<const side> own = nullptr, bool keep = true) {
        auto below = *memory::network::make_pair("raw");
        raw = std::move(below.second);
        if (own == nullptr) own = side_of(plays);
        near = *stream::create(own, std::move(below.first));
        if (plays == role::server) {
            say("GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
            EXPECT_EQ(near->advance(), io::greeting::done);
            EXPECT_TRUE(hear().ends_with("\r\n\r\n"));
        } else {
            EXPECT_EQ(near->advance(), io::greeting::wants_input);
            const std::string asked = hear();
            const std::size_t key = asked.find("Sec-WebSocket-Key: ") + 19;
            say(concat("HTTP/1.1 101 Switching\r\nUpgrade: WebSocket\r\nConnection: "
                       "keep-alive, Upgrade\r\nSec-WebSocket-Accept: ",
                       accept_for(asked.substr(key, 24)), "\r\n\r\n"));
            EXPECT_EQ(near->advance(), io::greeting::done);
        }
        if (keep) static_cast<void>(near->keep_messages());
    }

    void say(std::string_view text) {
        const byte_view view = as_bytes(text);
        EXPECT_EQ(raw->write({&view, 1}).size, text.size());
    }
    /// All that has come.
    std::string hear() {
        std::string all;
        for (;;) {
            std::byte into[4096];
            const io::io_result got = raw->read(into);
            if (got.status != io::io_status::ok) return all;
            all += as_text(byte_view(into).first(got.size));
        }
    }
    /// What one read gives: its content, "end", "failed", "nothing".
    std::string read() {
        std::byte into[4096];
        const io::io_result got = near->read(into);
        switch (got.status) {
        case io::io_status::ok: return std::string(as_text(byte_view(into).first(got.size)));
        case io::io_status::end: return "end";
        case io::io_status::failed: return "failed";
        case io::io_status::would_block: break;
        }
        return "nothing";
    }

    std::unique_ptr<io::byte_stream> raw;
    std::unique_ptr<stream> near;
};

/// A frame as a client or a server sends it.
inline std::string frame(unsigned first, std::string_view content, bool masked = true) {
    std::string out(1, static_cast<char>(first));
    const unsigned mask_bit = masked ? 0x80 : 0;
    if (content.size() < 126) {
        out += static_cast<char>(mask_bit | content.size());
    } else {
        out += static_cast<char>(mask_bit | 126);
        out += static_cast<char>(content.size() >> 8);
        out += static_cast<char>(content.size() & 0xff);
    }
    constexpr std::string_view key = "\x12\x34\x56\x78";
    if (masked) out += key;
    for (std::size_t i = 0; i < content.size(); ++i)
        out += masked ? static_cast<char>(content[i] ^ key[i % 4]) : content[i];
    return out;
}

/// A message as keep_messages gives it.
inline std::string sized(std::string_view content) {
    std::string out;
    for (int i = 0; i < 4; ++i) out += static_cast<char>(content.size() >> (8 * i));
    return out + std::string(content);
}

/// Waits as a session does, until there is something else than nothing.
inline std::string read_in_time(raw_peer& peer) {
    const time_point until = steady_clock_source().now() + std::chrono::seconds(20);
    for (;;) {
        const std::string got = peer.read();
        if (got != "nothing" || steady_clock_source().now() > until) return got;
        static_cast<void>(io::wait_readable(peer.near->read_descriptor(), until));
    }
}

} // namespace beckon::transport::ws
