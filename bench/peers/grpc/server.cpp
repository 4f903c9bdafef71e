// Asynchronous API: one completion queue and one thread for each core that we may use, as gRPC's
// performance guide advises; messages on an arena.

#include <google/protobuf/arena.h>
#include <grpcpp/grpcpp.h>
#include <sched.h>

#include <memory>
#include <thread>
#include <vector>

#include "bench.grpc.pb.h"
#include "common/server.hpp"

namespace {

using queue = grpc::ServerCompletionQueue;

/// One call from its request to its end; then it makes room for the next. Owns itself, since the
/// completion queue is the only one that knows it.
class echo_call {
public:
    echo_call(bench::Bench::AsyncService& service, queue& completions)
        : service_(service), completions_(completions), writer_(&context_) {
        request_ = google::protobuf::Arena::CreateMessage<bench::Blob>(&arena_);
        service_.RequestEcho(&context_, request_, &writer_, &completions_, &completions_, this);
    }

    void proceed(bool ok) {
        if (!ok || finished_) {
            delete this;
            return;
        }
        new echo_call(service_, completions_);
        auto* reply = google::protobuf::Arena::CreateMessage<bench::Blob>(&arena_);
        reply->mutable_octets()->swap(*request_->mutable_octets());
        finished_ = true;
        writer_.Finish(*reply, grpc::Status::OK, this);
    }

private:
    bench::Bench::AsyncService& service_;
    queue& completions_;
    google::protobuf::Arena arena_;
    grpc::ServerContext context_;
    bench::Blob* request_;
    grpc::ServerAsyncResponseWriter<bench::Blob> writer_;
    bool finished_ = false;
};

void serve(bench::Bench::AsyncService& service, queue& completions) {
    // Enough calls ready to be taken that a burst of 64 does not wait for our bookkeeping.
    for (int i = 0; i < 128; ++i) new echo_call(service, completions);
    void* tag = nullptr;
    bool ok = false;
    while (completions.Next(&tag, &ok)) static_cast<echo_call*>(tag)->proceed(ok);
}

int usable_cores() {
    cpu_set_t cores;
    return sched_getaffinity(0, sizeof cores, &cores) == 0 ? CPU_COUNT(&cores) : 1;
}

} // namespace

int main() {
    bench::Bench::AsyncService service;
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&service);
    std::vector<std::unique_ptr<queue>> queues;
    for (int i = 0; i < usable_cores(); ++i) queues.push_back(builder.AddCompletionQueue());
    const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
    if (!server) return 1;
    std::vector<std::jthread> threads;
    for (const auto& each : queues)
        threads.emplace_back([&service, &each] { serve(service, *each); });
    bench::announce(static_cast<unsigned>(port));
    bench::wait_for_the_end();
}
