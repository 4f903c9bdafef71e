// A thread for each connection with buffered transport. TNonblockingServer, the other server that
// Thrift offers for many clients, was slower in every workload here: see README.md.

#include <thrift/protocol/TBinaryProtocol.h>
#include <thrift/server/TThreadedServer.h>
#include <thrift/transport/TServerSocket.h>

#include <cstdio>
#include <exception>
#include <memory>

#include "Bench.h"
#include "buffered.hpp"
#include "common/server.hpp"

namespace {

namespace thrift = apache::thrift;

class bench_servant final : public bench_wire::BenchIf {
    void echo(std::string& reply, const std::string& octets) override { reply = octets; }
};

/// The port is known once the server listens, which it does itself, just before this.
class announcer final : public thrift::server::TServerEventHandler {
public:
    explicit announcer(const thrift::transport::TServerSocket& socket) : socket_(socket) {}

    void preServe() override { bench::announce(static_cast<unsigned>(socket_.getPort())); }

private:
    const thrift::transport::TServerSocket& socket_;
};

} // namespace

int main() {
    try {
        auto socket = std::make_shared<thrift::transport::TServerSocket>("127.0.0.1", 0);
        thrift::server::TThreadedServer server(
            std::make_shared<bench_wire::BenchProcessor>(std::make_shared<bench_servant>()), socket,
            std::make_shared<buffered_factory>(),
            std::make_shared<thrift::protocol::TBinaryProtocolFactory>());
        server.setServerEventHandler(std::make_shared<announcer>(*socket));
        server.serve();
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "thrift-server: %s\n", failure.what());
        return 1;
    }
}
