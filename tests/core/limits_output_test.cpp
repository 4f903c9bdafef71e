// Limits of what waits to leave: results that the peer does not take, or not yet.
#include "core/limits_fixture.hpp"

namespace beckon::core_test {

struct Horn {
    bytes blow(std::int64_t size);
};
BECKON_INTERFACE(Horn, (blow, size))

namespace {

constexpr u16 echo = method_number<Lab>("echo"), block = method_number<Lab>("block");

class limited_output : public limited {};

TEST_F(limited_output, full_outputs_of_both_sides_do_not_lock_each_other) {
    limits small;
    small.max_unsent_bytes = 300'000;
    serve_beside_another(small);
    // Over TCP much leaves without a pause, in memory little does.
    for (const std::string& place : {url_, far_->there.listen("tcp://127.0.0.1:0")}) {
        connect_options options;
        options.context = far_->inside;
        options.limits = small;
        const auto session = connect(place, options);
        const auto lab = session.get<Lab>("lab");
        const std::string large(70'000, 'x');
        std::vector<std::thread> threads;
        for (int t = 0; t < 4; ++t) {
            threads.emplace_back([&] {
                for (int i = 0; i < 50; ++i) EXPECT_EQ(lab->echo(large).size(), large.size());
            });
        }
        for (auto& each : threads) each.join();
    }
}

TEST_F(limited_output, a_result_larger_than_the_room_holds_the_next_call_up_until_it_has_left) {
    limits small;
    small.max_unsent_bytes = 50'000;
    serve_beside_another(small);
    struct horn {
        bytes blow(std::int64_t size) { return bytes(static_cast<std::size_t>(size)); }
    };
    far_->there.publish<Horn>("horn", std::make_shared<horn>());
    // A socket takes such results at once: nothing else happens that could remind anybody of the calls that wait.
    connect_options options;
    options.context = far_->inside;
    const auto session = connect(far_->there.listen("tcp://127.0.0.1:0"), options);
    const auto there = session.get<Horn>("horn");
    for (int round = 0; round < 20; ++round) {
        std::vector<future<bytes>> pending;
        for (int i = 0; i < 5; ++i) pending.push_back(there.async()->blow(60'000));
        for (auto& each : pending) EXPECT_EQ(each.get().size(), 60'000u);
    }
}

TEST_F(limited_output, unsent_bytes_of_replies) {
    limits small;
    small.max_unsent_bytes = 50'000;
    serve_beside_another(small);
    raw_peer peer = by_hand();
    const u32 lab = peer.get("lab");
    // Replies that nobody takes: in the end no further call is started, but cancellations are still read.
    const std::string large(20'000, 'x');
    constexpr u32 count = 300;
    for (u32 i = 0; i < count; ++i)
        peer.send_frame(frame_type::call, 0, echo, 10 + i, lab, content_of(large));
    peer.send_frame(frame_type::call, 0, block, 5, lab, content_of(std::string("never")));
    peer.send_frame(frame_type::cancel, 0, 0, 5, 0);
    for (u32 i = 0; i < count; ++i) EXPECT_EQ(peer.answer(10 + i).content.size(), large.size() + 4);
    EXPECT_EQ(peer.answer(5).error_text(), "cancelled: call was cancelled before it started");
    EXPECT_EQ(far_->lab_object->gate.waiting("never"), 0);
}

TEST_F(limited_output, a_peer_that_takes_nothing_is_dropped) {
    limits hasty;
    hasty.stalled_after = 20ms;
    hasty.max_unsent_bytes = 50'000;
    serve_beside_another(hasty);
    raw_peer peer = by_hand();
    const u32 lab = peer.get("lab");
    const std::string large(20'000, 'x');
    for (u32 i = 0; i < 100; ++i)
        peer.send_frame(frame_type::call, 0, echo, 10 + i, lab, content_of(large));
    EXPECT_TRUE(eventually([&] { return far_->there.connection_count() == 1; }));
    const auto session = open();
    EXPECT_EQ(session.get<Lab>("lab")->add(1, 1), 2);
}

TEST_F(limited_output, a_client_is_told_that_its_server_took_nothing) {
    serve_beside_another({});
    const auto listening = *far_->inside->memory().listen("deaf");
    connect_options options;
    options.context = far_->inside;
    options.limits.stalled_after = 20ms;
    const auto session = connect("memory:deaf", options);
    raw_peer peer(std::move(*listening->accept()));
    peer.send_hello();
    auto pending = session.services().async()->describe(
        std::string(transport::memory::buffered_bytes + 1000, 'x'));
    EXPECT_EQ(
        pending.result().error().to_string(),
        "disconnected: peer memory:deaf took no byte for 20 ms (stalled_after); while awaiting "
        "directory.describe at memory:deaf");
}

} // namespace
} // namespace beckon::core_test
