// What is published beside the root object, as RPyC's peers reach it: our own client takes and calls it in one request, RPyC's in
// two.
#include <gtest/gtest.h>

#include "beckon/rpyc.hpp"

namespace beckon::rpyc_root_test {

struct Bench {
    std::string say(std::string text);
};
BECKON_INTERFACE(Bench, (say, text))

namespace {

struct bench {
    std::string say(std::string text) { return text + "!"; }
};

TEST(rpyc_root, calls_a_published_function_in_one_request_as_in_two) {
    server serving;
    serving.publish<Bench>("bench", std::make_shared<bench>());
    serving.publish("twice",
                    make_function([](std::int64_t number) { return 2 * number; }, "twice"));
    serving.set_root("bench");
    const auto conversation = connect(serving.listen("rpyc+tcp://127.0.0.1:0"));
    const dynamic root(conversation.root());
    EXPECT_EQ(root.call("say", "one").as<std::string>(), "one!");
    EXPECT_EQ(root.call("twice", 4).as<int>(), 8);
    EXPECT_EQ(root.get("twice")(5).as<int>(), 10);
    EXPECT_EQ(root.get("bench").call("say", "two").as<std::string>(), "two!");
    EXPECT_THROW(root.call("bench"), python::attribute_error)
        << "no function, so a name of the root's";
    EXPECT_THROW(root.call("thrice"), python::attribute_error);
    EXPECT_EQ(conversation.stats().imports, 1u) << "the root alone is held";
}

} // namespace
} // namespace beckon::rpyc_root_test
