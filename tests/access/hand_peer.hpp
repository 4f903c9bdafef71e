// A client of JSON-RPC with protected messages, by hand: what it sends can be kept, changed, and sent again.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "beckon/jsonrpc.hpp"
#include "beckon/keys.hpp"
#include "jsonrpc/text_peer.hpp"

namespace protected_test {

using beckon::concat;
using beckon::message_security;
using beckon::security_side;
using beckon::value;
namespace keys = beckon::security::keys;

/// Keys of a server, alice and bob, one shared with each.
struct shared_keys {
    keys::key alice = keys::key::make("alice", keys::key_kind::shared);
    keys::key bob = keys::key::make("bob", keys::key_kind::shared);

    [[nodiscard]] static std::shared_ptr<const keys::key_ring> ring(const std::string& lines) {
        return keys::key_ring::parse(lines, "test").value();
    }
    [[nodiscard]] beckon::message_security_maker of_server(keys::provider how) const {
        return keys::make({.how = how, .ring = ring(alice.line() + bob.line())},
                          security_side::accepting)
            .value();
    }
    [[nodiscard]] beckon::message_security_maker of(const keys::key& user,
                                                    keys::provider how) const {
        return keys::make({.how = how, .ring = ring(user.line())}, security_side::connecting)
            .value();
    }
};

class hand_peer {
public:
    /// Two lines: a header, and what it is about.
    struct letter {
        std::string header;
        std::string payload;
    };

    hand_peer(std::unique_ptr<beckon::io::byte_stream> stream,
              const beckon::message_security_maker& by)
        : peer_(std::move(stream)), by_(by(security_side::connecting).value()) {
        by_->needs_text();
    }

    [[nodiscard]] letter write(std::string_view text) {
        auto made = by_->protect(beckon::as_bytes(text)).value();
        value pairs = value::map();
        for (const auto& [key, content] : made.header) pairs.insert_or_assign(key, content);
        const value header = value::map(
            {{"jsonrpc", "2.0"}, {"method", "rpc.secinfo"}, {"params", std::move(pairs)}});
        beckon::buffer line;
        EXPECT_TRUE(beckon::json::write(line, header));
        return {std::string(beckon::as_text(line.view())),
                made.replaced ? std::string(beckon::as_text(*made.replaced)) : std::string(text)};
    }
    void send(const letter& written) {
        peer_.send(concat(written.header, '\n', written.payload, '\n'));
    }
    void send_line(std::string_view line) { peer_.send_line(line); }
    /// The next message, whether it is protected or not.
    [[nodiscard]] value read() {
        proven_by.clear();
        value first = peer_.read();
        if (first["method"] != value("rpc.secinfo")) return first;
        const auto payload = peer_.read_line();
        if (!payload) return {};
        beckon::metadata header;
        for (const auto& each : first["params"].entries())
            header.emplace_back(each.key.string(), each.mapped.string());
        const auto checked = by_->check(beckon::as_bytes(*payload), header);
        if (!checked) {
            ADD_FAILURE() << checked.error().to_string();
            return {};
        }
        proven_by = checked->user;
        const std::string said =
            checked->replaced ? std::string(beckon::as_text(*checked->replaced)) : *payload;
        return beckon::json::parse(said).value();
    }
    [[nodiscard]] value ask(std::string_view text) {
        send(write(text));
        return read();
    }

    std::string proven_by; ///< Who sent what was read last; empty: nobody has proven it.

private:
    jsonrpc_test::text_peer peer_;
    const std::unique_ptr<message_security> by_;
};

} // namespace protected_test
