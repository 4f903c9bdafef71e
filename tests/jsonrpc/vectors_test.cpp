// The recorded requests, each sent to a server as a line.
#include "text_peer.hpp"

#include <algorithm>
#include <stdexcept>
#include <vector>

#include "beckon/object/object_builder.hpp"
#include "beckon/protocol/jsonrpc/error.hpp"
#include "protocol/jsonrpc/vectors_test.hpp"

namespace jsonrpc_test {
namespace {

namespace vectors = beckon::jsonrpc::vectors;

/// What the recorded requests are for.
beckon::object recorded_methods() {
    return beckon::object_builder("Recorded")
        .method("subtract",
                [](std::int64_t minuend, std::int64_t subtrahend) { return minuend - subtrahend; },
                {"minuend", "subtrahend"})
        .method("sum",
                [](value numbers, value) {
                    std::int64_t all = 0;
                    for (const value& each : numbers) all += each.as<std::int64_t>();
                    return all;
                })
        .method("echo", [](value params, value named) { return named.empty() ? params : named; })
        .method("get_data",
                [](value, value) {
                    return value::list({"hello", 5});
                })
        .method("nothing", [] {})
        .method("falsehood", [] { return false; })
        .method("update", [](value, value) {})
        .method("no_params", [] { return "ok"; })
        .method("fail",
                [] {
                    throw beckon::jsonrpc::response_error(1001, "out of paper",
                                                          value::map({{"tray", 2}}));
                })
        .method("fail_plain", [] { throw beckon::jsonrpc::response_error(-32050, "try later"); })
        .method("crash", [] { throw std::runtime_error("the floor is lava"); })
        .build();
}

/// An answer without the words of the reserved codes, which everybody chooses.
value comparable(value answer) {
    if (answer.is(beckon::value_kind::list)) {
        std::vector<value> all;
        for (const value& each : answer) all.push_back(comparable(each));
        std::sort(all.begin(), all.end(),
                  [](const value& a, const value& b) { return a.to_text() < b.to_text(); });
        return value::list(std::move(all));
    }
    if (const value* const error = answer.find("error")) {
        const std::int64_t code = (*error)["code"].int64();
        // Reserved as a whole but for those that servers may choose.
        if (code >= -32768 && code < -32099)
            answer.insert_or_assign("error", value::map({{"code", code}}));
    }
    // Members come in any order.
    std::vector<beckon::map_entry> members(answer.entries().begin(), answer.entries().end());
    std::sort(members.begin(), members.end(),
              [](const auto& a, const auto& b) { return a.key.string() < b.key.string(); });
    return value::map(std::move(members));
}

constexpr std::string_view question = R"({"jsonrpc":"2.0","method":"falsehood","id":"end"})";
const value& answer_to_it() {
    static const value answer = value::map({{"jsonrpc", "2.0"}, {"id", "end"}, {"result", false}});
    return answer;
}

class Vectors : public testing::Test {
protected:
    Vectors() { there.server.publish("recorded", recorded_methods()); }
    served there;
    text_peer peer = there.connect();
};

TEST_F(Vectors, every_recorded_request_is_answered_as_recorded) {
    const value recorded = vectors::section("cases");
    std::size_t tried = 0;
    // By zero bytes, since some of the texts hold line ends.
    served nul("?framing=nul");
    nul.server.publish("recorded", recorded_methods());
    for (const value& entry : recorded.items()) {
        SCOPED_TRACE(vectors::name_of(entry));
        const std::string text = vectors::request_of(entry);
        if (text.find_first_not_of(" ") == std::string::npos)
            continue; // no message where lines are
        ++tried;
        text_peer by_nul = nul.connect();
        by_nul.send(concat(text, '\0', question, '\0'));
        std::string got;
        while (got.find("\"end\"") == std::string::npos) {
            std::byte more[4096];
            const auto read = by_nul.stream().read_waiting(more, 10s);
            ASSERT_EQ(read.status, beckon::io::io_status::ok) << got;
            got.append(reinterpret_cast<const char*>(more), read.size);
        }
        std::vector<value> answers;
        for (std::size_t at = 0; at < got.size();) {
            const std::size_t end = got.find('\0', at);
            ASSERT_NE(end, std::string::npos);
            const auto parsed = beckon::json::parse(got.substr(at, end - at));
            ASSERT_TRUE(parsed) << got;
            answers.push_back(*parsed);
            at = end + 1;
        }
        EXPECT_EQ(answers.back(), answer_to_it());
        answers.pop_back();
        const value& expected = entry["response"];
        const std::span<const value> others = entry.contains("also_acceptable")
                                                  ? entry["also_acceptable"].items()
                                                  : std::span<const value>();
        const auto may_be_silent = [](const value& each) { return each.is_null(); };
        if (may_be_silent(expected) ||
            (answers.empty() && std::any_of(others.begin(), others.end(), may_be_silent))) {
            EXPECT_TRUE(answers.empty()) << answers[0].to_text();
            continue;
        }
        ASSERT_EQ(answers.size(), 1u) << got;
        const value answer = comparable(answers[0]);
        bool fits = answer == comparable(expected);
        for (const value& other : others)
            fits = fits || (!other.is_null() && answer == comparable(other));
        EXPECT_TRUE(fits) << answer.to_text() << "\n" << comparable(expected).to_text();
    }
    EXPECT_EQ(tried, recorded.size() - 2); // parse_empty, parse_spaces
}

TEST_F(Vectors,
       a_text_without_anything_is_no_message_where_lines_are_and_broken_where_lengths_are) {
    peer.send("\n   \n\r\n");
    EXPECT_TRUE(peer.is_quiet(question, answer_to_it()));
    served counted("?framing=content-length");
    counted.server.publish("recorded", recorded_methods());
    for (const std::string_view blank : {"", "   "}) {
        text_peer other = counted.connect();
        other.send(concat("Content-Length: ", blank.size(), "\r\n\r\n", blank));
        EXPECT_TRUE(other.read_line()->starts_with("Content-Length: "));
        EXPECT_EQ(*other.read_line(), "\r");
        // The text has no line end: the next message's header follows it.
        other.send("Content-Length: 0\r\n\r\n");
        const std::string next = *other.read_line();
        EXPECT_TRUE(next.starts_with(R"({"jsonrpc":"2.0","id":null,"error":{"code":-32700,)"))
            << next;
    }
}

TEST_F(Vectors, an_answer_to_nothing_is_not_answered) {
    peer.send_line(R"({"jsonrpc":"2.0","result":1,"id":1})");
    peer.send_line(R"({"jsonrpc":"2.0","error":{"code":1,"message":"m"},"id":null})");
    peer.send_line(R"({"jsonrpc":"2.0","error":"m","id":5})");
    EXPECT_TRUE(peer.is_quiet(question, answer_to_it()));
}

TEST_F(Vectors, what_is_left_open_gets_one_of_the_answers_allowed) {
    const value recorded = vectors::section("unspecified");
    ASSERT_EQ(recorded.size(), 5u);
    for (const value& entry : recorded.items()) {
        const std::string name = vectors::name_of(entry);
        SCOPED_TRACE(name);
        peer.send_line(vectors::request_of(entry));
        const std::string line = *peer.read_line();
        if (name == "duplicate_members") {
            EXPECT_EQ(line, R"({"jsonrpc":"2.0","id":1,"result":["hello",5]})");
        } else if (name == "lone_surrogate_escape") {
            EXPECT_EQ(line, "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":[\"\xef\xbf\xbd\"]}");
        } else {
            EXPECT_TRUE(line.starts_with(R"({"jsonrpc":"2.0","id":null,"error":{"code":-32700,)"))
                << line;
        }
    }
    EXPECT_TRUE(peer.is_quiet(question, answer_to_it()));
}

} // namespace
} // namespace jsonrpc_test
