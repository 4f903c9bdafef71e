// The recorded conversations with the original's server, and what its client made of a server's bytes.
#include <map>
#include <set>

#include "wire_peer.hpp"

namespace basic_test {
namespace {

using beckon::basic::service;

/// Whom a recording was made with.
[[nodiscard]] service<> service_of(std::string_view server) {
    service<> made = recorded_service();
    if (server == "on_client_connect returns False") {
        made.on_client_connect([](auto&, auto&) { return false; });
    } else if (server == "on_client_connect raises") {
        made.on_client_connect([](auto&, auto&) -> bool {
            beckon::throw_error(beckon::named_error("builtins.ValueError", "callback failed"));
        });
    } else if (server.starts_with("exclusive access")) {
        made.exclusive();
    } else {
        EXPECT_EQ(server, "greet");
    }
    return made;
}

/// The last line of a traceback, without the class's name.
[[nodiscard]] std::string recorded_text(const value& told) {
    std::string text(told["text"].string());
    while (text.ends_with('\n')) text.pop_back();
    text.erase(0, text.rfind('\n') + 1);
    const std::string mark = concat(told["name"].string(), ": ");
    const std::size_t at = text.find(mark);
    return at == std::string::npos ? text : text.substr(at + mark.size());
}

/// What a server here says in other words, or another class stands for, since the page advises so.
[[nodiscard]] std::string expected_name(const value& told) {
    const std::string name(told["name"].string());
    return name == "UnicodeDecodeError" ? "ValueError" : name;
}

void expect_same(const message& got, const value& recorded) {
    const value& kind = recorded["kind"];
    if (kind == value("EXCEPTION")) {
        const told_exception told = got.exception();
        EXPECT_EQ(told.name, expected_name(recorded)) << told.text;
        if (told.name == "ProtocolError") {
            // The number of the type is told in place of "None".
            const std::string text = recorded_text(recorded);
            EXPECT_EQ(told.text.substr(0, 20), text.substr(0, 20));
        } else {
            EXPECT_FALSE(told.text.empty());
        }
        EXPECT_EQ(told.text.find("Traceback"), std::string::npos);
        return;
    }
    EXPECT_EQ(got.type(), kind == value("INIT") ? 0 : 1);
    if (kind == value("INIT")) {
        EXPECT_EQ(got.payload()[0] != std::byte{0}, recorded["established"].boolean());
    } else {
        EXPECT_EQ(beckon::to_hex(got.payload()), recorded["result_hex"].string());
    }
}

/// Recordings of a server that goes on where ours ends the conversation, as the page advises: it is out of step, or the
/// message is too large.
const std::set<std::string, std::less<>> ended{"size_4_then_ok", "size_0", "size_1_desynchronises",
                                               "size_huge"};

/// Waits until a client's place is free again: the others' next questions are about that.
void await_fewer(const beckon::basic::server& at, std::size_t before) {
    const auto end = std::chrono::steady_clock::now() + 10s;
    while (at.session_count() + at.waiting_count() >= before) {
        ASSERT_LT(std::chrono::steady_clock::now(), end);
        std::this_thread::yield();
    }
}

class replay {
public:
    explicit replay(const value& exchange)
        : name_(exchange["name"].string()), by_client_(exchange.contains("client_calls")),
          served_(service_of(exchange["server"].string()), at_.endpoint(),
                  {.context = at_.inside}) {
        if (name_ == "exclusive_client_waits") { // by a client that the recording leaves out
            owner_.emplace(at_.connect());
            EXPECT_EQ(owner_->ask(init).hex(), let_in);
        }
        for (const value& each : exchange["steps"].items()) {
            if (!step(each)) return;
        }
    }

private:
    void leave(wire_peer& peer) {
        const std::size_t before = served_.session_count() + served_.waiting_count();
        peer.close();
        await_fewer(served_, before);
    }
    wire_peer& peer_of(const value& who) {
        const std::string name(who.is(beckon::value_kind::string) ? who.string() : "");
        const auto known = peers_.find(name);
        if (known != peers_.end()) return known->second;
        return peers_.emplace(name, at_.connect()).first->second;
    }
    /// Whether the recording goes on here.
    bool step(const value& now) {
        wire_peer& peer = peer_of(now["client"]);
        const value& event = now["event"];
        if (event == value("client_close")) {
            leave(peer);
        } else if (event == value("server told to shut down")) {
            served_.shutdown();
        } else if (event == value("server_close")) {
            if (name_ == "handler_system_exit" || by_client_ || owner_) return false;
            EXPECT_TRUE(peer.is_over());
        } else if (event == value("no reply")) {
            EXPECT_EQ(peer.read().exception().text,
                      "peer announced a message of 4294967295 bytes; limit is 67108864 bytes "
                      "(max_message_bytes)");
            EXPECT_TRUE(peer.is_over());
        } else if (now["dir"] == value("c2s")) {
            send(peer, now);
        } else if (now["dir"] == value("s2c")) {
            return hear(peer, now);
        }
        return true;
    }
    void send(wire_peer& peer, const value& now) {
        if (owner_ && ++asked_ == 4) leave(*owner_);
        peer.send(now["hex"].string());
        // Nothing here ends a process: the handler's failure is told as one that ends no client either.
        if (name_ == "handler_system_exit" && now["messages"][0]["command"] == value(6)) {
            EXPECT_EQ(peer.read().exception().name, "RuntimeError");
        }
    }
    bool hear(wire_peer& peer, const value& now) const {
        for (const value& each : now["messages"].items()) {
            expect_same(peer.read(), each);
            if (!ended.contains(name_) || each["kind"] != value("EXCEPTION")) continue;
            EXPECT_TRUE(peer.is_over());
            return false;
        }
        return true;
    }

    const std::string name_;
    const bool by_client_;
    place at_;
    beckon::basic::server served_;
    std::optional<wire_peer> owner_;
    int asked_ = 0;
    std::map<std::string, wire_peer> peers_;
};

TEST(basic_vectors, a_server_answers_as_the_recorded_one_did) {
    const value exchanges = section("exchanges");
    ASSERT_EQ(exchanges.size(), 49u);
    for (const value& each : exchanges.items()) {
        // Half a message is waited for: there is nothing to see, and nothing is said.
        if (each["name"] == value("partial_message")) continue;
        SCOPED_TRACE(each["name"].string());
        const replay one(each);
    }
}

TEST(basic_vectors, half_a_message_is_waited_for_and_then_served) {
    place at;
    beckon::basic::server served(recorded_service(), at.endpoint(), {.context = at.inside});
    wire_peer peer = at.connect();
    EXPECT_EQ(peer.ask(init).hex(), let_in);
    peer.send("0e000000010000");
    EXPECT_EQ(beckon::to_hex(peer.ask("03000000426f62").payload()), "0900000068656c6c6f20426f62");
}

/// What came of a server's bytes: the result, or the failure's type or code and text.
struct reaction {
    std::string returned;
    beckon::error failure{errc::internal, "nothing failed"};
    bool at_connect = false;
};

[[nodiscard]] reaction react(const value& replies) {
    place at;
    auto listener = std::move(at.inside->memory().listen(at.name)).value();
    beckon::basic::client here(at.endpoint(), {.timeout = 2s, .context = at.inside});
    reaction made;
    std::thread caller([&] {
        try {
            here.connect();
        } catch (const beckon::exception& thrown) {
            made.failure = thrown.failure();
            made.at_connect = true;
            return;
        }
        auto outcome = here.try_call(recorded::hello.within(5s), "x");
        if (outcome) {
            made.returned = *outcome;
        } else {
            made.failure = outcome.error();
        }
    });
    std::unique_ptr<beckon::io::byte_stream> stream;
    while (!stream) stream = std::move(listener->accept()).value();
    wire_peer peer(std::move(stream));
    for (std::size_t i = 0; i < replies.size(); ++i) {
        const auto asked = peer.try_read();
        if (!asked) break;
        EXPECT_EQ(asked->type(), i == 0 ? 0 : 1);
        const std::string_view hex = replies[i].string();
        peer.send(hex);
        const bool is_whole = hex.size() >= 8 && std::stoul(std::string(hex.substr(0, 2)), nullptr,
                                                            16) == hex.size() / 2;
        if (!is_whole && i == replies.size() - 1) peer.close();
    }
    caller.join();
    return made;
}

TEST(basic_vectors, a_client_makes_of_a_servers_bytes_what_the_recorded_one_did) {
    const value all = section("client_reactions");
    ASSERT_EQ(all.size(), 30u);
    for (const value& each : all.items()) {
        SCOPED_TRACE(each["name"].string());
        const reaction made = react(each["server_replies"]);
        const value& outcome = each["client_outcome"];
        EXPECT_EQ(made.at_connect, each["stage"] == value("connect"));
        if (outcome.contains("returns")) {
            EXPECT_EQ(made.returned, outcome["returns"].string()) << made.failure.to_string();
            continue;
        }
        EXPECT_EQ(made.returned, "");
        const std::string_view name = each["name"].string();
        if (name.starts_with("exception_") && name != "exception_text_missing") {
            // One kind of failure with name and text, whatever the original makes of the name.
            EXPECT_EQ(made.failure.code(), errc::remote_error) << made.failure.to_string();
            const bool is_short = name == "exception_extra_bytes_ignored";
            EXPECT_EQ(made.failure.message(), is_short ? "t" : "text");
            std::string class_name(is_short ? "KeyError" : name.substr(10));
            if (class_name == "empty_name") class_name.clear();
            const std::string& told = made.failure.type_name();
            EXPECT_TRUE(told == class_name || told == "builtins." + class_name) << told;
        } else if (name.starts_with("closed")) {
            EXPECT_EQ(made.failure.code(), errc::disconnected);
        } else if (name.starts_with("resp_")) {
            EXPECT_EQ(made.failure.code(), errc::schema_mismatch);
            EXPECT_EQ(
                made.failure.message(),
                name == "resp_short"
                    ? "result of command 0 (hello) at byte 0: expected the length of str of 4 "
                      "bytes, found 3 bytes"
                    : "result of command 0 (hello) at byte 6: expected the end of what was "
                      "agreed on, found 1 byte more");
        } else if (name == "init_answered_with_exception") {
            EXPECT_EQ(made.failure.type_name(), "ProtocolError");
            EXPECT_EQ(made.failure.message(), "nope");
        } else {
            EXPECT_EQ(made.failure.code(), errc::protocol_error) << made.failure.to_string();
        }
    }
}

} // namespace
} // namespace basic_test
