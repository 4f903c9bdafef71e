// Beckon's server for the benchmarks: default limits, default policies.

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "bench_interface.hpp"
#include "common/options.hpp"
#include "common/server.hpp"

namespace {

class counter {
public:
    explicit counter(std::int64_t start) : value_(start) {}
    std::int64_t increment(std::int64_t by) { return value_ += by; }
    std::int64_t value() const { return value_; }

private:
    std::int64_t value_;
};

class bench_servant {
public:
    // Views of the arguments are valid until the reply is written, so nothing is copied but to the wire.
    beckon::byte_view echo(beckon::byte_view data) { return data; }
    std::string_view say(std::string_view text) { return text; }
    beckon::ref<Counter> make(std::int64_t start) {
        return beckon::make_ref<Counter>(std::make_shared<counter>(start));
    }
    beckon::ref<Bench> next() { return self; }

    beckon::ref<Bench> self;
};

} // namespace

int main(int argc, char** argv) {
    const bench::options chosen = bench::parse_options(argc, argv);
    beckon::runtime_options runs;
    if (chosen.spin) runs.spin = std::chrono::hours(1);
    const auto context = beckon::context::create(runs).value();
    beckon::server server({.context = context, .limits = {}, .authenticator = {}});
    const auto implementation = std::make_shared<bench_servant>();
    implementation->self = beckon::make_ref<Bench>(implementation);
    server.publish("bench", beckon::object(implementation->self));
    const std::string where = server.listen("tcp://127.0.0.1:0");
    bench::announce(static_cast<unsigned>(std::atoi(where.c_str() + where.rfind(':') + 1)));
    bench::wait_for_the_end();
}
