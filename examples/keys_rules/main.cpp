// Who may do what: messages that are signed with users' keys, and rules for the calls in them.
#include <cstdio>
#include <memory>
#include <string>

#include <beckon/jsonrpc.hpp>
#include <beckon/keys.hpp>
#include <beckon/session/access_rules.hpp>

namespace keys = beckon::security::keys;

struct Account {
    double balance();
    double withdraw(double amount);
};
BECKON_INTERFACE(Account, (balance), (withdraw, amount))

class account {
public:
    double balance() { return cents_ / 100; }
    double withdraw(double amount) {
        std::printf("%s takes %.2f\n", beckon::this_call::caller_name().c_str(), amount);
        cents_ -= amount * 100;
        return balance();
    }

private:
    double cents_ = 10'000;
};

/// What a file of keys would hold: beckon keys make alice alice.keys server.keys --kind shared
std::shared_ptr<const keys::key_ring> ring(const std::string& lines) {
    return keys::key_ring::parse(lines, "keys").value();
}

void try_as(const std::string& endpoint, const keys::key& mine) {
    beckon::connect_options options;
    options.security =
        keys::make({.ring = ring(mine.line())}, beckon::security_side::connecting).value();
    const auto account = beckon::connect(endpoint, options).get<Account>("account");
    try {
        std::printf("%s sees %.2f\n", mine.user.c_str(), account->balance());
        std::printf("%s leaves %.2f\n", mine.user.c_str(), account->withdraw(30));
    } catch (const beckon::access_denied& refused) {
        std::printf("%s: %s\n", mine.user.c_str(), refused.failure().message().c_str());
    }
}

int main() {
    const keys::key alice = keys::key::make("alice", keys::key_kind::shared);
    const keys::key bob = keys::key::make("bob", keys::key_kind::shared);
    const keys::key mallory = keys::key::make("bob", keys::key_kind::shared); // so she says

    beckon::runtime_options quiet;
    quiet.log = &beckon::null_log(); // what it says of those it refuses is no part of this example
    beckon::server_options options;
    options.context = beckon::context::create(quiet).value();
    options.security =
        keys::make({.ring = ring(alice.line() + bob.line())}, beckon::security_side::accepting)
            .value();
    options.authorize =
        beckon::access_rules().allow("*", "account", "balance").allow("alice", "account").answers();
    beckon::server server(options);
    server.publish<Account>("account", std::make_shared<account>());
    const std::string endpoint = server.listen("jsonrpc+tcp://127.0.0.1:0");

    try_as(endpoint, alice);
    try_as(endpoint, bob);
    try_as(endpoint, mallory);
}
