#include "protocol/rpyc/names.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "codec/brine_vectors_test.hpp"
#include "protocol/rpyc/handler.hpp"

namespace beckon::rpyc {
namespace {

std::vector<std::string> recorded(std::string_view key, std::string_view prefix = {}) {
    std::vector<std::string> names;
    const value list = brine::vectors::section(key);
    for (const value& name : list.items()) {
        EXPECT_TRUE(name.string().starts_with(prefix));
        names.emplace_back(name.string().substr(prefix.size()));
    }
    return names;
}

void expect_same(std::span<const std::string_view> ours, const std::vector<std::string>& theirs,
                 std::size_t count) {
    EXPECT_EQ(ours.size(), count);
    EXPECT_TRUE(std::equal(ours.begin(), ours.end(), theirs.begin(), theirs.end()));
}

TEST(rpyc_names, are_those_of_rpyc) {
    expect_same(safe_attributes(), recorded("safe_attrs_default"), 80);
    expect_same(local_attributes(), recorded("local_attrs"), 35);
    expect_same(pregenerated_classes(), recorded("pregenerated_classes", builtins_prefix), 34);
}

TEST(rpyc_names, each_is_found_and_nothing_near_it) {
    for (const std::string_view name : safe_attributes()) {
        EXPECT_TRUE(is_safe_attribute(name)) << name;
        EXPECT_FALSE(is_safe_attribute(concat(name, '_'))) << name;
    }
    for (const std::string_view name : local_attributes()) {
        EXPECT_TRUE(is_local_attribute(name)) << name;
        EXPECT_FALSE(is_local_attribute(name.substr(1))) << name;
    }
    for (const std::string_view name : pregenerated_classes()) {
        EXPECT_TRUE(is_pregenerated_class(concat(builtins_prefix, name))) << name;
        EXPECT_FALSE(is_pregenerated_class(name)) << name;
    }
    for (const std::string_view other : {"", "__call__", "__class__", "foo", "builtins."}) {
        EXPECT_FALSE(is_safe_attribute(other)) << other;
        EXPECT_FALSE(is_pregenerated_class(other)) << other;
    }
    EXPECT_FALSE(is_local_attribute("__call__"));
}

TEST(rpyc_names, handlers_have_the_names_of_rpyc) {
    const value sessions = brine::vectors::section("sessions");
    std::size_t seen = 0;
    for (const value& session : sessions.items()) {
        for (const value& message : session["messages"].items()) {
            const value& decoded = message["decoded"];
            if (!decoded.contains("handler")) continue;
            const std::int64_t number = decoded["handler"].int64();
            ASSERT_TRUE(is_handler(number));
            EXPECT_EQ(name_of(static_cast<handler>(number)), decoded["handler_name"].string());
            ++seen;
        }
    }
    EXPECT_GT(seen, 300u);
    EXPECT_FALSE(is_handler(0) || is_handler(21) || is_handler(-1));
    EXPECT_EQ(name_of(handler::instance_check), "INSTANCECHECK");
}

} // namespace
} // namespace beckon::rpyc
