// Three parties: the far lab, this program, and a lab of a third program, whose references go through this one.
#include "core/fixture.hpp"

namespace beckon::core_test {
namespace {

class three_parties : public over_each {
protected:
    three_parties()
        : third_(near_ ? nullptr : far_.inside),
          third_url_(third_.there.listen(fresh_endpoint(GetParam()))),
          third_session_(connect(third_url_, options())), lab_(lab_there()),
          other_(third_session_.get<Lab>("lab")) {
        EXPECT_TRUE(eventually([] { return counted::alive == 4; })) << counted::alive;
    }

    [[nodiscard]] connect_options options() const {
        connect_options to;
        to.context = near_ ? near_ : far_.inside;
        return to;
    }
    serving third_;
    std::string third_url_;
    connected third_session_;
    ref<Lab> lab_;
    ref<Lab> other_;
};
BECKON_OVER_EACH(three_parties);

TEST_P(three_parties, a_reference_of_one_peer_can_be_sent_to_another) {
    const auto counter = other_->make(20);
    // The far lab calls the third one through us, and the third calls back through us as well.
    EXPECT_EQ(lab_->forward_sleep(other_, 0), "slept");
    lab_->keep({});
    auto mine = std::make_shared<listener>();
    const auto here = make_ref<Listener>(mine);
    other_->keep(here);
    const auto kept_there = other_->kept();
    EXPECT_EQ(kept_there, here);
    EXPECT_EQ(lab_->drive(kept_there, 3), 4);
    EXPECT_EQ(mine->sum, 6);
    third_.lab_object->keep(make_ref<Listener>(std::make_shared<listener>()));
    const auto far_listener = other_->kept();
    EXPECT_FALSE(far_listener.is_local());
    EXPECT_EQ(lab_->drive(far_listener, 4), 5);
    EXPECT_EQ(lab_->give_back(far_listener), far_listener) << "comes home as what was sent";
}

TEST_P(three_parties, recursion_goes_round_all_three) {
    // far -> third (forwarded here) -> far (forwarded here) -> ...
    third_.lab_object->self = make_ref<Lab>(third_.lab_object);
    EXPECT_EQ(lab_->nest(other_, 8), 8);
}

TEST_P(three_parties, deadlines_and_exceptions_pass_through) {
    EXPECT_LE(lab_.with(timeout(3s))->forward_time_left(other_), 3000);
    EXPECT_LE(slow_there().with(timeout(3s))->forward_time_left(other_), 3000);
    EXPECT_EQ(failure_of<timeout_error>([&] {
                  lab_.with(timeout(20ms))->forward_sleep(other_, 60'000);
              }).substr(0, 8),
              "timeout:");
}

TEST_P(three_parties, a_cancelled_call_is_cancelled_at_its_end) {
    for (const bool by_coroutine : {false, true}) {
        const auto last = std::make_shared<lab>();
        third_.there.publish<Lab>("fresh", last);
        const auto fresh = third_session_.get<Lab>("fresh");
        auto pending = by_coroutine ? slow_there().async()->forward_sleep(fresh, 60'000)
                                    : lab_.async()->forward_sleep(fresh, 60'000);
        last->gate.pass("sleeping");
        pending.cancel();
        EXPECT_EQ(pending.result().error().code(), errc::cancelled);
        last->gate.pass("cancelled");
        if (by_coroutine) {
            far_.slow_object->gate.pass("cancelled");
        } else {
            far_.lab_object->gate.pass("forward cancelled");
        }
    }
}

TEST_P(three_parties, what_was_passed_on_is_given_back_to_its_owner) {
    const int before = counted::alive;
    for (int i = 0; i < 20; ++i) {
        third_.lab_object->keep(make_ref<Listener>(std::make_shared<listener>()));
        EXPECT_EQ(lab_->drive(other_->kept(), 1), 2);
    }
    third_.lab_object->keep({});
    EXPECT_TRUE(eventually([&] {
        lab_->add(1, 1);
        other_->add(1, 1);
        return counted::alive == before && session().stats().exports == 0 &&
               third_session_.stats().imports == 1;
    }));
}

TEST_P(three_parties, a_peer_that_goes_fails_only_what_came_from_it) {
    third_.lab_object->keep(make_ref<Listener>(std::make_shared<listener>()));
    const auto gone = other_->kept();
    lab_->keep(gone);
    third_.there.stop();
    EXPECT_TRUE(eventually([&] {
        try {
            lab_->drive(gone, 1);
            return false;
        } catch (const disconnected_error&) {
            return true;
        }
    }));
    EXPECT_EQ(lab_->add(1, 2), 3);
    lab_->keep({});
    third_.lab_object->keep({});
}

} // namespace
} // namespace beckon::core_test
