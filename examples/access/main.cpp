// Who may connect: a server that asks for a secret, and a handler that knows its caller.
//
// The secret travels as it is: use this on a Unix socket or on loopback, where nobody listens in.
#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>
#include <string>

#include <beckon/beckon.hpp>

struct Diary {
    std::string read(std::string whose);
};
BECKON_INTERFACE(Diary, (read, whose))

struct diary {
    std::string read(const std::string& whose) {
        const std::string caller = beckon::this_call::caller_name();
        if (caller != whose)
            beckon::throw_error(beckon::fail(beckon::errc::access_denied, "the diary of ", whose,
                                             " is not for ", caller));
        return "Dear diary";
    }
};

/// Equal or not, it takes the same time: how long it took tells nobody how much of a guess was right.
bool same(const beckon::bytes& a, const beckon::bytes& b) {
    unsigned different = a.size() == b.size() ? 0 : 1;
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
        different |= static_cast<unsigned>(a[i] ^ b[i]);
    return different == 0;
}

beckon::authenticator known_users() {
    const std::map<std::string, beckon::bytes> secrets{{"lucy", beckon::to_bytes("correct horse")}};
    using asked = beckon::function<beckon::result<std::string>(const beckon::greeting&)>;
    return std::make_shared<asked>(
        [secrets](const beckon::greeting& peer) -> beckon::result<std::string> {
            const auto known = secrets.find(peer.user);
            if (known == secrets.end() || !same(known->second, peer.secret))
                return beckon::fail(beckon::errc::access_denied, "user ", beckon::quoted(peer.user),
                                    " is not known here");
            return peer.user; // the name that this_call::caller_name() gives
        });
}

void try_as(const std::string& endpoint, const std::string& user, const std::string& secret) {
    beckon::connect_options options;
    options.user = user;
    options.secret = beckon::to_bytes(secret);
    try {
        const auto diary = beckon::connect(endpoint, options).get<Diary>("diary");
        std::printf("%s: %s\n", user.c_str(), diary->read("lucy").c_str());
        diary->read("hugo");
    } catch (const beckon::access_denied& failure) {
        std::printf("%s: %s\n", user.c_str(), failure.failure().message().c_str());
    } catch (const beckon::disconnected_error&) {
        std::printf("%s: turned away\n", user.c_str());
    }
}

int main() {
    beckon::server_options options;
    options.authenticator = known_users();
    // What the server logs about those it turns away is no part of this example.
    beckon::runtime_options quiet;
    quiet.log = &beckon::null_log();
    options.context = beckon::context::create(quiet).value();
    beckon::server server(options);
    server.publish<Diary>("diary", std::make_shared<diary>());
    const std::string endpoint = server.listen("tcp://127.0.0.1:0");

    try_as(endpoint, "lucy", "correct horse");
    try_as(endpoint, "lucy", "wrong horse");
    try_as(endpoint, "mallory", "");
}
