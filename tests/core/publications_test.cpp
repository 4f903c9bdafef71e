// What is found under a name, while names come and go: what was found last is kept for the next who asks, and must not be
// given once something else is meant.
#include "beckon/service/directory.hpp"

#include <gtest/gtest.h>

#include "beckon/object/object_builder.hpp"
#include "core/fixture.hpp"

namespace beckon::core_test {
namespace {

intrusive_ptr<object_core> some_object() {
    return make_function([] { return 1; }, "one", {}, policy::inline_).core();
}

TEST(publications, what_was_found_is_not_found_after_its_end) {
    publications published;
    const auto first = some_object();
    published.publish("a", first);
    EXPECT_EQ(published.find_object("a"), first);
    EXPECT_EQ(published.find_object("a"), first);
    EXPECT_TRUE(published.withdraw("a"));
    EXPECT_EQ(published.find_object("a"), nullptr);
    published.publish("a", first);
    EXPECT_EQ(published.find_object("a"), first);
    published.withdraw_all();
    EXPECT_EQ(published.find_object("a"), nullptr);
}

TEST(publications, another_object_under_the_same_name_is_found_from_then_on) {
    publications published;
    const auto first = some_object();
    const auto second = some_object();
    published.publish("a", first);
    EXPECT_EQ(published.find_object("a"), first);
    published.publish("a", second);
    EXPECT_EQ(published.find_object("a"), second);
    EXPECT_EQ(published.find_object("b"), nullptr);
    EXPECT_EQ(published.find_object("a"), second);
}

TEST(publications, a_further_name_hides_an_object_of_that_name_until_it_is_withdrawn) {
    publications published;
    const auto first = some_object();
    const auto second = some_object();
    published.publish("a", first);
    published.publish("b", second);
    EXPECT_EQ(published.find_object("a"), first);
    published.publish_also("a", "b");
    EXPECT_EQ(published.find_object("a"), second);
    EXPECT_EQ(published.find_object("a"), second);
    EXPECT_TRUE(published.withdraw("a"));
    EXPECT_EQ(published.find_object("a"), first);
}

TEST(publications, a_conversations_own_object_comes_before_the_shared_one) {
    const auto shared = std::make_shared<publications>();
    const auto first = some_object();
    const auto second = some_object();
    shared->publish("a", first);
    publications own(shared);
    EXPECT_EQ(own.find_object("a"), first);
    own.publish("a", second);
    EXPECT_EQ(own.find_object("a"), second);
    shared->publish_also("further", "a");
    EXPECT_EQ(own.find_object("further"), second);
    EXPECT_EQ(own.find_object("a"), second);
}

} // namespace
} // namespace beckon::core_test
