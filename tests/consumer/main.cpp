// A user's program, built against an installed Beckon by tests/consumer/run: greets itself over TCP, prints one line, exits 0.
#include <beckon/beckon.hpp>
#include <cstdio>

struct Greeter {
    std::string greet(std::string name);
};
BECKON_INTERFACE(Greeter, (greet, name))

struct polite_greeter {
    std::string greet(const std::string& name) { return "Good day, " + name + "!"; }
};

int main() {
    beckon::server server;
    server.publish<Greeter>("greeter", std::make_shared<polite_greeter>());
    const auto session = beckon::connect(server.listen("tcp://127.0.0.1:0"));
    const std::string said = session.get<Greeter>("greeter")->greet("consumer");
    std::printf("consumer: %s\n", said.c_str());
    return said == "Good day, consumer!" ? 0 : 1;
}
