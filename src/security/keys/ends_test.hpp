// Two ends of a signed or sealed conversation, with a clock that stands still, for tests.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "beckon/security/keys/keys.hpp"

namespace beckon::security::keys::testing {

/// What was sent: as a test may keep it, change it, and hand it on.
struct letter {
    metadata header;
    bytes payload;

    [[nodiscard]] std::string& at(std::string_view name) {
        for (auto& [key, text] : header) {
            if (key == name) return text;
        }
        return header.emplace_back(std::string(name), "").second;
    }
};

/// Keys of a server that alice and bob share one each with, and have a pair each for.
struct users {
    key alice_shared = key::make("alice", key_kind::shared);
    key bob_shared = key::make("bob", key_kind::shared);
    key alice = key::make("alice", key_kind::secret);
    key bob = key::make("bob", key_kind::secret);
    key server = key::make("server", key_kind::secret);

    /// As files of one kind of key hold them.
    [[nodiscard]] std::shared_ptr<const key_ring> of_server(bool pairs) const {
        return ring(pairs ? server.line() + alice.public_half().line() + bob.public_half().line()
                          : alice_shared.line() + bob_shared.line());
    }
    [[nodiscard]] std::shared_ptr<const key_ring> of_alice(bool pairs) const {
        return ring(pairs ? alice.line() + server.public_half().line() : alice_shared.line());
    }
    [[nodiscard]] std::shared_ptr<const key_ring> of_bob(bool pairs) const {
        return ring(pairs ? bob.line() + server.public_half().line() : bob_shared.line());
    }
    [[nodiscard]] static std::shared_ptr<const key_ring> ring(const std::string& lines) {
        return key_ring::parse(lines, "test").value();
    }
};

class ends {
public:
    explicit ends(provider how, bool pairs = false) : how_(how), pairs_(pairs) {}

    [[nodiscard]] options chosen(std::shared_ptr<const key_ring> ring) const {
        options made;
        made.how = how_;
        made.ring = std::move(ring);
        made.clock = [this] { return now; };
        return made;
    }
    [[nodiscard]] std::unique_ptr<message_security> server() {
        options made = chosen(people.of_server(pairs_));
        made.memory = memory;
        made.order = order;
        return begin(std::move(made), security_side::accepting);
    }
    [[nodiscard]] std::unique_ptr<message_security> alice() const {
        return begin(chosen(people.of_alice(pairs_)), security_side::connecting);
    }
    [[nodiscard]] std::unique_ptr<message_security> bob() const {
        return begin(chosen(people.of_bob(pairs_)), security_side::connecting);
    }
    [[nodiscard]] static std::unique_ptr<message_security> begin(options how, security_side side) {
        return make(std::move(how), side).value()(side).value();
    }

    [[nodiscard]] static letter send(message_security& by, std::string_view text) {
        auto made = by.protect(as_bytes(text)).value();
        return {std::move(made.header), made.replaced ? *made.replaced : to_bytes(text)};
    }
    /// "alice: text", or why not.
    [[nodiscard]] static std::string receive(message_security& by, const letter& came) {
        auto taken = by.check(came.payload, came.header);
        if (!taken) return taken.error().to_string();
        const bytes& said = taken->replaced ? *taken->replaced : came.payload;
        return concat(taken->user, ": ", as_text(said));
    }

    users people;
    replay_memory::time now{std::chrono::milliseconds(1'700'000'000'000)};
    std::shared_ptr<replay_memory> memory = std::make_shared<replay_memory>(now);
    message_order order = message_order::strict;

private:
    const provider how_;
    const bool pairs_;
};

} // namespace beckon::security::keys::testing
