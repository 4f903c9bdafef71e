// Jobs for clients of remcall, which has no form for values of any type: methods of the program's own begin them and give
// their results.
#include <gtest/gtest.h>

#include "beckon/beckon.hpp"
#include "beckon/object/object_builder.hpp"
#include "beckon/service/jobs/jobs.hpp"

namespace remcall_jobs_test {

struct Main {
    std::string beginRender(std::string scene);
    std::string stageOf(std::string id);
    std::string rendered(std::string id);
};
BECKON_INTERFACE(Main, (beginRender, scene), (stageOf, id), (rendered, id))

namespace {

using beckon::value;

struct studio_desk {
    beckon::ref<beckon::jobs> jobs;
    std::string beginRender(const std::string& scene) {
        return jobs->start("render", {{scene}}, {}, {});
    }
    std::string stageOf(const std::string& id) { return jobs->poll(id).stage; }
    std::string rendered(const std::string& id) { return jobs->fetch(id, {}).as<std::string>(); }
};

TEST(remcall_jobs, methods_of_the_programs_own_begin_jobs_and_give_their_results) {
    beckon::server studio;
    studio.publish("render", beckon::make_function([](const std::string& scene) {
                       if (scene.empty()) throw std::invalid_argument("no scene");
                       return scene + " rendered";
                   }));
    studio.publish_jobs();
    const auto itself = beckon::connect(studio.listen("memory:remcall-jobs-studio"));
    beckon::server serves;
    serves.publish<Main>(
        "studio", std::make_shared<studio_desk>(studio_desk{itself.get<beckon::jobs>("jobs")}));
    const std::string endpoint = serves.listen("remcall+memory:remcall-jobs");
    std::string id;
    {
        auto first = beckon::connect(endpoint);
        id = first.get<Main>("studio")->beginRender("scene 7");
        first.close();
    }
    const auto second = beckon::connect(endpoint);
    const auto there = second.get<Main>("studio");
    while (there->stageOf(id) != "done") {
    }
    EXPECT_EQ(there->rendered(id), "scene 7 rendered");
    EXPECT_THROW(static_cast<void>(there->rendered(id)), beckon::exception);
    id = there->beginRender("");
    while (there->stageOf(id) != "failed") {
    }
    try {
        static_cast<void>(there->rendered(id));
        FAIL() << "nothing was thrown";
    } catch (const beckon::exception& thrown) {
        EXPECT_EQ(thrown.failure().message(), "no scene");
    }
}

/// So that nobody has to find out by trying.
TEST(remcall_jobs, are_not_carried_themselves) {
    beckon::server server;
    server.publish<Main>("studio", std::make_shared<studio_desk>());
    server.publish_jobs();
    const auto session = beckon::connect(server.listen("remcall+memory:remcall-no-jobs"));
    EXPECT_THROW(static_cast<void>(session.get<beckon::jobs>("jobs")->list()), beckon::exception);
}

} // namespace
} // namespace remcall_jobs_test
