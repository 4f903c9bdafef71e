#include "beckon/transport/memory/bus.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "transport/listening_test.hpp"

namespace beckon::transport {
namespace {

std::string said(io::byte_stream& from) {
    bytes into(64);
    const io::io_result got = from.read(into);
    return std::string(as_text(byte_view(into).first(got.size)));
}

void say(io::byte_stream& to, std::string_view text) {
    const byte_view view = as_bytes(text);
    EXPECT_EQ(to.write({&view, 1}).size, text.size());
}

/// All who wait.
std::map<std::string, std::unique_ptr<io::byte_stream>> others(io::listener& of) {
    std::map<std::string, std::unique_ptr<io::byte_stream>> out;
    for (;;) {
        auto next = of.accept();
        EXPECT_TRUE(next);
        if (!next || !*next) return out;
        const std::string name = (*next)->peer_name();
        out.emplace(name, std::move(*next));
    }
}

TEST(bus, members_have_a_connection_with_each_other) {
    memory::network names;
    const auto one = *memory::join(names, at("internal:b:one"));
    const auto two = *memory::join(names, at("internal:b:two"));
    const auto three = *memory::join(names, at("internal:b:three:ignored"));
    const auto of_one = others(*one);
    const auto of_two = others(*two);
    const auto of_three = others(*three);
    ASSERT_EQ(of_one.size(), 2u);
    ASSERT_EQ(of_two.size(), 2u);
    ASSERT_EQ(of_three.size(), 2u);
    for (const auto& [name, stream] : of_one) {
        say(*stream, "from one to " + name);
        EXPECT_EQ(stream->reaches(), io::audience::peer);
    }
    EXPECT_EQ(said(*of_two.at("internal://one")), "from one to internal://two");
    EXPECT_EQ(said(*of_three.at("internal://one")), "from one to internal://three");
    EXPECT_EQ(said(*of_three.at("internal://two")), "");
}

TEST(bus, names_are_given_in_the_order_of_joining) {
    memory::network names;
    const auto name = [](const auto& of) { return of->local_endpoint().address; };
    const auto first = *memory::join(names, at("internal:"));
    const auto second = *memory::join(names, at("internal:"));
    const auto named = *memory::join(names, at("internal::n"));
    const auto third = *memory::join(names, at("internal:internal"));
    const auto elsewhere = *memory::join(names, at("internal:b"));
    EXPECT_EQ(name(first), "internal:internal.0");
    EXPECT_EQ(name(second), "internal:internal.1");
    EXPECT_EQ(name(named), "internal:n");
    EXPECT_EQ(name(third), "internal:internal.2");
    EXPECT_EQ(name(elsewhere), "b:b.0");
    memory::network another;
    EXPECT_EQ(name(*memory::join(another, at("internal:"))), "internal:internal.0");
}

TEST(bus, who_leaves_is_not_met_any_more_and_an_empty_bus_is_gone) {
    memory::network names;
    const auto one = *memory::join(names, at("internal:b"));
    auto two = *memory::join(names, at("internal:b"));
    const auto of_one = others(*one);
    const auto of_two = others(*two);
    two->close();
    EXPECT_EQ(two->accept().error().code(), errc::disconnected);
    say(*of_two.at("internal://b.0"), "still");
    EXPECT_EQ(said(*of_one.at("internal://b.1")), "still") << "connections stay";
    const auto three = *memory::join(names, at("internal:b"));
    EXPECT_EQ(others(*three).size(), 1u);
    three->close();
    one->close();
    const auto fresh = *memory::join(names, at("internal:b"));
    EXPECT_EQ(fresh->local_endpoint().address, "b:b.0") << "it counts anew";
}

TEST(bus, members_of_one_name_are_aside) {
    memory::network names;
    const auto one = *memory::join(names, at("internal:b:n"));
    const auto twin = *memory::join(names, at("internal:b:n"));
    EXPECT_EQ(others(*one).at("internal://n")->reaches(), io::audience::aside);
    EXPECT_EQ(others(*twin).at("internal://n")->reaches(), io::audience::aside);
}

TEST(bus, one_reaches_members_by_name_also_itself) {
    memory::network names;
    const auto one = *memory::join(names, at("internal:b:one"));
    const auto two = *memory::join(names, at("internal:b:two"));
    static_cast<void>(others(*two));
    const auto again = *one->reach("two");
    say(*again, "x");
    EXPECT_EQ(said(*others(*two).at("internal://one")), "x");
    static_cast<void>(others(*one));
    const auto self = *one->reach("one");
    say(*self, "me");
    EXPECT_EQ(said(*others(*one).at("internal://one")), "me");
    EXPECT_EQ(one->reach("three").error().to_string(),
              "not_found: sending to bus \"b\": unknown receiver \"three\"");
}

TEST(bus, who_cannot_join_for_want_of_descriptors_is_not_heard_of) {
    memory::network names;
    std::vector<std::unique_ptr<io::listener>> members;
    for (std::size_t i = 0; i < 12; ++i) members.push_back(*memory::join(names, at("internal:b")));
    EXPECT_EQ(others(*members.back()).size(), 11u);
    no_descriptors_left none;
    EXPECT_EQ(memory::join(names, at("internal:b")).error().code(), errc::io_error);
    none.spare(3);
    EXPECT_EQ(memory::join(names, at("internal:b")).error().code(), errc::io_error);
    EXPECT_TRUE(others(*members.front()).size() == 11u)
        << "nobody has heard of the one who could not join";
}

} // namespace
} // namespace beckon::transport
