#include "beckon/object/peer.hpp"

#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "object/fake_peer_test_support.hpp"

namespace beckon {
namespace {

/// What a session is to its driver: freed by it, not by whoever lets go last.
class owned_peer final : public operation_test::fake_peer {
public:
    std::atomic<int> passed_on = 0;
    std::uint32_t held_then = 0;
    void let_go() { ref_counted::release(); }

private:
    void on_only_hold() noexcept override {
        held_then = use_count();
        ++passed_on;
    }
    void on_last_release() noexcept override {}
};

TEST(peer, the_last_hold_is_passed_on_and_not_dropped) {
    owned_peer owned;
    {
        const intrusive_ptr<peer> first(&owned);
        const intrusive_ptr<owned_peer> second(&owned);
    }
    EXPECT_EQ(owned.passed_on, 1);
    EXPECT_EQ(owned.held_then, 1u) << "who tells must hold it, or its owner may free it meanwhile";
    { const intrusive_ptr<peer> again(&owned); }
    EXPECT_EQ(owned.passed_on, 1) << "the hold that was passed on is there still";
    owned.let_go();
    EXPECT_EQ(owned.use_count(), 0u);
}

TEST(peer, of_many_threads_that_let_go_one_passes_its_hold_on) {
    for (int round = 0; round < 200; ++round) {
        owned_peer owned;
        std::vector<intrusive_ptr<peer>> holds(4, intrusive_ptr<peer>(&owned));
        std::vector<std::thread> threads;
        for (auto& each : holds)
            threads.emplace_back([hold = std::move(each)]() mutable { hold = {}; });
        for (auto& each : threads) each.join();
        EXPECT_EQ(owned.passed_on, 1);
        EXPECT_EQ(owned.use_count(), 1u);
        owned.let_go();
    }
}

TEST(peer, that_nobody_else_owns_is_freed_by_who_lets_go_last) {
    // The sanitizers tell where it is not.
    const intrusive_ptr<peer> only(new operation_test::fake_peer);
    const intrusive_ptr<peer> other = only;
    EXPECT_EQ(only->use_count(), 2u);
}

} // namespace
} // namespace beckon
