// What the tests of HTTP share: each end, and a peer that says what it likes.
#pragma once

#include <gtest/gtest.h>

#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "beckon/transport/http/http.hpp"
#include "transport/carriers_test.hpp"
#include "transport/http/client_stream.hpp"
#include "transport/http/server_stream.hpp"
#include "transport/listening_test.hpp"

namespace beckon::transport::http {

/// A message as keep_messages gives it.
inline std::string sized(std::string_view content) {
    std::string out;
    for (int i = 0; i < 4; ++i) out += static_cast<char>(content.size() >> (8 * i));
    return out + std::string(content);
}

/// What one read gives: its content, "end", "failed", "nothing".
inline std::string read_from(io::byte_stream& stream) {
    std::byte into[65'536];
    const io::io_result got = stream.read(into);
    switch (got.status) {
    case io::io_status::ok: return std::string(as_text(byte_view(into).first(got.size)));
    case io::io_status::end: return "end";
    case io::io_status::failed: return "failed";
    case io::io_status::would_block: break;
    }
    return "nothing";
}

inline void write_to(io::byte_stream& stream, std::string_view text) {
    const byte_view view = as_bytes(text);
    EXPECT_EQ(stream.write({&view, 1}).size, text.size());
}

inline std::string all_from(io::byte_stream& stream) {
    std::string all;
    for (std::string part; (part = read_from(stream)) != "nothing" && part != "end";) all += part;
    return all;
}

inline std::shared_ptr<server_rules> rules_for_tests() {
    auto rules = std::make_shared<server_rules>();
    rules->max_message_bytes = 1000;
    return rules;
}

/// A server's stream, and a client that says what it likes.
struct raw_client {
    explicit raw_client(std::shared_ptr<server_rules> rules = rules_for_tests()) {
        auto below = *memory::network::make_pair("http");
        raw = std::move(below.second);
        near = *server_stream::create(std::move(rules), std::move(below.first));
    }
    /// What the protocol is given, or the answer that the client gets at once.
    std::string ask(std::string_view text) {
        write_to(*raw, text);
        const std::string given = read_from(*near);
        return given == "nothing" || given == "end" ? all_from(*raw) : given;
    }
    std::unique_ptr<io::byte_stream> raw;
    std::unique_ptr<io::byte_stream> near;
};

inline std::string post(std::string_view fields, std::string_view body,
                        std::string_view version = "1.1") {
    return concat("POST / HTTP/", version, "\r\nHost: h\r\nContent-Type: application/json\r\n",
                  fields, "\r\n", body);
}

/// A client's stream, and a server that says what it likes; each dialling gives the next connection.
struct raw_server {
    raw_server() {
        near = *client_stream::create(
            *dial(), [this](const io::connect_options&) { return dial(); }, io::connect_options{},
            "POST / HTTP/1.1\r\nContent-Length: ");
    }
    ~raw_server() { near.reset(); }
    result<std::unique_ptr<io::byte_stream>> dial() {
        const std::lock_guard guard(lock);
        auto below = *memory::network::make_pair("http");
        raws.push_back(std::move(below.second));
        return std::unique_ptr<io::byte_stream>(std::move(below.first));
    }
    /// What the client sent on its last connection, once there is something.
    std::string heard() {
        for (const time_point until = steady_clock_source().now() + std::chrono::seconds(20);
             steady_clock_source().now() < until;) {
            static_cast<void>(read_from(*near));
            {
                const std::lock_guard guard(lock);
                const std::string got = all_from(*raws.back());
                if (!got.empty()) return got;
            }
            static_cast<void>(
                io::wait_readable(near->read_descriptor(),
                                  steady_clock_source().now() + std::chrono::milliseconds(1)));
        }
        return "nothing";
    }
    void say(std::string_view text) { write_to(*raws.back(), text); }

    std::mutex lock;
    std::vector<std::unique_ptr<io::byte_stream>> raws;
    std::unique_ptr<io::byte_stream> near;
};

} // namespace beckon::transport::http
