// Each schema that remcall wrote is written and read here byte for byte, numbered and printed as there.
#include "schema_vectors_test.hpp"

#include "beckon/schema/parse.hpp"
#include "beckon/schema/remcall/calls.hpp"
#include "beckon/schema/remcall/convert.hpp"
#include "beckon/schema/remcall/print.hpp"

namespace beckon::vectors {
namespace {

class remcall_schemas : public testing::Test {
protected:
    void SetUp() override { ASSERT_EQ(entries.size(), 15u); }
    const value entries = remcall_section("schemas");
};

/// One of the recorded schemas has two enum values of one name, which remcall tolerates.
remcall::strictness needed_for(const value& entry) {
    return entry["name"].string() == "sorting" ? remcall::strictness::lenient
                                               : remcall::strictness::strict;
}

remcall::document must_read(const value& entry) {
    auto read = remcall::read(from_hex(entry["hex"].string()), {.strictness = needed_for(entry)});
    EXPECT_TRUE(read) << read.error().to_string();
    return read ? std::move(read->document) : remcall::document{};
}

TEST_F(remcall_schemas, what_is_described_is_written_byte_for_byte) {
    for (const value& entry : entries) {
        SCOPED_TRACE(entry["name"].string());
        const described model(entry["description"]);
        const auto written = remcall::write(model.document(), {.strictness = needed_for(entry)});
        ASSERT_TRUE(written) << written.error().to_string();
        EXPECT_EQ(to_hex(*written), entry["hex"].string());
        EXPECT_EQ(static_cast<std::int64_t>(written->size()), entry["size"].int64());
        const auto digest = remcall::digest_of(model.document());
        ASSERT_TRUE(digest);
        EXPECT_EQ(to_hex(*digest), entry["sha256"].string());
    }
}

TEST_F(remcall_schemas, what_is_written_is_read_as_described) {
    for (const value& entry : entries) {
        SCOPED_TRACE(entry["name"].string());
        const bytes wire = from_hex(entry["hex"].string());
        const auto read = remcall::read(wire, {.strictness = needed_for(entry)});
        ASSERT_TRUE(read) << read.error().to_string();
        remcall::document expected = described(entry["description"]).document();
        put_in_order(expected);
        EXPECT_EQ(read->document, expected);
        EXPECT_EQ(read->size, wire.size());
        EXPECT_EQ(to_hex(read->digest), entry["sha256"].string());
    }
}

TEST_F(remcall_schemas, types_have_the_recorded_numbers) {
    for (const value& entry : entries) {
        SCOPED_TRACE(entry["name"].string());
        const remcall::document document = must_read(entry);
        const auto number = [&](remcall::kind kind, std::uint32_t index) {
            return remcall::number_of(document, {kind, false, index});
        };
        std::size_t declared = 0;
        const auto compare = [&](remcall::kind kind, const auto& all) {
            for (std::uint32_t i = 0; i < all.size(); ++i, ++declared) {
                EXPECT_EQ(number(kind, i), entry["type_refs"][all[i].name].int64()) << all[i].name;
            }
        };
        compare(remcall::kind::enumeration, document.enumerations);
        compare(remcall::kind::record, document.records);
        compare(remcall::kind::interface, document.interfaces);
        EXPECT_EQ(declared, entry["type_refs"].size());
    }
}

TEST_F(remcall_schemas, methods_have_the_recorded_numbers_in_calls) {
    for (const value& entry : entries) {
        SCOPED_TRACE(entry["name"].string());
        const remcall::document document = must_read(entry);
        const remcall::call_numbers numbers(document);
        const value& recorded = entry["method_refs_in_calls"];
        ASSERT_EQ(numbers.size(), recorded.size());
        EXPECT_EQ(numbers.find(numbers.size()), nullptr);
        for (const value& each : recorded) {
            const auto place = find_method(document, each[1].string(), each[2].string());
            ASSERT_TRUE(place) << each[2].string();
            EXPECT_EQ(numbers.number_of(*place), each[0].uint64());
            ASSERT_NE(numbers.find(each[0].uint64()), nullptr);
            EXPECT_EQ(*numbers.find(each[0].uint64()), *place);
            EXPECT_EQ(numbers.method(document, *place).name, each[2].string());
        }
    }
}

TEST_F(remcall_schemas, methods_are_counted_in_the_binary_form_as_they_are_declared) {
    for (const value& entry : entries) {
        SCOPED_TRACE(entry["name"].string());
        const remcall::document document = must_read(entry);
        std::size_t number = 0;
        const value& recorded = entry["method_refs_in_binary"];
        for (const remcall::interface& interface : document.interfaces) {
            for (const remcall::method& method : interface.methods) {
                EXPECT_EQ(recorded[number][0].int64(), static_cast<std::int64_t>(number));
                EXPECT_EQ(recorded[number][1].string(), interface.name);
                EXPECT_EQ(recorded[number][2].string(), method.name);
                ++number;
            }
        }
        EXPECT_EQ(number, recorded.size());
    }
}

TEST_F(remcall_schemas, they_are_printed_byte_for_byte) {
    for (const value& entry : entries) {
        SCOPED_TRACE(entry["name"].string());
        EXPECT_EQ(pretty_print(must_read(entry)), entry["pretty_print"].string());
    }
}

TEST_F(remcall_schemas, what_is_printed_is_idl_that_prints_the_same_and_numbers_calls_the_same) {
    for (const value& entry : entries) {
        if (needed_for(entry) == remcall::strictness::lenient) continue;
        SCOPED_TRACE(entry["name"].string());
        const auto parsed = schema::parse(entry["pretty_print"].string(), "printed");
        ASSERT_TRUE(parsed) << parsed.error().to_string();
        const auto back = remcall::from_document(*parsed);
        ASSERT_TRUE(back) << back.error().to_string();
        EXPECT_EQ(pretty_print(back->document), entry["pretty_print"].string());
        const remcall::call_numbers numbers(back->document);
        for (const value& each : entry["method_refs_in_calls"]) {
            const auto place = find_method(back->document, each[1].string(), each[2].string());
            ASSERT_TRUE(place);
            EXPECT_EQ(numbers.number_of(*place), each[0].uint64());
        }
    }
}

TEST_F(remcall_schemas, they_become_documents_of_ours_and_come_back_byte_for_byte) {
    for (const value& entry : entries) {
        if (needed_for(entry) == remcall::strictness::lenient) continue;
        SCOPED_TRACE(entry["name"].string());
        const auto ours = remcall::to_document(must_read(entry));
        ASSERT_TRUE(ours) << ours.error().to_string();
        const auto back = remcall::from_document(*ours);
        ASSERT_TRUE(back) << back.error().to_string();
        const auto written = remcall::write(back->document);
        ASSERT_TRUE(written) << written.error().to_string();
        EXPECT_EQ(to_hex(*written), entry["hex"].string());
        for (std::uint32_t i = 0; i < back->interfaces.size(); ++i)
            EXPECT_EQ(back->interfaces[i], i);
    }
}

TEST_F(remcall_schemas, two_values_of_one_name_are_for_lenient_readers_alone) {
    for (const value& entry : entries) {
        if (needed_for(entry) == remcall::strictness::strict) continue;
        const auto read = remcall::read(from_hex(entry["hex"].string()));
        ASSERT_FALSE(read);
        EXPECT_EQ(remcall::schema_error::of(read.error())->reason(),
                  remcall::reason::duplicate_member);
        const auto ours = remcall::to_document(must_read(entry));
        ASSERT_FALSE(ours);
        EXPECT_EQ(ours.error().message(),
                  "enum Alpha, value z: enum value 'z' is declared twice; remcall tolerates that, "
                  "Beckon does not");
    }
}

TEST_F(remcall_schemas, every_truncation_is_refused_as_such) {
    for (const value& entry : entries) {
        SCOPED_TRACE(entry["name"].string());
        const bytes wire = from_hex(entry["hex"].string());
        for (std::size_t size = 0; size < wire.size(); ++size) {
            const auto read = remcall::read(byte_view(wire).first(size));
            ASSERT_FALSE(read) << size;
            const auto* const why = remcall::schema_error::of(read.error());
            ASSERT_NE(why, nullptr);
            EXPECT_EQ(why->reason(), remcall::reason::truncated) << read.error().to_string();
            EXPECT_LE(why->offset(), size);
        }
    }
}

TEST_F(remcall_schemas, every_flipped_bit_is_refused) {
    for (const value& entry : entries) {
        SCOPED_TRACE(entry["name"].string());
        bytes wire = from_hex(entry["hex"].string());
        for (std::size_t bit = 0; bit < wire.size() * 8; bit += 3) {
            wire[bit / 8] ^= std::byte(1u << (bit % 8));
            const auto read = remcall::read(wire);
            ASSERT_FALSE(read) << bit;
            EXPECT_NE(remcall::schema_error::of(read.error()), nullptr);
            wire[bit / 8] ^= std::byte(1u << (bit % 8));
        }
    }
}

TEST(remcall_primitives, have_the_recorded_numbers) {
    const value recorded = remcall_section("primitive_type_refs");
    ASSERT_EQ(recorded.size(), 16u);
    for (const auto& [name, number] : recorded.entries()) {
        const auto kind = static_cast<remcall::kind>(number.int64());
        EXPECT_EQ(remcall::to_string(kind), name.string());
        EXPECT_EQ(remcall::number_of({}, {kind, false, 0}), number.int64());
        EXPECT_EQ(remcall::number_of({}, {kind, true, 0}), -number.int64());
    }
}

TEST(remcall_names, are_taken_or_refused_as_recorded) {
    const value recorded = remcall_section("names");
    ASSERT_EQ(recorded.size(), 13u);
    for (const value& entry : recorded) {
        EXPECT_EQ(remcall::is_name(entry["name"].string()), entry["valid"].boolean())
            << entry["name"].string();
    }
}

} // namespace
} // namespace beckon::vectors
