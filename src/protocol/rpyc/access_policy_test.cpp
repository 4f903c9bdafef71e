#include "protocol/rpyc/access_policy.hpp"

#include <gtest/gtest.h>

#include "codec/brine_vectors_test.hpp"

namespace beckon::rpyc {
namespace {

access_options configured(const value& config) {
    access_options made;
    for (const map_entry& entry : config.entries()) {
        const std::string_view name = entry.key.string();
        if (name == "exposed_prefix") {
            made.exposed_prefix = entry.mapped.string();
        } else if (name == "safe_attrs") {
            made.safe_attrs.emplace();
            for (const value& each : entry.mapped.items())
                made.safe_attrs->emplace_back(each.string());
        } else {
            const bool on = entry.mapped.boolean();
            if (name == "allow_safe_attrs") {
                made.allow_safe_attrs = on;
            } else if (name == "allow_exposed_attrs") {
                made.allow_exposed_attrs = on;
            } else if (name == "allow_public_attrs") {
                made.allow_public_attrs = on;
            } else if (name == "allow_all_attrs") {
                made.allow_all_attrs = on;
            } else if (name == "allow_getattr") {
                made.allow_getattr = on;
            } else if (name == "allow_setattr") {
                made.allow_setattr = on;
            } else if (name == "allow_delattr") {
                made.allow_delattr = on;
            } else {
                ADD_FAILURE() << "no option " << name;
            }
        }
    }
    return made;
}

TEST(rpyc_access, every_recorded_name_is_resolved_as_rpyc_does) {
    const value cases = brine::vectors::section("access_control")["cases"];
    ASSERT_EQ(cases.size(), 15u);
    std::size_t resolved = 0;
    std::size_t refused = 0;
    for (const value& entry : cases.items()) {
        SCOPED_TRACE(entry["config"].to_text());
        const auto policy = access_policy::make(configured(entry["config"]));
        if (entry["config"].contains("exposed_prefix") &&
            entry["config"]["exposed_prefix"].string().empty()) {
            // RPyC takes it, and then refuses nothing.
            ASSERT_FALSE(policy);
            EXPECT_EQ(policy.error().code(), errc::invalid_argument);
            continue;
        }
        ASSERT_TRUE(policy);
        const auto access = entry["operation"].string() == "getattr" ? attribute_access::read
                                                                     : attribute_access::write;
        // The inherited ones, too.
        const auto has = [&](std::string_view name) {
            return entry["object_attributes"].contains(name) || name == "__class__" ||
                   name == "__init__";
        };
        ASSERT_EQ(entry["resolved"].size(), 14u);
        for (const map_entry& name : entry["resolved"].entries()) {
            SCOPED_TRACE(name.key.string());
            const auto got = policy->resolve(name.key.string(), access, has);
            if (name.mapped.is_null()) {
                ++refused;
                ASSERT_FALSE(got) << *got;
                EXPECT_EQ(got.error().code(), errc::access_denied);
                EXPECT_EQ(got.error().type_name(), "builtins.AttributeError");
                EXPECT_EQ(got.error().message(), concat("cannot access '", name.key.string(), "'"));
            } else {
                ++resolved;
                ASSERT_TRUE(got) << got.error().to_string();
                EXPECT_EQ(*got, name.mapped.string());
            }
        }
    }
    EXPECT_GT(resolved, 80u);
    EXPECT_GT(refused, 80u);
}

TEST(rpyc_access, deleting_has_a_switch_of_its_own) {
    const auto has = [](std::string_view name) { return name == "exposed_foo"; };
    access_options options;
    options.allow_setattr = true;
    EXPECT_FALSE(access_policy::make(options)->resolve("foo", attribute_access::erase, has));
    options.allow_delattr = true;
    EXPECT_EQ(*access_policy::make(options)->resolve("foo", attribute_access::erase, has),
              "exposed_foo");
}

TEST(rpyc_access, the_defaults_are_those_of_rpyc) {
    const access_policy policy;
    const auto nothing = [](std::string_view) { return false; };
    EXPECT_EQ(*policy.resolve("__len__", attribute_access::read, nothing), "__len__");
    EXPECT_EQ(*policy.resolve("exposed_x", attribute_access::read, nothing), "exposed_x");
    EXPECT_FALSE(policy.resolve("x", attribute_access::read, nothing));
    EXPECT_FALSE(policy.resolve("__class__", attribute_access::read, nothing));
    EXPECT_FALSE(policy.resolve("__len__", attribute_access::write, nothing));
    EXPECT_EQ(policy.without_prefix("exposed_x"), "x");
    EXPECT_EQ(policy.without_prefix("x"), "x");
}

TEST(rpyc_access, a_refusal_shows_a_strange_name_harmlessly) {
    const auto nothing = [](std::string_view) { return false; };
    const auto refused = access_policy().resolve("a'\n\x1b[0m", attribute_access::read, nothing);
    EXPECT_EQ(refused.error().message(), "cannot access \"a'\\n\\x1b[0m\"");
    const auto lengthy =
        access_policy().resolve(std::string(100'000, 'x'), attribute_access::read, nothing);
    EXPECT_LT(lengthy.error().message().size(), 300u);
}

} // namespace
} // namespace beckon::rpyc
