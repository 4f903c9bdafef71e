// What a peer lends that is called or iterated itself, where the other side knows calls of methods alone.
#include "beckon/object/containers.hpp"
#include "beckon/object/dynamic.hpp"
#include "beckon/object/dynamic_call.hpp"
#include "beckon/object/dynamic_operators.hpp"
#include "beckon/object/object_builder.hpp"
#include "beckon/object/operate.hpp"
#include "objects_fixture.hpp"

namespace beckon::bridge_test {
namespace {

/// rpyc:here, a bridge, memory:between in another protocol, a bridge, rpyc:there.
struct there_and_back : across {
    void lead_through(const std::string& between) {
        bridge_options outward;
        outward.serving.context = inside;
        far_.emplace(there.listen(concat("rpyc+memory:there.", between)), std::move(outward));
        bridge_options inward;
        inward.serving.context = inside;
        near_.emplace(far_->listen(concat(between, "memory:between.", between)), std::move(inward));
        near_->listen(concat("rpyc+memory:here.", between));
        client.emplace(connect(concat("rpyc+memory:here.", between), {.context = inside}));
    }

    std::optional<bridge> far_;
    std::optional<bridge> near_;
    std::optional<connected> client;
};

TEST_F(there_and_back, a_function_is_called_back) {
    there.publish("laboratory",
                  object_builder("Laboratory")
                      .method("apply", [](const dynamic& given,
                                          int number) { return given(number).as<int>() + 1; })
                      .build());
    for (const std::string between : {"jsonrpc+", "msgpack+", "quickrpc+"}) {
        lead_through(between);
        const dynamic laboratory = dynamic(client->root()).attr("laboratory");
        const object doubled = make_function([](int number) { return 2 * number; });
        EXPECT_EQ(laboratory.call("apply", doubled, 4).as<int>(), 9) << between;
    }
}

TEST_F(there_and_back, what_may_be_one_is_told_to_be_callable) {
    there.publish("laboratory", object_builder("Laboratory")
                                    .method("described",
                                            [](const object& given) {
                                                return operate(given, {operation::describe}).get();
                                            })
                                    .build());
    lead_through("jsonrpc+");
    EXPECT_EQ(dynamic(client->root())
                  .attr("laboratory")
                  .call("described", make_function([](int) { return 0; }))
                  .fetch({.depth = 2}),
              value::list({value::list({value("__call__"), value()})}))
        << "Python calls no proxy that has no such method";
}

TEST_F(across, an_object_is_itself_and_no_other_whatever_the_far_side_has_words_for) {
    conformance::publish(there);
    there.set_root("conformance");
    for (const std::string far : {"", "rpyc+", "jsonrpc+", "msgpack+", "quickrpc+"}) {
        bridge_options options;
        options.serving.context = inside;
        options.passes_messages = false;
        bridge made(there.listen(concat(far, "memory:", far, "far")), std::move(options));
        made.listen("rpyc+memory:here");
        const connected client = dial("rpyc+");
        const dynamic root(client.root());
        const dynamic one = root.call("make_counter", 1);
        const dynamic other = root.call("make_counter", 1);
        EXPECT_TRUE(one == root.call("echo", one)) << far;
        EXPECT_FALSE(one != one) << far;
        EXPECT_FALSE(one == other) << far;
        EXPECT_TRUE(one != other) << far;
        EXPECT_FALSE(one == dynamic(5)) << far;
        EXPECT_FALSE(one.has("__len__")) << far;
    }
}

TEST_F(across, AnIteratorThatIsGivenIsAStream) {
    conformance::publish(there);
    there.set_root("conformance");
    for (const std::string far : {"jsonrpc+", "msgpack+", "quickrpc+", "pyrpc+"}) {
        bridge_options options;
        options.serving.context = inside;
        bridge made(there.listen(concat(far, "memory:", far)), std::move(options));
        made.listen("rpyc+memory:here");
        const connected client = dial("rpyc+");
        const object numbers(lend_iterator({value(1), value(2), value(3)}));
        EXPECT_EQ(
            call_dynamic_and_wait(client.root(), "total", value::list({value(numbers)})).value(),
            value(6))
            << far;
    }
}

} // namespace
} // namespace beckon::bridge_test
