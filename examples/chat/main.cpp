// A chat: each conversation has an object of its own, which is told when it begins and ends, and the room calls all back.
//
//   example_chat                      server and two members in one process
#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <cstdio>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <beckon/beckon.hpp>

struct Member {
    void hear(std::string what);
};
struct Seat {
    void say(std::string what);
};
BECKON_INTERFACE(Member, (hear, what))
BECKON_INTERFACE(Seat, (say, what))

class room {
public:
    void join(const beckon::connected& member) {
        const std::lock_guard lock(mutex_);
        there_.push_back(member);
    }
    void leave(const beckon::connected& member) {
        const std::lock_guard lock(mutex_);
        std::erase(there_, member);
        fewer_.notify_all();
    }
    void wait_for_fewer_than(std::size_t members) {
        std::unique_lock lock(mutex_);
        fewer_.wait(lock, [&] { return there_.size() < members; });
    }
    void tell_all(const std::string& what) {
        for (const beckon::connected& each : there()) {
            try {
                each.get<Member>("me")->hear(what);
            } catch (const beckon::disconnected_error&) { // it is leaving
            }
        }
    }

private:
    std::vector<beckon::connected> there() {
        const std::lock_guard lock(mutex_);
        return there_;
    }

    std::mutex mutex_;
    std::condition_variable fewer_;
    std::vector<beckon::connected> there_;
};

struct seat {
    seat(room& where, std::string who) : all(where), name(std::move(who)) {}
    void on_connect(const beckon::connected& member) { all.join(member); }
    void on_disconnect(const beckon::connected& member) {
        all.tell_all(name + " left");
        all.leave(member);
    }
    void say(const std::string& what) { all.tell_all(name + ": " + what); }

    room& all;
    const std::string name;
};

struct member {
    explicit member(std::string who) : name(std::move(who)) {}
    void hear(const std::string& what) {
        std::printf("%s hears '%s'\n", name.c_str(), what.c_str());
    }
    const std::string name;
};

/// A name before the first message: a connection of any protocol can begin so.
beckon::connected enter(const std::string& endpoint, const std::string& name) {
    beckon::connect_options options;
    options.handshake = [name](beckon::raw_connection& with) -> beckon::result<void> {
        with.write(name + "\n");
        return {};
    };
    options.published = std::make_shared<beckon::publications>();
    options.published->publish("me",
                               beckon::make_ref<Member>(std::make_shared<member>(name)).core());
    return beckon::connect(endpoint, options);
}

int main() {
    room everybody;
    beckon::server_options options;
    options.connection_authenticator =
        [](beckon::raw_connection& with) -> beckon::result<std::string> {
        return with.read_line(); // the name that peer.user() gives
    };
    beckon::server server(options);
    server.publish_each<Seat>("seat", [&](const beckon::connected& peer) {
        return std::make_shared<seat>(everybody, peer.user());
    });
    const std::string endpoint = server.listen("tcp://127.0.0.1:0");

    const beckon::connected lucy = enter(endpoint, "Lucy");
    lucy.get<Seat>("seat")->say("anybody here?");
    const beckon::connected hugo = enter(endpoint, "Hugo");
    hugo.get<Seat>("seat")->say("yes");
    hugo.close();
    everybody.wait_for_fewer_than(2);
    server.stop(); // waits until all are told
    std::puts("closed");
}
