// Jobs for clients of basic-socket-rpc, which has no form for values of any type: commands of the program's own begin them
// and give their results.
#include <gtest/gtest.h>

#include "beckon/basic.hpp"
#include "beckon/beckon.hpp"
#include "beckon/object/object_builder.hpp"
#include "beckon/service/jobs/jobs.hpp"

namespace jobs_test {
namespace {

using beckon::value;
using namespace beckon::basic;

constexpr auto begin_render = command(0, "begin_render", str, str);
constexpr auto is_over = command(1, "is_over", str, boolean);
constexpr auto rendered = command(2, "rendered", str, str);

TEST(basic_jobs, commands_of_the_programs_own_begin_jobs_and_give_their_results) {
    beckon::server studio;
    studio.publish("render", beckon::make_function([](const std::string& scene) {
                       if (scene.empty()) throw std::invalid_argument("no scene");
                       return scene + " rendered";
                   }));
    studio.publish_jobs();
    const auto itself = beckon::connect(studio.listen("memory:basic-jobs-studio"));
    const auto jobs = itself.get<beckon::jobs>("jobs");
    service<> what;
    what.respond(begin_render,
                 [=](const std::string& scene) { return jobs->start("render", {{scene}}, {}, {}); })
        .respond(is_over, [=](const std::string& id) { return jobs->poll(id).is_over(); })
        .respond(rendered,
                 [=](const std::string& id) { return jobs->fetch(id, {}).as<std::string>(); });
    const beckon::basic::server served(what, "basic+memory:basic-jobs");
    std::string id;
    {
        client first(served.endpoint());
        first.connect();
        id = first.call(begin_render, "scene 7");
    }
    client second(served.endpoint());
    second.connect();
    while (!second.call(is_over, id)) {
    }
    EXPECT_EQ(second.call(rendered, id), "scene 7 rendered");
    EXPECT_THROW(static_cast<void>(second.call(rendered, id)), beckon::exception);
    id = second.call(begin_render, "");
    while (!second.call(is_over, id)) {
    }
    try {
        static_cast<void>(second.call(rendered, id));
        FAIL() << "nothing was thrown";
    } catch (const beckon::exception& thrown) {
        EXPECT_EQ(thrown.failure().message(), "no scene");
    }
}

} // namespace
} // namespace jobs_test
