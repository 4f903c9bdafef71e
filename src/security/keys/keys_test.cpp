#include "beckon/security/keys/keys.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "security/keys/ends_test.hpp"

namespace beckon::security::keys::testing {
namespace {

/// A file of its own, which goes with the test.
class key_files : public ::testing::Test {
protected:
    key_files() {
        std::string folder = concat(::testing::TempDir(), "beckon-keys-XXXXXX");
        folder_ = ::mkdtemp(folder.data());
    }
    ~key_files() override {
        ::unlink(path().c_str());
        ::rmdir(folder_.c_str());
    }
    [[nodiscard]] std::string path() const { return concat(folder_, "/keys"); }
    void write(const std::string& text, mode_t mode) const {
        std::ofstream(path()) << text;
        ::chmod(path().c_str(), mode);
    }
    [[nodiscard]] mode_t mode() const {
        struct stat found {};
        EXPECT_EQ(::stat(path().c_str(), &found), 0);
        return found.st_mode & 0777;
    }

private:
    std::string folder_;
};

TEST_F(key_files, are_made_for_their_user_alone_and_added_to) {
    const key alice = key::make("alice", key_kind::secret);
    const key bob = key::make("bob", key_kind::shared);
    ASSERT_TRUE(add_to_file(path(), alice));
    EXPECT_EQ(mode(), 0600u);
    ASSERT_TRUE(add_to_file(path(), bob));
    ASSERT_TRUE(add_to_file(path(), key::make("server", key_kind::secret).public_half()));
    const auto ring = key_ring::load(path());
    ASSERT_TRUE(ring) << ring.error().to_string();
    EXPECT_EQ((*ring)->keys().size(), 3u);
    ASSERT_NE((*ring)->find("alice", key_kind::secret), nullptr);
    EXPECT_EQ((*ring)->find("alice", key_kind::secret)->line(), alice.line());
    EXPECT_EQ((*ring)->find("alice", key_kind::public_), nullptr);
    EXPECT_EQ((*ring)->find("carol", key_kind::shared), nullptr);
}

TEST_F(key_files, keep_the_key_that_they_have) {
    ASSERT_TRUE(add_to_file(path(), key::make("alice", key_kind::shared)));
    const auto refused = add_to_file(path(), key::make("alice", key_kind::shared));
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message().find("has a shared key of alice already"),
              std::string::npos);
    EXPECT_EQ((*key_ring::load(path()))->keys().size(), 1u);
}

TEST_F(key_files, whose_last_line_has_no_end_are_added_to_on_a_line_of_its_own) {
    std::string line = key::make("alice", key_kind::shared).line();
    line.pop_back();
    write(line, 0600);
    ASSERT_TRUE(add_to_file(path(), key::make("bob", key_kind::shared)));
    EXPECT_EQ((*key_ring::load(path()))->keys().size(), 2u);
}

TEST_F(key_files, with_secrets_that_others_can_read_or_change_are_refused) {
    const std::string secret = key::make("alice", key_kind::shared).line();
    for (const mode_t open : {0640u, 0604u, 0644u, 0620u, 0602u, 0610u}) {
        write(secret, open);
        const auto refused = key_ring::load(path());
        ASSERT_FALSE(refused) << std::oct << open;
        EXPECT_EQ(refused.error().code(), errc::access_denied);
        EXPECT_NE(refused.error().message().find("expected 0600, as chmod 600 makes it"),
                  std::string::npos)
            << refused.error().to_string();
        EXPECT_FALSE(add_to_file(path(), key::make("bob", key_kind::shared)));
    }
    write(secret, 0400);
    EXPECT_TRUE(key_ring::load(path()));
    write(key::make("alice", key_kind::secret).public_half().line(), 0644);
    EXPECT_TRUE(key_ring::load(path()));                                   // no secret in it
    EXPECT_FALSE(add_to_file(path(), key::make("bob", key_kind::shared))); // there would be one
}

TEST_F(key_files, that_are_missing_or_none_are_told_as_such) {
    EXPECT_EQ(key_ring::load(path()).error().code(), errc::not_found);
    EXPECT_EQ(key_ring::load("/dev/null").error().code(), errc::invalid_argument);
    write(std::string(key_ring::max_file_bytes + 1, '#'), 0600);
    EXPECT_EQ(key_ring::load(path()).error().code(), errc::limit_exceeded);
    write(std::string(key_ring::max_file_bytes, '#'), 0600);
    EXPECT_TRUE(key_ring::load(path()));
}

[[nodiscard]] std::string complaint(std::string_view text) {
    const auto read = key_ring::parse(text, "file");
    return read ? "" : read.error().message();
}

TEST(key_lines, have_a_user_a_kind_and_a_key) {
    const std::string good = key::make("alice", key_kind::shared).line();
    EXPECT_EQ(complaint(""), "");
    EXPECT_EQ(complaint("# a comment\n\n  \t\r\n" + good + "# another"), "");
    EXPECT_EQ(complaint("  " + good.substr(0, good.size() - 1) + " \r\n"), "");
    EXPECT_EQ(complaint("# one\nalice\n"),
              "key file \"file\", line 2: the kind of key of alice is unknown; expected shared, "
              "secret or public");
    EXPECT_EQ(complaint("a/b shared AAAA\n"),
              "key file \"file\", line 1: the user's name has 3 bytes or other letters; expected 1 "
              "to 64 letters, digits, '.', '_', '-', '@'");
    EXPECT_NE(complaint("alice shared AAAA").find("the key of alice is 3 bytes; expected 32 bytes"),
              std::string::npos);
    EXPECT_NE(complaint("alice shared ???").find("is no base64"), std::string::npos);
    EXPECT_NE(complaint(good + good).find("line 2: a second shared key of alice"),
              std::string::npos);
    EXPECT_NE(complaint(good.substr(0, good.size() - 1) + " more\n").find("there is more than"),
              std::string::npos);
}

TEST(key_lines, that_are_wrong_are_told_without_the_key) {
    const std::string line = key::make("alice", key_kind::shared).line();
    const std::string content = line.substr(13, 20);
    for (const std::string& bad :
         {line.substr(0, 40), "al!ice" + line.substr(5), "alice shred" + line.substr(12),
          line + line, line.substr(0, line.size() - 1) + content + '\n'}) {
        EXPECT_NE(complaint(bad), "");
        EXPECT_EQ(complaint(bad).find(content), std::string::npos) << complaint(bad);
    }
}

TEST(keys, tell_themselves_by_fingerprints) {
    const key alice = key::make("alice", key_kind::secret);
    EXPECT_EQ(alice.fingerprint(), alice.public_half().fingerprint());
    EXPECT_EQ(alice.fingerprint().size(), 16u);
    key shared = alice;
    shared.kind = key_kind::shared;
    EXPECT_NE(shared.fingerprint(), alice.fingerprint());
    EXPECT_NE(key::make("alice", key_kind::secret).fingerprint(), alice.fingerprint());
}

// --- Who is who ---

[[nodiscard]] std::string outcome(const users& people, std::shared_ptr<const key_ring> ring,
                                  security_side side, const std::string& user = {},
                                  const std::string& peer = {}) {
    static_cast<void>(people);
    options chosen;
    chosen.ring = std::move(ring);
    chosen.user = user;
    chosen.peer = peer;
    auto made = make(std::move(chosen), side);
    if (!made) return made.error().message();
    if (side == security_side::accepting) return "good";
    const letter sent = ends::send(*(*made)(side).value(), "x");
    letter copy = sent;
    return concat(copy.at("user"), " to ", copy.at("to"), " by ", copy.at("kind"));
}

TEST(keys, say_who_speaks_to_whom_where_nobody_else_does) {
    const users people;
    constexpr auto connects = security_side::connecting;
    constexpr auto accepts = security_side::accepting;
    const auto out = [&](const std::string& lines, security_side side, const std::string& user = {},
                         const std::string& peer = {}) {
        return outcome(people, users::ring(lines), side, user, peer);
    };
    const std::string both_shared = people.alice_shared.line() + people.bob_shared.line();
    EXPECT_EQ(out(people.alice_shared.line(), connects), "alice to server by shared");
    EXPECT_EQ(out(both_shared, connects),
              "there are keys of alice, bob; expected to be told who this side is (user)");
    EXPECT_EQ(out(both_shared, connects, "bob", "shop"), "bob to shop by shared");
    EXPECT_EQ(out(people.alice.line() + people.server.public_half().line(), connects),
              "alice to server by pair");
    EXPECT_EQ(out(people.alice.line() + people.bob.public_half().line(), connects),
              "alice to bob by pair");
    EXPECT_EQ(out(people.alice.line(), connects),
              "there is no key to speak as alice to server; expected a shared key of alice, or its "
              "secret one and the public one of server");
    EXPECT_EQ(out(people.server.public_half().line(), connects),
              "there is no key to connect with; expected a shared or a secret one");
    EXPECT_EQ(out(people.alice_shared.line(), connects, "no name"),
              "user is \"no name\"; expected 1 to 64 letters, digits, '.', '_', '-', '@'");
    EXPECT_EQ(out(both_shared, accepts), "good");
    EXPECT_EQ(out(people.server.line() + people.alice.public_half().line(), accepts), "good");
    EXPECT_EQ(out(people.server.line(), accepts),
              "nobody could speak to server; expected shared keys of users, or public ones of them "
              "and its own secret one");
}

TEST(keys, of_one_user_alone_let_no_other_in) {
    ends both(provider::signed_);
    options only_bob = both.chosen(both.people.of_server(false));
    only_bob.peer = "bob";
    const auto server = ends::begin(only_bob, security_side::accepting);
    EXPECT_NE(ends::receive(*server, ends::send(*both.alice(), "x")).find("is of \"alice\"; expec"),
              std::string::npos);
    EXPECT_EQ(ends::receive(*server, ends::send(*both.bob(), "x")), "bob: x");
}

TEST(keys, are_for_the_side_that_they_were_made_for) {
    ends both(provider::signed_);
    const auto made = make(both.chosen(both.people.of_alice(false)), security_side::connecting);
    EXPECT_FALSE((*made)(security_side::accepting));
}

TEST_F(key_files, are_named_by_endpoints) {
    write(key::make("alice", key_kind::shared).line(), 0600);
    const auto read = [&](const std::string& more) {
        const auto where = io::parse_endpoint("jsonrpc+signed+tcp://h:1?keys=" + path() + more);
        return read_options(*where, provider::signed_, "somebody");
    };
    EXPECT_EQ(read("")->user, "somebody");
    EXPECT_EQ(read("")->window, std::chrono::seconds(30));
    const auto all = read("&user=alice&peer=shop&window=5&order=any");
    ASSERT_TRUE(all) << all.error().to_string();
    EXPECT_EQ(all->user, "alice");
    EXPECT_EQ(all->peer, "shop");
    EXPECT_EQ(all->window, std::chrono::seconds(5));
    EXPECT_EQ(all->order, message_order::any);
    EXPECT_FALSE(read("&order=other"));
    EXPECT_FALSE(read("&window=0"));
    EXPECT_FALSE(read("&window=3601"));
    const auto bare = io::parse_endpoint("jsonrpc+signed+tcp://h:1");
    EXPECT_EQ(read_options(*bare, provider::signed_, "").error().message(),
              "signed needs keys; expected the option keys=FILE, as beckon keys makes it");
}

} // namespace
} // namespace beckon::security::keys::testing
