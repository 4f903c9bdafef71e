// One object at one port, for whoever comes: C++, Python with RPyC, a browser, curl.
#include <cstdio>
#include <memory>
#include <string>

#include "beckon/beckon.hpp"

struct Thermometer {
    double read(std::string where);
};
BECKON_INTERFACE(Thermometer, (read, where))

struct thermometer {
    double read(const std::string& where) { return where == "oven" ? 181.5 : 21.25; }
};

int main() {
    beckon::server server;
    server.publish<Thermometer>("thermometer", std::make_shared<thermometer>());

    // Every protocol that can be told by its first bytes; over HTTP and WebSocket too.
    const std::string real = server.listen("any+tcp://127.0.0.1:0");
    const std::string at = real.substr(real.find("://"));
    for (const char* const spoken :
         {"tcp", "rpyc+tcp", "jsonrpc+http", "jsonrpc+ws", "msgpack+tcp", "pyrpc+tcp"}) {
        const auto session = beckon::connect(spoken + at);
        const auto there = session.get<Thermometer>("thermometer");
        std::printf("%-12s %.2f\n", spoken, there->read("oven"));
    }

    // Or those that are wanted, one after the other: they join who listens there already.
    beckon::server chosen;
    chosen.publish<Thermometer>("thermometer", std::make_shared<thermometer>());
    const std::string first = chosen.listen("tcp://127.0.0.1:0");
    const std::string port = first.substr(first.rfind(':'));
    chosen.listen("rpyc+tcp://127.0.0.1" + port);
    chosen.listen("jsonrpc+ws://127.0.0.1" + port + "/thermometer");
    std::printf("%zu endpoints at one port\n", chosen.endpoints().size());

    // What cannot be told apart is an error at once, and what listens goes on.
    const auto twice = chosen.try_listen("rpyc+tcp://127.0.0.1" + port + "?dialect=5");
    if (!twice) std::printf("refused: %s\n", twice.error().message().c_str());
    return twice ? 1 : 0;
}
