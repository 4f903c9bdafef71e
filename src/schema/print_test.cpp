#include "beckon/schema/print.hpp"

#include <gtest/gtest.h>

#include "beckon/schema/check.hpp"
#include "schema/properties.hpp"
#include "schema/random_document.hpp"

namespace beckon::schema {
namespace {

constexpr std::string_view sample = R"(/// A sample.

label "shop";
namespace shop.front;
widths 4 8;

/// How it is.
enum Mood {
  calm,
  /// At work.
  busy = 5,
  broken,
  gone = -1,
}

record Item {
  string name;
  map<string, list<int64>> sizes;
  variant<a: int8, b: optional<Mood>> choice;
  /// Of it.
  int64 count = 3;
  Mood mood = busy;
}

exception Empty {
}

interface Shop {
  /// Sells.
  ///
  /// At once.
  idempotent Item sell(string name, int64 count) raises Empty;
  oneway void notify(
      /// what to say
      string text,
      Shop origin);
  stream<bytes> watch() raises Empty = 700;
}
)";

TEST(print, writes_a_document_as_the_house_writes_it) {
    EXPECT_EQ(print(must_parse(sample)), sample);
}

TEST(print, leaves_out_docs_and_header_on_demand) {
    const std::string bare = print(must_parse(sample), {.docs = false, .header = false});
    EXPECT_EQ(bare.substr(0, 40), "enum Mood {\n  calm,\n  busy = 5,\n  broken");
    EXPECT_EQ(bare.find("///"), std::string::npos);
    EXPECT_NE(bare.find("oneway void notify(string text, Shop origin);"), std::string::npos);
}

TEST(print, of_remcalls_schema_is_what_remcall_would_print_but_for_the_empty_end) {
    const std::string text = read_testdata("conformance_remcall.bk");
    const std::string printed = print(must_parse(text));
    // The shared file separates declarations by line ends only.
    std::string without_blank_lines;
    for (std::size_t i = 0; i < printed.size(); ++i) {
        if (printed[i] == '\n' && i > 0 && printed[i - 1] == '\n') continue;
        without_blank_lines += printed[i];
    }
    EXPECT_EQ("label \"conformance\";\n" + text.substr(text.find("enum Mood")),
              without_blank_lines);
}

TEST(print, round_trips_the_conformance_services) {
    assert_round_trips(must_parse(read_testdata("conformance.bk")));
    assert_round_trips(must_parse(read_testdata("conformance_remcall.bk")));
    assert_round_trips(must_parse(sample));
    assert_round_trips(document{});
}

TEST(print, round_trips_random_documents) {
    std::size_t members = 0;
    for (std::uint64_t seed = 0; seed < 1'500; ++seed) {
        const document document = random_document(seed).make();
        const auto problems = check(document, 1);
        ASSERT_TRUE(problems.empty()) << "seed " << seed << ": " << problems[0].message << "\n"
                                      << print(document);
        assert_round_trips(document);
        for (const record& record : document.records) members += record.fields.size();
    }
    EXPECT_GT(members, 2'000u);
}

} // namespace
} // namespace beckon::schema
