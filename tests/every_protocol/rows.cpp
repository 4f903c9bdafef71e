#include "every_protocol/rows.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "every_protocol/objects.hpp"

namespace every_protocol {

namespace {

using namespace std::chrono_literals;
using beckon::ref;
using beckon::value;
using enum spoken;

constexpr beckon::datetime moment{{19'000}, {3'661'000'000'000}};

beckon::dynamic ask(const by_name& call, std::string_view method, value arguments) {
    return call(method, std::move(arguments), {});
}

/// Given and given back, by a method of its own, for each of the values.
template <typename T, typename Call>
row echoed(std::string_view name, std::string_view type, std::string_view method,
           std::vector<T> all, Call typed, std::string_view found = {},
           std::vector<spoken> refused_by = {}) {
    return {name,
            type,
            found,
            std::move(refused_by),
            [all, typed](const ref<Every>& with, const situation&) {
                for (const T& each : all) EXPECT_EQ(typed(with, each), each);
            },
            [all, method](const by_name& call, const situation&) {
                for (const T& each : all)
                    EXPECT_EQ(ask(call, method, value::list({value(each)})).template as<T>(), each);
            }};
}

/// What only `any` can hold.
row held(std::string_view name, std::string_view type, value it, std::string_view found,
         std::vector<spoken> refused_by) {
    return {name,
            type,
            found,
            std::move(refused_by),
            [it](const ref<Every>& with, const situation&) { EXPECT_EQ(with->anything(it), it); },
            [it](const by_name& call, const situation&) {
                EXPECT_EQ(ask(call, "anything", value::list({it})).content(), it);
            }};
}

/// The same, of the callee's own making.
row given(std::string_view name, std::string_view type, std::string_view which,
          std::string_view found, std::vector<spoken> refused_by) {
    return {name,
            type,
            found,
            std::move(refused_by),
            [which](const ref<Every>& with, const situation&) {
                EXPECT_EQ(with->make(std::string(which)), made_value(which));
            },
            [which](const by_name& call, const situation&) {
                EXPECT_EQ(ask(call, "make", value::list({value(which)})).content(),
                          made_value(which));
            }};
}

template <typename T, typename Method>
row integers(std::string_view name, Method typed) {
    return echoed<T>(name, "int8..int64, uint8..uint64", name,
                     {std::numeric_limits<T>::min(), T(1), std::numeric_limits<T>::max()}, typed);
}

struct counting {
    std::int64_t now = 0;
    std::int64_t increment(std::int64_t by) { return now += by; }
};

template <typename Call>
beckon::exception failure_of(const Call& call) {
    try {
        call();
    } catch (const beckon::exception& thrown) {
        return thrown;
    }
    throw std::runtime_error("nothing was thrown");
}

std::vector<std::int64_t> taken(beckon::stream<std::int64_t> from) {
    std::vector<std::int64_t> all;
    for (const std::int64_t each : from) all.push_back(each);
    return all;
}

std::vector<row> make_scalars() {
    return {
        {"nothing",
         "void, null",
         "null",
         {terse},
         [](const ref<Every>& with, const situation&) { with->nothing(); },
         [](const by_name& call, const situation&) {
             EXPECT_TRUE(ask(call, "nothing", value::list()).is_null());
         }},
        held("null", "void, null", value(), "null", {terse, remcall, basic}),
        echoed<bool>("truth", "bool", "truth", {true, false},
                     [](const auto& with, bool it) { return with->truth(it); }),
        integers<std::int8_t>("int8", [](const auto& with, auto it) { return with->int8(it); }),
        integers<std::int16_t>("int16", [](const auto& with, auto it) { return with->int16(it); }),
        integers<std::int32_t>("int32", [](const auto& with, auto it) { return with->int32(it); }),
        integers<std::int64_t>("int64", [](const auto& with, auto it) { return with->int64(it); }),
        integers<std::uint8_t>("uint8", [](const auto& with, auto it) { return with->uint8(it); }),
        integers<std::uint16_t>("uint16",
                                [](const auto& with, auto it) { return with->uint16(it); }),
        integers<std::uint32_t>("uint32",
                                [](const auto& with, auto it) { return with->uint32(it); }),
        integers<std::uint64_t>("uint64",
                                [](const auto& with, auto it) { return with->uint64(it); }),
        held("huge", "integers beyond 64 bits", made_value("huge"), "integer",
             {msgpack, remcall, basic}),
        echoed<float>("float32", "float32, float64", "float32", {0.1f, -2.5f},
                      [](const auto& with, float it) { return with->float32(it); }),
        echoed<double>("float64", "float32, float64", "float64", {0.1, -1e300},
                       [](const auto& with, double it) { return with->float64(it); }),
        echoed<double>("infinity", "float32, float64", "float64",
                       {std::numeric_limits<double>::infinity()},
                       [](const auto& with, double it) { return with->float64(it); }, "inf",
                       {jsonrpc, jrpc, terse}),
        given("given_huge", "integers beyond 64 bits", "huge", "integer",
              {msgpack, remcall, basic}),
        given("given_infinity", "float32, float64", "infinity", "inf",
              {jsonrpc, jrpc, terse, remcall, basic}),
        echoed<std::string>("text", "string", "text", {"", "gr\u00fc\u00df \"\n"},
                            [](const auto& with, auto it) { return with->text(it); }),
        echoed<beckon::bytes>("octets", "bytes", "octets",
                              {{}, {std::byte{0}, std::byte{0xff}, std::byte{10}, std::byte{0x80}}},
                              [](const auto& with, auto it) { return with->octets(it); }),
        echoed<beckon::date>("day", "date, time, datetime, duration", "day", {moment.date},
                             [](const auto& with, auto it) { return with->day(it); }, "date",
                             {basic}),
        echoed<beckon::time_of_day>(
            "clock", "date, time, datetime, duration", "clock", {moment.time},
            [](const auto& with, auto it) { return with->clock(it); }, "time", {basic}),
        echoed<beckon::datetime>("moment", "date, time, datetime, duration", "moment", {moment},
                                 [](const auto& with, auto it) { return with->moment(it); },
                                 "datetime", {basic}),
        echoed<beckon::duration>("length", "date, time, datetime, duration", "length", {-90s, 5ms},
                                 [](const auto& with, auto it) { return with->length(it); },
                                 "duration", {remcall, basic}),
    };
}

std::vector<row> make_compounds() {
    using counts = std::map<std::string, std::int64_t>;
    using names = std::map<std::int64_t, std::string>;
    using pair = std::tuple<std::int64_t, std::string>;
    return {
        echoed<Mood>("mood", "enum", "mood", {Mood::calm, Mood::broken},
                     [](const auto& with, auto it) { return with->mood(it); }),
        {"point",
         "record",
         {},
         {},
         [](const ref<Every>& with, const situation&) {
             EXPECT_EQ(with->point({1, -2.5}), (Point{1, -2.5}));
         },
         [](const by_name& call, const situation&) {
             const beckon::dynamic same = ask(call, "point", value::list({value(Point{1, -2.5})}));
             if (same.is_object()) { // as RPyC has them
                 EXPECT_EQ(same.get("x").as<double>(), 1);
                 EXPECT_EQ(same.get("y").as<double>(), -2.5);
             } else {
                 EXPECT_EQ(same.as<Point>(), (Point{1, -2.5}));
             }
         }},
        echoed<std::optional<std::int64_t>>(
            "maybe", "optional", "maybe", {5},
            [](const auto& with, auto it) { return with->maybe(it); }, "optional", {remcall}),
        echoed<std::optional<std::int64_t>>(
            "absent", "optional", "maybe", {std::nullopt},
            [](const auto& with, auto it) { return with->maybe(it); }, "null optional",
            {terse, remcall}),
        {"no_object",
         "optional",
         "null Counter",
         {terse, basic},
         [](const ref<Every>& with, const situation&) { EXPECT_FALSE(with->back({})); },
         [](const by_name& call, const situation&) {
             EXPECT_TRUE(ask(call, "back", value::list({value()})).is_null());
         }},
        echoed<std::vector<std::int64_t>>(
            "numbers", "list", "numbers", {{}, {1, -2, 3}},
            [](const auto& with, auto it) { return with->numbers(it); }),
        echoed<counts>("counts", "map", "counts", {{}, {{"a", 1}, {"b", -2}}},
                       [](const auto& with, auto it) { return with->counts(it); }, "map",
                       {remcall}),
        echoed<names>("names", "map", "names", {{{1, "a"}, {-2, "b"}}},
                      [](const auto& with, auto it) { return with->names(it); }, "map", {remcall}),
        echoed<pair>("pair", "tuple", "pair", {{5, "five"}},
                     [](const auto& with, auto it) { return with->pair(it); }, "tuple", {remcall}),
        echoed<NumberOrText>("either", "variant", "either", {{5}, {"five"}},
                             [](const auto& with, auto it) { return with->either(it); }, "variant",
                             {terse, remcall}),
        held("anything", "any", value("what it is"), "any", {remcall, basic}),
    };
}

std::vector<row> make_references() {
    return {
        {"lend",
         "reference, ours",
         "Counter",
         {terse, pyrpc, basic},
         [](const ref<Every>& with, const situation&) {
             const auto counter = with->lend(5);
             EXPECT_EQ(counter->increment(2), 7);
             EXPECT_EQ(counter->increment(2), 9);
         },
         [](const by_name& call, const situation&) {
             const beckon::dynamic counter = ask(call, "lend", value::list({5}));
             const auto there = counter.as<ref<Counter>>();
             EXPECT_EQ(there->increment(2), 7);
         }},
        {"use",
         "reference, ours",
         "Counter",
         {terse, pyrpc, basic},
         [](const ref<Every>& with, const situation&) {
             const auto mine = std::make_shared<counting>();
             EXPECT_EQ(with->use(beckon::make_ref<Counter>(mine), 3), 3);
             EXPECT_EQ(mine->now, 3);
         },
         [](const by_name& call, const situation&) {
             const auto mine = std::make_shared<counting>();
             const value lent(beckon::make_ref<Counter>(mine));
             EXPECT_EQ(ask(call, "use", value::list({lent, 3})).as<int>(), 3);
             EXPECT_EQ(mine->now, 3);
         }},
        {"home",
         "reference of the peer coming home",
         "Counter",
         {terse, pyrpc, basic},
         [](const ref<Every>& with, const situation&) {
             const auto mine = beckon::make_ref<Counter>(std::make_shared<counting>());
             EXPECT_EQ(with->back(mine), mine);
             const auto theirs = with->lend(5);
             EXPECT_EQ(with->use(theirs, 2), 7);
             EXPECT_EQ(with->back(theirs), theirs);
         },
         [](const by_name& call, const situation&) {
             const value mine(beckon::make_ref<Counter>(std::make_shared<counting>()));
             EXPECT_EQ(ask(call, "back", value::list({mine})).content(), mine);
             const value theirs = ask(call, "lend", value::list({5})).content();
             EXPECT_EQ(ask(call, "use", value::list({theirs, 2})).as<int>(), 7);
         }},
        {"stream_from_callee",
         "stream, from the callee",
         "stream",
         {terse, remcall, basic},
         [](const ref<Every>& with, const situation&) {
             EXPECT_EQ(taken(with->count(40)).size(), 40u);
             EXPECT_EQ(taken(with->count(0)).size(), 0u);
         },
         [](const by_name& call, const situation&) {
             const beckon::dynamic counted = ask(call, "count", value::list({40}));
             if (counted.kind() == beckon::value_kind::stream) {
                 EXPECT_EQ(taken(counted.as<beckon::stream<std::int64_t>>()).size(), 40u);
                 return;
             }
             std::int64_t last = 0; // RPyC's generator, pyrpc's list
             for (const beckon::dynamic& each : counted) last = each.as<std::int64_t>();
             EXPECT_EQ(last, 40);
         }},
        {"stream_from_caller",
         "stream, from the caller",
         "stream",
         {terse, remcall, basic},
         [](const ref<Every>& with, const situation&) {
             const std::vector<std::int64_t> forty(40, 2);
             EXPECT_EQ(with->total(beckon::stream_of(forty)), 80);
             EXPECT_EQ(with->total(beckon::stream_of(std::vector<std::int64_t>())), 0);
         },
         [](const by_name& call, const situation&) {
             const std::vector<std::int64_t> forty(40, 2);
             EXPECT_EQ(ask(call, "total", value::list({value(beckon::stream_of(forty))})).as<int>(),
                       80);
         }},
    };
}

std::vector<row> make_conversation() {
    return {
        {"declared_exception",
         "declared exception",
         {},
         {},
         [](const ref<Every>& with, const situation& at) {
             if (at.by == basic || at.by == remcall) { // name and text
                 const auto thrown = failure_of([&] { with->lack(5, 2); });
                 EXPECT_EQ(thrown.failure().type_name(), "TooFew");
                 return;
             }
             try {
                 with->lack(5, 2);
                 ADD_FAILURE() << "nothing was thrown";
             } catch (const TooFew& thrown) {
                 EXPECT_EQ(thrown.wanted, 5);
                 EXPECT_EQ(thrown.available, 2);
             }
         },
         [](const by_name& call, const situation&) {
             const auto thrown = failure_of([&] { ask(call, "lack", value::list({5, 2})); });
             EXPECT_NE(thrown.failure().type_name().find("TooFew"), std::string::npos)
                 << thrown.what();
         }},
        {"other_error",
         "other remote error",
         {},
         {},
         [](const ref<Every>& with, const situation&) {
             const auto thrown = failure_of([&] { with->fail("as agreed"); });
             EXPECT_EQ(thrown.failure().message(), "as agreed");
         },
         [](const by_name& call, const situation&) {
             const auto thrown = failure_of([&] { ask(call, "fail", value::list({"as agreed"})); });
             EXPECT_EQ(thrown.failure().message(), "as agreed");
         }},
        {"deadline",
         "deadline",
         {},
         {},
         [](const ref<Every>& with, const situation& at) {
             const bool travels = at.by == native || at.by == jsonrpc || at.by == remcall;
             EXPECT_EQ(with->int64(1), 1); // so that two remcalls know that they are Beckons
             const bool is_hurried = with.with(beckon::timeout(10s))->hurried();
             if (at.lives_here) {
                 EXPECT_EQ(is_hurried, travels);
             }
             EXPECT_THROW(static_cast<void>(with.with(beckon::timeout(1ms))->sleep(50)),
                          beckon::timeout_error);
         },
         nullptr},
        {"cancellation",
         "cancellation",
         {},
         {},
         [](const ref<Every>& with, const situation&) {
             { auto dropped = with.async()->sleep(50); }
         },
         nullptr},
        {"metadata",
         "metadata",
         {},
         {},
         [](const ref<Every>& with, const situation& at) {
             const bool travels = at.by == native || at.by == jsonrpc;
             const beckon::call_options told{0ns, false, {{"key", "text"}}};
             const std::string heard = with.with(told)->told("key");
             if (at.lives_here) {
                 EXPECT_EQ(heard, travels ? "text" : "");
             }
         },
         nullptr},
    };
}

} // namespace

bool row::is_refused(spoken by) const {
    return std::find(refused_by.begin(), refused_by.end(), by) != refused_by.end();
}

const std::vector<row>& rows() {
    static const std::vector<row> all = [] {
        std::vector<row> made;
        for (auto* const make :
             {&make_scalars, &make_compounds, &make_references, &make_conversation}) {
            for (row& each : make()) made.push_back(std::move(each));
        }
        return made;
    }();
    return all;
}

} // namespace every_protocol
