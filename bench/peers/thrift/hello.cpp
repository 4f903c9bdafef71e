// The smallest server that a user would write: one method that greets.

#include <thrift/protocol/TBinaryProtocol.h>
#include <thrift/server/TThreadedServer.h>
#include <thrift/transport/TBufferTransports.h>
#include <thrift/transport/TServerSocket.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdio>
#include <memory>

#include "Hello.h"

namespace thrift = apache::thrift;

class greeter final : public hello_wire::HelloIf {
    void say(std::string& reply, const std::string& name) override { reply = "hello " + name; }
};

int main() {
    auto socket = std::make_shared<thrift::transport::TServerSocket>("127.0.0.1", 0);
    socket->setListenCallback([](THRIFT_SOCKET listener) {
        sockaddr_in address = {};
        socklen_t size = sizeof address;
        getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
        std::printf("ready %u\n", ntohs(address.sin_port));
        std::fflush(stdout);
    });
    thrift::server::TThreadedServer server(
        std::make_shared<hello_wire::HelloProcessor>(std::make_shared<greeter>()), socket,
        std::make_shared<thrift::transport::TBufferedTransportFactory>(),
        std::make_shared<thrift::protocol::TBinaryProtocolFactory>());
    server.serve();
}
