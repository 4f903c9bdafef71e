// What travels: records, enumerations, optionals, containers, variants, times, and values of any kind.
#include <chrono>
#include <cstdio>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <beckon/beckon.hpp>

using namespace std::chrono_literals;

enum class Mood : std::int32_t { calm, busy, broken };
BECKON_ENUM(Mood, calm, busy, broken)

struct Point {
    double x = 0;
    double y = 0;
};
BECKON_RECORD(Point, x, y)

struct Machine {
    std::string name;
    std::vector<std::string> tags;
    std::optional<Point> at;
    Mood mood = Mood::calm;
    std::map<std::string, std::int64_t> counters;
    std::chrono::nanoseconds uptime =
        0ns; // new in the second version: programs of the first do not send it
};
BECKON_RECORD(Machine, name, tags, at, mood, counters, uptime)
BECKON_DEFAULTS(Machine, at, mood, counters, uptime) // absent ones are as in Machine{}

struct Hall {
    void put(Machine machine);
    std::vector<Machine> machines(Mood mood);
    std::map<std::string, Point> places();
    /// Gives back what it got.
    beckon::value echo(beckon::value what);
    std::string kind_of(std::variant<std::int64_t, std::string, Point> thing);
};
BECKON_INTERFACE(Hall, (put, machine), (machines, mood), (places), (echo, what), (kind_of, thing))

class hall {
public:
    void put(Machine machine) { machines_.push_back(std::move(machine)); }
    std::vector<Machine> machines(Mood mood) {
        std::vector<Machine> found;
        for (const Machine& machine : machines_) {
            if (machine.mood == mood) found.push_back(machine);
        }
        return found;
    }
    std::map<std::string, Point> places() {
        std::map<std::string, Point> all;
        for (const Machine& machine : machines_) {
            if (machine.at) all[machine.name] = *machine.at;
        }
        return all;
    }
    beckon::value echo(beckon::value what) { return what; }
    std::string kind_of(const std::variant<std::int64_t, std::string, Point>& thing) {
        constexpr const char* names[] = {"a number", "a text", "a point"};
        return names[thing.index()];
    }

private:
    std::vector<Machine> machines_;
};

int main() {
    beckon::server server;
    server.publish<Hall>("hall", std::make_shared<hall>());
    auto session = beckon::connect(server.listen("tcp://127.0.0.1:0"));
    auto hall = session.get<Hall>("hall");

    hall->put({"lathe", {"metal", "old"}, Point{1, 2.5}, Mood::busy, {{"parts", 120}}, 36h});
    hall->put({"saw", {"wood"}, std::nullopt, Mood::broken, {}, 5min});
    for (const Machine& machine : hall->machines(Mood::busy)) {
        std::printf("%s: %zu tags, at %g %g, %lld parts, up %lld h\n", machine.name.c_str(),
                    machine.tags.size(), machine.at->x, machine.at->y,
                    static_cast<long long>(machine.counters.at("parts")),
                    static_cast<long long>(machine.uptime / 1h));
    }
    std::printf("%zu place known\n", hall->places().size());
    std::printf("a variant holds %s\n", hall->kind_of(Point{3, 4}).c_str());

    // A value holds anything that can travel, type and all.
    beckon::value list = beckon::value::list();
    list.push_back(7);
    list.push_back("seven");
    list.push_back(beckon::value(Point{7, 7}));
    const beckon::value back = hall->echo(list);
    std::printf("a value comes back %s: %s\n", back == list ? "as it went" : "changed",
                back.to_text().c_str());
}
