// Views of objects that show some of their attributes.
#include "beckon/object/restricted.hpp"

#include <gtest/gtest.h>

#include "beckon/object/dynamic.hpp"
#include "beckon/object/exception.hpp"
#include "beckon/object/object_builder.hpp"
#include "object/dynamic_test_objects.hpp"

namespace beckon {
namespace {

struct fixture {
    object whole = object_builder("Drawer", "Holds things.")
                       .method("count", [] { return 3; })
                       .method("empty", [] { return 0; })
                       .method("__len__", [] { return 3; })
                       .method("__getitem__", [](int at) { return at * 10; }, {"at"})
                       .variable("label", "spoons")
                       .variable("place", "kitchen")
                       .attribute("made", 1999)
                       .build();
};

TEST(restricted, shows_what_is_named_and_nothing_else) {
    const fixture made;
    dynamic view(restricted(made.whole, {"count", "label", "__len__"}));
    EXPECT_EQ(view.call("count").as<int>(), 3);
    EXPECT_EQ(view.attr("count")().as<int>(), 3) << "taken without a call";
    EXPECT_EQ(view.attr("label").as<std::string>(), "spoons");
    EXPECT_EQ(view.size(), 3u);
    EXPECT_THROW(static_cast<void>(view.call("empty")), beckon::exception);
    EXPECT_THROW(static_cast<void>(view.get("place")), beckon::exception);
    EXPECT_THROW(static_cast<void>(view.get_item(1)), beckon::exception);
    EXPECT_THROW(static_cast<void>(view()), beckon::exception);
    EXPECT_THROW(view.set("label", "forks"), beckon::exception);
    EXPECT_THROW(view.erase("label"), beckon::exception);
    EXPECT_EQ(dynamic(made.whole).attr("label").as<std::string>(), "spoons");
    EXPECT_EQ(view.dir(), (std::vector<std::string>{"__len__", "count", "label"}));
    EXPECT_NE(view.repr().find("restricted Drawer"), std::string::npos) << view.repr();
    EXPECT_FALSE(view.has("__class__"));
    EXPECT_FALSE(view.has("__dict__"));
}

TEST(restricted, has_the_name_that_a_peer_gives_its_object) {
    const auto through = make_counted<dynamic_tests::test_peer>();
    through->type = "_io.TextIOWrapper";
    const dynamic view(restricted(dynamic_tests::test_peer::make(through).as<object>(), {"read"}));
    EXPECT_EQ(dynamic_tests::thrown([&] { static_cast<void>(view.call("close")); }),
              "'restricted _io.TextIOWrapper' object has no attribute 'close'");
}

TEST(restricted, lets_set_what_is_named_for_that) {
    const fixture made;
    dynamic view(restricted(made.whole, {"label"}, {"label", "place", "made"}));
    view.set("label", "forks");
    view.set("place", "hall");
    EXPECT_EQ(view.attr("label").as<std::string>(), "forks");
    EXPECT_EQ(dynamic(made.whole).attr("place").as<std::string>(), "hall");
    EXPECT_THROW(static_cast<void>(view.get("place")), beckon::exception);
    EXPECT_THROW(view.set("made", 2000), beckon::exception) << "the object's own rules hold";
    EXPECT_THROW(view.erase("place"), beckon::exception);
}

TEST(restricted, tells_a_peer_only_of_methods_that_it_shows) {
    const fixture made;
    const dynamic view(restricted(made.whole, {"count", "__getitem__"}));
    std::vector<std::string> names;
    for (const value& each : view.describe()) names.emplace_back(each[0].string());
    EXPECT_EQ(names, (std::vector<std::string>{"__getitem__", "count"}));
    EXPECT_EQ(view.get_item(4).as<int>(), 40);
}

TEST(restricted, is_an_object_of_its_own) {
    const fixture made;
    const object one = restricted(made.whole, {"count"});
    const object other = restricted(made.whole, {"count"});
    EXPECT_TRUE(dynamic(one) == dynamic(one));
    EXPECT_FALSE(dynamic(one) == dynamic(other));
    EXPECT_FALSE(dynamic(one) == dynamic(made.whole));
    const object narrower = restricted(one, {"count", "empty"});
    EXPECT_EQ(dynamic(narrower).call("count").as<int>(), 3);
    EXPECT_THROW(static_cast<void>(dynamic(narrower).call("empty")), beckon::exception)
        << "a view of a view shows no more than that";
}

} // namespace
} // namespace beckon
