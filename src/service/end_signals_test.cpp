#include "service/end_signals.hpp"

#include <gtest/gtest.h>

#include "beckon/service/server.hpp"

namespace beckon {
namespace {

/// Blocks SIGTERM on this thread, as a program does that is not ready for it yet.
class blocked_term {
public:
    blocked_term() {
        sigset_t one;
        sigemptyset(&one);
        sigaddset(&one, SIGTERM);
        ::pthread_sigmask(SIG_BLOCK, &one, &before_);
    }
    ~blocked_term() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    blocked_term(const blocked_term&) = delete;
    blocked_term& operator=(const blocked_term&) = delete;

private:
    sigset_t before_{};
};

TEST(end_signals, that_came_while_they_were_blocked_count) {
    const blocked_term not_yet;
    ::raise(SIGTERM);
    const end_signals signals;
    EXPECT_TRUE(signals.asked());
}

TEST(end_signals, of_an_outer_one_are_known_inside) {
    const end_signals outer;
    EXPECT_FALSE(outer.asked());
    ::raise(SIGTERM);
    const end_signals inner;
    EXPECT_TRUE(inner.asked());
}

TEST(end_signals, of_one_that_is_gone_are_forgotten) {
    {
        const end_signals before;
        ::raise(SIGINT);
        EXPECT_TRUE(before.asked());
    }
    const end_signals after;
    EXPECT_FALSE(after.asked());
}

TEST(end_signals, between_listening_and_running_end_a_server_that_had_blocked_them) {
    const blocked_term not_yet;
    server there;
    there.listen("memory:ends-at-once");
    ::raise(SIGTERM);
    there.run(); // returns
}

} // namespace
} // namespace beckon
