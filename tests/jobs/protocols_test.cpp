// Jobs as an object that every protocol serves, at a server.
#include <gtest/gtest.h>

#include "beckon/beckon.hpp"
#include "beckon/service/jobs/jobs.hpp"
#include "beckon/session/access_rules.hpp"
#include "conformance/service.hpp"

namespace jobs_test {

using namespace std::chrono_literals;
using beckon::job_state;
using beckon::value;

/// A handler that waits as a coroutine: it holds no thread, and reports.
struct slow {
    beckon::task<std::string> work(std::string what) {
        beckon::this_call::report_progress(0.25, "a quarter");
        co_await gate.get_future();
        co_return what + " for " + beckon::this_call::caller_name();
    }
    beckon::promise<int> gate;
};
struct Slow {
    std::string work(std::string what);
};
BECKON_INTERFACE(Slow, (work, what))

namespace {

class JobProtocols : public testing::TestWithParam<const char*> {
protected:
    JobProtocols() {
        server.publish<Slow>("slow", handler);
        conformance::publish(server);
        server.set_root("conformance");
        server.publish_jobs({.unidentified_are_one = true});
        session = beckon::connect(server.listen(std::string(GetParam()) + "memory:jobs"));
    }
    [[nodiscard]] beckon::ref<beckon::jobs> jobs() const {
        return session.get<beckon::jobs>("jobs");
    }

    std::shared_ptr<slow> handler = std::make_shared<slow>();
    beckon::server server;
    beckon::connected session;
};

TEST_P(JobProtocols, start_wait_and_fetch) {
    const auto at = jobs();
    const std::string id = at->start("conformance.add", {{2, 3}}, {}, {});
    job_state job;
    while (!(job = at->wait(id, 10'000)).is_over()) {
    }
    EXPECT_EQ(job.stage, "done");
    EXPECT_EQ(job.method, "conformance.add");
    EXPECT_EQ(at->fetch(id, true), value(5));
    EXPECT_EQ(at->fetch(id, {}), value(5));
    EXPECT_THROW(static_cast<void>(at->fetch(id, {})), beckon::exception);
}

TEST_P(JobProtocols, arguments_by_name_and_the_object_that_is_shown_first) {
    const auto at = jobs();
    const std::string id = at->start("concat", {}, {{{"b", "ob"}, {"a", "j"}}}, {});
    while (!at->wait(id, 10'000).is_over()) {
    }
    EXPECT_EQ(at->fetch(id, {}), value("job"));
}

TEST_P(JobProtocols, failures_are_those_of_the_call) {
    const auto at = jobs();
    const std::string id = at->start("conformance.fail", {{"boom"}}, {}, {});
    while (!at->wait(id, 10'000).is_over()) {
    }
    EXPECT_EQ(at->poll(id).stage, "failed");
    try {
        static_cast<void>(at->fetch(id, {}));
        FAIL() << "expected an exception";
    } catch (const beckon::exception& failed) {
        EXPECT_EQ(failed.failure().message(), "boom");
    }
}

TEST_P(JobProtocols, progress_of_a_coroutine_and_a_caller_who_has_gone) {
    const std::string id = jobs()->start("slow.work", {{"done"}}, {}, {});
    while (jobs()->poll(id).text.empty()) {
    }
    const job_state job = jobs()->poll(id);
    EXPECT_EQ(job.stage, "running");
    EXPECT_EQ(job.fraction, 0.25);
    EXPECT_EQ(job.text, "a quarter");
    EXPECT_FALSE(jobs()->wait(id, 1).is_over());
    session.close();
    handler->gate.set(1);
    session = beckon::connect(server.endpoints()[0]);
    while (!jobs()->wait(id, 10'000).is_over()) {
    }
    EXPECT_EQ(jobs()->fetch(id, {}), value("done for anonymous"));
}

TEST_P(JobProtocols, cancelling_and_listing) {
    const auto at = jobs();
    const std::string id = at->start("conformance.sleep", {{3'600'000}}, {}, {});
    const auto listed = at->list();
    ASSERT_EQ(listed.size(), 1u);
    EXPECT_EQ(listed[0].id, id);
    EXPECT_TRUE(at->cancel(id));
    EXPECT_EQ(at->wait(id, 10'000).stage, "cancelled");
    EXPECT_FALSE(at->cancel(id));
}

TEST_P(JobProtocols, a_time_of_its_own) {
    const auto at = jobs();
    const std::string id = at->start("conformance.sleep", {{3'600'000}}, {}, 1);
    job_state job;
    while (!(job = at->wait(id, 10'000)).is_over()) {
    }
    EXPECT_EQ(job.stage, "failed");
    EXPECT_TRUE(job.error.starts_with("timeout: ")) << job.error; // as the handler noticed, or not
}

TEST_P(JobProtocols, results_that_are_objects_or_streams_are_refused_by_name) {
    const auto at = jobs();
    for (const char* const method : {"conformance.make_counter", "conformance.count_to"}) {
        const std::string id = at->start(method, {{3}}, {}, {});
        job_state job;
        while (!(job = at->wait(id, 10'000)).is_over()) {
        }
        EXPECT_EQ(job.stage, "failed");
        EXPECT_NE(job.error.find(beckon::concat("the result of \"", method, "\" cannot be kept")),
                  std::string::npos)
            << job.error;
    }
}

TEST_P(JobProtocols, containers_are_taken_by_value) {
    const auto at = jobs();
    const std::string id = at->start("conformance.sum", {{value::list({1.5, 2.0})}}, {}, {});
    while (!at->wait(id, 10'000).is_over()) {
    }
    EXPECT_EQ(at->fetch(id, {}), value(3.5));
}

INSTANTIATE_TEST_SUITE_P(Everywhere, JobProtocols,
                         testing::Values("", "rpyc+", "jsonrpc+", "msgpack+", "quickrpc+",
                                         "pyrpc+"),
                         [](const auto& given) {
                             std::string name(given.param);
                             if (!name.empty()) name.pop_back();
                             return name.empty() ? std::string("native") : name;
                         });

TEST(JobRules, are_those_of_the_call_and_of_its_caller) {
    using known = beckon::function<beckon::result<std::string>(const beckon::greeting&)>;
    beckon::server_options options;
    options.authenticator = std::make_shared<known>(
        [](const beckon::greeting& who) -> beckon::result<std::string> { return who.user; });
    options.authorize =
        beckon::access_rules().allow("*", "jobs").allow("alice", "Conformance", "add").answers();
    beckon::server server(options);
    conformance::publish(server);
    server.publish_jobs();
    const std::string endpoint = server.listen("memory:rules");
    const auto as = [&](const char* user) {
        return beckon::connect(endpoint, {.user = user}).get<beckon::jobs>("jobs");
    };
    const std::string id = as("alice")->start("conformance.add", {{2, 3}}, {}, {});
    EXPECT_THROW(static_cast<void>(as("alice")->start("conformance.whoami", {}, {}, {})),
                 beckon::access_denied);
    EXPECT_THROW(static_cast<void>(as("bob")->start("conformance.add", {{2, 3}}, {}, {})),
                 beckon::access_denied);
    EXPECT_THROW(static_cast<void>(as("bob")->poll(id)), beckon::exception);
    EXPECT_EQ(as("bob")->list().size(), 0u);
    EXPECT_EQ(as("alice")->list().size(), 1u);
}

} // namespace
} // namespace jobs_test
