// Two ends of a TLS connection, for tests.
#pragma once

#include <atomic>
#include <string>
#include <thread>
#include <utility>

#include "beckon/transport/tls/tls.hpp"
#include "transport/carriers_test.hpp"
#include "transport/tls/certificates_test.hpp"
#include "transport/tls/stream.hpp"

namespace beckon::transport::tls {

inline result<std::unique_ptr<io::listener>> listen_tls(const std::string& options,
                                                        io::listen_options settings = {}) {
    const io::endpoint where = at("tls://127.0.0.1:0?" + options);
    return listen(where, settings,
                  [&](const io::listen_options& below) { return tcp::listen(where, below); });
}

inline result<std::unique_ptr<io::byte_stream>> connect_tls(const std::string& address,
                                                            const std::string& options,
                                                            io::connect_options settings = {}) {
    const io::endpoint where = at("tls://" + address + (options.empty() ? "" : "?" + options));
    return connect(where, settings,
                   [&](const io::connect_options& below) { return tcp::connect(where, below); });
}

/// What comes of a client at a listener.
struct meeting {
    result<std::unique_ptr<io::byte_stream>> client;
    std::unique_ptr<io::byte_stream> server; ///< Null where the handshake failed.
    std::vector<std::string> log;            ///< Of the listener.
};

/// Lets a client connect and the listener accept until both have an outcome.
inline meeting meet(const std::string& server_options, const std::string& client_options,
                    const std::string& host = "127.0.0.1") {
    kept_log log;
    io::listen_options settings;
    settings.log = &log;
    auto listening = listen_tls(server_options, settings);
    EXPECT_TRUE(listening) << listening.error().to_string();
    std::string address = (*listening)->local_endpoint().address;
    address = host + address.substr(address.rfind(':'));
    const std::size_t lines_before = log.lines().size();
    const auto refused = [&] { return log.lines().size() > lines_before; };
    result<std::unique_ptr<io::byte_stream>> client = fail(errc::internal, "not run");
    std::atomic<bool> over{false};
    std::thread connecting([&] {
        client = connect_tls(address, client_options);
        over = true;
    });
    std::unique_ptr<io::byte_stream> server;
    for (int rounds_after_the_end = 0; !server && !refused();) {
        if (over && !client && ++rounds_after_the_end > 10) break; // it did not come so far
        auto accepted = (*listening)->accept();
        EXPECT_TRUE(accepted) << accepted.error().to_string();
        server = std::move(accepted).value();
        if (server || refused()) break;
        static_cast<void>(io::wait_readable((*listening)->descriptor(),
                                            steady_clock_source().now() +
                                                std::chrono::milliseconds(over ? 10 : 100)));
    }
    connecting.join();
    return {std::move(client), std::move(server), log.lines()};
}

/// A pair for the conformance suite.
inline stream_pair connected_pair(const std::string& server_options = {},
                                  const std::string& client_options = {},
                                  bool server_is_near = false) {
    auto& files = test_authority::shared();
    meeting met =
        meet("cert=" + files.server_file + server_options, "ca=" + files.ca + client_options);
    EXPECT_TRUE(met.client) << met.client.error().to_string();
    EXPECT_TRUE(met.server);
    if (server_is_near) return {std::move(met.server), std::move(met.client).value(), nullptr};
    return {std::move(met.client).value(), std::move(met.server), nullptr};
}

/// Two streams over others, without their handshake.
struct raw_pair {
    std::unique_ptr<stream> client;
    std::unique_ptr<stream> server;
};

inline std::shared_ptr<const side> make_side(role plays, const std::string& options) {
    const io::endpoint where = at("tls://127.0.0.1:1?" + options);
    auto chosen =
        plays == role::client ? read_client_settings(where, {}) : read_server_settings(where, {});
    EXPECT_TRUE(chosen) << chosen.error().to_string();
    auto made = side::create(plays, std::move(chosen).value(), null_log());
    EXPECT_TRUE(made) << made.error().to_string();
    return std::move(made).value();
}

/// Runs both handshakes on this thread until neither goes on.
inline void greet_both(stream& client, stream& server) {
    handshake one = handshake::wants_input;
    handshake two = handshake::wants_input;
    for (int i = 0; i < 10; ++i) {
        if (one != handshake::done && one != handshake::failed) one = client.advance();
        if (two != handshake::done && two != handshake::failed) two = server.advance();
    }
}

inline raw_pair over(std::unique_ptr<io::byte_stream> client,
                     std::unique_ptr<io::byte_stream> server,
                     std::uint64_t renew_after = renew_keys_after) {
    auto& files = test_authority::shared();
    auto one =
        stream::create(make_side(role::client, "ca=" + files.ca), std::move(client), renew_after);
    auto two = stream::create(make_side(role::server, "cert=" + files.server_file),
                              std::move(server), renew_after);
    EXPECT_TRUE(one && two);
    return {std::move(one).value(), std::move(two).value()};
}

} // namespace beckon::transport::tls
