// Security of an API by expression, whom its handlers see, and what a program adds by shorthand.
#include <cstdlib>
#include <fstream>
#include <sys/stat.h>

#include "quickrpc/desk.hpp"

namespace quickrpc_test {
namespace {

struct guarded : remote_api {
    explicit guarded(api_options options) : remote_api(quiet(std::move(options))) {}
    incoming<std::string()> whoami{*this, "whoami"};

private:
    static api_options quiet(api_options options) {
        options.log = &beckon::null_log();
        return options;
    }
};

/// Who calls, as a handler sees it, where both sides have these options.
std::string caller_at(api_options server, api_options client) {
    wire joins;
    server.transport = joins.through;
    guarded api(std::move(server));
    api.whoami.connect([](const std::string&) { return beckon::this_call::caller_name(); });
    joins.through->start();
    const auto through = joins.other_end();
    client.transport = through;
    client.invert = true;
    guarded other(std::move(client));
    through->start();
    return other.whoami().result(10s);
}

std::string failure_of(api_options options) {
    try {
        const guarded api(std::move(options));
    } catch (const beckon::exception& failure) {
        return failure.failure().message();
    }
    return "none";
}

/// A file that is there for the time of a test.
class key_file {
public:
    explicit key_file(std::string_view lines) {
        const char* const folder = std::getenv("TMPDIR");
        path_ = concat(folder != nullptr ? folder : "/tmp", "/beckon-keys-XXXXXX");
        const int made = ::mkstemp(path_.data());
        EXPECT_GE(made, 0);
        ::close(made);
        std::ofstream(path_) << lines;
    }
    ~key_file() { std::remove(path_.c_str()); }
    key_file(const key_file&) = delete;
    key_file& operator=(const key_file&) = delete;
    [[nodiscard]] const std::string& path() const { return path_; }

private:
    std::string path_;
};

constexpr std::string_view shared_key =
    "alice shared AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n";

TEST(quickrpc_security, null_is_the_default_and_knows_nobody) {
    EXPECT_EQ(caller_at({}, {}), "anonymous");
    EXPECT_EQ(caller_at({.security = "null"}, {.security = "null:anything"}), "anonymous");
}

TEST(quickrpc_security, a_user_is_believed_where_both_say_so) {
    EXPECT_EQ(caller_at({.security = "blindly_believe_everything"},
                        {.security = "blindly_believe_everything:anything", .user = "ann"}),
              "ann");
    EXPECT_EQ(caller_at({.security = "unproven"}, {.security = "unproven:bob"}), "bob");
    EXPECT_EQ(caller_at({.security = "unproven"}, {.security = "unproven:?user=carl"}), "carl");
}

TEST(quickrpc_security, handlers_on_a_thread_of_their_own_see_the_user_too) {
    EXPECT_EQ(
        caller_at({.security = "unproven", .async_processing = true}, {.security = "unproven:ann"}),
        "ann");
}

TEST(quickrpc_security, keys_prove_the_user_in_either_role) {
    const key_file keys(shared_key);
    for (const char* const provider : {"signed:", "sealed:"}) {
        EXPECT_EQ(caller_at({.security = concat(provider, keys.path())},
                            {.security = concat(provider, keys.path(), "?peer=server")}),
                  "alice");
        EXPECT_EQ(
            caller_at({.codec = "msgpack", .security = concat(provider, "?keys=", keys.path())},
                      {.codec = "msgpack", .security = concat(provider, keys.path())}),
            "alice");
    }
}

TEST(quickrpc_security, who_proves_nothing_is_told_so_and_the_conversation_goes_on) {
    const key_file keys(shared_key);
    wire joins;
    guarded api({.transport = joins.through, .security = "signed:" + keys.path()});
    api.whoami.connect([](const std::string&) { return beckon::this_call::caller_name(); });
    joins.through->start();
    raw_peer peer = joins.connect();
    const std::string ask = R"({"jsonrpc": "2.0", "method": "whoami", "id": )";
    peer.send(concat(ask, "1}", '\0'));
    EXPECT_NE(peer.read().find(R"(peer sent a message without a header; expected one of security )"
                               R"(signed", "data": "access_denied: )"),
              std::string::npos);
    peer.send(concat(R"({"jsonrpc": "2.0", "method": "rpc.secinfo", "params": {"by": "alice"}})",
                     '\0', ask, "2}", '\0'));
    const std::string refused = peer.read();
    EXPECT_NE(refused.find(R"("id": 2})"), std::string::npos) << refused;
    EXPECT_NE(refused.find("access_denied"), std::string::npos) << refused;
    EXPECT_TRUE(joins.through->is_running());
    const auto through = joins.other_end();
    guarded other({.transport = through, .security = "signed:" + keys.path(), .invert = true});
    through->start();
    EXPECT_EQ(other.whoami().result(10s), "alice");
}

TEST(quickrpc_security, two_sides_with_different_keys_refuse_each_other_once) {
    const key_file keys(shared_key);
    const key_file others("alice shared AAAAAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n");
    for (const char* const provider : {"signed:", "sealed:"}) {
        SCOPED_TRACE(provider);
        wire joins;
        guarded api({.transport = joins.through, .security = concat(provider, keys.path())});
        joins.through->start();
        const auto through = joins.other_end();
        guarded other(
            {.transport = through, .security = concat(provider, others.path()), .invert = true});
        through->start();
        try {
            other.whoami().result(10s);
            ADD_FAILURE() << "it was answered";
        } catch (const beckon::access_denied& refused) {
            EXPECT_NE(std::string(refused.what()).find("which has not proven who it is"),
                      std::string::npos)
                << refused.what();
        }
    }
}

TEST(quickrpc_security, what_cannot_be_is_refused_when_the_api_is_made) {
    EXPECT_EQ(failure_of({.security = "nosuch"}).substr(0, 39),
              "no security provider is called \"nosuch\"");
    EXPECT_EQ(failure_of({.codec = "terse", .security = "unproven"}),
              "security is not supported by codec terse");
    EXPECT_NE(failure_of({.security = "signed"}).find("keys"), std::string::npos);
    EXPECT_NE(failure_of({.security = "signed:/nonexistent/file"}).find("/nonexistent/file"),
              std::string::npos);
    EXPECT_NE(failure_of({.security = "unproven:?usr=x"}).find("did you mean user?"),
              std::string::npos);
    EXPECT_EQ(failure_of({.security = "unproven:ann?user=bob"}),
              "security \"unproven:ann?user=bob\" gives user twice");
    // Nobody begins there, so nobody's part could be proven.
    const key_file keys(shared_key);
    EXPECT_NE(failure_of({.transport = "udp:47113", .security = "sealed:" + keys.path()})
                  .find("go to everybody"),
              std::string::npos);
    EXPECT_EQ(failure_of({.transport = "udp:47113", .security = "unproven:ann"}), "none");
}

// What would be said twice is said in one place.
TEST(quickrpc_security, endpoints_of_an_api_do_not_speak_for_it) {
    for (const auto& [expression, message] :
         {std::pair("quickrpc+unproven+tcp://127.0.0.1:1?user=x",
                    "has a security provider; an api's is said by api_options::security"),
          std::pair("tcp://127.0.0.1:1?codec=terse",
                    "has codec; an api's is said by api_options::codec"),
          std::pair("mux:(jsonrpc+tcp://127.0.0.1:1)", "is for jsonrpc; an api speaks quickrpc"),
          std::pair("http://127.0.0.1:1", "over http a server only answers")}) {
        try {
            const transport made(expression);
            ADD_FAILURE() << expression << " was taken";
        } catch (const beckon::exception& failure) {
            EXPECT_NE(failure.failure().message().find(message), std::string::npos)
                << failure.failure().message();
        }
    }
}

/// Terse by another name, which counts what it was made from.
class shouting final : public codec {
public:
    explicit shouting(std::string parameters) : name_("shouting " + std::move(parameters)) {}
    [[nodiscard]] std::string_view name() const noexcept override { return name_; }
    [[nodiscard]] std::unique_ptr<splitter> make_splitter() const override { return split_at("!"); }
    [[nodiscard]] std::optional<message> decode(beckon::byte_view telegram,
                                                const codec_rules& rules) const override {
        return inside_->decode(telegram, rules);
    }
    [[nodiscard]] result<void> encode(beckon::buffer& out, const message& what,
                                      const codec_rules& rules) const override {
        return inside_->encode(out, what, rules);
    }
    [[nodiscard]] result<void> frame(beckon::buffer& out,
                                     beckon::byte_view encoded) const override {
        out.append(encoded);
        out.append(as_bytes("!"));
        return {};
    }

private:
    const std::string name_;
    const std::shared_ptr<const codec> inside_ = make_terse_codec();
};

TEST(quickrpc_shorthands, codecs_and_providers_of_the_program_are_found_by_name) {
    const auto inside = *beckon::context::create({.log = &beckon::null_log()});
    inside->add_codec("shout",
                      [](std::string_view parameters) -> result<std::shared_ptr<const codec>> {
                          if (parameters == "bad")
                              return beckon::fail(beckon::errc::invalid_argument, "too loud");
                          return std::make_shared<shouting>(std::string(parameters));
                      });
    inside->add_codec("jrpc", [](std::string_view) -> result<std::shared_ptr<const codec>> {
        return std::make_shared<shouting>("in place of jrpc");
    });
    inside->add_security("mine", [](const beckon::io::endpoint& where, beckon::security_side) {
        return result<std::unique_ptr<beckon::message_security>>(
            std::make_unique<believing>(where.address));
    });
    EXPECT_EQ(desk({.codec = "shout:loud", .context = inside}).codec()->name(), "shouting loud");
    EXPECT_EQ(desk({.codec = "jrpc", .context = inside}).codec()->name(), "jrpc") << "ours stays";
    EXPECT_EQ(failure_of({.codec = "shout:bad", .context = inside}), "too loud");
    EXPECT_NE(failure_of({.codec = "shout"}).find("could not find a codec class with shorthand"),
              std::string::npos)
        << "another context";
    EXPECT_EQ(caller_at({.security = "mine:srv", .context = inside},
                        {.security = "mine:dora?more=options", .context = inside}),
              "dora");

    inside->add_shorthand(
        "office", [](std::string_view room) { return concat("listen:memory:office-", room); });
    desk api({.codec = "shout", .transport = "office:3", .context = inside});
    api.add.connect(
        [](const std::string&, value a, value b) { return value(a.int64() + b.int64()); });
    api.transport()->start();
    raw_peer peer(*inside->memory().connect("office-3"));
    peer.send("add/1 a:2 b:3!");
    EXPECT_EQ(peer.read('!'), "[1]:5!");
}

TEST(quickrpc_shorthands, codecs_of_the_program_stand_in_endpoints) {
    const auto inside = *beckon::context::create({.log = &beckon::null_log()});
    inside->add_codec("shout", [](std::string_view parameters) {
        return result<std::shared_ptr<const codec>>(
            std::make_shared<shouting>(std::string(parameters)));
    });
    beckon::server_options with;
    with.context = inside;
    beckon::server server(with);
    server.listen("quickrpc+memory:shop?codec=shout");
    raw_peer peer(*inside->memory().connect("shop"));
    peer.send("nosuch/1 !");
    EXPECT_EQ(peer.read('!'), "[1]!") << "terse's own mark of errors, which is the end mark here";
    EXPECT_THROW(server.listen("quickrpc+memory:other?codec=shout&delimiter=x"), beckon::exception);
    EXPECT_THROW(server.listen("quickrpc+memory:other?codec=whisper"), beckon::exception);
}

} // namespace
} // namespace quickrpc_test
