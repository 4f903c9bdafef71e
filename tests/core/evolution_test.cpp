// Two versions of one interface: what may differ, and what is named where it may not.
#include "core/fixture.hpp"

namespace beckon::core_test {

namespace old {
struct Order {
    std::string what;
    std::int64_t count = 1;
};
BECKON_RECORD(Order, what, count)
struct Shop {
    std::int64_t buy(Order order);
    Order last();
};
BECKON_INTERFACE(Shop, (buy, order), (last))
} // namespace old

/// A later version: a further field with a default, a further method.
namespace later {
struct Order {
    std::string what;
    std::int64_t count = 1;
    std::string colour = "white";
};
BECKON_RECORD(Order, what, count, colour)
BECKON_DEFAULTS(Order, colour)
struct Shop {
    std::int64_t buy(Order order);
    Order last();
    std::string motto();
};
BECKON_INTERFACE(Shop, (buy, order), (last), (motto))
} // namespace later

/// Versions that cannot talk to the old one.
namespace renamed {
struct Order {
    std::string what;
    std::int64_t count = 1;
};
BECKON_RECORD(Order, what, count)
struct Shop {
    std::int64_t purchase(Order order);
    Order last();
};
BECKON_INTERFACE(Shop, (purchase, order), (last))
} // namespace renamed
namespace retyped {
struct Order {
    std::string what;
    std::string count;
};
BECKON_RECORD(Order, what, count)
struct Shop {
    std::int64_t buy(Order order);
    Order last();
};
BECKON_INTERFACE(Shop, (buy, order), (last))
} // namespace retyped

struct Partial {
    std::int64_t present();
    std::int64_t absent();
};
BECKON_INTERFACE(Partial, (present), (absent))

namespace {

template <typename Order>
struct shop {
    std::int64_t buy(const Order& order) {
        kept = order;
        return order.count;
    }
    std::int64_t purchase(const Order& order) { return buy(order); }
    Order last() { return kept; }
    std::string motto() { return "later"; }
    Order kept;
};

class evolution : public over_each {};
BECKON_OVER_EACH(evolution);

TEST_P(evolution, a_later_server_serves_an_older_client) {
    const auto there = std::make_shared<shop<later::Order>>();
    far_.there.publish<later::Shop>("shop", there);
    const auto shop_there = session().get<old::Shop>("shop");
    EXPECT_EQ(shop_there->buy({"hat", 3}), 3);
    EXPECT_EQ(there->kept.what, "hat");
    EXPECT_EQ(there->kept.colour, "white") << "the default of the field that was not sent";
    there->kept.colour = "red";
    EXPECT_EQ(shop_there->last().what, "hat") << "the field that it does not know is skipped";
    EXPECT_EQ(shop_there->last().count, 3);
}

TEST_P(evolution, a_later_client_is_served_by_an_older_server_but_for_what_it_lacks) {
    far_.there.publish<old::Shop>("shop", std::make_shared<shop<old::Order>>());
    const auto found = session().try_get<later::Shop>("shop");
    if (!found) {
        // A method that the server lacks makes the whole interface another one: it must be named.
        EXPECT_EQ(found.error().code(), errc::schema_mismatch);
        EXPECT_NE(found.error().to_string().find("motto"), std::string::npos)
            << found.error().to_string();
        return;
    }
    EXPECT_EQ((*found)->buy({"hat", 3, "green"}), 3);
    EXPECT_EQ((*found)->last().colour, "white");
    EXPECT_EQ(failure_of<unknown_method>([&] { (*found)->motto(); }).substr(0, 60),
              "unknown_method: interface Shop has 2 methods; the peer calle");
}

TEST_P(evolution, versions_that_cannot_talk_name_what_differs) {
    far_.there.publish<old::Shop>("shop", std::make_shared<shop<old::Order>>());
    const std::string renamed_text = failure_of<schema_mismatch>(
        [&] { static_cast<void>(session().get<renamed::Shop>("shop")); });
    EXPECT_NE(renamed_text.find("\"shop\" has another version of Shop: "), std::string::npos)
        << renamed_text;
    EXPECT_NE(renamed_text.find("buy"), std::string::npos) << renamed_text;
    const std::string retyped_text = failure_of<schema_mismatch>(
        [&] { static_cast<void>(session().get<retyped::Shop>("shop")); });
    EXPECT_EQ(retyped_text,
              "schema_mismatch: \"shop\" has another version of Shop: record Order, field "
              "count: type changed from int64 to string");
    EXPECT_EQ(session().get<old::Shop>("shop")->buy({"x", 2}), 2)
        << "the session is none the worse";
}

TEST_P(evolution, another_interface_under_the_name_is_named) {
    EXPECT_EQ(
        failure_of<schema_mismatch>([&] { static_cast<void>(session().get<old::Shop>("lab")); }),
        concat(
            "schema_mismatch: \"lab\" is a Lab; expected a Shop; while calling directory.get at ",
            url_));
    EXPECT_EQ(failure_of<unknown_object>([&] { static_cast<void>(session().get<Lab>("labs")); }),
              concat("unknown_object: nothing is published as \"labs\"; there is lab, slow; while "
                     "calling directory.get at ",
                     url_));
}

TEST_P(evolution, an_implementation_may_lack_methods_of_its_interface) {
    struct half {
        std::int64_t present() { return 1; }
    };
    far_.there.publish<Partial>("half", partial(std::make_shared<half>()));
    const auto there = session().get<Partial>("half");
    EXPECT_EQ(there->present(), 1);
    EXPECT_EQ(
        failure_of<unknown_method>([&] { there->absent(); }),
        concat("unknown_method: implementation of Partial has no method absent; while calling "
               "half.absent at ",
               url_));
    EXPECT_EQ(there->present(), 1);
    const auto here = make_ref<Partial>(partial(std::make_shared<half>()));
    EXPECT_EQ(failure_of<unknown_method>([&] { here->absent(); }),
              "unknown_method: implementation of Partial has no method absent");
}

TEST_P(evolution, what_is_published_can_be_listed_and_withdrawn) {
    const auto all = session().list();
    ASSERT_EQ(all.size(), 2u);
    EXPECT_EQ(all[0].name, "lab");
    EXPECT_EQ(all[0].interface, "Lab");
    EXPECT_EQ(all[1].name, "slow");
    const auto there = lab_there();
    EXPECT_TRUE(far_.there.withdraw("lab"));
    EXPECT_FALSE(far_.there.withdraw("lab"));
    EXPECT_THROW(static_cast<void>(session().get<Lab>("lab")), unknown_object);
    EXPECT_EQ(there->add(1, 1), 2) << "who holds a reference keeps it";
}

} // namespace
} // namespace beckon::core_test
