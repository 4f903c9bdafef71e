// What a relay says to a side whose transport has words for it (WebSocket) when the other one has gone.
#include "bridge/relay_fixture.hpp"
#include "io/forwarding_stream.hpp"

namespace beckon::bridge_test {

namespace {

/// What a stream was told at its end, and how it ended itself.
struct last_words {
    std::mutex mutex{};
    std::string told{};
    std::string ended_how{};

    [[nodiscard]] std::string heard() {
        const std::lock_guard lock(mutex);
        return told;
    }
};

class talking final : public io::forwarding_stream {
public:
    talking(stream below, std::shared_ptr<last_words> words)
        : forwarding_stream(*below), below_(std::move(below)), words_(std::move(words)) {}
    void end_because(errc why, std::string_view text) noexcept override {
        const std::lock_guard lock(words_->mutex);
        if (words_->told.empty()) words_->told = concat(to_string(why), ": ", text);
    }
    [[nodiscard]] std::string exit_description() const override { return words_->ended_how; }

private:
    const stream below_;
    const std::shared_ptr<last_words> words_;
};

struct relay_parting : testing::Test {
    [[nodiscard]] static ends with_words(const std::string& name,
                                         const std::shared_ptr<last_words>& words) {
        ends made = over_memory(name);
        made.relayed = std::make_unique<talking>(std::move(made.relayed), words);
        return made;
    }
    std::shared_ptr<last_words> client = std::make_shared<last_words>();
    std::shared_ptr<last_words> server = std::make_shared<last_words>();
};

TEST_F(relay_parting, tells_how_the_other_side_has_ended_where_that_is_known) {
    server->ended_how = "exited with status 3";
    relayed both({}, with_words("client", client), with_words("server", server));
    say(*both.server, "last");
    both.server->close();
    EXPECT_EQ(hear(*both.client), "last");
    EXPECT_EQ(client->heard(), "disconnected: exited with status 3");
}

TEST_F(relay_parting, says_nothing_of_an_end_as_usual) {
    relayed both({}, with_words("client", client), with_words("server", server));
    both.client->close();
    EXPECT_EQ(hear(*both.server), "");
    both.server->close();
    EXPECT_EQ(both.over.why(), "");
    EXPECT_EQ(client->heard() + server->heard(), "");
}

TEST_F(relay_parting, tells_both_what_one_has_done_wrong) {
    const auto inside = *context::create();
    limits hurried;
    hurried.message_within = std::chrono::milliseconds(50);
    relayed both(rules(inside, "jsonrpc+memory:a?framing=content-length", "jsonrpc+memory:b"),
                 with_words("client", client), with_words("server", server), hurried);
    say(*both.client, "Content-Length: 100\r\n\r\n{");
    EXPECT_EQ(hear(*both.server), "");
    EXPECT_EQ(hear(*both.client), "");
    for (const auto& each : {client, server}) {
        EXPECT_NE(each->heard().find("left a message unfinished"), std::string::npos)
            << each->heard();
    }
}

TEST_F(relay_parting, tells_both_that_it_is_stopped) {
    relayed both({}, with_words("client", client), with_words("server", server));
    both.runs->close();
    EXPECT_EQ(hear(*both.client), "");
    EXPECT_EQ(client->heard(), "disconnected: bridge stops");
    EXPECT_EQ(server->heard(), "disconnected: bridge stops");
}

} // namespace

} // namespace beckon::bridge_test
