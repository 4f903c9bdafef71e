// The other side of a MessagePack-RPC session, by hand: it writes values and bytes, and reads what comes value by value.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/kept_log_test.hpp"
#include "beckon/codec/msgpack.hpp"
#include "beckon/codec/msgpack_scan.hpp"
#include "beckon/msgpackrpc.hpp"
#include "beckon/transport/memory/memory.hpp"

namespace msgpackrpc_test {

using namespace std::chrono_literals;
using beckon::concat;
using beckon::kept_log;
using beckon::value;

/// An endpoint that is nobody else's.
[[nodiscard]] inline std::string fresh_name() {
    static int last = 0;
    return concat("msgpack-", std::chrono::steady_clock::now().time_since_epoch().count(), '-',
                  ++last);
}

class value_peer {
public:
    explicit value_peer(std::unique_ptr<beckon::io::byte_stream> stream)
        : stream_(std::move(stream)) {}

    void send_bytes(beckon::byte_view left) {
        const auto end = std::chrono::steady_clock::now() + 10s;
        while (!left.empty() && std::chrono::steady_clock::now() < end) {
            const auto wrote = stream_->write({&left, 1});
            if (wrote.status == beckon::io::io_status::failed) return; // what follows finds the end
            if (wrote.status == beckon::io::io_status::ok) left = left.subspan(wrote.size);
        }
        EXPECT_TRUE(left.empty()) << "the session takes nothing";
    }
    void send(const value& message) {
        beckon::buffer out;
        ASSERT_TRUE(beckon::msgpack::write(out, message));
        send_bytes(out.view());
    }
    /// The next message; nothing where the session has ended.
    [[nodiscard]] std::optional<value> try_read() {
        const auto end = std::chrono::steady_clock::now() + 10s;
        for (;;) {
            const auto whole = scan_.look(input_.view(), 64u << 20);
            EXPECT_TRUE(whole) << "the session writes what is no MessagePack";
            if (!whole) return {};
            if (*whole) {
                const std::size_t size = scan_.size();
                const auto read = beckon::msgpack::read(input_.view().first(size));
                EXPECT_TRUE(read);
                input_.consume(size);
                scan_.reset();
                return read ? *read : value();
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
    [[nodiscard]] value read() {
        auto next = try_read();
        EXPECT_TRUE(next) << "the session has ended";
        return next ? *std::move(next) : value();
    }
    /// Sends a request and gives what comes next.
    [[nodiscard]] value ask(std::uint32_t id, std::string_view method, value params) {
        send(value::list({0, id, method, std::move(params)}));
        return read();
    }
    /// Whether the session has ended with nothing more to say.
    [[nodiscard]] bool is_over() { return !try_read(); }
    void close() { stream_.reset(); }

private:
    std::unique_ptr<beckon::io::byte_stream> stream_;
    beckon::buffer input_;
    beckon::msgpack::scanner scan_;
};

/// A server, and as many peers by hand as a test wants.
class served {
public:
    explicit served(std::string options = {}, beckon::limits allowed = {})
        : inside(*beckon::context::create({.log = log})), name_(fresh_name()),
          server({.context = inside, .limits = allowed}) {
        static_cast<void>(server.listen(concat("msgpack+memory:", name_, std::move(options))));
    }
    [[nodiscard]] value_peer connect() const {
        return value_peer(*inside->memory().connect(name_));
    }

    kept_log log;
    const std::shared_ptr<beckon::context> inside;

private:
    const std::string name_;

public:
    beckon::server server;
};

/// A client that shows an object of its own, and a server by hand that it is connected to.
class dialed {
public:
    explicit dialed(const beckon::object& shown = {}, const std::string& options = {},
                    beckon::limits allowed = {})
        : inside_(*beckon::context::create({.log = log})), name_(fresh_name()),
          listening_(*inside_->memory().listen(name_)) {
        beckon::connect_options chosen;
        chosen.context = inside_;
        chosen.limits = allowed;
        if (shown) {
            chosen.published = std::make_shared<beckon::publications>();
            chosen.published->publish("shown", shown.core());
        }
        session = beckon::connect(concat("msgpack+memory:", name_, options), chosen);
        peer.emplace(std::move(*listening_->accept()));
    }

    kept_log log;

private:
    const std::shared_ptr<beckon::context> inside_;
    const std::string name_;
    const std::unique_ptr<beckon::io::listener> listening_;

public:
    beckon::connected session;
    std::optional<value_peer> peer;
};

} // namespace msgpackrpc_test
