// The other side of a JSON-RPC session, by hand: it writes texts, and reads what comes line by line.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "beckon/beckon.hpp"
#include "beckon/codec/json.hpp"
#include "beckon/transport/memory/memory.hpp"

namespace jsonrpc_test {

using namespace std::chrono_literals;
using beckon::concat;
using beckon::value;

/// An endpoint that is nobody else's.
[[nodiscard]] inline std::string fresh_name() {
    static int last = 0;
    return concat("jsonrpc-", std::chrono::steady_clock::now().time_since_epoch().count(), '-',
                  ++last);
}

class text_peer {
public:
    explicit text_peer(std::unique_ptr<beckon::io::byte_stream> stream)
        : stream_(std::move(stream)) {}

    void send(std::string_view all) {
        beckon::byte_view left = beckon::as_bytes(all);
        const auto end = std::chrono::steady_clock::now() + 10s;
        while (!left.empty() && std::chrono::steady_clock::now() < end) {
            const auto wrote = stream_->write({&left, 1});
            if (wrote.status == beckon::io::io_status::failed) return; // what follows finds the end
            if (wrote.status == beckon::io::io_status::ok) left = left.subspan(wrote.size);
        }
        EXPECT_TRUE(left.empty()) << "the session takes nothing";
    }
    void send_line(std::string_view text) { send(concat(text, '\n')); }
    /// The next line; nothing where the session has ended.
    [[nodiscard]] std::optional<std::string> read_line() {
        const auto end = std::chrono::steady_clock::now() + 10s;
        for (;;) {
            if (const std::size_t at = input_.find('\n'); at != std::string::npos) {
                std::string line = input_.substr(0, at);
                input_.erase(0, at + 1);
                return line;
            }
            std::byte more[4096];
            const auto got = stream_->read_waiting(more, 100ms);
            if (got.status == beckon::io::io_status::ok) {
                input_.append(reinterpret_cast<const char*>(more), got.size);
            } else if (got.status != beckon::io::io_status::would_block) {
                return {};
            } else if (std::chrono::steady_clock::now() > end) {
                ADD_FAILURE() << "nothing came for ten seconds";
                return {};
            }
        }
    }
    /// The next line as a value.
    [[nodiscard]] value read() {
        const auto line = read_line();
        if (!line) {
            ADD_FAILURE() << "the session has ended";
            return {};
        }
        const auto parsed = beckon::json::parse(*line);
        EXPECT_TRUE(parsed) << *line;
        return parsed ? *parsed : value();
    }
    /// Sends a request and gives what comes next.
    [[nodiscard]] value ask(std::string_view text) {
        send_line(text);
        return read();
    }
    /// Whether everything that was sent has been answered: a request that is sent now is answered next.
    [[nodiscard]] bool is_quiet(std::string_view text, const value& answer) {
        send_line(text);
        const value next = read();
        EXPECT_EQ(next, answer) << next.to_text();
        return next == answer;
    }
    [[nodiscard]] beckon::io::byte_stream& stream() noexcept { return *stream_; }

private:
    std::unique_ptr<beckon::io::byte_stream> stream_;
    std::string input_;
};

/// A server, and as many peers by hand as a test wants.
class served {
public:
    explicit served(std::string options = {}, beckon::limits allowed = {})
        : inside(*beckon::context::create({.log = &beckon::null_log()})), name_(fresh_name()),
          server({.context = inside, .limits = allowed}) {
        endpoint = server.listen(concat("jsonrpc+memory:", name_, std::move(options)));
    }
    [[nodiscard]] text_peer connect() const { return text_peer(*inside->memory().connect(name_)); }

    const std::shared_ptr<beckon::context> inside;

private:
    const std::string name_;

public:
    beckon::server server;
    std::string endpoint;
};

/// A client that shows an object of its own, and a server by hand that it is connected to.
class dialed {
public:
    explicit dialed(const beckon::object& shown, const std::string& options = {},
                    beckon::limits allowed = {})
        : inside_(*beckon::context::create({.log = &beckon::null_log()})), name_(fresh_name()),
          listening_(*inside_->memory().listen(name_)) {
        beckon::connect_options chosen;
        chosen.context = inside_;
        chosen.limits = allowed;
        if (shown) {
            chosen.published = std::make_shared<beckon::publications>();
            chosen.published->publish("shown", shown.core());
        }
        session = beckon::connect(concat("jsonrpc+memory:", name_, options), chosen);
        peer.emplace(std::move(*listening_->accept()));
    }

private:
    const std::shared_ptr<beckon::context> inside_;
    const std::string name_;
    const std::unique_ptr<beckon::io::listener> listening_;

public:
    beckon::connected session;
    std::optional<text_peer> peer;
};

} // namespace jsonrpc_test
