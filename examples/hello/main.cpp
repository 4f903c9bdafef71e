// Hello: `hello serve tcp://127.0.0.1:7000` in one terminal, `hello greet tcp://127.0.0.1:7000 Lucy` in another.
#include <beckon/beckon.hpp>
#include <cstdio>

struct Greeter {
    std::string greet(std::string name);
};
BECKON_INTERFACE(Greeter, (greet, name))

struct polite_greeter {
    std::string greet(const std::string& name) { return "Good day, " + name + "!"; }
};

void serve(const char* endpoint) {
    beckon::server server;
    server.publish<Greeter>("greeter", std::make_shared<polite_greeter>());
    std::printf("listening %s\n", server.listen(endpoint).c_str());
    std::fflush(stdout);
    server.run(); // until SIGINT or SIGTERM
}

void greet(const char* endpoint, const char* name) {
    auto session = beckon::connect(endpoint);
    auto greeter = session.get<Greeter>("greeter");
    std::printf("%s\n", greeter->greet(name).c_str());
}

int main(int argc, char** argv) try {
    const std::string command = argc > 1 ? argv[1] : "";
    if (command == "serve" && argc == 3) return serve(argv[2]), 0;
    if (command == "greet" && argc == 4) return greet(argv[2], argv[3]), 0;
    std::fprintf(stderr, "usage: hello serve ENDPOINT | hello greet ENDPOINT NAME\n");
    return 2;
} catch (const beckon::exception& failure) {
    std::fprintf(stderr, "hello: %s\n", failure.what());
    return 1;
}
