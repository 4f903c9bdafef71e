#include "beckon/security/unproven/unproven.hpp"

#include <gtest/gtest.h>

namespace beckon::security::unproven {
namespace {

std::unique_ptr<message_security> begin(const message_security_maker& by) {
    return by(security_side::connecting).value();
}

TEST(unproven, says_who_sends_and_believes_whoever_says_so) {
    const auto alice = begin(make("alice"));
    const auto sent = alice->protect(as_bytes("hello")).value();
    EXPECT_EQ(sent.header, (metadata{{"user", "alice"}}));
    EXPECT_FALSE(sent.replaced);
    EXPECT_EQ(begin(make("bob"))->check(as_bytes("hello"), sent.header)->user, "alice");
    EXPECT_TRUE(alice->takes_bare_messages());
}

TEST(unproven, sends_a_header_for_nobody_too) {
    EXPECT_EQ(begin(make(""))->protect({}).value().header, (metadata{{"user", ""}}));
    EXPECT_EQ(begin(make(""))->check({}, {})->user, "");
}

TEST(unproven, takes_no_book_for_a_name) {
    const auto anybody = begin(make(""));
    EXPECT_TRUE(anybody->check({}, {{"user", std::string(256, 'a')}}));
    EXPECT_EQ(anybody->check({}, {{"user", std::string(257, 'a')}}).error().code(),
              errc::access_denied);
}

TEST(unproven, is_who_the_endpoint_says) {
    const auto named = io::parse_endpoint("jsonrpc+unproven+tcp://h:1?user=carol");
    EXPECT_EQ(begin(make(*named, "dave"))->protect({}).value().header,
              (metadata{{"user", "carol"}}));
    const auto bare = io::parse_endpoint("jsonrpc+unproven+tcp://h:1");
    EXPECT_EQ(begin(make(*bare, "dave"))->protect({}).value().header, (metadata{{"user", "dave"}}));
}

} // namespace
} // namespace beckon::security::unproven
