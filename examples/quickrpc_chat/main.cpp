// quickrpc's chat: what one says, all hear. Its own demo program can be either side.
//
//   quickrpc_chat [TRANSPORT] [CODEC]     such as: quickrpc_chat 'mux:(tcpserv::8888)(stdio:)' terse
//
// By hand: nc localhost 8888, then: say text:"hello"
#include <cstdio>
#include <string>

#include <beckon/quickrpc.hpp>

using namespace beckon::quickrpc;

struct echo_api : remote_api {
    using remote_api::remote_api;
    incoming<void(std::string)> say{*this, "say", param("text", "")};
    incoming<void()> quit{*this, "quit"};
    outgoing<void(std::string)> echo{*this, "echo", param("text", "")};
};

namespace {

void chat(const std::string& through, const std::string& codec) {
    echo_api api({.codec = codec, .transport = through});
    promise<void> over{std::thread::id()};
    api.say.connect([&](const std::string&, std::string text) { api.echo(text); });
    api.quit.connect([&](const std::string& sender) {
        if (sender == "stdio") {
            over.set_result();
        } else {
            api.transport()->close(sender);
        }
    });
    api.transport()->start();
    std::fprintf(stderr, "ready %s\n", api.transport()->name().c_str());
    over.result(std::nullopt);
    api.transport()->stop();
}

} // namespace

int main(int count, char** words) {
    try {
        chat(count > 1 ? words[1] : "mux:(tcpserv:127.0.0.1:8888)(stdio:)",
             count > 2 ? words[2] : "terse");
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "quickrpc_chat: %s\n", failure.what());
        return 1;
    }
}
