#include "beckon/transport/memory/memory.hpp"

#include <gtest/gtest.h>

#include <cerrno>

#include "transport/conformance_test.hpp"
#include "transport/listening_test.hpp"

namespace beckon::transport {
namespace {

using namespace std::chrono_literals;

const conformance_suite
    suite({.scheme = "memory", .connect = [] {
               const auto names = std::make_shared<memory::network>();
               return connect_pair(
                   at("memory:x"),
                   [&](const io::endpoint& where, const io::connect_options& options) {
                       return memory::connect(*names, where, options);
                   },
                   [&](const io::endpoint& where, const io::listen_options& options) {
                       return memory::listen(*names, where, options);
                   });
           }});

TEST(memory, a_name_is_taken_until_its_listener_is_closed_and_free_after) {
    memory::network names;
    auto first = *names.listen("x");
    EXPECT_EQ(to_string(first->local_endpoint()), "memory:x");
    const auto second = names.listen("x");
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().to_string(),
              "address_in_use: memory:x is taken: this program listens there already; close that "
              "listener, or choose another name");
    first->close();
    const auto third = names.listen("x");
    EXPECT_TRUE(third);
    first.reset();
    EXPECT_TRUE(names.connect("x")) << "the old listener's end does not touch the new one";
    EXPECT_EQ(names.listen("").error().code(), errc::invalid_argument);
}

TEST(memory, two_networks_know_nothing_of_each_other) {
    memory::network here;
    memory::network there;
    const auto listening = *here.listen("x");
    const auto missing = there.connect("x");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().to_string(), "not_found: nobody listens at memory:x in this program");
}

TEST(memory, the_queue_has_a_limit_and_its_connections_end_when_the_listener_is_closed) {
    memory::network names;
    const auto listening = *names.listen("x", {.backlog = 2});
    const auto first = *names.connect("x");
    const auto second = *names.connect("x");
    const auto third = names.connect("x");
    ASSERT_FALSE(third);
    EXPECT_EQ(third.error().to_string(),
              "overloaded: listener memory:x has 2 connections waiting; its limit is 2");
    EXPECT_NE(accept_one(*listening), nullptr);
    EXPECT_TRUE(names.connect("x"));
    listening->close();
    std::byte letter{};
    EXPECT_EQ(second->read({&letter, 1}).status, io::io_status::end);
    EXPECT_EQ(listening->accept().error().code(), errc::disconnected);
    EXPECT_EQ(names.connect("x").error().code(), errc::not_found);
}

TEST(memory, streams_and_listeners_may_outlive_their_network) {
    auto names = std::make_unique<memory::network>();
    const auto listening = *names->listen("x");
    const auto near = *names->connect("x");
    names.reset();
    const auto far = accept_one(*listening);
    const auto hello = as_bytes("hello");
    EXPECT_EQ(near->write({&hello, 1}).size, 5u);
    bytes into(5);
    EXPECT_EQ(far->read(into).size, 5u);
    EXPECT_EQ(as_text(into), "hello");
}

TEST(memory, a_direction_holds_its_limit_and_not_a_byte_more) {
    const auto ends = *memory::network::make_pair("x");
    const bytes content(memory::buffered_bytes + 1);
    const byte_view all(content);
    EXPECT_EQ(ends.first->write({&all, 1}).size, memory::buffered_bytes);
    const byte_view one = all.first(1);
    EXPECT_EQ(ends.first->write({&one, 1}).status, io::io_status::would_block);
    std::byte letter{};
    EXPECT_EQ(ends.second->read({&letter, 1}).size, 1u);
    EXPECT_EQ(ends.first->write({&all, 1}).size, 1u);
}

} // namespace
} // namespace beckon::transport
