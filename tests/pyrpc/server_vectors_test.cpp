// The recorded requests of tests/vectors/pyrpc.json, answered by a server of ours.
#include <gtest/gtest.h>

#include <set>

#include "demo.hpp"
#include "frame_peer.hpp"

namespace pyrpc_test {
namespace {

using beckon::pickle::vectors::from_hex;
using beckon::pickle::vectors::section;
using beckon::pickle::vectors::typed;

[[nodiscard]] bytes hex(const value& from) { return from_hex(from.string()); }

/// A reply as (kind of exception, arguments), or ("", result).
struct told {
    std::string type;
    value content;
};
[[nodiscard]] told told_by(const value& reply) {
    if (!reply.is(value_kind::tuple) || reply.size() != 2) return {"no reply", reply};
    if (reply[1].is_null()) return {"", reply[0]};
    if (!reply[1].is(value_kind::exception)) return {"no exception", reply[1]};
    const beckon::exception_parts parts = reply[1].exception();
    const value& name = parts.fields["className"];
    if (!name.is(value_kind::string)) return {parts.type, parts.arguments};
    return {std::string(name.string()), parts.arguments};
}

/// Python's texts about wrong calls are its own.
[[nodiscard]] bool has_own_text(const std::string& type) {
    return type == "builtins.TypeError" || type == "TypeError";
}

void expect_alike(const value& ours, const value& recorded, const std::string& name) {
    const told mine = told_by(ours);
    const told theirs = told_by(recorded);
    // Classes of Python's own programs go by their names, as with retype_exceptions.
    const std::string bare = theirs.type.substr(theirs.type.rfind('.') + 1);
    EXPECT_TRUE(mine.type == theirs.type || mine.type == bare)
        << name << ": " << mine.type << " and " << theirs.type;
    if (has_own_text(theirs.type)) return;
    EXPECT_EQ(mine.content, theirs.content) << name;
}

/// Whether every exception has what pyrpc's client asks it for.
void expect_traceback(const bytes& pickled, const std::string& name) {
    const std::string text(beckon::as_text(pickled));
    EXPECT_TRUE(text.find("traceback") != std::string::npos) << name;
}

TEST(PyrpcServerVectors, odd_requests_are_answered_as_pyrpc_does_or_with_what_is_wrong) {
    served plain;
    served asked_later("?nonblocking=true");
    for (served* const each : {&plain, &asked_later}) each->server.publish("demo", make_demo());
    // Where pyrpc says nothing, and the caller waits for a day.
    const std::map<std::string, std::string> said{{"garbage_body", "builtins.ValueError"},
                                                  {"zero_length", "read_error"},
                                                  {"two_tuple", "protocol_error"},
                                                  {"four_tuple", "protocol_error"},
                                                  {"int_body", "protocol_error"},
                                                  {"short_body_then_half_close", "read_error"},
                                                  {"short_header_then_half_close", "read_error"},
                                                  {"huge_length", "builtins.ValueError"},
                                                  {"nb_raw_get_unknown", "builtins.KeyError"},
                                                  {"nb_raw_no_predicate", "protocol_error"},
                                                  {"nb_raw_garbage", "builtins.ValueError"},
                                                  {"nb_raw_two_tuple", "protocol_error"}};
    std::size_t seen = 0;
    const value all = section("raw_requests");
    for (const value& each : all.items()) {
        const std::string name(each["name"].string());
        SCOPED_TRACE(name);
        ++seen;
        const bool later = each["server"].string() != "plain";
        hand_connection peer = (later ? asked_later : plain).connect();
        ASSERT_TRUE(peer.send(hex(each["request_hex"])));
        if (name == "header_only") continue; // waits, here as well, while the limits let it
        if (name.find("half_close") != std::string::npos) peer.end_output();
        std::optional<bytes> frame = peer.read_frame();
        ASSERT_TRUE(frame);
        // A call that runs by itself may not have come to its end.
        while (name.starts_with("nb_raw_") && name.find("_get") != name.npos &&
               name != "nb_raw_get_pending" &&
               *frame ==
                   beckon::bytes{std::byte{0x80}, std::byte{4}, std::byte{0x4e}, std::byte{0x2e}}) {
            hand_connection again = asked_later.connect();
            ASSERT_TRUE(again.send(hex(each["request_hex"])));
            frame = again.read_frame();
            ASSERT_TRUE(frame);
        }
        const auto reply = beckon::pickle::read(*frame, {.is_reply = true});
        ASSERT_TRUE(reply) << reply.error().to_string();
        if (const auto known = said.find(name); known != said.end()) {
            const told ours = told_by(*reply);
            if (known->second.find('.') != std::string::npos) {
                EXPECT_EQ(ours.type, known->second);
            } else {
                EXPECT_EQ(ours.type, "builtins.Exception");
                EXPECT_EQ(ours.content, value::tuple({known->second}));
            }
            expect_traceback(*frame, name);
        } else if (name == "nb_raw_get_status_1") {
            EXPECT_NE((*reply)[0], value("forged")); // what a caller claims is not believed
        } else if (name == "nb_raw_get_pending") {
            EXPECT_TRUE(reply->is_null() || (*reply)[0] == value("slept"));
        } else if (each["reply"]["t"] == "none") {
            EXPECT_TRUE(reply->is_null());
        } else {
            expect_alike(*reply, typed()(each["reply"]), name);
        }
    }
    EXPECT_EQ(seen, 36u);
}

TEST(PyrpcServerVectors, recorded_clients_get_what_pyrpcs_server_gave_them) {
    std::size_t seen = 0;
    const value all = section("exchanges");
    for (const value& each : all.items()) {
        const std::string name(each["name"].string());
        const std::string kind(each["server"].string());
        SCOPED_TRACE(name);
        ++seen;
        const bool later = kind.starts_with("nonblocking");
        served ours(kind.starts_with("retype") ? "?retype_exceptions=true"
                    : later                    ? "?nonblocking=true"
                                               : "");
        ours.server.publish("demo", make_demo());
        ours.server.publish("shutdown", beckon::make_function([](std::optional<double>) {}));
        for (const value& step : each["steps"].items()) {
            if (step["dir"] != "c2s") continue;
            std::optional<value> reply = ours.answer_to(hex(step["hex"]));
            ASSERT_TRUE(reply);
            const bool is_get = later && step["payload"]["v"].size() == 2;
            while (is_get && reply && reply->is_null()) reply = ours.answer_to(hex(step["hex"]));
            ASSERT_TRUE(reply);
            // What was recorded in reply; of questions that came too early, the last one's.
            value recorded;
            for (const value& other : each["steps"].items()) {
                if (other["dir"] == "s2c" && (is_get || other["conn"] == step["conn"]))
                    recorded = other["hex"];
            }
            if (name == "tcp_unpicklable_result") {
                EXPECT_EQ(told_by(*reply).type, "builtins.TypeError");
                continue;
            }
            if (name == "tcp_nb_on_plain_server") {
                EXPECT_EQ(told_by(*reply).content, value::tuple({"protocol_error"}));
                continue;
            }
            if (name == "nb_timeout" || recorded.is_null()) continue;
            const auto theirs = beckon::pickle::read(beckon::byte_view(hex(recorded)).subspan(4),
                                                     {.is_reply = true});
            ASSERT_TRUE(theirs) << theirs.error().to_string();
            if (!is_get && later && step["payload"]["t"] == "dict") {
                EXPECT_TRUE(reply->is_null());
            } else if (name == "tcp_all_types") {
                for (std::size_t i = 0; i < 7; ++i) EXPECT_EQ((*reply)[0][i], (*theirs)[0][i]) << i;
            } else if (name == "callee_connected" || name == "callee_shutdown") {
                EXPECT_TRUE((*reply)[1].is_null()); // here these are there beside the callee
            } else if (name == "tcp_os_error") {
                EXPECT_EQ(told_by(*reply).type, "builtins.FileNotFoundError");
            } else {
                expect_alike(*reply, *theirs, name);
            }
        }
    }
    EXPECT_EQ(seen, 43u);
}

} // namespace
} // namespace pyrpc_test
