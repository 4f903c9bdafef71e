// A C++ instrument for Python programs: they call it with RPyC and change nothing on their side. client.py is one.
//
//   example_rpyc_instrument rpyc+tcp://127.0.0.1:0 18811
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <beckon/rpyc.hpp>

struct Watcher {
    void on_temperature(double celsius);
};
struct Profile {
    double celsius();
};
/// An oven for samples.
struct Oven {
    double temperature();
    /// Refuses what would melt the samples.
    void heat_to(double celsius);
    /// Tells the watcher each step on the way to a temperature; gives their number.
    std::int64_t ramp(double to, double step, beckon::ref<Watcher> watcher);
    /// A new object, which lives as long as the caller holds it.
    beckon::ref<Profile> profile(std::string name);
};
BECKON_INTERFACE(Watcher, (on_temperature, celsius))
BECKON_INTERFACE(Profile, (celsius))
BECKON_INTERFACE(Oven, (temperature), (heat_to, celsius), (ramp, to, step, watcher),
                 (profile, name))

struct fixed_profile {
    double wanted;
    double celsius() const { return wanted; }
};

/// One call at a time, whatever program it comes from: see policy::serial below.
class oven {
public:
    double temperature() const { return now_; }
    void heat_to(double celsius) {
        if (celsius > 300) throw std::invalid_argument("300 degrees are the most");
        now_ = celsius;
    }
    std::int64_t ramp(double to, double step, const beckon::ref<Watcher>& watcher) {
        if (!(step > 0)) throw std::invalid_argument("a step is above zero");
        std::int64_t steps = 0;
        while (now_ < to) {
            heat_to(now_ + step < to ? now_ + step : to);
            watcher->on_temperature(now_);
            ++steps;
        }
        return steps;
    }
    beckon::ref<Profile> profile(const std::string& name) {
        if (name != "bake" && name != "dry") throw std::out_of_range("no profile " + name);
        return beckon::make_ref<Profile>(
            std::make_shared<fixed_profile>(fixed_profile{name == "bake" ? 180.0 : 60.0}));
    }

private:
    double now_ = 20;
};

int main(int count, char** words) {
    if (count != 3) {
        std::fprintf(stderr, "usage: %s ENDPOINT REGISTRY_PORT\n", words[0]);
        return 2;
    }
    beckon::server server;
    server.publish<Oven>("oven", std::make_shared<oven>(), beckon::policy::serial);
    const std::string endpoint = server.listen(words[1]);

    // Python programs find it by its name, in RPyC's registry.
    namespace registry = beckon::naming::rpyc_registry;
    const registry::client known({.transport = registry::transport::tcp,
                                  .port = static_cast<std::uint16_t>(std::atoi(words[2]))});
    const auto where = beckon::io::parse_host_address(beckon::io::parse_endpoint(endpoint).value());
    const std::vector<std::string> names{"oven"};
    if (auto told = known.register_service(names, {where->port}); !told)
        std::fprintf(stderr, "%s\n", told.error().to_string().c_str());

    std::printf("listening %s\n", endpoint.c_str());
    std::fflush(stdout);
    server.run();
    return known.unregister_service({where->port}) ? 0 : 1;
}
