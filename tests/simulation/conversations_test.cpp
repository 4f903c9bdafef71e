// Records what a client says in a few conversations: the corpus of the session's fuzz target. With BECKON_WRITE_CORPUS
// set to a folder the test writes them there (src/session/corpus/session in this tree).
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

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
    void (*talk)(testing::world& world, const connected& session, const ref<Target>& target);
};

ref<Leaf> own_leaf() { return make_ref<Leaf>(std::make_shared<fuzzed::leaf>()); }

const conversation conversations[] = {
    {"calls",
     [](testing::world&, const connected& session, const ref<Target>& target) {
         EXPECT_EQ(target->echo("a", {1, 2, 3}), "a3");
         EXPECT_THROW(target->fail(), remote_error);
         EXPECT_THROW(static_cast<void>(session.get<Leaf>("nothing")), unknown_object);
         target.with({.timeout = 1s, .metadata = {{"key", "text"}}})->nap();
     }},
    {"references",
     [](testing::world& world, const connected&, const ref<Target>& target) {
         const ref<Leaf> mine = own_leaf();
         target->keep(mine);
         EXPECT_EQ(target->give(), mine);
         EXPECT_EQ(target->visit({mine, target->make(), ref<Leaf>()}), 2);
         EXPECT_EQ(target->roam(mine), 2);
         target->tell(mine);
         world.run_for(10ms);
     }},
    {"pipelining",
     [](testing::world& world, const connected&, const ref<Target>& target) {
         {
             auto made = target.async()->make();
             auto value = made.async()->value(4);
             auto kept = target.async()->keep(made.promised_ref());
             EXPECT_EQ(value.get(), 5);
         }
         world.run_for(10ms);
     }},
    {"streams",
     [](testing::world& world, const connected&, const ref<Target>& target) {
         std::int64_t sum = 0;
         for (const std::int64_t each : target->count(4)) sum += each;
         EXPECT_EQ(sum, 6);
         EXPECT_EQ(target->sum(fuzzed::target::count_up(4)), 0);
         {
             auto dropped = target->count(900);
             EXPECT_EQ(dropped.next(), 0);
         }
         world.run_for(10ms);
     }},
    {"ends",
     [](testing::world& world, const connected& session, const ref<Target>& target) {
         { const auto dropped = target.async()->nap(); }
         EXPECT_THROW(target.with(timeout(1ms))->nap(), timeout_error);
         world.run_for(700ms); // a ping
         session.close();
     }},
};

bytes record(const conversation& which) {
    bytes said;
    bool near = true;
    testing::world_options options;
    options.limits.ping_after = 500ms;
    options.make_protocol = [&]() -> std::unique_ptr<protocol> {
        if (!std::exchange(near, false)) return nullptr;
        return std::make_unique<recording_protocol>(said);
    };
    testing::world world(1, std::move(options));
    auto server = world.add_node("server", [](testing::node& self) {
        self.publish<Target>("target", std::make_shared<fuzzed::target>());
    });
    auto client = world.add_node("client");
    const connected session = world.connect(client, server);
    which.talk(world, session, session.get<Target>("target"));
    return said;
}

} // namespace

TEST(Conversations, each_recorded_one_is_served_when_its_bytes_come_again) {
    for (const conversation& each : conversations) {
        const bytes said = record(each);
        EXPECT_GE(fuzzed::run_bytes(said).calls_served, 3u) << each.name;
        if (const char* const folder = std::getenv("BECKON_WRITE_CORPUS"))
            std::ofstream(concat(folder, "/", each.name), std::ios::binary)
                .write(reinterpret_cast<const char*>(said.data()),
                       static_cast<std::streamsize>(said.size()));
    }
}

} // namespace beckon::simulation
