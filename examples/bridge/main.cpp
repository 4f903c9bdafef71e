// A server that knows one protocol, and clients of others that reach it through a bridge.
#include <cstdio>
#include <memory>
#include <string>

#include "beckon/beckon.hpp"
#include "beckon/service/bridge.hpp"

struct Alarm {
    void ring(std::string why);
};
struct Laboratory {
    double temperature();
    void watch(beckon::ref<Alarm> alarm);
};
BECKON_INTERFACE(Alarm, (ring, why))
BECKON_INTERFACE(Laboratory, (temperature), (watch, alarm))

struct laboratory {
    double temperature() { return 21.25; }
    void watch(const beckon::ref<Alarm>& alarm) { alarm->ring("the oven is on"); }
};

struct bell {
    void ring(const std::string& why) { std::printf("alarm: %s\n", why.c_str()); }
};

int main() {
    // Stands for a program that somebody else has written.
    beckon::server server;
    server.publish<Laboratory>("lab", std::make_shared<laboratory>());
    const std::string server_endpoint = server.listen("tcp://127.0.0.1:0");

    beckon::bridge bridge(server_endpoint);
    const std::string web = bridge.listen("jsonrpc+ws://127.0.0.1:0/lab");
    const std::string python = bridge.listen("rpyc+tcp://127.0.0.1:0");

    for (const std::string& endpoint : {web, python}) {
        const auto session = beckon::connect(endpoint);
        const auto lab = session.get<Laboratory>("lab");
        std::printf("%s: %.2f\n", endpoint.substr(0, endpoint.find(':')).c_str(),
                    lab->temperature());
        // The server calls the client's object, through the bridge.
        lab->watch(beckon::make_ref<Alarm>(std::make_shared<bell>()));
    }
}
