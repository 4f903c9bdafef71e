// Records what both sides say in a few conversations: the corpus of the fuzz targets of the session and of its frames.
// With BECKON_WRITE_CORPUS set to the folder of the sources (src in this tree) the recordings are written there.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "session/session_fuzz.hpp"
#include "simulation/defects.hpp"

namespace beckon::simulation {
namespace {

using fuzzed::Leaf;
using fuzzed::Target;

/// Keeps a copy of every message that it writes.
class recording_protocol final : public broken_protocol {
public:
    explicit recording_protocol(bytes& to) : to_(to) {}
    void write_greeting(buffer& out, const greeting& mine) override {
        record(out, [&] { broken_protocol::write_greeting(out, mine); });
    }
    void finished(buffer& out, std::size_t start, const native::frame_header&) override {
        keep(out, start);
    }
    void write_error(buffer& out, std::uint32_t call_id, const error& failure,
                     bool untaken) override {
        record(out, [&] { broken_protocol::write_error(out, call_id, failure, untaken); });
    }
    void write_cancel(buffer& out, std::uint32_t call_id) override {
        record(out, [&] { broken_protocol::write_cancel(out, call_id); });
    }
    void write_release(buffer& out,
                       std::span<const std::pair<std::uint32_t, std::uint32_t>> released) override {
        record(out, [&] { broken_protocol::write_release(out, released); });
    }
    void write_stream_end(buffer& out, std::uint32_t stream, const error* failure) override {
        record(out, [&] { broken_protocol::write_stream_end(out, stream, failure); });
    }
    void write_stream_credit(buffer& out, std::uint32_t stream, std::uint32_t size) override {
        record(out, [&] { broken_protocol::write_stream_credit(out, stream, size); });
    }
    void write_stream_stop(buffer& out, std::uint32_t stream) override {
        record(out, [&] { broken_protocol::write_stream_stop(out, stream); });
    }
    void write_pong(buffer& out, std::uint64_t number) override {
        record(out, [&] { broken_protocol::write_pong(out, number); });
    }
    void write_ping(buffer& out, std::uint64_t number) override {
        record(out, [&] { broken_protocol::write_ping(out, number); });
    }
    void write_go_away(buffer& out, const error& reason) override {
        record(out, [&] { broken_protocol::write_go_away(out, reason); });
    }
    void write_bye(buffer& out) override {
        record(out, [&] { broken_protocol::write_bye(out); });
    }

private:
    template <typename Write>
    void record(buffer& out, Write write) {
        const std::size_t start = out.size();
        write();
        keep(out, start);
    }
    void keep(const buffer& out, std::size_t start) {
        const byte_view message = out.view().subspan(start);
        to_.insert(to_.end(), message.begin(), message.end());
    }
    bytes& to_;
};

struct conversation {
    const char* name;
    std::uint64_t
        calls; ///< That reach the target again, whatever the client waited for when it was recorded.
    void (*talk)(testing::world& world, const connected& session, const ref<Target>& target);
};

ref<Leaf> own_leaf() { return make_ref<Leaf>(std::make_shared<fuzzed::leaf>()); }

struct failing_leaf {
    std::int64_t value(std::int64_t) { throw std::runtime_error("no value today"); }
};
/// Calls back before it answers.
struct asking_leaf {
    std::int64_t value(std::int64_t add) { return std::stoll(target->echo("5", {})) + add; }
    ref<Target> target;
};
stream<std::int64_t> count_and_fail() {
    co_yield 1;
    throw std::runtime_error("no more items");
}

const conversation conversations[] = {
    {"calls", 3,
     [](testing::world&, const connected& session, const ref<Target>& target) {
         EXPECT_EQ(target->echo("a", {1, 2, 3}), "a3");
         EXPECT_THROW(target->fail(), remote_error);
         EXPECT_THROW(static_cast<void>(session.get<Leaf>("nothing")), unknown_object);
         target.with({.timeout = 1s, .metadata = {{"key", "text"}}})->nap();
     }},
    {"references", 6,
     [](testing::world& world, const connected&, const ref<Target>& target) {
         const ref<Leaf> mine = own_leaf();
         target->keep(mine);
         EXPECT_EQ(target->give(), mine);
         EXPECT_EQ(target->visit({mine, target->make(), ref<Leaf>()}), 3);
         EXPECT_EQ(target->roam(mine), 2);
         target->tell(mine);
         world.run_for(10ms);
     }},
    {"callbacks", 3,
     [](testing::world& world, const connected&, const ref<Target>& target) {
         EXPECT_THROW(target->visit({make_ref<Leaf>(std::make_shared<failing_leaf>())}),
                      remote_error);
         EXPECT_EQ(
             target->visit({make_ref<Leaf>(std::make_shared<asking_leaf>(asking_leaf{target}))}),
             50);
         world.run_for(10ms);
     }},
    {"pipelining", 2,
     [](testing::world& world, const connected&, const ref<Target>& target) {
         {
             auto made = target.async()->make();
             auto value = made.async()->value(4);
             auto kept = target.async()->keep(made.promised_ref());
             EXPECT_EQ(value.get(), 5);
         }
         world.run_for(10ms);
     }},
    {"streams", 4,
     [](testing::world& world, const connected&, const ref<Target>& target) {
         std::int64_t sum = 0;
         for (const std::int64_t each : target->count(4)) sum += each;
         EXPECT_EQ(sum, 6);
         EXPECT_EQ(target->sum(fuzzed::target::count_up(4)), 0);
         EXPECT_THROW(target->sum(count_and_fail()), remote_error);
         {
             auto dropped = target->count(900); // more than the window holds
             EXPECT_EQ(dropped.next(), 0);
         }
         world.run_for(10ms);
     }},
    {"ends", 1,
     [](testing::world& world, const connected& session, const ref<Target>& target) {
         { const auto dropped = target.async()->nap(); }
         EXPECT_THROW(target.with(timeout(1ms))->nap(), timeout_error);
         world.run_for(700ms); // a ping
         session.close();
     }},
};

struct recording {
    bytes client, server; ///< What each side said.
    fuzzed::outcome seen;
};

recording record(const conversation& which) {
    recording made;
    bool near = true; // the side that connects is made first
    testing::world_options options;
    options.limits.ping_after = 500ms;
    options.limits.stream_window_bytes = 512;
    options.make_protocol = [&]() -> std::unique_ptr<protocol> {
        return std::make_unique<recording_protocol>(std::exchange(near, false) ? made.client
                                                                               : made.server);
    };
    testing::world world(1, std::move(options));
    auto server = world.add_node("server", [&made](testing::node& self) {
        self.publish<Target>("target", std::make_shared<fuzzed::target>(made.seen));
    });
    auto client = world.add_node("client");
    const connected session = world.connect(client, server);
    which.talk(world, session, session.get<Target>("target"));
    return made;
}

void keep(const std::filesystem::path& file, const bytes& content) {
    std::ofstream(file, std::ios::binary)
        .write(reinterpret_cast<const char*>(content.data()),
               static_cast<std::streamsize>(content.size()));
}

} // namespace

TEST(Conversations, each_recorded_one_is_served_when_its_bytes_come_again) {
    for (const conversation& each : conversations) {
        const recording said = record(each);
        const fuzzed::outcome again = fuzzed::run_bytes(said.client, fuzzed::pace::slowly);
        EXPECT_GE(again.calls, each.calls) << each.name;
        EXPECT_EQ(again.complaints, std::vector<std::string>()) << each.name;
        if (const char* const folder = std::getenv("BECKON_WRITE_CORPUS")) {
            const std::filesystem::path sources(folder);
            keep(sources / "session/corpus/session" / each.name, said.client);
            keep(sources / "protocol/native/corpus/frame" / each.name, said.client);
            keep(sources / "protocol/native/corpus/frame" / concat(each.name, "_answered"),
                 said.server);
        }
    }
}

TEST(Conversations, the_corpus_holds_each_as_it_is_spoken_today) {
    const char* const sources = std::getenv("BECKON_SOURCE_DIR");
    if (sources == nullptr) GTEST_SKIP() << "BECKON_SOURCE_DIR is not set";
    for (const conversation& each : conversations) {
        const auto path = std::filesystem::path(sources) / "src/session/corpus/session" / each.name;
        std::ifstream file(path, std::ios::binary);
        const std::string kept{std::istreambuf_iterator<char>(file),
                               std::istreambuf_iterator<char>()};
        EXPECT_TRUE(record(each).client == bytes(as_bytes(kept).begin(), as_bytes(kept).end()))
            << each.name
            << " is spoken otherwise now, or was never recorded: write the corpus anew";
    }
}

} // namespace beckon::simulation
