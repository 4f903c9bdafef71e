#include <google/protobuf/arena.h>
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench.grpc.pb.h"
#include "common/client.hpp"

namespace {

using bench::figure;
using bench::options;
using bench::quota;
using stub = std::unique_ptr<bench::Bench::Stub>;

/// A channel of its own connection: channels with equal arguments would share one.
stub connect(const options& chosen) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    const auto channel = grpc::CreateCustomChannel("ipv4:127.0.0.1:" + std::to_string(chosen.port),
                                                   grpc::InsecureChannelCredentials(), arguments);
    if (!channel->WaitForConnected(std::chrono::system_clock::now() + std::chrono::seconds(5)))
        throw std::runtime_error("no connection within 5 s");
    return bench::Bench::NewStub(channel);
}

bench::Blob blob(std::size_t bytes) {
    bench::Blob made;
    made.set_octets(std::string(bytes, 'x'));
    return made;
}

void check(const grpc::Status& status) {
    if (!status.ok()) throw std::runtime_error("Echo: " + status.error_message());
}

void echo(bench::Bench::Stub& server, const bench::Blob& request) {
    grpc::ClientContext context;
    google::protobuf::Arena arena;
    check(server.Echo(&context, request,
                      google::protobuf::Arena::CreateMessage<bench::Blob>(&arena)));
}

struct echo_in_flight {
    explicit echo_in_flight(bench::Bench::Stub* to) : server(to) {}

    bench::Bench::Stub* server;
    grpc::ClientContext context;
    google::protobuf::Arena arena;
    bench::Blob* reply = google::protobuf::Arena::CreateMessage<bench::Blob>(&arena);
    grpc::Status status;
    std::unique_ptr<grpc::ClientAsyncResponseReader<bench::Blob>> reader;
};

void keep_in_flight(std::vector<stub>& servers, int each, const bench::Blob& request, quota& left) {
    grpc::CompletionQueue completions;
    std::size_t in_flight = 0;
    const auto start = [&](bench::Bench::Stub* server) {
        if (!left.take()) return;
        auto* call = new echo_in_flight(server);
        call->reader = server->AsyncEcho(&call->context, request, &completions);
        call->reader->Finish(call->reply, &call->status, call);
        ++in_flight;
    };
    for (int i = 0; i < each; ++i)
        for (const stub& server : servers) start(server.get());
    void* tag = nullptr;
    bool ok = false;
    while (in_flight > 0 && completions.Next(&tag, &ok)) {
        const std::unique_ptr<echo_in_flight> done(static_cast<echo_in_flight*>(tag));
        --in_flight;
        check(done->status);
        start(done->server);
    }
    completions.Shutdown();
    while (completions.Next(&tag, &ok)) {
    }
}

figure throughput(const options& chosen, int connections, int each, std::size_t bytes,
                  std::string unit, double scale) {
    std::vector<stub> servers;
    for (int i = 0; i < connections; ++i) servers.push_back(connect(chosen));
    const bench::Blob request = blob(bytes);
    return bench::measure_throughput(chosen, std::move(unit), scale, [&](quota& left) {
        keep_in_flight(servers, each, request, left);
    });
}

figure latency_echo64(const options& chosen) {
    const stub server = connect(chosen);
    const bench::Blob request = blob(64);
    return bench::measure_latency(chosen, [&] { echo(*server, request); });
}

figure inflight64_echo32(const options& chosen) {
    return throughput(chosen, 1, 64, 32, "calls/s", 1);
}

figure conns64x8_echo32(const options& chosen) {
    return throughput(chosen, 64, 8, 32, "calls/s", 1);
}

figure bulk_echo1m(const options& chosen) {
    return throughput(chosen, 1, 4, 1 << 20, "MB/s", (1 << 20) / 1e6);
}

figure idle_memory(const options& chosen) {
    std::vector<stub> held;
    const bench::Blob request = blob(32);
    return bench::hold(chosen, [&](std::uint64_t) {
        held.push_back(connect(chosen));
        echo(*held.back(), request);
    });
}

} // namespace

int main(int argc, char** argv) {
    return bench::client_main(argc, argv,
                              {{"latency_echo64", latency_echo64},
                               {"inflight64_echo32", inflight64_echo32},
                               {"conns64x8_echo32", conns64x8_echo32},
                               {"bulk_echo1m", bulk_echo1m},
                               {"idle_memory", idle_memory}});
}
