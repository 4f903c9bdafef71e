#include "beckon/value/plain.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace beckon {
namespace {

class one_object final : public referent {
public:
    [[nodiscard]] std::string_view interface_name() const noexcept override { return "Counter"; }
};

class one_handle final : public handle_forms {
public:
    value object{intrusive_ptr<referent>(new one_object)};

    result<value> to_form(const value&) override {
        return value::map({{"$ref", 3}, {"interface", "Counter"}});
    }
    result<value> from_form(const value& form) override {
        if (form["$ref"] == value(3)) return object;
        return fail(errc::unknown_object, "peer sent a reference to object ",
                    form["$ref"].to_text(), ", which is none");
    }
};

value nested(int depth, value inner) {
    for (int i = 0; i < depth; ++i) {
        std::vector<value> items;
        items.push_back(std::move(inner));
        inner = value::list(std::move(items));
    }
    return inner;
}

TEST(plain, has_a_form_for_every_kind_that_mapping_names) {
    const value from = value::list(
        {nullptr, true, 1, 2.5, "x", value(as_bytes("abc")), date{19'782}, time_of_day{0},
         datetime{{0}, {0}}, duration(1'000'000'000), value::enumeration("Mood", "calm", 0),
         value::record("R", {{"a", value::tuple({1})}}), value::variant("left", date{0}),
         value::set({1}), value::frozen_set({1}), value::map({{"k", value(as_bytes(""))}}),
         value::map({{1, "a"}})});
    const auto plain = to_plain(from);
    ASSERT_TRUE(plain) << plain.error().message();
    EXPECT_EQ(plain->to_text(10'000),
              R"([null, true, 1, 2.5, "x", {"$bytes": "YWJj"}, {"$date": "2024-02-29"}, )"
              R"({"$time": "00:00:00"}, {"$datetime": "1970-01-01T00:00:00Z"}, )"
              R"({"$duration": "PT1S"}, "calm", {"a": [1]}, )"
              R"({"$case": "left", "value": {"$date": "1970-01-01"}}, [1], [1], )"
              R"({"k": {"$bytes": ""}}, [[1, "a"]]])");
}

TEST(plain, gives_back_what_has_a_special_form) {
    const value from = value::map(
        {{"bytes", value(as_bytes("abc"))},
         {"times", value::list({date{19'782}, time_of_day{5}, datetime{{1}, {2}}, duration(-3)})},
         {"variant", value::variant("left", value::list({value::variant("right", date{0})}))}});
    EXPECT_EQ(*from_plain(*to_plain(from)), from);
    plain_options quickrpc;
    quickrpc.prefix = "__";
    EXPECT_EQ((*to_plain(from, quickrpc))["bytes"]["__bytes"], value("YWJj"));
    EXPECT_EQ(*from_plain(*to_plain(from, quickrpc), quickrpc), from);
}

TEST(plain, leaves_ordinary_maps_alone_and_shared) {
    const value ordinary =
        value::list({value::map({{"bytes", "YWJj"}}), value::map({{"$bytes", "YWJj"}, {"more", 1}}),
                     value::map({{"$case", "x"}}), value::map({{"$case", 1}, {"value", 2}}),
                     value::map({{1, "$date"}}), value::map({{"$unknown", 1}}), value::map()});
    const auto read = from_plain(ordinary);
    ASSERT_TRUE(read) << read.error().message();
    EXPECT_EQ(*read, ordinary);
    EXPECT_EQ(read->items().data(), ordinary.items().data());
}

TEST(plain, refuses_what_has_no_form_by_name_and_place) {
    const auto refusal = [](const value& from) {
        const auto plain = to_plain(from);
        return plain ? "accepted" : plain.error().message();
    };
    EXPECT_EQ(refusal(value::map({{"a", value::list({1, std::nan("")})}})),
              R"(["a"][1]: nan has no form in plain data)");
    EXPECT_EQ(refusal(INFINITY), "inf has no form in plain data");
    EXPECT_EQ(refusal(value::complex(1, 2)), "complex has no form in plain data");
    EXPECT_EQ(refusal(value::slice(1, 2, 3)), "slice has no form in plain data");
    EXPECT_EQ(refusal(value::extension(1, {})), "extension has no form in plain data");
    EXPECT_EQ(refusal(value::exception({"E", "x"})), "exception E has no form in plain data");
    EXPECT_EQ(refusal(one_handle().object), "reference to Counter has no form in plain data");
    EXPECT_EQ(refusal(value::record("R", {{"f", value::variant("c", value::slice(1, 2, 3))}})),
              "f.c: slice has no form in plain data");
    EXPECT_EQ(to_plain(value::slice(1, 2, 3)).error().code(), errc::unsupported);
}

TEST(plain, refuses_special_maps_that_are_not_what_they_say) {
    const auto refusal = [](const value& from) {
        const auto read = from_plain(from);
        return read ? "accepted" : read.error().message();
    };
    EXPECT_EQ(refusal(value::list({value::map({{"$bytes", "?"}})})),
              "[0]: base64: expected a letter of its alphabet at byte 1, found the end");
    EXPECT_EQ(refusal(value::map({{"$bytes", 5}})),
              R"(expected string as "$bytes", found int64 5)");
    EXPECT_EQ(refusal(value::map({{"a", value::map({{"$date", "x"}})}})),
              R"(["a"]: expected a date such as 2024-02-29, found "x")");
    EXPECT_EQ(refusal(value::map({{"$ref", 3}})), "references cannot travel here");
}

TEST(plain, asks_the_session_for_references) {
    one_handle handles;
    plain_options options;
    options.handles = &handles;
    const auto plain = to_plain(value::list({handles.object}), options);
    ASSERT_TRUE(plain);
    EXPECT_EQ((*plain)[0]["$ref"], value(3));
    EXPECT_EQ((*from_plain(*plain, options))[0], handles.object);
    EXPECT_EQ(from_plain(value::map({{"$ref", 4}}), options).error().code(), errc::unknown_object);
}

TEST(plain, keeps_its_limits_on_both_sides_of_their_edges) {
    plain_options options;
    options.max_depth = 3;
    EXPECT_TRUE(to_plain(nested(3, 1), options));
    EXPECT_FALSE(to_plain(nested(4, 1), options));
    EXPECT_TRUE(from_plain(nested(3, 1), options));
    EXPECT_FALSE(from_plain(nested(4, 1), options));
    options.max_depth = 1'000'000;
    EXPECT_TRUE(to_plain(nested(512, 1), options));
    EXPECT_FALSE(to_plain(nested(100'000, 1), options));
    EXPECT_FALSE(from_plain(nested(100'000, 1), options));
    options.max_nodes = 3;
    EXPECT_TRUE(to_plain(value::list({1, 2}), options));
    EXPECT_EQ(to_plain(value::list({1, 2, 3}), options).error().message(),
              "[2]: value has more than 3 nodes (max_nodes)");
    EXPECT_TRUE(from_plain(value::list({1, 2}), options));
    EXPECT_EQ(from_plain(value::list({1, 2, 3}), options).error().code(), errc::limit_exceeded);
}

} // namespace
} // namespace beckon
