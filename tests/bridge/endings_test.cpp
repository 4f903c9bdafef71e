// How the two conversations of a bridge end, and what becomes of calls when one is not there.
#include "beckon/object/exception.hpp"
#include "beckon/session/session.hpp"
#include "beckon/transport/memory/memory.hpp"
#include "objects_fixture.hpp"

namespace beckon::bridge_test {
namespace {

using conformance::Conformance;

struct endings : across, testing::WithParamInterface<const char*> {};
INSTANTIATE_TEST_SUITE_P(near, endings, testing::Values("", "rpyc+", "jsonrpc+", "msgpack+"),
                         [](const auto& each) {
                             const std::string name = each.param;
                             return name.empty() ? "native" : name.substr(0, name.size() - 1);
                         });

bridge_options by_objects() {
    bridge_options options;
    options.passes_messages = false;
    return options;
}

TEST_P(endings, TheServersConversationEndsWithTheClients) {
    conformance::publish(there);
    bridge made = between(GetParam(), "", by_objects());
    {
        const connected client = dial(GetParam());
        EXPECT_EQ(client.get<Conformance>("conformance")->add(1, 2), 3);
        EXPECT_EQ(there.connection_count(), 1u);
        EXPECT_EQ(made.connection_count(), 1u);
        client.close();
    }
    await([&] { return there.connection_count() == 0 && made.connection_count() == 0; });
}

TEST_P(endings, TheClientsConversationEndsWithTheServers) {
    conformance::publish(there);
    bridge made = between(GetParam(), "", by_objects());
    const connected client = dial(GetParam());
    const auto service = client.get<Conformance>("conformance");
    EXPECT_EQ(service->add(1, 2), 3);
    auto waiting = service.async()->sleep(60'000);
    there.stop();
    EXPECT_THROW(static_cast<void>(waiting.get()), exception);
    EXPECT_TRUE(client.await_end(std::chrono::seconds(20)));
}

TEST_P(endings, WhyNobodyIsThereIsTheAnswerToTheFirstCall) {
    bridge_options options = by_objects();
    options.serving.context = inside;
    bridge made("memory:nowhere", std::move(options));
    made.listen(std::string(GetParam()) + "memory:here");
    const connected client = dial(GetParam());
    const auto answered = client.try_get<Conformance>("conformance");
    const auto outcome =
        answered ? answered->async()->add(1, 2).result() : result<std::int64_t>(answered.error());
    ASSERT_FALSE(outcome);
    EXPECT_NE(outcome.error().to_string().find("memory:nowhere"), std::string::npos)
        << outcome.error().to_string();
    EXPECT_TRUE(client.await_end(std::chrono::seconds(20)));
}

TEST_F(across, WhyAServerIsNotUnderstoodIsTheAnswerToo) {
    auto other =
        transport::memory::listen(inside->memory(), io::parse_endpoint("memory:other").value(), {})
            .value();
    bridge_options options;
    options.serving.context = inside;
    bridge made("memory:other", std::move(options));
    made.listen("jsonrpc+memory:here");
    const connected client = dial("jsonrpc+");
    std::unique_ptr<io::byte_stream> called;
    await([&] {
        called = other->accept().value();
        return called != nullptr;
    });
    const byte_view said = as_bytes("HTTP/1.1 400 Bad Request\r\n\r\n");
    ASSERT_EQ(called->write({&said, 1}).size, said.size());
    const auto answered = client.get<Conformance>("conformance").async()->add(1, 2).result();
    ASSERT_FALSE(answered);
    EXPECT_NE(answered.error().to_string().find("began with \"HTTP/1.1"), std::string::npos)
        << answered.error().to_string();
}

TEST_P(endings, StoppingEndsBothSides) {
    conformance::publish(there);
    bridge made = between(GetParam(), "", by_objects());
    const connected client = dial(GetParam());
    EXPECT_EQ(client.get<Conformance>("conformance")->add(1, 2), 3);
    made.stop();
    made.stop();
    EXPECT_TRUE(client.await_end(std::chrono::seconds(20)));
    await([&] { return there.connection_count() == 0; });
}

TEST_P(endings, OneClientKnowsNothingOfAnother) {
    conformance::publish(there);
    bridge made = between(GetParam(), "", by_objects());
    const connected one = dial(GetParam());
    const connected other = dial(GetParam());
    const auto service = one.get<Conformance>("conformance");
    EXPECT_EQ(service->add(1, 2), 3);
    EXPECT_EQ(other.get<Conformance>("conformance")->add(1, 2), 3);
    EXPECT_EQ(there.connection_count(), 2u);
    other.close();
    await([&] { return there.connection_count() == 1; });
    EXPECT_EQ(service->add(3, 4), 7);
}

TEST_F(across, MessagesPassWhereBothSidesSpeakTheSame) {
    conformance::publish(there);
    // The server sees the client itself: who it says it is, and what its schema is.
    server_options believing{.context = inside};
    believing.authenticator = std::make_shared<function<result<std::string>(const greeting&)>>(
        [](const greeting& given) -> result<std::string> { return given.user; });
    server asked(std::move(believing));
    conformance::publish(asked);
    bridge_options options;
    options.serving.context = inside;
    bridge made(asked.listen("memory:asked"), std::move(options));
    made.listen("memory:here");
    const connected client = dial("", {.user = "ada"});
    EXPECT_EQ(client.get<Conformance>("conformance")->whoami(), "ada");
    EXPECT_EQ(made.connection_count(), 1u);
    client.close();
    await([&] { return asked.connection_count() == 0 && made.connection_count() == 0; });
}

} // namespace
} // namespace beckon::bridge_test
