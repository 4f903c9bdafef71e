#include "protocol/rpyc/boxing.hpp"

#include <gtest/gtest.h>

#include "codec/brine_vectors_test.hpp"
#include "protocol/rpyc/arguments.hpp"
#include "protocol/rpyc/exchange_test.hpp"
#include "protocol/rpyc/memory_meter_test.hpp"
#include "protocol/rpyc/message.hpp"

namespace beckon::rpyc {
namespace {

using brine::vectors::from_hex;
using testing::named_objects;

std::string boxed(const value& from, identity_exchange& lends) {
    buffer out;
    out.append(as_bytes("before"));
    const auto done = box(out, from, lends);
    if (!done) {
        EXPECT_EQ(as_text(out.view()), "before");
        return done.error().to_string();
    }
    return to_hex(out.view().subspan(6));
}

result<value> unboxed(byte_view wire, identity_exchange& finds, const limits& limits = {}) {
    brine::reader in(wire, limits);
    auto got = unbox(in, wire, finds);
    if (got) {
        EXPECT_EQ(in.left(), 0u);
    }
    return got;
}

std::string refusal(const bytes& wire, identity_exchange& finds, const limits& limits = {}) {
    const auto got = unboxed(wire, finds, limits);
    return got ? concat("read ", got->to_text()) : got.error().to_string();
}

TEST(rpyc_boxing, values_tuples_and_references_get_their_labels) {
    named_objects objects;
    const value mine = objects.find(true, "a.B", "5", "6");
    const value yours = objects.find(false, "a.B", "5", "0");
    const std::string pack = "12080c612e425556"; // "a.B" and two small integers
    EXPECT_EQ(boxed(value(), objects), "115100");
    EXPECT_EQ(boxed(value::tuple({1, "x"}), objects), "11511151080a78");
    EXPECT_EQ(boxed(mine, objects), "1154" + pack);
    EXPECT_EQ(boxed(yours, objects), "115312080c612e425550");
    EXPECT_EQ(boxed(value::tuple({1, mine}), objects), "11521111515111"
                                                       "54" +
                                                           pack);
    EXPECT_EQ(boxed(value::tuple({value::tuple({1, 2}), value::tuple({mine})}), objects),
              "115211"
              "1151115152"
              "1152101154" +
                  pack);
    EXPECT_EQ(boxed(value::variant("case", mine), objects), "115211"
                                                            "1151080d63617365"
                                                            "1154" +
                                                                pack);
    EXPECT_EQ(boxed(value::variant("case", 1), objects), "115111080d6361736551");
    EXPECT_EQ(boxed(value::enumeration("Colour", "red", 3), objects), "1151080c726564");
}

TEST(rpyc_boxing, what_has_no_form_is_handed_over_to_be_shown_as_an_object) {
    const value mine = named_objects().find(true, "a.B", "5", "6");
    const value shown[] = {value::list({1}),
                           value::map({{"a", 1}}),
                           value::set({1}),
                           value::record("Item", {{"name", "bolt"}}),
                           value::exception({.type = "KeyError"}),
                           value::frozen_set({value::list()}),
                           value::slice(mine, {}, {})};
    named_objects objects;
    for (const value& each : shown) {
        EXPECT_EQ(boxed(value::tuple({each}), objects).substr(0, 14), "11521011541208");
        EXPECT_EQ(objects.containers.back(), each);
    }
    EXPECT_EQ(objects.containers.size(), std::size(shown));
    objects.shows_containers = false;
    EXPECT_EQ(boxed(value::tuple({1, value::tuple({shown[0]})}), objects),
              "unsupported: [1][0]: no container is shown here; while showing one");
    EXPECT_EQ(boxed(value::tuple({value::extension(5, {})}), objects),
              "unsupported: [0]: extension 5 has no form in rpyc");
}

TEST(rpyc_boxing, what_python_peers_cannot_read_is_refused_and_nothing_is_written) {
    named_objects objects;
    const value mine = objects.find(true, "a.B", "5", "6");
    EXPECT_EQ(boxed("\xed\xa0\x80", objects),
              "invalid_argument: string of 3 bytes is not utf-8 at byte 0");
    EXPECT_EQ(boxed(value::tuple({mine, value::tuple({1, "\xed\xa0\x80"})}), objects),
              "invalid_argument: [1][1]: string of 3 bytes is not utf-8 at byte 0");
    EXPECT_EQ(boxed(value::tuple({mine, *value::integer(std::string(4301, '9'))}), objects),
              "limit_exceeded: [1]: integer of 4301 digits; python peers read at most 4300 digits");
}

TEST(rpyc_boxing, nesting_around_references_ends_at_the_limit) {
    named_objects objects;
    value nested = objects.find(true, "a.B", "5", "6");
    for (std::size_t i = 0; i < most_boxed_depth; ++i) nested = value::tuple({nested});
    const std::string wire = boxed(nested, objects);
    EXPECT_EQ(wire.substr(0, 12), "115210115210");
    // Ours is read in the deepest place that a message has for it: an argument in the arguments of a call.
    const bytes whole = from_hex("011150"
                                 "1157"
                                 "115212"
                                 "115100"
                                 "115210" +
                                 wire + "115102");
    const limits usual;
    auto envelope = read_envelope(whole, {}, usual);
    ASSERT_TRUE(envelope && read_handler(envelope->body));
    const auto read = unbox(envelope->body, byte_view(whole).subspan(1), objects);
    ASSERT_TRUE(read) << read.error().to_string();
    EXPECT_EQ((*read)[1][0], nested);
    EXPECT_TRUE(boxed(value::tuple({nested}), objects).find("nests more than 60 tuples deep") !=
                std::string::npos);
    for (std::size_t i = 0; i < 1'000'000; ++i) nested = value::tuple({nested});
    EXPECT_TRUE(boxed(nested, objects).starts_with("limit_exceeded: [0][0]"));
}

TEST(rpyc_boxing, what_is_boxed_comes_back) {
    named_objects objects;
    const value mine = objects.find(true, "a.B", "5", "6");
    const value yours =
        objects.find(false, "z", "99999999999999999999999999", "-3"); // beyond 64 bits
    const value sent[] = {value(),
                          value("text"),
                          mine,
                          yours,
                          value::tuple(),
                          value::tuple({mine, mine, yours}),
                          value::tuple({1, value::tuple({value::tuple(), yours}), "x"})};
    for (const value& each : sent) {
        const auto got = unboxed(from_hex(boxed(each, objects)), objects);
        ASSERT_TRUE(got) << got.error().to_string();
        EXPECT_EQ(*got, each);
    }
    // A tuple of nothing but values, which RPyC does not write but reads.
    EXPECT_EQ(*unboxed(from_hex("115211"
                                "115151"
                                "115152"),
                       objects),
              value::tuple({1, 2}));
}

TEST(rpyc_boxing, refusals_name_the_byte_what_was_found_and_what_was_expected) {
    named_objects objects;
    const auto refused = [&](std::string_view hex) { return refusal(from_hex(hex), objects); };
    EXPECT_EQ(refused("51"), "protocol_error: peer sent tag 0x51 at byte 0; expected a tuple");
    EXPECT_EQ(refused("115500"), "protocol_error: peer sent label 5 at byte 1; expected 1 (value), "
                                 "2 (tuple), 3 or 4 (references)");
    EXPECT_EQ(refused("115200"), "protocol_error: peer sent tag 0x00 at byte 2; expected a tuple");
    EXPECT_EQ(refused("1152105100"),
              "protocol_error: peer sent tag 0x51 at byte 3; expected a tuple");
    EXPECT_EQ(refused("115311080a7850"),
              "protocol_error: peer sent a tuple of 2 items at byte 2; expected 3");
    // A name of bytes, a type of text, an object that is a boolean.
    EXPECT_EQ(refused("1154120a785050"),
              "protocol_error: peer sent tag 0x0a at byte 3; expected a text");
    EXPECT_EQ(refused("115412080a78080a7850"), "protocol_error: peer sent an identity whose type "
                                               "is no integer, at byte 6");
    EXPECT_EQ(refused("115412080a785003"), "protocol_error: peer sent an identity whose object is "
                                           "no integer, at byte 7");
    objects.knows_nothing = true;
    EXPECT_EQ(refused("115312080a785051"), "unknown_object: no object x is lent");
    EXPECT_EQ(refused("11521011"
                      "5412080a785051"),
              "limit_exceeded: peer lent too many objects");
}

TEST(rpyc_boxing, every_truncation_is_refused) {
    named_objects objects;
    const value all =
        value::tuple({objects.find(true, "a.B", "5", "6"), 1,
                      value::tuple({objects.find(false, "c", "7", "140000000000000")})});
    const bytes wire = from_hex(boxed(all, objects));
    for (std::size_t size = 0; size < wire.size(); ++size)
        EXPECT_FALSE(unboxed(byte_view(wire).first(size), objects)) << size;
}

TEST(rpyc_boxing, a_long_identity_is_refused) {
    named_objects objects;
    buffer pack;
    put_id_pack(pack, std::string(most_id_pack_bytes - 9, 'x'), 5, 6);
    ASSERT_EQ(pack.size(), most_id_pack_bytes);
    const auto with = [](byte_view identity) {
        bytes wire = from_hex("1154");
        wire.insert(wire.end(), identity.begin(), identity.end());
        return wire;
    };
    EXPECT_TRUE(unboxed(with(pack.view()), objects));
    pack.clear();
    put_id_pack(pack, std::string(most_id_pack_bytes - 8, 'x'), 5, 6);
    EXPECT_EQ(refusal(with(pack.view()), objects),
              "limit_exceeded: peer sent an identity of 1025 bytes at byte 2; limit is 1024 bytes");
}

TEST(rpyc_boxing, deep_and_wide_claims_cost_no_memory) {
    named_objects objects;
    std::string deep;
    for (int i = 0; i < 100'000; ++i) deep += "115210";
    const bytes nested = from_hex(deep + "115100");
    // A tuple that claims as many items as there are bytes, and none of them is one.
    bytes wide = from_hex("11521500989680");
    wide.resize(wide.size() + 10'000'000, std::byte{0x50});
    const bytes claimed = from_hex("115215ffffffff115150");
    for (const bytes* wire : {&nested, static_cast<const bytes*>(&wide), &claimed}) {
        const std::size_t before = testing::bytes_asked_for();
        const auto got = unboxed(*wire, objects);
        EXPECT_LT(testing::bytes_asked_for() - before, 20'000u);
        ASSERT_FALSE(got);
    }
    EXPECT_EQ(refusal(nested, objects),
              "limit_exceeded: peer sent values nested deeper than 128 at byte 193 (max_depth)");
    EXPECT_EQ(refusal(claimed, objects),
              "protocol_error: peer declared a tuple of 4294967295 items at byte 2; expected at "
              "most 3, one for each byte that is left");
}

TEST(rpyc_boxing, many_boxed_items_stay_within_the_limits) {
    named_objects objects;
    constexpr std::size_t count = 200'000;
    bytes wire = from_hex("115215");
    for (const unsigned shift : {24u, 16u, 8u, 0u})
        wire.push_back(std::byte(count >> shift & 0xff));
    for (std::size_t i = 0; i < count; ++i) {
        const bytes item = from_hex("115150");
        wire.insert(wire.end(), item.begin(), item.end());
    }
    const std::size_t before = testing::bytes_asked_for();
    ASSERT_TRUE(unboxed(wire, objects));
    EXPECT_LT(testing::bytes_asked_for() - before, 64 * wire.size());
    limits few;
    few.max_nodes = 100'000;
    EXPECT_EQ(refusal(wire, objects, few),
              "limit_exceeded: peer sent a message of more than 100000 values (max_nodes)");
}

TEST(rpyc_arguments, an_object_must_be_a_reference_to_one_of_ours) {
    named_objects objects;
    const limits limits;
    const value mine = objects.find(true, "a.B", "5", "6");
    const value yours = objects.find(false, "a.B", "5", "6");
    const auto object_of = [&](const value& arguments) -> std::string {
        const bytes wire = from_hex(boxed(arguments, objects));
        brine::reader in(wire, limits);
        argument_reader reader(in, wire, objects);
        const auto count = reader.open();
        if (!count) return count.error().to_string();
        EXPECT_EQ(*count, arguments.size());
        const auto object = reader.object();
        if (!object) return object.error().to_string();
        for (std::size_t i = 1; i < *count; ++i) {
            const auto next = reader.next();
            EXPECT_TRUE(next && *next == arguments[i]);
        }
        EXPECT_EQ(reader.left(), 0u);
        EXPECT_FALSE(reader.next());
        return concat(object->name, ' ', object->type_id.int64(), ' ', object->object_id.int64(),
                      object->is_class() ? " class" : "");
    };
    EXPECT_EQ(object_of(value::tuple({yours, "name", value::tuple({mine, 1})})), "a.B 5 6");
    EXPECT_EQ(object_of(value::tuple({objects.find(false, "a.B", "5", "0")})), "a.B 5 0 class");
    EXPECT_EQ(
        object_of(value::tuple({mine, "name"})),
        "type_mismatch: peer sent a request for something at byte 3 that is no object of ours");
    EXPECT_EQ(
        object_of(value::tuple({"a text", yours})),
        "type_mismatch: peer sent a request for something at byte 3 that is no object of ours");
    EXPECT_EQ(
        object_of(value::tuple({5})),
        "type_mismatch: peer sent a request for something at byte 3 that is no object of ours");
    EXPECT_EQ(object_of(value::tuple()),
              "invalid_argument (builtins.TypeError): peer sent a request with too few arguments");
    EXPECT_EQ(object_of(yours),
              "protocol_error: peer sent label 3 at byte 1; expected the tuple of "
              "a request's arguments, 1 or 2");
    EXPECT_EQ(object_of(5), "protocol_error: peer sent tag 0x55 at byte 2; expected a tuple");
}

} // namespace
} // namespace beckon::rpyc
