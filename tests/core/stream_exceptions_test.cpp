// Declared exceptions at the end of streams, in both directions: they are their readers' as they are the callers' of a method.
#include "core/limits_fixture.hpp"

namespace beckon::core_test {

struct Torn {
    std::int64_t after = 0;

    bool operator==(const Torn&) const = default;
};
BECKON_EXCEPTION(Torn, after)

struct Film {
    stream<std::int64_t> frames(std::int64_t good);
    std::string watch(stream<std::int64_t> frames);
};
BECKON_INTERFACE(Film, (frames, good), (watch, frames))
BECKON_RAISES(Film, Torn)

namespace {

/// A declared exception that is no std::exception, as those are that are generated.
stream<std::int64_t> frames_until(std::int64_t good) {
    for (std::int64_t i = 0; i < good; ++i) co_yield i;
    throw Torn{good};
}

struct film {
    stream<std::int64_t> frames(std::int64_t good) { return frames_until(good); }
    std::string watch(stream<std::int64_t> frames) {
        try {
            while (frames.next()) continue;
        } catch (const Torn& torn) {
            return "torn after " + std::to_string(torn.after);
        }
        return "whole";
    }
};

/// What ends it, and how many came before.
template <typename Frames>
std::pair<std::int64_t, std::optional<Torn>> end_of(Frames frames) {
    std::int64_t came = 0;
    try {
        while (frames.next()) ++came;
    } catch (const Torn& torn) {
        return {came, torn};
    }
    return {came, std::nullopt};
}

class stream_exceptions : public over_each {
protected:
    stream_exceptions() { far_.there.publish<Film>("film", std::make_shared<film>()); }
    [[nodiscard]] ref<Film> film_there() { return session().get<Film>("film"); }
};
BECKON_OVER_EACH(stream_exceptions);

TEST_P(stream_exceptions, reach_the_caller_of_a_method_that_gives_the_stream) {
    const auto there = film_there();
    const auto [came, torn] = end_of(there->frames(3));
    EXPECT_EQ(came, 3);
    EXPECT_EQ(torn, Torn{3});
    EXPECT_EQ(end_of(there.async()->frames(1).get()).second, Torn{1});
}

TEST_P(stream_exceptions, can_be_awaited) {
    auto frames = film_there()->frames(0);
    const auto awaited = [](stream<std::int64_t>& from) -> task<std::int64_t> {
        try {
            co_await from.async_next();
        } catch (const Torn&) {
            co_return 7;
        }
        co_return 0;
    };
    EXPECT_EQ(sync_wait(awaited(frames)), 7);
}

TEST_P(stream_exceptions, reach_the_method_that_takes_the_stream) {
    EXPECT_EQ(film_there()->watch(frames_until(2)), "torn after 2");
}

TEST(stream_exceptions_here, are_the_same_in_one_program) {
    const auto here = make_ref<Film>(std::make_shared<film>());
    EXPECT_EQ(end_of(here->frames(3)).second, Torn{3});
    EXPECT_EQ(end_of(here.async()->frames(2).get()).second, Torn{2});
    EXPECT_EQ(here->watch(frames_until(2)), "torn after 2");
}

} // namespace
} // namespace beckon::core_test
