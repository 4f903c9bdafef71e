// A method may be called on the result of a call that has not returned: a chain of calls costs one round trip.
//
// To count round trips rather than to believe in them, both programs run in the simulator, whose network takes 10 ms each
// way and whose code takes no time at all.
#include <chrono>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include <beckon/testing.hpp>

using namespace std::chrono_literals;

struct Folder {
    beckon::ref<Folder> open(std::string name);
    std::string path();
};
BECKON_INTERFACE(Folder, (open, name), (path))

struct folder {
    std::string full_path;
    beckon::ref<Folder> open(const std::string& name) {
        if (name.empty()) throw std::invalid_argument("a folder has a name");
        return beckon::make_ref<Folder>(std::make_shared<folder>(folder{full_path + "/" + name}));
    }
    std::string path() { return full_path; }
};

std::string one_after_the_other(const beckon::ref<Folder>& root) {
    auto usr = root->open("usr");
    auto share = usr->open("share");
    auto doc = share->open("doc");
    auto beckon = doc->open("beckon");
    return beckon->path();
}

std::string all_at_once(const beckon::ref<Folder>& root) {
    auto usr = root.async()->open("usr");
    auto share = usr.async()->open("share");
    auto doc = share.async()->open("doc");
    auto beckon = doc.async()->open("beckon");
    return beckon->path(); // waits for this one only
}

template <typename Walk>
void count_round_trips(beckon::testing::world& world, const char* how, Walk walk) {
    const auto begin = world.now();
    const std::string found = walk();
    const auto took = world.now() - begin;
    std::printf("%-20s %s  %lld round trips\n", how, found.c_str(),
                static_cast<long long>(took / 20ms));
}

int main() {
    beckon::testing::world_options options;
    options.network = {.min_delay = 10ms, .max_delay = 10ms, .split_percent = 0};
    beckon::testing::world world(1, std::move(options));
    auto server = world.add_node("server", [](beckon::testing::node& self) {
        self.publish<Folder>("root", std::make_shared<folder>());
    });
    auto client = world.add_node("client");
    auto session = world.connect(client, server);
    auto root = session.get<Folder>("root");

    count_round_trips(world, "one after the other", [&] { return one_after_the_other(root); });
    count_round_trips(world, "all at once", [&] { return all_at_once(root); });

    // Where a call of the chain fails, those on its result fail for the same reason.
    auto nameless = root.async()->open("");
    try {
        std::printf("%s\n", nameless->path().c_str());
    } catch (const beckon::remote_error& failure) {
        std::printf("the chain fails: %s\n", failure.message().c_str());
    }
}
