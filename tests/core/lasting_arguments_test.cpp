// Handlers that take their arguments by reference and end after the call that started them.
#include <vector>

#include "core/fixture.hpp"

namespace beckon::core_test {

struct Joiner {
    std::string join(std::string first, std::vector<std::string> rest);
    std::string named(std::string first);
};
BECKON_INTERFACE(Joiner, (join, first, rest), (named, first))

namespace {

struct joiner {
    explicit joiner(gates& doors) : gate(doors) {}
    task<std::string> join(const std::string& first, const std::vector<std::string>& rest) {
        gate.open("begun");
        future<void> its_turn = turn.get_future();
        co_await its_turn;
        std::string all = first;
        for (const std::string& each : rest) all += each;
        co_return all;
    }
    future<std::string> named(std::string_view first) {
        gate.open("begun");
        return turn.get_future().then([first] { return std::string(first); });
    }
    gates& gate;
    promise<void> turn;
};

class lasting_arguments : public over_each {
protected:
    gates doors_;
};
BECKON_OVER_EACH(lasting_arguments);

/// Too long to lie inside a std::string.
const std::string first = "what is referred to has to be there";
const std::string second = " when the handler goes on, and not only when it begins";

TEST_P(lasting_arguments, stay_until_a_coroutine_has_ended) {
    const auto serves = std::make_shared<joiner>(doors_);
    far_.there.publish<Joiner>("joiner", serves);
    auto joined =
        session().get<Joiner>("joiner").async()->join(first, std::vector<std::string>{second, "."});
    doors_.pass("begun");
    serves->turn.set({});
    EXPECT_EQ(joined.get(), first + second + ".");
}

TEST_P(lasting_arguments, stay_until_a_future_is_ready) {
    const auto serves = std::make_shared<joiner>(doors_);
    far_.there.publish<Joiner>("joiner", serves);
    auto named = session().get<Joiner>("joiner").async()->named(first);
    doors_.pass("begun");
    serves->turn.set({});
    EXPECT_EQ(named.get(), first);
}

} // namespace

} // namespace beckon::core_test
