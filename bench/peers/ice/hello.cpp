// The smallest server that a user would write: one method that greets.

#include <Ice/Ice.h>

#include <cstdio>

#include "Hello.h"

class greeter final : public HelloWire::Hello {
    std::string say(std::string name, const Ice::Current&) override { return "hello " + name; }
};

int main(int argc, char** argv) {
    const Ice::CommunicatorHolder communicator(argc, argv);
    auto adapter = communicator->createObjectAdapterWithEndpoints("hello", "tcp -h 127.0.0.1 -p 0");
    adapter->add(std::make_shared<greeter>(), Ice::stringToIdentity("hello"));
    adapter->activate();
    auto endpoint = adapter->getEndpoints().front()->getInfo();
    std::printf("ready %d\n", std::dynamic_pointer_cast<Ice::TCPEndpointInfo>(endpoint)->port);
    std::fflush(stdout);
    communicator->waitForShutdown();
}
