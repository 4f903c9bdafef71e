// The smallest server that a user would write: one method that greets.

#include <beckon/beckon.hpp>

#include <cstdio>

struct Hello {
    std::string say(std::string name);
};
BECKON_INTERFACE(Hello, (say, name))

struct greeter {
    std::string say(const std::string& name) { return "hello " + name; }
};

int main() {
    beckon::server server;
    server.publish<Hello>("hello", std::make_shared<greeter>());
    std::printf("ready %s\n", server.listen("tcp://127.0.0.1:0").c_str());
    std::fflush(stdout);
    server.run();
}
