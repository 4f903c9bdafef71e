// The smallest server that a user would write: one method that greets.

#include <grpcpp/grpcpp.h>

#include <cstdio>

#include "hello.grpc.pb.h"

class greeter final : public hello::Hello::Service {
    grpc::Status Say(grpc::ServerContext*, const hello::Text* name, hello::Text* reply) override {
        reply->set_text("hello " + name->text());
        return grpc::Status::OK;
    }
};

int main() {
    greeter servant;
    int port = 0;
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&servant);
    const auto server = builder.BuildAndStart();
    std::printf("ready %d\n", port);
    std::fflush(stdout);
    server->Wait();
}
