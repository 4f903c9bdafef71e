// The smallest server that a user would write: one method that greets.

#include <capnp/rpc-twoparty.h>
#include <kj/async-io.h>

#include <cstdio>

#include "hello.capnp.h"

class greeter final : public Hello::Server {
    kj::Promise<void> say(SayContext call) override {
        call.getResults().setText(kj::str("hello ", call.getParams().getName()));
        return kj::READY_NOW;
    }
};

int main() {
    auto io = kj::setupAsyncIo();
    capnp::TwoPartyServer server(kj::heap<greeter>());
    auto address = io.provider->getNetwork().parseAddress("127.0.0.1:0").wait(io.waitScope);
    auto listener = address->listen();
    std::printf("ready %u\n", listener->getPort());
    std::fflush(stdout);
    server.listen(*listener).wait(io.waitScope);
}
