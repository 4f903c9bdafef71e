// What Pythons of ten years wrote, what attackers might, and what is to be written.
#include "codec/pickle_vectors_test.hpp"

#include <algorithm>
#include <array>

namespace beckon::pickle {
namespace {

TEST(pickle_vectors, every_recorded_pickle_reads_as_the_value_that_was_written) {
    const value entries = vectors::section("pickle");
    ASSERT_EQ(entries.size(), 1008u);
    std::size_t cyclic = 0;
    for (const value& entry : entries.items()) {
        SCOPED_TRACE(concat(entry["name"].string(), ", protocol ", entry["protocol"].int64(), ", ",
                            entry["producer"].string()));
        const bytes wire = vectors::from_hex(entry["hex"].string());
        const auto got = read(wire);
        if (entry.contains("cyclic")) {
            ++cyclic;
            ASSERT_FALSE(got) << got->to_text();
            EXPECT_NE(got.error().message().find("inside itself"), std::string::npos)
                << got.error().message();
            continue;
        }
        ASSERT_TRUE(got) << got.error().to_string();
        EXPECT_EQ(vectors::without_text(*got), vectors::typed()(entry["value"])) << got->to_text();
    }
    EXPECT_EQ(cyclic, 27u);
}

TEST(pickle_vectors, every_truncation_of_a_recorded_pickle_is_refused) {
    const value entries = vectors::section("pickle");
    for (const value& entry : entries.items()) {
        SCOPED_TRACE(concat(entry["name"].string(), ", protocol ", entry["protocol"].int64()));
        const bytes wire = vectors::from_hex(entry["hex"].string());
        const std::size_t most = std::min<std::size_t>(wire.size(), 300);
        for (std::size_t size = 0; size < most; ++size)
            EXPECT_FALSE(read(byte_view(wire).first(size))) << size;
    }
}

TEST(pickle_vectors, classes_of_other_names_are_taken_in_a_replys_exception_alone) {
    const value entries = vectors::section("opaque");
    ASSERT_EQ(entries.size(), 18u);
    for (const value& entry : entries.items()) {
        SCOPED_TRACE(concat(entry["name"].string(), ", protocol ", entry["protocol"].int64()));
        const bytes wire = vectors::from_hex(entry["hex"].string());
        const auto strict = read(wire);
        ASSERT_FALSE(strict);
        EXPECT_NE(strict.error().message().find("names \"demo_errors."), std::string::npos)
            << strict.error().message();
        const auto got = read(wire, {.is_reply = true});
        ASSERT_TRUE(got) << got.error().to_string();
        EXPECT_EQ(vectors::without_text(*got), vectors::typed()(entry["opaque_value"]))
            << got->to_text();
    }
}

struct reason {
    std::string_view name;
    std::string_view said;
    errc code = errc::protocol_error;
};
constexpr std::array reasons{
    reason{"forbidden_global", " that names \""},
    reason{"bad_call", " that calls "},
    reason{"bad_build", " state "},
    reason{"bare_global", " that has the class "},
    reason{"forbidden_opcode", "which plain data does not need"},
    reason{"unsupported_protocol", "expected at most 5"},
    reason{"bad_opcode", "where an opcode is expected"},
    reason{"truncated", " that ends at byte "},
    reason{"stack_underflow", " off a stack of "},
    reason{"mark_missing", "down to a mark where none is"},
    reason{"stack_leftover", " in place of one value"},
    reason{"trailing_data", " is followed by "},
    reason{"type_mismatch", " expected"},
    reason{"unhashable_key", "expected a value that can be hashed"},
    reason{"bad_memo", "out of its memo, which has no such entry"},
    reason{"memo_limit", "into its memo", errc::limit_exceeded},
    reason{"bad_text", " expected"},
    reason{"length_overrun", " that declares "},
    reason{"bad_length", " that declares a length of -"},
    reason{"frame_overrun", " that declares a frame of "},
    reason{"int_too_large", " has an integer of ", errc::limit_exceeded},
    reason{"bad_utf8", "not utf-8"},
    reason{"too_deep", "(max_depth)", errc::limit_exceeded},
    reason{"too_many_nodes", "(max_nodes)", errc::limit_exceeded},
    reason{"recursive", "inside itself"},
};

// Entries whose refusal is told in other words than those of their kind.
std::string_view words_for(std::string_view name, const reason& usual) {
    constexpr std::pair<std::string_view, std::string_view> others[] = {
        {"newobj_exception", "makes an object of \"builtins.ValueError\", not of uuid.UUID"},
        {"build_exception_list_state", "gives an exception a list for its attributes"},
        {"build_exception_int_key", "attribute whose name is an int"},
        {"uuid_never_built", "a uuid without a number"},
        {"setitems_odd", "gives a dict 1 keys and values"},
        {"dict_odd", "makes a dict of 1 keys and values"},
        {"string_no_quotes", "a string without quotes"},
        {"string_mismatched_quotes", "a string without quotes"},
        {"unicode_bad_escape", "a str with a bad escape"},
        {"unicode_escape_out_of_range", "a str with a bad escape"},
    };
    for (const auto& [entry, words] : others) {
        if (entry == name) return words;
    }
    return usual.said;
}

TEST(pickle_vectors, every_hostile_pickle_is_refused_for_its_own_reason) {
    const value entries = vectors::section("hostile");
    ASSERT_EQ(entries.size(), 99u);
    for (const value& entry : entries.items()) {
        SCOPED_TRACE(entry["name"].string());
        const bytes wire = vectors::from_hex(entry["hex"].string());
        const auto got = read(wire);
        ASSERT_FALSE(got) << got->to_text();
        const auto expected = std::find_if(reasons.begin(), reasons.end(), [&](const reason& each) {
            return each.name == entry["reason"].string();
        });
        ASSERT_NE(expected, reasons.end()) << entry["reason"].string();
        EXPECT_EQ(got.error().code(), expected->code) << got.error().to_string();
        EXPECT_NE(got.error().message().find(words_for(entry["name"].string(), *expected)),
                  std::string::npos)
            << got.error().message() << " of " << entry["reason"].string();
    }
}

TEST(pickle_vectors, values_are_written_byte_for_byte_as_recommended) {
    const value entries = vectors::section("emit");
    ASSERT_EQ(entries.size(), 25u);
    for (const value& entry : entries.items()) {
        SCOPED_TRACE(entry["name"].string());
        const bytes wire = vectors::from_hex(entry["hex"].string());
        buffer out;
        const auto written = write(out, vectors::typed(true)(entry["value"]));
        ASSERT_TRUE(written) << written.error().to_string();
        EXPECT_EQ(to_hex(out.view()), to_hex(wire));
        const auto again = read(out.view());
        ASSERT_TRUE(again) << again.error().to_string();
        EXPECT_EQ(vectors::without_text(*again), vectors::typed()(entry["value"]));
    }
}

TEST(pickle_vectors, every_recorded_value_is_read_again_when_written) {
    const value entries = vectors::section("pickle");
    for (const value& entry : entries.items()) {
        if (entry.contains("cyclic")) continue;
        SCOPED_TRACE(entry["name"].string());
        const auto first = read(vectors::from_hex(entry["hex"].string()));
        ASSERT_TRUE(first);
        buffer out;
        const auto written = write(out, *first);
        ASSERT_TRUE(written) << written.error().to_string();
        const auto second = read(out.view());
        ASSERT_TRUE(second) << second.error().to_string();
        EXPECT_EQ(*second, *first);
    }
}

} // namespace
} // namespace beckon::pickle
