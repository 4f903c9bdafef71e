// A call that goes on when its caller has gone: another conversation follows it and fetches the result.
#include <beckon/beckon.hpp>
#include <beckon/service/jobs/jobs.hpp>

#include <iostream>
#include <string>

struct Studio {
    std::string render(std::string scene);
};
BECKON_INTERFACE(Studio, (render, scene))

class studio {
public:
    std::string render(const std::string& scene) {
        constexpr int frames = 4;
        for (int frame = 0; frame < frames; ++frame) {
            beckon::this_call::report_progress(1.0 * frame / frames,
                                               "frame " + std::to_string(frame));
            beckon::this_call::sleep_for(
                std::chrono::milliseconds(5)); // ends where the job is given up
        }
        return scene + ", " + std::to_string(frames) + " frames";
    }
};

int main() {
    beckon::server server;
    server.publish<Studio>("studio", std::make_shared<studio>());
    server.publish_jobs();
    const std::string endpoint = server.listen("tcp://127.0.0.1:0");

    std::string id;
    {
        const auto session = beckon::connect(endpoint);
        id = session.get<beckon::jobs>("jobs")->start("studio.render", {{"scene 7"}}, {}, {});
    } // who began it has gone

    const auto session = beckon::connect(endpoint);
    const auto jobs = session.get<beckon::jobs>("jobs");
    beckon::job_state job = jobs->poll(id);
    while (!job.is_over()) job = jobs->wait(id, 1000);
    std::cout << job.method << ": " << job.stage << '\n';
    std::cout << jobs->fetch(id, {}).as<std::string>() << '\n';
}
