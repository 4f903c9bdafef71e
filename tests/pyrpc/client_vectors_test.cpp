// The recorded replies of tests/vectors/pyrpc.json, read by a client of ours.
#include <gtest/gtest.h>

#include <regex>

#include "beckon/object/operate.hpp"
#include "demo.hpp"
#include "frame_peer.hpp"

namespace pyrpc_test {
namespace {

using beckon::errc;
using beckon::pickle::vectors::from_hex;
using beckon::pickle::vectors::section;
using beckon::pickle::vectors::typed;
using beckon::pickle::vectors::without_text;

[[nodiscard]] value arguments_of(const beckon::error& failure) {
    return beckon::python::parts_of(failure).arguments;
}

/// What the client gives for each of the replies, where that is not what pyrpc's own gives: the code, and the type's name.
struct own_outcome {
    errc code = errc::remote_error;
    std::string type;
};

TEST(PyrpcClientVectors, odd_replies_are_read_as_pyrpc_does_or_told_to_be_wrong) {
    const std::map<std::string, own_outcome> others{
        // pyrpc's client shows another error in their place, or none
        {"exception_without_traceback", {errc::remote_error, "builtins.ValueError"}},
        {"exception_retyped", {errc::remote_error, "DiskError"}},
        {"exception_unknown_class", {errc::remote_error, "no_such_module_x.Boom"}},
        {"exception_keyboard_interrupt", {errc::remote_error, "builtins.KeyboardInterrupt"}},
        {"exception_is_string", {errc::protocol_error, ""}},
        {"reply_none", {errc::protocol_error, ""}},
        {"reply_three", {errc::protocol_error, ""}},
        {"not_a_pickle", {errc::protocol_error, ""}},
        {"huge_length_then_close", {errc::limit_exceeded, ""}},
        // waits for a day, or loses bytes
        {"closed_without_reply", {errc::disconnected, "pyrpc.ut.Timeout"}},
        {"closed_inside_body", {errc::disconnected, "pyrpc.ut.Timeout"}},
        {"zero_length", {errc::protocol_error, "pyrpc.ut.ProtocolError"}},
        {"body_later_than_call_timeout", {errc::timeout, "pyrpc.ut.Timeout"}},
        {"drip_body_past_call_timeout", {errc::timeout, "pyrpc.ut.Timeout"}},
    };
    std::size_t seen = 0;
    const value all = section("client_reactions");
    for (const value& each : all.items()) {
        const std::string name(each["name"].string());
        SCOPED_TRACE(name);
        ++seen;
        bytes sent;
        for (const value& part : each["server_writes"].items()) {
            const bytes more = from_hex(part["hex"].string());
            sent.insert(sent.end(), more.begin(), more.end());
        }
        const bool is_late = name.find("call_timeout") != std::string::npos;
        if (is_late) sent.resize(6); // and the rest never
        const scripted server({is_late ? say_and_stay(sent) : say(sent)});
        const auto conversation = server.connect();
        const beckon::pyrpc::client client(conversation.root());
        const auto came = outcome_of([&] {
            return client.call("echo", beckon::arg("call_timeout", is_late ? 0.2 : 20.0)).content();
        });
        const auto other = others.find(name);
        if (other != others.end()) {
            ASSERT_FALSE(came);
            EXPECT_EQ(came.error().code(), other->second.code) << came.error().to_string();
            EXPECT_EQ(came.error().type_name(), other->second.type) << came.error().to_string();
            continue;
        }
        const value& expected = each["client_outcome"];
        if (name == "header_split_by_pause") {
            EXPECT_EQ(came.value(), value("ok")); // of which pyrpc's client loses the half
        } else if (expected.contains("returns")) {
            ASSERT_TRUE(came) << came.error().to_string();
            EXPECT_EQ(*came, typed()(expected["returns"]));
        } else {
            ASSERT_FALSE(came);
            EXPECT_EQ(came.error().code(), errc::remote_error);
            EXPECT_EQ(came.error().type_name(), expected["raises"].string());
            if (name != "exception_oserror_errno") {
                EXPECT_EQ(arguments_of(came.error()), typed()(expected["args"]));
            }
        }
    }
    EXPECT_EQ(seen, 23u);
}

/// The keywords of a recorded call that are for the client, with little time where it is to be too late.
[[nodiscard]] std::vector<beckon::named_argument> keywords_in(const std::string& call) {
    std::vector<beckon::named_argument> found;
    const std::regex keyword(R"((\w*timeout|nb_fetch_tick|nolog)=([0-9.]+|True))");
    for (std::sregex_iterator at(call.begin(), call.end(), keyword), end; at != end; ++at) {
        const std::string text = (*at)[2];
        found.push_back(
            beckon::arg((*at)[1].str(), text == "True" ? value(true) : value(std::stod(text))));
    }
    return found;
}

TEST(PyrpcClientVectors, recorded_servers_are_asked_and_heard_as_pyrpcs_client_does) {
    const std::map<std::string, own_outcome> others{
        {"tcp_custom_exception_bad_init", {errc::remote_error, "demo_errors.BadInit"}},
        {"retype_custom_exception", {errc::remote_error, "DemoError"}},
        {"retype_bad_init", {errc::remote_error, "BadInit"}},
        {"retype_builtin", {errc::remote_error, "builtins.KeyError"}},
        {"retype_unknown_method", {errc::remote_error, "builtins.AttributeError"}},
        {"callee_connected", {errc::remote_error, "builtins.AttributeError"}},
        {"tcp_connected_after_shutdown", {errc::disconnected, "pyrpc.ut.Timeout"}},
        {"tcp_unpicklable_result", {errc::disconnected, "pyrpc.ut.Timeout"}},
        {"tcp_nb_on_plain_server", {errc::disconnected, "pyrpc.ut.Timeout"}},
    };
    std::size_t seen = 0;
    const value all = section("exchanges");
    for (const value& each : all.items()) {
        const std::string name(each["name"].string());
        SCOPED_TRACE(name);
        ++seen;
        if (name.ends_with("_no_server")) continue; // what connecting says
        const std::string call(each["client_call"].string());
        std::vector<scripted::step> steps;
        std::vector<value> asked;
        for (const value& step : each["steps"].items()) {
            if (step["dir"] != "c2s") continue;
            asked.push_back(typed()(step["payload"]));
            std::optional<bytes> answer;
            for (const value& other : each["steps"].items()) {
                if (other["dir"] == "s2c" && other["conn"] == step["conn"])
                    answer = from_hex(other["hex"].string());
            }
            const bool too_late = name.starts_with("tcp_timeout");
            steps.push_back(too_late ? say_and_stay() : say(answer.value_or(bytes())));
        }
        const bool never_ends = name == "nb_timeout";
        if (never_ends) {
            for (int i = 0; i < 1000; ++i) steps.push_back(steps.back());
        }
        if (asked.empty()) { // hung up on before it could ask
            asked.push_back(value::tuple({"connected", value::tuple(), value::map()}));
            steps.push_back(say({}));
        }
        const scripted server(steps);
        const auto conversation = server.connect();
        const bool later = asked[0].is(value_kind::map);
        beckon::dynamic_request request{
            .name = concat(later ? "nb_" : "",
                           later ? asked[0]["method_name"].string() : asked[0][0].string())};
        const value given = later ? asked[0]["args"] : asked[0][1];
        request.arguments = value::list(std::vector<value>(given.begin(), given.end()));
        request.named = later ? asked[0]["kwargs"] : asked[0][2];
        for (beckon::named_argument& keyword : keywords_in(call)) {
            if (name != "tcp_nb_kwargs_not_stripped_in_plain_call")
                request.named.insert_or_assign(value(keyword.name), keyword.content);
        }
        if (later) request.named.insert_or_assign("nb_fetch_tick", 0.01);
        auto came = beckon::operate_and_wait(conversation.root(), request);

        const std::vector<bytes> seen_there = server.asked();
        for (std::size_t i = 0; i < std::min(asked.size(), seen_there.size()); ++i) {
            auto ours = beckon::pickle::read(seen_there[i]);
            ASSERT_TRUE(ours);
            if (!later) {
                EXPECT_EQ(*ours, asked[i]);
                continue;
            }
            EXPECT_TRUE(beckon::pickle::is_uuid((*ours)["id"]));
            EXPECT_EQ(ours->size(), asked[i].size());
            for (const beckon::map_entry& entry : asked[i].entries()) {
                if (entry.key == value("id") || entry.key == value("due_time")) continue;
                EXPECT_EQ((*ours)[entry.key.string()], entry.mapped) << entry.key.string();
            }
        }
        const value& expected = each["client_outcome"];
        if (const auto other = others.find(name); other != others.end()) {
            ASSERT_FALSE(came);
            EXPECT_EQ(came.error().code(), other->second.code) << came.error().to_string();
            EXPECT_EQ(came.error().type_name(), other->second.type) << came.error().to_string();
        } else if (expected.contains("returns")) {
            ASSERT_TRUE(came) << came.error().to_string();
            EXPECT_EQ(*came, typed()(expected["returns"]));
        } else {
            ASSERT_FALSE(came);
            EXPECT_EQ(came.error().type_name(), expected["raises"].string())
                << came.error().to_string();
            if (!name.ends_with("os_error")) {
                EXPECT_EQ(arguments_of(came.error()), typed()(expected["args"]));
            }
            EXPECT_EQ(came.error().trace().empty(),
                      expected["traceback_attribute"].string() == "empty");
        }
    }
    EXPECT_EQ(seen, 43u);
}

} // namespace
} // namespace pyrpc_test
