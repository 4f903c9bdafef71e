// The recorded dialogues of language servers: cancelling, progress, requests in both directions.
#include "text_peer.hpp"

#include <condition_variable>
#include <functional>
#include <mutex>

#include "beckon/jsonrpc.hpp"
#include "protocol/jsonrpc/vectors_test.hpp"

namespace jsonrpc_test {
namespace {

namespace vectors = beckon::jsonrpc::vectors;
using namespace beckon::literals;
using beckon::jsonrpc::caller;
using beckon::jsonrpc::notify;

/// What the methods of a dialogue do; each case has its own "slow".
beckon::object dialogue_methods(const std::string& name) {
    beckon::object_builder methods("Dialogue");
    methods.method("fast", [] { return "done"; });
    methods.method("falsehood", [] { return false; });
    methods.method("window/workDoneProgress/create", [](value, value) {});
    const auto sleep = [](value, value) {
        beckon::this_call::sleep_for(1h);
        return "done";
    };
    methods.method("ask", sleep);
    if (name == "cancel_ignored") {
        methods.method("slow", [](value, value) {
            try {
                beckon::this_call::sleep_for(1h);
            } catch (
                const beckon::cancelled_error&) { // it has come so far that it may as well finish
            }
            return "done";
        });
    } else if (name == "both_directions_same_id") {
        methods.method("slow", [](value, value) {
            EXPECT_EQ(beckon::dynamic(caller()).call("ask").as<std::string>(), "answer");
            return "done";
        });
    } else if (name == "progress_begin_report_end") {
        methods.method("slow", [](value, value named) {
            const beckon::dynamic client(caller());
            const auto report = [&](value content) {
                notify(client, "$/progress", "token"_arg = named["workDoneToken"],
                       "value"_arg = content);
            };
            report(value::map({{"kind", "begin"},
                               {"title", "Indexing"},
                               {"cancellable", true},
                               {"percentage", 0}}));
            report(value::map({{"kind", "report"}, {"message", "3/10"}, {"percentage", 30}}));
            report(value::map({{"kind", "end"}, {"message", "done"}}));
            return "done";
        });
    } else {
        methods.method("slow", sleep);
    }
    methods.method("find", [](value, value named) {
        const beckon::dynamic client(caller());
        for (const value& piece : {value::list({1, 2}), value::list({3})})
            notify(client, "$/progress", "token"_arg = named["partialResultToken"],
                   "value"_arg = piece);
        return value::list();
    });
    return methods.build();
}

/// Without the words of errors, and without the deadline that we tell.
value comparable(value message) {
    if (const value* const error = message.find("error"))
        message.insert_or_assign("error", (*error)["code"]);
    message.erase("$deadline_ms");
    std::vector<beckon::map_entry> members(message.entries().begin(), message.entries().end());
    std::sort(members.begin(), members.end(),
              [](const auto& a, const auto& b) { return a.key.string() < b.key.string(); });
    return value::map(std::move(members));
}

/// Plays one side's messages and expects the other's.
void play(text_peer& peer, const value& steps, std::string_view by_hand) {
    for (const value& step : steps) {
        if (step["dir"].string() == by_hand) {
            peer.send_line(*beckon::json::to_string(step["message"]));
        } else {
            const value came = comparable(peer.read());
            EXPECT_EQ(came, comparable(step["message"])) << came.to_text();
        }
    }
    EXPECT_TRUE(peer.is_quiet(R"({"jsonrpc":"2.0","method":"falsehood","id":"end"})",
                              value::map({{"jsonrpc", "2.0"}, {"id", "end"}, {"result", false}})));
}

TEST(LspConventions, every_recorded_dialogue_goes_as_recorded) {
    const value recorded = vectors::section("lsp_conventions");
    std::size_t played = 0;
    for (const value& entry : recorded) {
        const std::string name = vectors::name_of(entry);
        if (name == "progress_server_initiated") continue; // of a client: the next test
        SCOPED_TRACE(name);
        ++played;
        if (name == "cancel_by_server" || name == "progress_unknown_token") {
            dialed client(dialogue_methods(name));
            play(*client.peer, entry["steps"], "s2c");
        } else {
            served there;
            there.server.publish("dialogue", dialogue_methods(name));
            text_peer client = there.connect();
            play(client, entry["steps"], "c2s");
        }
    }
    EXPECT_EQ(played, 13u);
}

/// Keeps what a server tells, and asks it to stop at the first report.
struct progress_watcher {
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<value> reports;

    beckon::object methods() {
        return beckon::object_builder("Client")
            .method("window/workDoneProgress/create", [](value, value) {})
            .method("falsehood", [] { return false; })
            .method("$/progress",
                    [this](const value&, const value& params) {
                        const value& report = params["value"];
                        if (report["kind"] == value("begin")) {
                            notify(caller(), "window/workDoneProgress/cancel",
                                   "token"_arg = params["token"]);
                        }
                        const std::lock_guard lock(mutex);
                        reports.push_back(report);
                        changed.notify_all();
                    })
            .build();
    }
};

TEST(LspConventions, progress_of_a_server_reaches_the_clients_handler) {
    const value recorded = vectors::section("lsp_conventions");
    progress_watcher watcher;
    std::size_t played = 0;
    for (const value& entry : recorded) {
        if (vectors::name_of(entry) != "progress_server_initiated") continue;
        ++played;
        dialed client(watcher.methods());
        play(*client.peer, entry["steps"], "s2c");
        std::unique_lock lock(watcher.mutex);
        EXPECT_TRUE(
            watcher.changed.wait_for(lock, 10s, [&] { return watcher.reports.size() == 2; }));
    }
    EXPECT_EQ(played, 1u);
    ASSERT_EQ(watcher.reports.size(), 2u);
    EXPECT_EQ(watcher.reports[1], value::map({{"kind", "end"}}));
}

TEST(LspConventions, notifications_for_everything_reach_one_handler) {
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<std::string> heard;
    dialed client(beckon::object_builder("Client")
                      .otherwise([&](std::string name, value arguments, value named) {
                          const std::lock_guard lock(mutex);
                          heard.push_back(
                              concat(name, ' ', arguments.to_text(), ' ', named.to_text()));
                          changed.notify_all();
                          return name;
                      })
                      .build());
    client.peer->send_line(
        R"({"jsonrpc":"2.0","method":"textDocument/publishDiagnostics","params":{"uri":"a"}})");
    client.peer->send_line(R"({"jsonrpc":"2.0","method":"$/whatever","params":[1]})");
    EXPECT_EQ(client.peer->ask(R"({"jsonrpc":"2.0","method":"a.b","id":1})")["result"],
              value("a.b"));
    const std::lock_guard lock(mutex);
    EXPECT_EQ(heard,
              (std::vector<std::string>{"textDocument/publishDiagnostics [] {\"uri\": \"a\"}",
                                        "$/whatever [1] {}", "a.b [] {}"}));
}

} // namespace
} // namespace jsonrpc_test
