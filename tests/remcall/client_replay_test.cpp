// The recorded conversations, with our client in the original's place: by schemas that were loaded at run time, without
// generated code.
#include <limits>
#include <map>
#include <optional>
#include <set>

#include "dialed.hpp"
#include "loaded.hpp"

namespace remcall_test {
namespace {

using beckon::future;
using beckon::object;

/// Drives our client through one recording, and plays its server.
class replay {
public:
    replay(const value& recording, std::string_view options)
        : name_(recording["name"].string()), main_(main_of(recording["schema"].string())),
          at_(options) {
        proxies_[1] = at_.session.root();
        EXPECT_TRUE(main_.bind(proxies_[1]));
        for (const value& frame : recording["frames"]) {
            if (frame["dir"] == value("c2s")) {
                client_does(frame);
            } else {
                server_does(frame);
            }
        }
    }

private:
    void client_does(const value& frame) {
        const std::string_view hex = frame["hex"].string();
        const value& what = frame["command"];
        if (what == value("NOOP")) return; // nothing makes ours send one
        if (what == value("DISCONNECT")) at_.session.close();
        // Who has said that it ends does not answer the same of the other side.
        if (what == value("ACKNOWLEDGE_DISCONNECT") && name_ == "simultaneous_disconnect") return;
        if (what == value("CALL_METHOD")) start(frame);
        at_.server->expect(hex);
    }
    void server_does(const value& frame) {
        at_.server->send(frame["hex"].string());
        if (frame["command"] != value("RETURN_FROM_METHOD")) return;
        const auto call = calls_.find(frame["request_id"].as<std::uint32_t>());
        ASSERT_NE(call, calls_.end());
        check(call->second.get(), frame["result"]);
        calls_.erase(call);
    }
    void start(const value& frame) {
        const std::string method(frame["method"].string());
        value arguments = value::list();
        for (const value& each : frame["arguments"])
            arguments.push_back(argument(each["value"], each["type"].string()));
        calls_.emplace(frame["request_id"].as<std::uint32_t>(),
                       beckon::call_dynamic(proxies_.at(frame["object_ref"].as<std::int64_t>()),
                                            method.substr(method.find('.') + 1),
                                            std::move(arguments)));
    }
    value argument(const value& recorded, std::string_view type) {
        if (recorded.is(beckon::value_kind::map) && recorded.contains("$enum"))
            return recorded["name"];
        if (recorded.is(beckon::value_kind::map) && recorded.contains("$ref")) {
            const auto number = recorded["$ref"].as<std::int64_t>();
            if (number == 0) return {};
            if (number > 0) return value(proxies_.at(number));
            if (!ours_.contains(number)) ours_[number] = make(type);
            return value(ours_[number]);
        }
        if (type.starts_with("float")) return of_words(recorded);
        return recorded;
    }
    /// Numbers that JSON lacks are told in words.
    static value of_words(const value& recorded) {
        constexpr double endless = std::numeric_limits<double>::infinity();
        if (recorded == value("inf")) return value(endless);
        if (recorded == value("-inf")) return value(-endless);
        if (recorded == value("nan")) return value(std::numeric_limits<double>::quiet_NaN());
        return recorded;
    }
    /// A listener as the recorded one.
    object make(std::string_view type) {
        const auto interface = *main_.sibling(type);
        beckon::dynamic_handlers handlers;
        if (type == "Listener") {
            handlers["Notify"] = [](const auto&) { return value(); };
            handlers["Score"] = [](const auto&) { return value(7); };
            handlers["Choose"] = [](const auto& given) { return given["two"]; };
        }
        return *beckon::make_dynamic_object(interface, std::move(handlers));
    }
    void check(const value& got, const value& recorded) {
        if (recorded.is(beckon::value_kind::map) && recorded.contains("$enum")) {
            EXPECT_EQ(got.name(), recorded["name"].string());
        } else if (recorded.is(beckon::value_kind::map) && recorded.contains("$ref")) {
            const auto number = recorded["$ref"].as<std::int64_t>();
            if (number == 0) {
                EXPECT_TRUE(got.is_null());
                return;
            }
            const auto found = got.as<object>();
            if (number < 0) {
                EXPECT_EQ(found, ours_.at(number)) << "the object comes home as itself";
            } else if (number != 1) { // the main object is known by its place as well
                const auto known = proxies_.emplace(number, found);
                EXPECT_EQ(known.first->second, found) << number;
            }
        } else if (got.is(beckon::value_kind::floating)) {
            // Infinities and the like are told in words.
            const bool in_words = recorded.is(beckon::value_kind::string);
            EXPECT_TRUE(in_words || got.as<double>() == recorded.as<double>());
        } else {
            EXPECT_EQ(got, recorded);
        }
    }

    const std::string name_;
    const beckon::dynamic_interface main_;
    dialed at_;
    std::map<std::int64_t, object> proxies_;
    std::map<std::int64_t, object> ours_;
    std::map<std::uint32_t, future<value>> calls_;
};

TEST(RemcallClient, EachRecordedConversationIsHadAgain) {
    for (const value& each : section("communications")) {
        const std::string name(each["name"].string());
        SCOPED_TRACE(name);
        // What a client of the original sends there, ours sends to Beckons alone.
        if (name == "send_schema" || name == "request_schema") continue;
        const value& first = each["frames"][0]["request_id"];
        replay(each, concat("?peer=plain&first_request=", first.as<std::uint32_t>()));
    }
}

/// What the original's client does with half of a message, ours does with none of it.
TEST(RemcallClient, ACallThatCannotBeWrittenSendsNothingAndTheNextOneIsTheFirst) {
    struct attempt {
        std::string method;
        value arguments;
        std::string says; ///< Empty: it works here.
    };
    const std::string not_there = "and the peer has not said that it is a Beckon";
    const std::map<std::string, attempt, std::less<>> attempts{
        {"boolean_argument", {"Flip", value::list({true}), not_there}},
        {"date_argument", {"Day", value::list({"2024-02-29"}), not_there}},
        {"array_argument", {"Array", value::list({value::list({1})}), not_there}},
        {"record_argument", {"Swap", value::list({value::map({{"a", 1}, {"b", 2}})}), not_there}},
        {"boolean_result", {"Truth", value::list(), not_there}},
        {"argument_out_of_range", {"Narrow", value::list({300}), "300"}},
        {"missing_argument", {"Camel", value::list(), "argument"}},
        {"renamed_parameter", {"Camel", value::map({{"someValue", 5}}), ""}},
    };
    std::size_t seen = 0;
    for (const value& each : section("sender_failures")) {
        const std::string name(each["name"].string());
        const auto known = attempts.find(name);
        if (known == attempts.end()) continue; // a server's, or below
        SCOPED_TRACE(name);
        ++seen;
        const attempt& now = known->second;
        dialed at("?peer=plain");
        const object root = at.session.root();
        ASSERT_TRUE(main_of("board").bind(root));
        auto tried = beckon::call_dynamic(root, now.method, now.arguments);
        if (now.says.empty()) {
            at.server->expect("0500000001000a0000000105");
            at.server->send("060000000105");
            EXPECT_EQ(tried.get(), value(5));
            continue;
        }
        const auto outcome = tried.result();
        ASSERT_FALSE(outcome);
        EXPECT_NE(outcome.error().to_string().find(now.says), std::string::npos)
            << outcome.error().to_string();
        auto good = beckon::call_dynamic(root, "Slow", value::list({1}));
        at.server->expect("050000000100170000000101");
        at.server->send("060000000101");
        EXPECT_EQ(good.get(), value(1));
    }
    EXPECT_EQ(seen, attempts.size());
}

TEST(RemcallClient, ObjectsBeyondTheNumbersOfTheSchemaAreRefusedBeforeAnythingIsSent) {
    const value recording = named("sender_failures", "object_references_exhausted");
    dialed at("?peer=plain");
    const object root = at.session.root();
    const auto main = main_of("refs_1_1");
    ASSERT_TRUE(main.bind(root));
    std::vector<object> all;
    const auto same = [&] {
        all.push_back(*beckon::make_dynamic_object(main, {}));
        return beckon::call_dynamic(root, "Same", value::list({value(all.back())}));
    };
    for (int i = 1; i <= 128; ++i) {
        auto call = same();
        const std::string head = at.server->read(7);
        const std::string reference = at.server->read(1);
        EXPECT_TRUE(i < 128 || value(head + reference) == recording["frames"][0]["hex"]);
        at.server->send(concat("06", head.substr(2, 8), reference));
        EXPECT_EQ(call.get().as<object>(), all.back());
    }
    const auto outcome = same().result();
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code(), errc::limit_exceeded) << outcome.error().to_string();
    auto null = beckon::call_dynamic(root, "Same", value::list({value()}));
    at.server->expect("0500000081000100");
    at.server->send("060000008100");
    EXPECT_TRUE(null.get().is_null());
}

} // namespace
} // namespace remcall_test
