// Limits of the calls under way: how many, how large, and what goes on where they are used up.
#include "core/limits_fixture.hpp"

namespace beckon::core_test {

namespace {

constexpr u16 add = method_number<Lab>("add"), echo = method_number<Lab>("echo"),
              note = method_number<Lab>("note"), block = method_number<Lab>("block");

class limited_traffic : public limited {};

TEST_F(limited_traffic, calls_in_flight_of_a_caller_that_ignores_credit) {
    limits few;
    few.max_calls_in_flight = 3;
    serve_beside_another(few);
    raw_peer peer = by_hand();
    const u32 lab = peer.get("lab");
    peer.send_frame(frame_type::call, 0, block, 2, lab, content_of(std::string("door")));
    peer.send_frame(frame_type::call, 0, add, 3, lab, raw(1.0, 2.0));
    peer.send_frame(frame_type::call, 0, add, 4, lab, raw(1.0, 3.0));
    peer.send_frame(frame_type::call, 0, add, 5, lab, raw(1.0, 4.0));
    EXPECT_EQ(peer.answer(5).error_text(),
              "limit_exceeded: peer has more than 3 calls in flight (max_calls_in_flight)");
    far_->lab_object->gate.open("door");
    EXPECT_EQ(peer.answer(3).content, raw(3.0)) << "those within the limit are served";
    EXPECT_EQ(peer.answer(4).content, raw(4.0));
    peer.send_frame(frame_type::call, 0, add, 6, lab, raw(1.0, 5.0));
    EXPECT_EQ(peer.answer(6).content, raw(6.0)) << "and the next ones too";
}

TEST_F(limited_traffic, calls_in_flight_of_a_caller_that_keeps_to_its_credit) {
    limits few;
    few.max_calls_in_flight = 3;
    serve_beside_another(few);
    const auto session = open();
    const auto lab = session.get<Lab>("lab");
    auto blocked = lab.async()->block("door");
    std::vector<future<double>> pending;
    for (int i = 0; i < 50; ++i) pending.push_back(lab.async()->add(i, 1));
    far_->lab_object->gate.await("door");
    far_->lab_object->gate.open("door");
    EXPECT_EQ(blocked.get(), "door");
    for (int i = 0; i < 50; ++i) EXPECT_EQ(pending[static_cast<std::size_t>(i)].get(), i + 1);
}

TEST_F(limited_traffic, calls_that_wait_for_credit_can_be_cancelled_and_run_out_of_time) {
    limits one;
    one.max_calls_in_flight = 1;
    serve_beside_another(one);
    const auto session = open();
    const auto lab = session.get<Lab>("lab");
    auto blocked = lab.async()->block("door");
    far_->lab_object->gate.await("door");
    const auto mine = std::make_shared<listener>();
    auto cancelled = lab.async()->give_back(make_ref<Listener>(mine));
    auto late = lab.with(timeout(5ms)).async()->give_back(make_ref<Listener>(mine));
    auto last = lab.async()->add(1, 1);
    EXPECT_EQ(session.stats().exports, 2u);
    cancelled.cancel();
    EXPECT_EQ(cancelled.result().error().code(), errc::cancelled);
    EXPECT_EQ(late.result().error().code(), errc::timeout);
    EXPECT_EQ(session.stats().exports, 0u) << "what they lent has never left";
    far_->lab_object->gate.open("door");
    EXPECT_EQ(last.get(), 2);
    EXPECT_EQ(mine.use_count(), 1);
}

TEST_F(limited_traffic, a_release_does_not_overtake_a_call_that_waits_for_credit) {
    limits one;
    one.max_calls_in_flight = 1;
    serve_beside_another(one);
    const auto session = open();
    const auto lab = session.get<Lab>("lab");
    auto counter = lab->make(5);
    auto blocked = lab.async()->block("door");
    far_->lab_object->gate.await("door");
    auto value = counter.async()->value();
    counter = {};
    far_->lab_object->gate.open("door");
    EXPECT_EQ(value.get(), 5);
}

TEST_F(limited_traffic, bytes_of_the_calls_in_flight) {
    limits few;
    few.max_call_bytes = 2000;
    serve_beside_another(few);
    raw_peer peer = by_hand();
    const u32 lab = peer.get("lab");
    peer.send_frame(frame_type::call, 0, block, 2, lab, content_of(std::string("door")));
    peer.send_frame(frame_type::call, 0, echo, 3, lab, content_of(std::string(3000, 'x')));
    peer.send_frame(frame_type::call, 0, add, 4, lab, raw(1.0, 2.0));
    EXPECT_EQ(peer.answer(4).error_text(),
              "limit_exceeded: peer has calls of 3076 bytes in flight; limit is 2000 bytes "
              "(max_call_bytes)");
    far_->lab_object->gate.open("door");
    EXPECT_EQ(peer.answer(3).type(), frame_type::reply);
    peer.send_frame(frame_type::call, 0, add, 5, lab, raw(1.0, 2.0));
    EXPECT_EQ(peer.answer(5).content, raw(3.0));
    // One-way calls take no credit: they are counted by their bytes alone, and dropped beyond.
    peer.send_frame(frame_type::call, 0, block, 6, lab, content_of(std::string("second")));
    far_->lab_object->gate.await("second");
    for (int i = 0; i < 100; ++i)
        peer.send_frame(frame_type::call, native::flags::oneway, note, 0, lab, raw(u64{1}));
    peer.send_frame(frame_type::ping, 0, 0, 0, 0);
    static_cast<void>(peer.await(frame_type::pong));
    EXPECT_NE(
        far_->log.lines().find("limit_exceeded: peer has one-way calls of 2040 bytes waiting; "
                               "limit is 2000 bytes (max_call_bytes)"),
        std::string::npos)
        << far_->log.lines();
    far_->lab_object->gate.open("second");
    peer.send_frame(frame_type::call, 0, add, 7, lab, raw(1.0, 2.0));
    EXPECT_EQ(peer.answer(7).content, raw(3.0));
    EXPECT_EQ(far_->lab_object->notes().size(), 84u);
}

// --- Classes of credit: a side whose calls are used up still takes and gives everything else ---

TEST_F(limited_traffic, cancels_and_releases_need_no_credit) {
    limits one;
    one.max_calls_in_flight = 1;
    serve_beside_another(one);
    const auto session = open();
    const auto lab = session.get<Lab>("lab");
    auto counter = lab->make(1);
    const int alive = counted::alive;
    auto sleeping = lab.async()->sleep(60'000);
    far_->lab_object->gate.pass("sleeping");
    counter = {};
    EXPECT_TRUE(eventually([&] { return counted::alive == alive - 1; }))
        << "released while the only call of the credit runs";
    sleeping.cancel();
    far_->lab_object->gate.pass("cancelled");
    EXPECT_EQ(lab->add(1, 1), 2) << "the credit is there again";
}

TEST_F(limited_traffic, two_sides_without_credit_answer_each_other) {
    limits one;
    one.max_calls_in_flight = 1;
    serve_beside_another(one);
    const auto session = open(one);
    const auto lab = session.get<Lab>("lab");
    const auto mine = std::make_shared<listener>();
    const auto here = make_ref<Listener>(mine);
    // Each of these has the server call back, which uses up what we grant; the others wait on our side.
    std::vector<future<std::int64_t>> pending;
    for (int i = 0; i < 20; ++i) pending.push_back(lab.async()->drive(here, 5));
    for (auto& each : pending) EXPECT_EQ(each.get(), 6);
    EXPECT_EQ(mine->sum, 20 * 15);
    EXPECT_EQ(session.stats().oddities, 0u);
}

TEST_F(limited_traffic, a_call_without_a_time_of_its_own_has_the_sessions) {
    serve_beside_another({});
    limits hasty;
    hasty.default_timeout = 10ms;
    const auto session = open(hasty);
    const auto lab = ref<Lab>(session.services().with(timeout(10s))->get("lab", "", {}).core());
    EXPECT_EQ(failure_of<timeout_error>([&] { lab->block("door"); }).substr(0, 32),
              "timeout: deadline passed before ");
    far_->lab_object->gate.open("door");
    EXPECT_EQ(lab.with(timeout(10s))->add(1, 2), 3) << "a time of its own counts instead";
}

TEST_F(limited_traffic, unsent_bytes_of_calls) {
    limits small;
    small.max_unsent_bytes = 100'000;
    serve_beside_another({});
    // A peer that says hello and reads nothing.
    const auto listening = *far_->inside->memory().listen("deaf");
    connect_options options;
    options.context = far_->inside;
    options.limits = small;
    const auto session = connect("memory:deaf", options);
    raw_peer peer(std::move(*listening->accept()));
    peer.send_hello();
    const auto root = session.services();
    const std::string large(20'000, 'x');
    std::vector<future<bytes>> pending;
    std::string refused;
    // The transport's own room first, then ours, then calls wait aside, then no more are taken.
    for (int i = 0; i < 100'000 && refused.empty(); ++i) {
        auto next = root.async()->describe(large);
        if (next.ready()) {
            refused = next.result().error().to_string();
        } else {
            pending.push_back(std::move(next));
        }
    }
    EXPECT_EQ(refused.substr(0, 24), "overloaded: calls of 100");
    EXPECT_NE(
        refused.find("wait for memory:deaf already; limit is 100000 bytes (max_unsent_bytes)"),
        std::string::npos)
        << refused;
    const std::size_t held = pending.size() * large.size();
    EXPECT_LT(held, transport::memory::buffered_bytes + 400'000);
    // It reads again: all that was promised to leave leaves.
    std::size_t calls = 0;
    while (calls < pending.size()) {
        if (peer.await(frame_type::call).header.size == 0) break;
        ++calls;
    }
    EXPECT_EQ(calls, pending.size());
    for (auto& each : pending) each.detach();
}

} // namespace
} // namespace beckon::core_test
