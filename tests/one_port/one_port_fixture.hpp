// A server at one address, and who comes to it.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <string>

#include "base/kept_log_test.hpp"
#include "beckon/beckon.hpp"
#include "beckon/transport/tcp/tcp.hpp"
#include "conformance/service.hpp"
#include "transport/listening_test.hpp"
#include "transport/tls/certificates_test.hpp"

namespace one_port_test {

using namespace std::chrono_literals;
using beckon::concat;
using beckon::transport::tls::test_authority;

class one_port : public testing::Test {
protected:
    explicit one_port(beckon::server_options chosen = {}) : server(with(std::move(chosen))) {
        conformance::publish(server);
        server.set_root("conformance");
    }
    ~one_port() override { server.stop(); }

    /// With the port of the first one.
    void listen(const std::string& how, const std::string& options = {}) {
        const std::string real = server.listen(concat(how, "://", at, options));
        if (at == "127.0.0.1:0") at = real.substr(real.find("//") + 2);
    }
    std::string refused(const std::string& how, const std::string& options = {}) {
        const auto tried = server.try_listen(concat(how, "://", at, options));
        return tried ? "it listens" : tried.error().message();
    }
    std::int64_t add(const std::string& how, const std::string& options = {}) {
        const auto session = beckon::connect(concat(how, "://", at, options), {.context = inside});
        return session.get<conformance::Conformance>("conformance")->add(2, 3);
    }
    [[nodiscard]] std::unique_ptr<beckon::io::byte_stream> raw() const {
        return beckon::transport::tcp::connect(beckon::io::parse_endpoint("tcp://" + at).value(),
                                               {})
            .value();
    }
    [[nodiscard]] std::string logged() const { return log.lines(); }

    beckon::server_options with(beckon::server_options chosen) {
        chosen.context = inside;
        return chosen;
    }

    beckon::kept_log log;
    std::shared_ptr<beckon::context> inside = beckon::context::create({.log = log}).value();
    beckon::server server;
    std::string at = "127.0.0.1:0";
};

inline void say(beckon::io::byte_stream& to, std::string_view text) {
    const beckon::byte_view view = beckon::as_bytes(text);
    ASSERT_EQ(to.write({&view, 1}).size, view.size());
}
/// What comes until the other side ends.
inline std::string hear(beckon::io::byte_stream& from) {
    std::string all;
    const auto until = std::chrono::steady_clock::now() + 20s;
    while (std::chrono::steady_clock::now() < until) {
        std::array<std::byte, 4096> piece;
        const auto got = from.read_waiting(piece, 1s);
        if (got.status == beckon::io::io_status::would_block) continue;
        if (got.status != beckon::io::io_status::ok) return all;
        all.append(reinterpret_cast<const char*>(piece.data()), got.size);
    }
    return all + " and no end";
}

/// What comes next.
inline std::string hear_some(beckon::io::byte_stream& from) {
    std::array<std::byte, 4096> piece;
    const auto got = from.read_waiting(piece, 20s);
    EXPECT_EQ(got.status, beckon::io::io_status::ok);
    return {reinterpret_cast<const char*>(piece.data()), got.size};
}

class hurried_port : public one_port {
protected:
    static beckon::server_options hurried() {
        beckon::server_options made;
        made.limits.handshake_within = 100ms;
        made.limits.message_within = 100ms;
        made.limits.max_connections = 2;
        return made;
    }
    hurried_port() : one_port(hurried()) {}
};

} // namespace one_port_test
