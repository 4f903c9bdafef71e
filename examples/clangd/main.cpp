// An editor's side of a language server: clangd as a child process, over its standard input and output.
//
//   clangd ENDPOINT     such as: clangd 'jsonrpc+exec:clangd?framing=content-length'
#include <condition_variable>
#include <cstdio>
#include <map>
#include <mutex>
#include <string>

#include <beckon/jsonrpc.hpp>

using namespace beckon::literals;
using namespace std::chrono_literals;
using beckon::dynamic;
using beckon::value;
using beckon::jsonrpc::notify;

namespace {

const std::string uri = "file:///demo.cpp";
const std::string text = "struct point { int x; int y; };\n"
                         "/// Adds two numbers.\n"
                         "int add(int a, int b);\n"
                         "int main() {\n"
                         "    point p{1, 2};\n"
                         "    int total = add(p.x, p.z);\n"
                         "    return totl;\n"
                         "}\n";

/// What the server tells of the files that are open.
class diagnostics_board {
public:
    void put(const value& params) {
        const std::lock_guard lock(mutex_);
        found_[std::string(params["uri"].string())] = params["diagnostics"];
        changed_.notify_all();
    }
    value await(const std::string& file) {
        std::unique_lock lock(mutex_);
        if (!changed_.wait_for(lock, 60s, [&] { return found_.contains(file); }))
            return value::list();
        return found_[file];
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::map<std::string, value> found_;
};

/// What the editor shows to the server, which calls and notifies it as the editor does the server.
std::shared_ptr<beckon::publications> shown(diagnostics_board& board) {
    auto published = std::make_shared<beckon::publications>();
    published->publish("editor", beckon::object_builder("Editor")
                                     .method("textDocument/publishDiagnostics",
                                             [&board](value, value params) { board.put(params); })
                                     .otherwise([](std::string name, value, value) {
                                         std::fprintf(stderr, "the server says %s\n", name.c_str());
                                     })
                                     .build()
                                     .core());
    return published;
}

value position(int line, int character) {
    return value::map({{"line", line}, {"character", character}});
}

void edit(const dynamic& server, diagnostics_board& board) {
    const dynamic started = server.call("initialize", "processId"_arg = nullptr,
                                        "rootUri"_arg = nullptr, "capabilities"_arg = value::map());
    std::printf("%s\n", started.content()["serverInfo"]["name"].as<std::string>().c_str());
    notify(server, "initialized");

    const value document = value::map({{"uri", uri}});
    notify(server, "textDocument/didOpen",
           "textDocument"_arg =
               value::map({{"uri", uri}, {"languageId", "cpp"}, {"version", 1}, {"text", text}}));
    for (const value& each : board.await(uri)) {
        const auto message = each["message"].as<std::string>();
        std::printf("line %d: %s\n", each["range"]["start"]["line"].as<int>() + 1,
                    message.substr(0, message.find('\n')).c_str());
    }

    const dynamic hover = server.call("textDocument/hover", "textDocument"_arg = document,
                                      "position"_arg = position(5, 17));
    std::printf("%s\n", hover.content()["contents"]["value"].as<std::string>().c_str());

    const dynamic completed = server.call("textDocument/completion", "textDocument"_arg = document,
                                          "position"_arg = position(5, 22));
    for (const value& each : completed.content()["items"])
        std::printf("completion:%s\n", each["label"].as<std::string>().c_str());

    // A future that is dropped cancels its request: the server is told "$/cancelRequest".
    static_cast<void>(server.async().call("textDocument/completion", "textDocument"_arg = document,
                                          "position"_arg = position(4, 4)));

    try {
        server.call("no/such/method");
    } catch (const beckon::unknown_method& refused) {
        std::printf("error %lld\n",
                    static_cast<long long>(*beckon::jsonrpc::code_of(refused.failure())));
    }

    notify(server, "textDocument/didClose", "textDocument"_arg = document);
    server.call("shutdown");
    notify(server, "exit");
}

} // namespace

int main(int count, char** words) {
    if (count != 2) {
        std::fprintf(stderr, "usage: clangd ENDPOINT\n");
        return 2;
    }
    try {
        diagnostics_board board;
        beckon::connect_options options;
        options.published = shown(board);
        auto conversation = beckon::connect(words[1], options);
        // The first request of a language server may take its time.
        edit(dynamic(conversation.root()).timeout(60s), board);
        conversation.await_end(
            10s); // it was told to end; who left at once might take the words back
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "clangd: %s\n", failure.what());
        return 1;
    }
}
