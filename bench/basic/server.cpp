// A server of basic-socket-rpc; prints its port and serves until it is ended.
#include <cstdio>

#include "commands.hpp"

int main() {
    beckon::basic::service<> what;
    what.respond(bench::add, [](std::uint64_t a, std::uint64_t b) { return a + b; })
        .respond(bench::echo, [](beckon::byte_view content) { return content; });
    beckon::basic::server served(what, "127.0.0.1", 0);
    std::printf("ready %s\n", served.endpoint().c_str());
    std::fflush(stdout);
    served.run();
    return 0;
}
