// The conversations of tests/vectors/security.json, which another program made: what we send is that, byte for byte.
#include <algorithm>

#include "beckon/codec/base64.hpp"
#include "codec/vector_file_test.hpp"
#include "security/keys/ends_test.hpp"

namespace beckon::security::keys::testing {
namespace {

/// What a side of a conversation knows, of all the keys in it.
std::shared_ptr<const key_ring> ring_of(const value& conversation, const std::string& own) {
    std::string lines;
    for (const value& line : conversation["keys"].items()) lines += concat(line.string(), '\n');
    const auto all = key_ring::parse(lines, "vectors").value();
    const bool pairs = conversation["kind"].string() == "pair";
    std::vector<key> held;
    for (const key& each : all->keys()) {
        if (!pairs && each.kind == key_kind::shared) held.push_back(each);
        if (pairs && each.kind == key_kind::secret)
            held.push_back(each.user == own ? each : each.public_half());
    }
    std::string told;
    for (const key& each : held) told += each.line();
    return users::ring(told);
}

struct side_of {
    side_of(const value& conversation, security_side side, const replay_memory::time& now) {
        const char* const name = side == security_side::connecting ? "connecting" : "accepting";
        for (const value& each : conversation["random"][name].items())
            numbers.push_back(base64_decode(each.string()).value());
        options chosen;
        chosen.how =
            conversation["provider"].string() == "sealed" ? provider::sealed : provider::signed_;
        chosen.ring = ring_of(conversation, std::string(conversation[name].string()));
        chosen.clock = [&now] { return now; };
        chosen.random = [this](std::span<std::byte> into) {
            ASSERT_LT(taken, numbers.size());
            ASSERT_EQ(numbers[taken].size(), into.size());
            std::copy(numbers[taken].begin(), numbers[taken].end(), into.begin());
            ++taken;
        };
        speaks = ends::begin(std::move(chosen), side);
        speaks->needs_text();
    }
    std::vector<bytes> numbers;
    std::size_t taken = 0;
    std::unique_ptr<message_security> speaks;
};

TEST(security_vectors, are_what_we_send_and_take) {
    const value all = vectors::section_of("security.json", "conversations", value::list());
    ASSERT_EQ(all.size(), 4u);
    for (const value& conversation : all.items()) {
        SCOPED_TRACE(concat(conversation["provider"].string(), ' ', conversation["kind"].string()));
        replay_memory::time now{std::chrono::milliseconds(1'700'000'000'000)};
        side_of connecting(conversation, security_side::connecting, now);
        side_of accepting(conversation, security_side::accepting, now);
        for (const value& each : conversation["messages"].items()) {
            now = replay_memory::time(std::chrono::milliseconds(each["time"].int64()));
            const bool connects = each["side"].string() == "connecting";
            side_of& sender = connects ? connecting : accepting;
            side_of& receiver = connects ? accepting : connecting;
            const letter sent = ends::send(*sender.speaks, each["message"].string());
            value header = value::map();
            for (const auto& [key, text] : sent.header) header.insert_or_assign(key, text);
            EXPECT_EQ(header, each["header"]) << header.to_text();
            EXPECT_EQ(as_text(sent.payload), each["payload"].string());
            EXPECT_EQ(ends::receive(*receiver.speaks, sent),
                      concat(connects ? "alice: " : "server: ", each["message"].string()));
        }
    }
}

} // namespace
} // namespace beckon::security::keys::testing
