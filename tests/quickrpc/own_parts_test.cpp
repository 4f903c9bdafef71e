// Codecs and security providers of the program that throw where an error was wanted.
#include "base/kept_log_test.hpp"
#include "quickrpc/desk.hpp"

namespace quickrpc_test {
namespace {

[[nodiscard]] bool has(beckon::byte_view bytes, std::string_view word) {
    return beckon::as_text(bytes).find(word) != std::string_view::npos;
}

/// What a function of the program's does wrong.
void trip_over(std::string_view what) { throw std::runtime_error(concat("tripped over ", what)); }

/// jrpc in lines, which throws over certain words.
class tripping_codec final : public codec {
public:
    [[nodiscard]] std::string_view name() const noexcept override { return "tripping"; }
    [[nodiscard]] std::unique_ptr<splitter> make_splitter() const override {
        return std::make_unique<tripping_splitter>();
    }
    [[nodiscard]] std::optional<message> decode(beckon::byte_view telegram,
                                                const codec_rules& rules) const override {
        if (has(telegram, "undecodable")) trip_over("decoding");
        return inside_->decode(telegram, rules);
    }
    [[nodiscard]] result<void> encode(beckon::buffer& out, const message& what,
                                      const codec_rules& rules) const override {
        auto written = inside_->encode(out, what, rules);
        if (has(out.view(), "unencodable")) trip_over("encoding");
        return written;
    }
    [[nodiscard]] result<void> frame(beckon::buffer& out,
                                     beckon::byte_view encoded) const override {
        out.append(encoded);
        if (has(encoded, "unframed")) trip_over("framing");
        out.append(as_bytes("\n"));
        return {};
    }

private:
    class tripping_splitter final : public splitter {
    public:
        [[nodiscard]] result<piece> take(beckon::byte_view input, std::size_t most,
                                         bool is_last) override {
            if (has(input, "unsplit")) trip_over("splitting");
            return inside_->take(input, most, is_last);
        }
        [[nodiscard]] std::size_t size(beckon::byte_view) const noexcept override { return 0; }

    private:
        const std::unique_ptr<splitter> inside_ = split_at("\n");
    };
    const std::shared_ptr<const codec> inside_ = *make_jrpc_codec({.delimiter = "\n"});
};

[[nodiscard]] std::string call_of_add(std::string_view a, int id) {
    return concat(R"({"jsonrpc": "2.0", "method": "add", "params": {"a": )", a, R"(}, "id": )", id,
                  "}\n");
}

TEST(own_parts, a_codec_that_throws_fails_one_message_and_no_more) {
    wire joins;
    desk api({.codec = std::make_shared<tripping_codec>(), .transport = joins.through});
    api.add.connect([](const std::string&, value a, value) { return a; });
    joins.through->start();
    raw_peer peer = joins.connect();
    peer.send(call_of_add(R"("undecodable")", 1));
    peer.send(call_of_add("2", 2));
    EXPECT_EQ(peer.read('\n'), "{\"jsonrpc\": \"2.0\", \"result\": 2, \"id\": 2}\n");
    ASSERT_EQ(api.errors().size(), 1u);
    EXPECT_NE(api.errors()[0].find("tripped over decoding"), std::string::npos) << api.errors()[0];
    for (const auto& [word, step] :
         {std::pair("unencodable", "encoding"), std::pair("unframed", "framing")}) {
        // The word in the request is not what it sends.
        peer.send(call_of_add(concat('"', word, '"'), 3));
        const std::string refused = peer.read('\n');
        EXPECT_NE(refused.find(concat("tripped over ", step)), std::string::npos) << refused;
        EXPECT_TRUE(refused.ends_with("\"id\": 3}\n")) << refused;
    }
    EXPECT_THROW(api.cast("unencodable"), std::runtime_error) << "as it threw it";
    api.cast("said");
    EXPECT_NE(peer.read('\n').find("\"said\""), std::string::npos);
}

TEST(own_parts, a_splitter_that_throws_ends_its_conversation_alone) {
    wire joins;
    desk api({.codec = std::make_shared<tripping_codec>(), .transport = joins.through});
    api.add.connect([](const std::string&, value a, value) { return a; });
    joins.through->start();
    raw_peer peer = joins.connect();
    raw_peer other = joins.connect();
    peer.send("unsplit\n");
    EXPECT_EQ(peer.read('\n'), "") << "it has ended";
    other.send(call_of_add("1", 1));
    EXPECT_NE(other.read('\n').find("\"result\": 1"), std::string::npos);
}

/// Believes everybody, but throws over certain words.
class tripping_provider final : public beckon::message_security {
public:
    [[nodiscard]] std::string_view name() const noexcept override { return "tripping"; }
    [[nodiscard]] result<outgoing> protect(beckon::byte_view message) override {
        if (has(message, "unsaid")) trip_over("protecting");
        return outgoing{.header = {{"user", "ann"}}};
    }
    [[nodiscard]] result<incoming> check(beckon::byte_view, const metadata& header) override {
        if (header.at(0).second == "odd") trip_over("checking");
        return incoming{.replaced = {}, .user = header.at(0).second};
    }
    [[nodiscard]] bool takes_bare_messages() const noexcept override { return false; }
};

[[nodiscard]] beckon::message_security_maker trips() {
    return [](beckon::security_side) -> result<std::unique_ptr<beckon::message_security>> {
        return std::make_unique<tripping_provider>();
    };
}

TEST(own_parts, a_provider_that_throws_refuses_one_message_and_no_more) {
    wire joins;
    desk api({.codec = "jrpc:\n", .transport = joins.through, .security = trips()});
    api.add.connect([](const std::string&, value a, value) { return a; });
    joins.through->start();
    raw_peer peer = joins.connect();
    const auto by = [](std::string_view user) {
        return concat(R"({"jsonrpc": "2.0", "method": "rpc.secinfo", "params": {"user": ")", user,
                      "\"}}\n");
    };
    peer.send(concat(by("odd"), call_of_add("1", 1)));
    EXPECT_EQ(peer.read('\n'), by("ann"));
    const std::string refused = peer.read('\n');
    EXPECT_NE(refused.find("tripped over checking"), std::string::npos) << refused;
    EXPECT_TRUE(refused.ends_with("\"id\": 1}\n")) << refused;
    // The answer that it does not protect is not sent, but that there is none is.
    peer.send(concat(by("bob"), call_of_add("\"unsaid\"", 2)));
    EXPECT_EQ(peer.read('\n'), by("ann"));
    const std::string failed = peer.read('\n');
    EXPECT_NE(failed.find("tripped over protecting"), std::string::npos) << failed;
    EXPECT_TRUE(failed.ends_with("\"id\": 2}\n")) << failed;
    peer.send(concat(by("bob"), call_of_add("3", 3)));
    EXPECT_EQ(peer.read('\n'), by("ann"));
    EXPECT_EQ(peer.read('\n'), "{\"jsonrpc\": \"2.0\", \"result\": 3, \"id\": 3}\n");
}

TEST(own_parts, a_call_without_a_reply_that_is_not_protected_is_told_to_the_log) {
    const beckon::kept_log log;
    const auto inside = *beckon::context::create({.log = log});
    desk api({.codec = "jrpc:\n",
              .transport = "listen:memory:unsaid",
              .security = trips(),
              .context = inside});
    api.transport()->start();
    raw_peer peer(*inside->memory().connect("unsaid"));
    EXPECT_TRUE(eventually([&] { return api.transport()->peers().size() == 1; }));
    api.cast("unsaid");
    const std::string lines = log.lines();
    EXPECT_NE(lines.find("BKN-ONEWAY-UNSENT"), std::string::npos) << lines;
    EXPECT_NE(lines.find("tripped over protecting"), std::string::npos) << lines;
}

} // namespace
} // namespace quickrpc_test
