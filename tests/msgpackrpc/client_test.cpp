// A client of MessagePack-RPC, and servers by hand: of other kinds, of the rude kind, and Neovim as it was recorded.
#include "value_peer.hpp"

#include <thread>

#include "beckon/object/operate.hpp"
#include "codec/msgpack_vectors_test.hpp"
#include "conformance/service.hpp"

namespace msgpackrpc_test {

struct Ponger {
    std::string ping(std::int64_t a, std::int64_t b);
};
BECKON_INTERFACE(Ponger, (ping, a, b))

namespace {

using namespace beckon::literals;
using beckon::dynamic;
using beckon::errc;
using beckon::msgpack::vectors::from_hex;

/// The next request; its number is `id`.
struct request {
    explicit request(value_peer& from) : message(from.read()) {
        EXPECT_EQ(message[0], value(0)) << message.to_text();
    }
    [[nodiscard]] value name() const { return message[2]; }
    [[nodiscard]] value params() const { return message[3]; }
    [[nodiscard]] value answer(value result) const {
        return value::list({1, message[1], nullptr, std::move(result)});
    }
    [[nodiscard]] value refusal(value failure) const {
        return value::list({1, message[1], std::move(failure), nullptr});
    }
    value message;
};

TEST(msgpackrpc_client, calls_are_requests_with_the_objects_name_in_front) {
    dialed here;
    const auto root = here.session.get<conformance::Conformance>("");
    const auto named = here.session.get<conformance::Conformance>("shop.main");
    auto sum = root.async()->add(2, 3);
    const request first(*here.peer);
    EXPECT_EQ(first.name(), value("add"));
    EXPECT_EQ(first.params(), value::list({2, 3}));
    auto text = named.async()->whoami();
    const request second(*here.peer);
    EXPECT_EQ(second.name(), value("shop.main.whoami"));
    EXPECT_EQ(second.params(), value::list());
    // Answers may come in any order.
    here.peer->send(second.answer("bob"));
    here.peer->send(first.answer(5));
    EXPECT_EQ(text.get(), "bob");
    EXPECT_EQ(sum.get(), 5);
    EXPECT_EQ(here.session.get<conformance::Conformance>("shop.main"), named);
}

TEST(msgpackrpc_client, dynamic_objects_call_what_they_like_and_nothing_else) {
    dialed here;
    const dynamic root(here.session.root());
    auto later = root.async().call("anything", 1, "two", beckon::to_bytes("3"));
    const request made(*here.peer);
    EXPECT_EQ(made.params(), value::list({1, "two", beckon::to_bytes("3")}));
    here.peer->send(made.answer(value::map({{1, "a"}})));
    EXPECT_EQ(later.get()[1].as<std::string>(), "a");
    auto by_name = root.async().call("named", "a"_arg = 1);
    const request named(*here.peer);
    EXPECT_EQ(named.params(), value::map({{"a", 1}}));
    here.peer->send(named.answer(nullptr));
    EXPECT_TRUE(by_name.get().is_null());
    EXPECT_THROW(static_cast<void>(root.call("both", 1, "a"_arg = 1)), beckon::exception);
    EXPECT_THROW(static_cast<void>(root.get("attribute")), beckon::exception);
}

TEST(msgpackrpc_client, failures_of_all_shapes_are_thrown_and_kept) {
    dialed here;
    const auto service = here.session.get<conformance::Conformance>("");
    const auto failure_of = [&](value object) {
        auto later = service.async()->whoami();
        const request made(*here.peer);
        here.peer->send(made.refusal(std::move(object)));
        auto outcome = later.result();
        EXPECT_FALSE(outcome);
        return outcome ? beckon::error(errc::internal, "none") : outcome.error();
    };
    EXPECT_EQ(failure_of("boom").message(), "boom");
    EXPECT_EQ(failure_of(false).code(), errc::remote_error);
    EXPECT_EQ(failure_of(value::list({1, "Invalid buffer id: 9"})).message(),
              "Invalid buffer id: 9");
    EXPECT_EQ(failure_of("unknown_method: no such").code(), errc::unknown_method);
    EXPECT_EQ(beckon::msgpackrpc::error_object(failure_of(value::list({7, "bad", 1}))),
              value::list({7, "bad", 1}));
    auto restocked = service.async()->restock({}, -1);
    const request made(*here.peer);
    here.peer->send(made.refusal(value::list(
        {1, value::map(
                {{"type", "OutOfStock"},
                 {"message", "none left"},
                 {"fields", value::map({{"name", "bolt"}, {"wanted", 3}, {"available", 2}})}})})));
    try {
        static_cast<void>(restocked.get());
        FAIL() << "nothing was thrown";
    } catch (const conformance::OutOfStock& thrown) {
        EXPECT_EQ(thrown.wanted, 3);
    }
}

TEST(msgpackrpc_client, a_result_that_cannot_be_read_fails_its_call_alone) {
    dialed here;
    const dynamic root(here.session.root());
    auto later = root.async().call("now");
    const request made(*here.peer);
    beckon::buffer out;
    beckon::msgpack::put_array(out, 4);
    for (const value& each : {value(1), made.message[1], value()})
        ASSERT_TRUE(beckon::msgpack::write(out, each));
    out.append(from_hex("c703ff000000")); // no timestamp
    here.peer->send_bytes(out.view());
    const auto outcome = later.result();
    ASSERT_FALSE(outcome);
    EXPECT_NE(outcome.error().to_string().find("timestamp"), std::string::npos);
    auto next = root.async().call("next");
    const request after(*here.peer);
    here.peer->send(after.answer(1));
    EXPECT_EQ(next.get().as<int>(), 1);
}

TEST(msgpackrpc_client, what_msgpack_cannot_carry_is_refused_before_anything_is_sent) {
    dialed here;
    const dynamic root(here.session.root());
    for (const value& each : {value::complex(1, 2), value::slice(1, 2, 3),
                              value::big_integer(false, from_hex("ffffffffffffffffff"))}) {
        try {
            static_cast<void>(root.call("take", each));
            FAIL() << each.to_text();
        } catch (const beckon::exception& thrown) {
            EXPECT_EQ(thrown.code(), errc::unsupported) << each.to_text();
            EXPECT_NE(std::string(thrown.what()).find("msgpack"), std::string::npos);
        }
    }
    auto later = root.async().call("after");
    EXPECT_EQ(request(*here.peer).name(), value("after"));
}

TEST(msgpackrpc_client, a_cancelled_call_is_told_to_beckons_only) {
    dialed foreign;
    {
        auto dropped = dynamic(foreign.session.root()).async().call("slow");
        static_cast<void>(request(*foreign.peer));
    }
    auto next = dynamic(foreign.session.root()).async().call("next");
    EXPECT_EQ(request(*foreign.peer).name(), value("next")); // no notification before it

    dialed kin({}, "?peer=beckon");
    value number;
    {
        auto dropped = dynamic(kin.session.root()).async().call("slow");
        number = request(*kin.peer).message[1];
    }
    EXPECT_EQ(kin.peer->read(), value::list({2, "$cancel", value::list({number})}));

    // Who lends objects has shown that it is one.
    dialed shown;
    auto made = dynamic(shown.session.root()).async().call("make");
    shown.peer->send(request(*shown.peer).answer(value::extension(40, from_hex("01"))));
    const dynamic object = made.get();
    {
        auto dropped = object.async().call("slow");
        const request slow(*shown.peer);
        EXPECT_EQ(slow.name(), value("$ref/1.slow"));
        number = slow.message[1];
    }
    EXPECT_EQ(shown.peer->read(), value::list({2, "$cancel", value::list({number})}));
}

struct ponger {
    std::string ping(std::int64_t a, std::int64_t b) { return concat("pong ", a + b); }
};
TEST(msgpackrpc_client, the_peer_calls_back_while_a_call_of_ours_waits) {
    dialed here(beckon::make_ref<Ponger>(std::make_shared<ponger>()));
    const dynamic root(here.session.root());
    std::thread other([&] {
        const request made(*here.peer);
        here.peer->send(value::list({0, 1, "ping", value::list({1, 2})})); // its own number space
        EXPECT_EQ(here.peer->read(), value::list({1, 1, nullptr, "pong 3"}));
        here.peer->send(value::list({0, 2, "nope", value::list()}));
        EXPECT_FALSE(here.peer->read()[2].is_null());
        here.peer->send(made.answer("done"));
    });
    EXPECT_EQ(root.call("eval", "rpcrequest(1, 'ping', 1, 2)").as<std::string>(), "done");
    other.join();
}

TEST(msgpackrpc_client, a_peer_that_calls_into_a_program_that_shows_nothing_gets_an_error) {
    dialed here;
    here.peer->send(value::list({0, 1, "ping", value::list()}));
    const value answer = here.peer->read();
    EXPECT_EQ(answer[1], value(1));
    EXPECT_FALSE(answer[2].is_null());
}

/// What Neovim says of itself, in short.
[[nodiscard]] value api_info() {
    const auto function = [](std::string_view name, value parameters, std::string_view gives) {
        return value::map({{"name", name},
                           {"parameters", std::move(parameters)},
                           {"return_type", gives},
                           {"method", true},
                           {"since", 1}});
    };
    const auto pair = [](std::string_view type, std::string_view name) {
        return value::list({type, name});
    };
    const auto type = [](int number, std::string_view prefix) {
        return value::map({{"id", number}, {"prefix", prefix}});
    };
    return value::list(
        {3, value::map({{"functions",
                         value::list({function("nvim_buf_line_count",
                                               value::list({pair("Buffer", "buffer")}), "Integer"),
                                      function("nvim_eval", value::list({pair("String", "expr")}),
                                               "Object")})},
                        {"error_types", value::map({{"Exception", value::map({{"id", 0}})},
                                                    {"Validation", value::map({{"id", 1}})}})},
                        {"types", value::map({{"Buffer", type(0, "nvim_buf_")},
                                              {"Window", type(1, "nvim_win_")},
                                              {"Tabpage", type(2, "nvim_tabpage_")}})}})});
}

/// A thread that answers a fixed number of requests.
template <typename Answer>
std::thread answering(value_peer& peer, int requests, Answer answer) {
    return std::thread([&peer, requests, answer] {
        for (int i = 0; i < requests; ++i) {
            const request made(peer);
            peer.send(answer(made));
        }
    });
}

TEST(msgpackrpc_neovim, handles_are_objects_with_methods_once_the_api_is_known) {
    dialed here;
    const value buffer = value::extension(0, from_hex("01"));
    const value window = value::extension(1, from_hex("cd03e8"));
    auto peer = answering(*here.peer, 5, [&](const request& made) {
        if (made.name() == value("nvim_get_api_info")) return made.answer(api_info());
        if (made.name() == value("nvim_get_current_buf")) return made.answer(buffer);
        if (made.name() == value("nvim_get_current_win")) return made.answer(window);
        return made.answer(value::list({made.name(), made.params()}));
    });
    const beckon::msgpackrpc::neovim editor(here.session.root());
    EXPECT_EQ(editor.channel(), 3);
    const dynamic object = editor.call("get_current_buf");
    EXPECT_EQ(object.type_name(), "Buffer");
    const dynamic other = editor.call("get_current_win");
    EXPECT_EQ(other.type_name(), "Window");
    // Called as a method, and passed as an argument.
    EXPECT_EQ(object.attr("get_lines")(0, -1, false).content(),
              value::list({"nvim_buf_get_lines", value::list({object.content(), 0, -1, false})}));
    EXPECT_EQ(other.call("set_buf", object).content(),
              value::list({"nvim_win_set_buf", value::list({other.content(), object.content()})}));
    peer.join();
}

TEST(msgpackrpc_neovim, handles_are_objects_from_the_first_call_of_its_api_on) {
    dialed here;
    const dynamic root(here.session.root());
    auto other = answering(*here.peer, 1, [](const request& made) {
        EXPECT_EQ(made.name(), value("hello")); // which might be anybody's
        return made.answer(true);
    });
    static_cast<void>(root.call("hello"));
    other.join();
    bool asked = false;
    auto peer = answering(*here.peer, 4, [&asked](const request& made) {
        if (made.name() == value("nvim_get_api_info")) {
            EXPECT_FALSE(std::exchange(asked, true));
            return made.answer(api_info());
        }
        EXPECT_TRUE(asked);
        if (made.name() == value("nvim_get_current_buf"))
            return made.answer(value::extension(0, from_hex("01")));
        return made.answer(value::list({made.name(), made.params()}));
    });
    const dynamic buffer = root.call("nvim_get_current_buf");
    EXPECT_EQ(buffer.type_name(), "Buffer");
    EXPECT_EQ(buffer.call("line_count").content(),
              value::list({"nvim_buf_line_count", value::list({buffer.content()})}));
    EXPECT_EQ(root.call("nvim_get_current_buf").content(), buffer.content());
    peer.join();
}

TEST(msgpackrpc_neovim, who_has_functions_of_such_names_and_is_not_neovim_is_not_asked_again) {
    for (const bool refuses : {true, false}) {
        dialed here;
        const dynamic root(here.session.root());
        auto peer = answering(*here.peer, 3, [refuses](const request& made) {
            if (made.name() == value("nvim_get_api_info"))
                return refuses ? made.refusal("no such function") : made.answer(7);
            return made.answer(value::extension(0, from_hex("01")));
        });
        for (int i = 0; i < 2; ++i)
            EXPECT_EQ(root.call("nvim_like").content(), value::extension(0, from_hex("01")));
        peer.join();
    }
}

TEST(msgpackrpc_neovim, a_call_that_could_not_be_written_takes_the_question_back) {
    dialed here;
    const dynamic root(here.session.root());
    EXPECT_THROW(static_cast<void>(root.call("nvim_eval", value::complex(1, 2))),
                 beckon::exception);
    auto peer = answering(*here.peer, 2, [](const request& made) {
        return made.answer(made.name() == value("nvim_eval") ? value(1) : api_info());
    });
    static_cast<void>(root.call("nvim_eval", "1"));
    peer.join();
}

TEST(msgpackrpc_neovim, a_peer_that_is_a_beckon_is_not_asked) {
    dialed here({}, "?peer=beckon");
    auto peer = answering(*here.peer, 1, [](const request& made) {
        EXPECT_EQ(made.name(), value("nvim_like"));
        return made.answer(1);
    });
    static_cast<void>(dynamic(here.session.root()).call("nvim_like"));
    peer.join();
}

TEST(msgpackrpc_neovim, what_it_has_is_listed_and_described) {
    dialed here;
    auto peer = answering(*here.peer, 3, [&](const request& made) {
        EXPECT_EQ(made.name(), value("nvim_get_api_info"));
        return made.answer(api_info());
    });
    const beckon::object root = here.session.root();
    EXPECT_EQ(*beckon::operate_and_wait(root, {beckon::operation::names}),
              value::list({"nvim_buf_line_count", "nvim_eval"}));
    EXPECT_EQ(*beckon::operate_and_wait(root, {beckon::operation::describe}),
              value::list({value::tuple({"nvim_buf_line_count", "(Buffer buffer) -> Integer"}),
                           value::tuple({"nvim_eval", "(String expr) -> Object"})}));
    const auto listed = here.session.list();
    EXPECT_EQ(listed.size(), 2u);
    peer.join();
}

TEST(msgpackrpc_neovim, others_than_neovim_say_that_they_tell_nothing) {
    dialed here;
    auto peer = answering(*here.peer, 1, [](const request& made) {
        return made.refusal("no function nvim_get_api_info");
    });
    const auto names = beckon::operate_and_wait(here.session.root(), {beckon::operation::names});
    ASSERT_FALSE(names);
    EXPECT_EQ(names.error().code(), errc::unsupported);
    EXPECT_NE(names.error().message().find("no function nvim_get_api_info"), std::string::npos);
    peer.join();
}

TEST(msgpackrpc_neovim, a_failed_notification_is_told_to_the_log) {
    dialed here;
    auto peer = answering(*here.peer, 2, [](const request& made) {
        return made.answer(made.name() == value("nvim_eval") ? value(1) : api_info());
    });
    const beckon::msgpackrpc::neovim editor(here.session.root());
    here.peer->send(value::list({2, "nvim_error_event", value::list({0, "Vim:E15: bad"})}));
    static_cast<void>(editor.call("eval", "1"));
    peer.join();
    EXPECT_TRUE(here.log.has("Vim:E15: bad"));
}

TEST(msgpackrpc_client, hostile_metadata_breaks_nothing) {
    for (const value& answer :
         {value(), value::list(), value::list({1, 2}), value::list({1, value::map()}),
          value::list(
              {1, value::map({{"types", 5}, {"functions", value::list({1, value::map()})}})}),
          value::list({1, value::map({{"types", value::map({{"B", 1}, {2, value::map()}})}})})}) {
        dialed here;
        auto peer =
            answering(*here.peer, 2, [&](const request& made) { return made.answer(answer); });
        const dynamic root(here.session.root());
        EXPECT_EQ(root.call("nvim_get_api_info").content(), answer);
        static_cast<void>(
            beckon::operate_and_wait(here.session.root(), {beckon::operation::describe}));
        peer.join();
    }
}

} // namespace
} // namespace msgpackrpc_test
