// Conversations of the native protocol whose references lie inside of other things, replayed where they have other numbers.
#include <algorithm>
#include <map>
#include <optional>
#include <variant>
#include <vector>

#include "recorded.hpp"

namespace record_tests {
namespace nested {

struct Ticket {
    std::int64_t number();
};
struct Pair {
    std::string name;
    beckon::ref<Ticket> first;
    std::optional<beckon::ref<Ticket>> second;
    std::vector<beckon::ref<Ticket>> all;
    std::map<std::string, beckon::ref<Ticket>> by_name;
};
struct TicketOrText : std::variant<beckon::ref<Ticket>, std::string> {
    using variant::variant;
};
struct Chooser {
    Pair choose(Pair from);
};
struct Box {
    beckon::value tickets();
    Pair pair();
    TicketOrText either();
    std::int64_t weigh(std::vector<beckon::ref<Ticket>> tickets);
    std::int64_t weigh_any(beckon::value tickets);
    std::int64_t ask(beckon::ref<Chooser> chooser);
    beckon::stream<Pair> pairs(std::int64_t count);
    std::int64_t weigh_all(beckon::stream<Pair> pairs);
};

BECKON_INTERFACE(Ticket, (number))
BECKON_VARIANT(TicketOrText, ticket, text)
BECKON_RECORD(Pair, name, first, second, all, by_name)
BECKON_INTERFACE(Chooser, (choose, from))
BECKON_INTERFACE(Box, (tickets), (pair), (either), (weigh, tickets), (weigh_any, tickets),
                 (ask, chooser), (pairs, count), (weigh_all, pairs))

} // namespace nested

namespace {

using namespace nested;

using ticket_ref = beckon::ref<Ticket>;

struct ticket {
    std::int64_t kept;
    std::int64_t number() const { return kept; }
};

beckon::value any_of(const ticket_ref& from) {
    return beckon::value(beckon::intrusive_ptr<beckon::referent>(from.core()));
}

struct box {
    explicit box(bool other_order, std::int64_t last = 2) : lends_last_first(other_order) {
        for (const std::int64_t each : {std::int64_t{1}, last})
            kept.push_back(beckon::make_ref<Ticket>(std::make_shared<ticket>(ticket{each})));
    }

    /// Objects get their numbers in the order in which they are lent.
    beckon::value tickets() const {
        auto made = beckon::value::map();
        if (lends_last_first) made.insert_or_assign("b", any_of(kept[1]));
        made.insert_or_assign("a", any_of(kept[0]));
        made.insert_or_assign("b", any_of(kept[1]));
        return made;
    }
    Pair pair() const { return {"both", kept[0], kept[1], kept, {{"a", kept[0]}, {"b", kept[1]}}}; }
    TicketOrText either() const { return kept[1]; }
    static std::int64_t weigh(const std::vector<ticket_ref>& tickets) {
        std::int64_t sum = 0;
        for (std::size_t i = 0; i < tickets.size(); ++i)
            sum += static_cast<std::int64_t>(i + 1) * 10 * tickets[i]->number();
        return sum;
    }
    static std::int64_t weigh_any(const beckon::value& tickets) {
        return weigh({tickets["x"].as<ticket_ref>(), tickets["y"].as<ticket_ref>()});
    }
    std::int64_t ask(const beckon::ref<Chooser>& chooser) const {
        return weigh(chooser->choose(pair()).all);
    }
    beckon::stream<Pair> pairs(std::int64_t count) const { return making(pair(), count); }
    static beckon::stream<Pair> making(Pair from, std::int64_t count) {
        for (std::int64_t i = 0; i < count; ++i) co_yield from;
    }
    static std::int64_t weigh_all(beckon::stream<Pair> pairs) {
        std::int64_t sum = 0;
        for (const Pair& each : pairs) sum = sum * 1000 + weigh(each.all);
        return sum;
    }

    bool lends_last_first;
    std::vector<ticket_ref> kept;
};

/// Gives the first again.
struct chooser {
    static Pair choose(Pair from) {
        from.all = {from.first, *from.second, from.first};
        return from;
    }
};

struct served_box {
    explicit served_box(bool other_order, std::int64_t last = 2) {
        server.publish<Box>("box", std::make_shared<box>(other_order, last));
        endpoint = server.listen("tcp://127.0.0.1:0");
    }
    ~served_box() { server.stop(); }
    beckon::server server;
    std::string endpoint;
};

struct NestedReferences : testing::Test {
    scratch_folder folder;
    const std::string file = folder.file("box.rec");

    template <typename Talk>
    void record(const Talk& talk) const {
        const served_box at(false);
        record_talk(at.endpoint, file,
                    [&](const auto& session) { talk(session.template get<Box>("box")); });
    }
    /// What is said at a server where `b` has the number that `a` had.
    [[nodiscard]] std::string replayed(std::int64_t last = 2) const {
        const served_box later(true, last);
        const auto report =
            beckon::replay(file, later.endpoint, {.timeout = std::chrono::seconds(20)});
        std::string all;
        for (const auto& each : report.differences) all += each.to_string() + '\n';
        return all;
    }
};

TEST_F(NestedReferences, are_known_in_what_tells_its_types_itself) {
    record([](const beckon::ref<Box>& at) {
        const auto held = at->tickets();
        EXPECT_EQ(held["a"].as<ticket_ref>()->number(), 1);
        EXPECT_EQ(held["b"].as<ticket_ref>()->number(), 2);
        const auto turned = beckon::value::map({{"x", held["b"]}, {"y", held["a"]}});
        EXPECT_EQ(at->weigh_any(turned), 40);
    });
    EXPECT_EQ(replayed(), "") << content_of(file);
}

TEST_F(NestedReferences, are_known_in_records_lists_maps_options_and_variants) {
    record([](const beckon::ref<Box>& at) {
        const auto held = at->tickets();
        const Pair pair = at->pair();
        EXPECT_EQ(pair.first->number(), 1);
        EXPECT_EQ((*pair.second)->number(), 2);
        EXPECT_EQ(pair.by_name.at("b")->number(), 2);
        EXPECT_EQ(std::get<0>(at->either())->number(), 2);
        EXPECT_EQ(at->weigh(pair.all), 50);
    });
    EXPECT_EQ(replayed(), "") << content_of(file);
}

TEST_F(NestedReferences, are_known_in_what_the_server_asks_and_is_answered) {
    record([](const beckon::ref<Box>& at) {
        const auto held = at->tickets();
        EXPECT_EQ(at->ask(beckon::make_ref<Chooser>(std::make_shared<chooser>())), 80);
    });
    EXPECT_EQ(replayed(), "") << content_of(file);
}

TEST_F(NestedReferences, are_known_in_items_of_streams_both_ways) {
    record([](const beckon::ref<Box>& at) {
        const auto held = at->tickets();
        std::optional<Pair> last;
        for (const Pair& each : at->pairs(3)) {
            EXPECT_EQ((*each.second)->number(), 2);
            last = each;
        }
        EXPECT_EQ(at->weigh_all(box::making(*last, 2)), 50'050);
    });
    EXPECT_EQ(replayed(), "") << content_of(file);
}

TEST_F(NestedReferences, are_told_by_name_where_the_conversation_tells_its_types) {
    const served_box at(false);
    record_talk(at.endpoint, file, [&](const beckon::connected& session) {
        const auto there = session.services();
        static_cast<void>(there->list());
        static_cast<void>(there->describe("box"));
        const auto found = session.get<Box>("box");
        EXPECT_EQ(found->weigh(found->pair().all), 50);
    });
    const std::string text = content_of(file);
    for (const char* const each :
         {" 1 object: \\\"box\\\"\"", " directory.describe(\\\"box\\\")", " schema of ",
          " box.pair()", " Pair{name: \\\"both\\\", first: \\\"<object ",
          " box.weigh(tickets=[\\\"<object "})
        EXPECT_NE(text.find(each), std::string::npos) << each << " is not in\n" << text;
    EXPECT_EQ(replayed(), "") << text;
}

TEST_F(NestedReferences, differ_where_what_they_are_differs) {
    record([](const beckon::ref<Box>& at) {
        const auto held = at->tickets();
        const Pair pair = at->pair();
        EXPECT_EQ((*pair.second)->number(), 2);
        EXPECT_EQ(pair.first->number(), 1);
        EXPECT_EQ(at->weigh(pair.all), 50);
    });
    const std::string told = replayed(3);
    EXPECT_EQ(std::count(told.begin(), told.end(), '\n'), 2) << told;
    EXPECT_NE(told.find("differs at result: recorded reply #"), std::string::npos) << told;
    EXPECT_NE(told.find(" 50 (50), actual reply #"), std::string::npos) << told;
}

} // namespace
} // namespace record_tests
