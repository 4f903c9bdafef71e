// What a session makes of RPyC's messages: switches of access, operators, references.
#include <gtest/gtest.h>

#include "beckon/object/object_builder.hpp"
#include "beckon/object/operate.hpp"
#include "protocol/rpyc/heard_test.hpp"
#include "protocol/rpyc/lone_session_test.hpp"
#include "protocol/rpyc/rpyc_protocol.hpp"
#include "protocol/rpyc/scripted_test.hpp"

namespace beckon::rpyc {
namespace {

using testing::heard;
using testing::lone_session;
using testing::mentions;

/// A peer by hand.
class hand {
public:
    explicit hand(const object& root, options chosen = {}, limits allowed = {})
        : session_(make_rpyc_protocol(std::move(chosen)).value(),
                   root ? intrusive_ptr<servant>(static_cast<servant*>(root.core().get()))
                        : intrusive_ptr<servant>(),
                   with(std::move(allowed))) {}

    [[nodiscard]] lone_session& session() noexcept { return session_; }

    /// Says a request, and gives what is answered at once.
    heard ask(handler asked, value arguments) {
        tell(asked, std::move(arguments));
        return told();
    }
    void tell(handler asked, const value& arguments) {
        heard said;
        said.asked = asked;
        buffer out;
        put_heard(out, said, next_++, arguments, sees_);
        EXPECT_EQ(session_.feed(out.view()), out.size());
    }
    /// What has been answered to the latest request.
    heard told() {
        session_.settle();
        listen();
        const auto found = answers_.find(next_ - 1);
        if (found == answers_.end()) {
            ADD_FAILURE() << "no answer";
            return {};
        }
        return found->second;
    }
    /// The answer in words: "5", "builtins.KeyError: 'x'".
    std::string outcome(handler asked, value arguments) {
        const heard answer = ask(asked, std::move(arguments));
        if (!answer.failure) return answer.content.to_text();
        return concat(answer.failure->type_name(), ": ", answer.failure->message());
    }
    /// Something of ours that was lent, to be named in a request.
    [[nodiscard]] value ours(const heard& answer) {
        const std::string& pack = testing::as_mentioned(answer.content).id_pack;
        sees_.actual[pack] = pack;
        return answer.content;
    }
    [[nodiscard]] value root() { return ours(ask(handler::get_root, value::tuple())); }
    /// Answers the first request that was made to this side.
    void answer(value content, std::optional<std::int64_t> number = {}) {
        listen();
        ASSERT_FALSE(requests_.empty());
        heard said;
        said.kind = message_kind::reply;
        buffer out;
        put_heard(out, said, number.value_or(requests_.front().number), content, sees_);
        requests_.erase(requests_.begin());
        EXPECT_EQ(session_.feed(out.view()), out.size());
    }
    [[nodiscard]] const std::vector<heard>& requests() {
        listen();
        return requests_;
    }
    /// An object of this side.
    [[nodiscard]] static value mine(std::string_view name, std::uint64_t number) {
        buffer pack;
        put_id_pack(pack, name, 7, number);
        return value(intrusive_ptr<referent>(
            make_counted<testing::mentioned>(false, std::string(as_text(pack.view())))));
    }

private:
    [[nodiscard]] static session_options with(limits allowed) {
        session_options made;
        made.limits = std::move(allowed);
        return made;
    }
    void listen() {
        const bytes all = session_.output();
        byte_view rest = all;
        const limits usual{.max_message_bytes = 64u << 20};
        frame_reader frames(usual);
        while (!rest.empty()) {
            const auto taken = frames.take(rest);
            ASSERT_TRUE(taken && taken->bytes != 0);
            rest = rest.subspan(taken->bytes);
            heard said = take_apart(taken->message, false, sees_, true);
            if (said.kind == message_kind::request) {
                requests_.push_back(std::move(said));
            } else {
                EXPECT_TRUE(answers_.emplace(said.number, std::move(said)).second)
                    << "answered twice";
            }
        }
    }

    mentions sees_;
    lone_session session_;
    std::map<std::int64_t, heard> answers_;
    std::vector<heard> requests_;
    std::int64_t next_ = 0;
};

object make_thing() {
    return object_builder("Thing")
        .method("plain", [] { return 1; })
        .method("_hidden", [] { return 2; })
        .method("__len__", [] { return 3; })
        .method("__reversed__", [] { return 4; })
        .variable("size", 5)
        .build();
}

struct switches {
    const char* name;
    access_options access;
    const char*
        reached; ///< Of plain, exposed_plain, _hidden, __len__, __reversed__, and writing to size.
};

class rpyc_switches : public ::testing::TestWithParam<switches> {};
INSTANTIATE_TEST_SUITE_P(
    of, rpyc_switches,
    ::testing::Values(
        switches{"defaults", {}, "plain exposed_plain _hidden __len__ __reversed__ set"},
        switches{"no_getattr", {.allow_getattr = false}, "set"},
        switches{"no_setattr",
                 {.allow_setattr = false},
                 "plain exposed_plain _hidden __len__ __reversed__"},
        switches{"no_exposed", {.allow_exposed_attrs = false}, "__len__ set"},
        switches{"no_safe", {.allow_safe_attrs = false}, "plain exposed_plain _hidden set"},
        switches{"own_safe",
                 {.safe_attrs = std::vector<std::string>{"__reversed__"}},
                 "plain exposed_plain _hidden __reversed__ set"},
        switches{
            "public_alone",
            {.allow_exposed_attrs = false, .allow_safe_attrs = false, .allow_public_attrs = true},
            "plain set"},
        switches{"all_alone",
                 {.allow_exposed_attrs = false, .allow_safe_attrs = false, .allow_all_attrs = true},
                 "plain _hidden __len__ __reversed__ set"},
        switches{"other_prefix",
                 {.exposed_prefix = "shown_"},
                 "plain shown_plain _hidden __len__ __reversed__ set"}),
    [](const auto& each) { return std::string(each.param.name); });

TEST_P(rpyc_switches, decide_what_a_peer_reaches) {
    options chosen;
    chosen.access = GetParam().access;
    hand peer(make_thing(), chosen);
    const value root = peer.root();
    std::string reached;
    for (const char* name :
         {"plain", "exposed_plain", "shown_plain", "_hidden", "__len__", "__reversed__"}) {
        const heard answer = peer.ask(handler::call_attr,
                                      value::tuple({root, name, value::tuple(), value::tuple()}));
        // Without a call it is the same.
        const heard taken = peer.ask(handler::get_attr, value::tuple({root, name}));
        EXPECT_EQ(answer.failure.has_value(), taken.failure.has_value()) << name;
        if (answer.failure) {
            EXPECT_EQ(answer.failure->type_name(), "builtins.AttributeError") << name;
        } else {
            reached += concat(reached.empty() ? "" : " ", name);
        }
    }
    const heard set = peer.ask(handler::set_attr, value::tuple({root, "size", 6}));
    if (!set.failure) reached += concat(reached.empty() ? "" : " ", "set");
    EXPECT_EQ(reached, GetParam().reached);
}

/// What a peer keeps in lists of ours, at a limit of 10,000 bytes.
class rpyc_holdings : public ::testing::Test {
protected:
    [[nodiscard]] static options small() {
        options chosen;
        chosen.max_held_bytes = 10'000;
        return chosen;
    }
    [[nodiscard]] static object maker() {
        return object_builder("Maker").method("make", [] { return value::list(); }).build();
    }
    [[nodiscard]] value make() {
        return peer_.ours(
            peer_.ask(handler::call_attr, value::tuple({root_, "make", value::tuple()})));
    }
    std::string call(const value& list, const char* name, value arguments) {
        return peer_.outcome(handler::call_attr, value::tuple({list, name, std::move(arguments)}));
    }
    [[nodiscard]] static bool is_refused(const std::string& outcome) {
        return outcome.find("limit is 10000 bytes (max_held_bytes)") != std::string::npos;
    }
    [[nodiscard]] static value text() { return value::tuple({std::string(2'000, 'x')}); }

    hand peer_{maker(), small()};
    value root_ = peer_.root();
};

TEST_F(rpyc_holdings, are_bounded_in_one_container) {
    const value list = make();
    for (int i = 0; i < 4; ++i) EXPECT_EQ(call(list, "append", text()), "null");
    EXPECT_TRUE(is_refused(call(list, "append", text())));
    EXPECT_EQ(call(list, "__len__", value::tuple()), "4") << "the rest goes on";
    EXPECT_EQ(call(list, "append", value::tuple({1})), "null") << "what fits is taken";
    // What was taken out does not count.
    EXPECT_EQ(call(list, "clear", value::tuple()), "null");
    EXPECT_EQ(call(list, "append", text()), "null");
}

TEST_F(rpyc_holdings, are_bounded_in_all_containers_together) {
    std::vector<value> lists;
    for (int i = 0; i < 5; ++i) {
        lists.push_back(make());
        const std::string outcome = call(lists.back(), "append", text());
        EXPECT_EQ(is_refused(outcome), i == 4) << outcome;
    }
    // What was let go of does not count.
    EXPECT_EQ(peer_.outcome(handler::del, value::tuple({lists[0], 1})), "null");
    EXPECT_EQ(call(lists[4], "append", text()), "null");
    EXPECT_TRUE(is_refused(call(lists[4], "append", text())));
}

TEST_F(rpyc_holdings, count_what_a_container_makes_of_itself) {
    const value list = make();
    EXPECT_EQ(call(list, "append", value::tuple({1})), "null");
    EXPECT_TRUE(is_refused(call(list, "__imul__", value::tuple({1'000}))));
    EXPECT_TRUE(is_refused(call(list, "__mul__", value::tuple({std::int64_t{1} << 60}))));
    for (int i = 0; i < 8; ++i) static_cast<void>(call(list, "extend", value::tuple({list})));
    EXPECT_EQ(call(list, "__len__", value::tuple()), "256");
    EXPECT_TRUE(is_refused(call(list, "extend", value::tuple({list, list}))));
    // A method on its own is no way around.
    const value extend = peer_.ours(peer_.ask(handler::get_attr, value::tuple({list, "extend"})));
    EXPECT_TRUE(is_refused(peer_.outcome(
        handler::call,
        value::tuple({extend, value::tuple({value::tuple(std::vector<value>(600, 1))})}))));
}

TEST(rpyc_session, an_operator_that_is_not_implemented_gives_null_and_a_call_what_it_gave) {
    hand peer({});
    future<value> asked = operate(object(intrusive_ptr<object_core>(peer.session()->root())),
                                  {.what = operation::root});
    peer.answer(hand::mine("demo.Thing", 1));
    ASSERT_TRUE(asked.ready());
    const object theirs = asked.result()->as<object>();
    const auto outcome = [&](dynamic_request request) {
        future<value> called = operate(theirs, std::move(request));
        peer.answer(brine::not_implemented());
        return called.result().value();
    };
    EXPECT_TRUE(
        outcome({.what = operation::compare, .name = "__eq__", .arguments = value::list({1})})
            .is_null());
    EXPECT_TRUE(outcome({.what = operation::call_method, .name = "__add__"}).is_null());
    EXPECT_TRUE(
        brine::is_not_implemented(outcome({.what = operation::call_method, .name = "get"})));

    // One that was given up leaves nothing: the next call is a plain one again.
    static_cast<void>(operate(theirs, {.what = operation::call_method, .name = "__add__"}));
    peer.answer(brine::not_implemented());
    EXPECT_TRUE(
        brine::is_not_implemented(outcome({.what = operation::call_method, .name = "get"})));
}

TEST(rpyc_session, a_call_without_a_time_of_its_own_ends_after_thirty_seconds) {
    hand peer({});
    const object root(intrusive_ptr<object_core>(peer.session()->root()));
    future<value> asked = operate(root, {.what = operation::root});
    peer.session().advance(std::chrono::milliseconds(29'900));
    EXPECT_FALSE(asked.ready());
    peer.session().advance(std::chrono::milliseconds(200));
    ASSERT_TRUE(asked.ready());
    EXPECT_EQ(asked.result().error().code(), errc::timeout);
    // What it brings late is let go of again.
    peer.answer(hand::mine("demo.Thing", 1));
    ASSERT_EQ(peer.requests().size(), 1u);
    EXPECT_EQ(peer.requests()[0].asked, handler::del);
    EXPECT_FALSE(peer.session().is_over());
}

TEST(rpyc_session, an_identity_that_is_not_quite_one_of_ours_is_none) {
    hand peer(make_thing());
    const value root = peer.root();
    const value real = *brine::read(as_bytes(testing::as_mentioned(root).id_pack), limits{});
    EXPECT_EQ(peer.ask(handler::inspect, value::tuple({real})).kind, message_kind::reply);
    for (const value& forged :
         {value::tuple({"beckon.Other", real[1], real[2]}),
          value::tuple({real[0], real[1].int64() + 1, real[2]}),
          value::tuple({real[0], real[1], real[2].int64() + 1}),
          value::tuple({real[0], real[1], *value::integer("-1")}),
          value::tuple({real[0], real[1], *value::integer("18446744073709551616")})}) {
        const std::string outcome = peer.outcome(handler::inspect, value::tuple({forged}));
        EXPECT_TRUE(outcome.starts_with("builtins.KeyError: ")) << outcome;
    }
    EXPECT_FALSE(peer.session().is_over());
}

TEST(rpyc_session, a_batch_has_an_end) {
    hand peer(object_builder("Maker").method("make", [] { return value::list({1, 2}); }).build());
    const value list = peer.ours(
        peer.ask(handler::call_attr, value::tuple({peer.root(), "make", value::tuple()})));
    EXPECT_EQ(peer.outcome(handler::buffiter, value::tuple({list, 1'000'000})), "(1, 2)");
    EXPECT_EQ(peer.outcome(handler::buffiter, value::tuple({list, 1'000'002})),
              "builtins.ValueError: count is 1000002; the most is 1000001");
    EXPECT_EQ(peer.outcome(handler::buffiter, value::tuple({list, -1})),
              "builtins.TypeError: count must be an integer that is not negative");
}

TEST(rpyc_session, an_answer_beyond_the_limit_is_an_exception) {
    const object large =
        object_builder("Large")
            .method("make",
                    [] { return value::tuple(std::vector<value>(100, std::string(10'000, 'x'))); })
            .build();
    hand peer(large, {}, {.max_message_bytes = 100'000});
    const value root = peer.root();
    const std::string outcome =
        peer.outcome(handler::call_attr, value::tuple({root, "make", value::tuple()}));
    EXPECT_TRUE(outcome.starts_with(": message is longer than the limit by ")) << outcome;
    EXPECT_EQ(peer.outcome(handler::ping, value::tuple({5})), "5");
}

/// Tuples in tuples.
value nested(int levels) {
    value made = value::tuple();
    for (int i = 0; i < levels; ++i) made = value::tuple({std::move(made)});
    return made;
}

TEST(rpyc_session, what_is_nested_too_deep_fails_one_call_of_either_side) {
    hand peer({});
    const std::string outcome = peer.outcome(handler::ping, value::tuple({nested(130)}));
    EXPECT_TRUE(outcome.starts_with(": peer sent values nested deeper than 128")) << outcome;
    EXPECT_EQ(peer.outcome(handler::ping, value::tuple({5})), "5");

    const object root(intrusive_ptr<object_core>(peer.session()->root()));
    future<value> asked = operate(root, {.what = operation::root});
    peer.answer(nested(130));
    ASSERT_TRUE(asked.ready());
    EXPECT_EQ(asked.result().error().code(), errc::limit_exceeded);
    EXPECT_FALSE(peer.session().is_over());
}

TEST(rpyc_session, who_asks_for_the_methods_of_an_object_that_cannot_tell_hears_of_none) {
    std::vector<testing::asked_request> asks;
    const object elsewhere(make_counted<testing::scripted>(asks, "Elsewhere"));
    hand peer(object_builder("Keeper").method("kept", [=] { return elsewhere; }).build());
    const value lent = peer.ours(
        peer.ask(handler::call_attr, value::tuple({peer.root(), "kept", value::tuple()})));
    const value identity = *brine::read(as_bytes(testing::as_mentioned(lent).id_pack), limits{});
    peer.tell(handler::inspect, value::tuple({identity}));
    ASSERT_EQ(asks.size(), 1u);
    asks[0].reply->lock();
    asks[0].reply->reject(fail(errc::disconnected, "its peer has gone"));
    asks[0].reply->unlock();
    asks.clear(); // a reply holds its session, which goes with the peer
    EXPECT_EQ(peer.told().content, value::tuple());
}

TEST(rpyc_open_requests, give_a_number_to_one_at_a_time) {
    open_requests open;
    const std::uint32_t first = open.add({});
    open.remove(first);
    open.remove(first);
    const std::uint32_t second = open.add({});
    EXPECT_NE(second, open.add({}));
    EXPECT_NE(second, 0u);
}

TEST(rpyc_session, answers_to_nothing_are_passed_over) {
    hand peer({});
    future<value> asked = operate(object(intrusive_ptr<object_core>(peer.session()->root())),
                                  {.what = operation::root});
    const std::int64_t number = peer.requests().at(0).number;
    for (const std::int64_t other :
         {number + 1, number + 65'536, number + (std::int64_t{2} << 32), std::int64_t{-1}}) {
        future<value> another = operate(object(intrusive_ptr<object_core>(peer.session()->root())),
                                        {.what = operation::root});
        peer.answer(5, other);
        EXPECT_FALSE(asked.ready()) << other;
    }
    EXPECT_FALSE(peer.session().is_over());
}

} // namespace
} // namespace beckon::rpyc
