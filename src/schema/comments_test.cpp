#include "schema/comments.hpp"

#include <gtest/gtest.h>

#include "schema/test_support.hpp"

namespace beckon::schema {
namespace {

TEST(docs, come_from_the_lines_before_and_the_comment_behind) {
    const document document = must_parse(R"(
/// Of a shop.
/// Second line.
record Item { // behind the brace
  // before the field
  int64 count; // behind the field
               // in the same column
  // of the next
  string name;

  // of nothing, since an empty line follows

  bool flag;
} // behind the end

enum Mood { // how
  calm, // quiet
  busy  // loud
}
)");
    const record& item = document.records[0];
    EXPECT_EQ(item.doc, "Of a shop.\nSecond line.\nbehind the end\nbehind the brace");
    EXPECT_EQ(item.fields[0].doc, "before the field\nbehind the field\nin the same column");
    EXPECT_EQ(item.fields[1].doc, "of the next");
    EXPECT_EQ(item.fields[2].doc, "");
    EXPECT_EQ(document.enumerations[0].doc, "how");
    EXPECT_EQ(document.enumerations[0].enumerators[0].doc, "quiet");
    EXPECT_EQ(document.enumerations[0].enumerators[1].doc, "loud");
}

TEST(docs, behind_a_line_of_several_members_belong_to_the_last) {
    const document document = must_parse("record P { int8 a; int8 b; // of b\n}\n"
                                         "enum E { a, b } // of E\n");
    EXPECT_EQ(document.records[0].fields[0].doc, "");
    EXPECT_EQ(document.records[0].fields[1].doc, "of b");
    EXPECT_EQ(document.enumerations[0].doc, "of E");
    EXPECT_EQ(document.enumerations[0].enumerators[1].doc, "");
}

TEST(docs, of_methods_and_parameters) {
    const document document = must_parse(R"(interface I {
  /// adds
  int64 add(int64 a, // the first
            /// the second
            int64 b  // really
  ); // and no more
})");
    const method& add = document.interfaces[0].methods[0];
    EXPECT_EQ(add.doc, "adds\nand no more");
    EXPECT_EQ(add.parameters[0].doc, "the first");
    EXPECT_EQ(add.parameters[1].doc, "the second\nreally");
}

TEST(docs, block_comments_document_nothing_and_part_what_they_stand_between) {
    const document document =
        must_parse("// lost\n/* block */\nrecord P { /* x */ int8 a; /* y */ }");
    EXPECT_EQ(document.records[0].doc, "");
    EXPECT_EQ(document.records[0].fields[0].doc, "");
}

TEST(docs, the_first_comment_belongs_to_the_file_unless_a_declaration_follows_at_once) {
    EXPECT_EQ(must_parse("// file\n\nrecord P {}").doc, "file");
    EXPECT_EQ(must_parse("// file\n\n// record\nrecord P {}").doc, "file");
    EXPECT_EQ(must_parse("// file\n\n// record\nrecord P {}").records[0].doc, "record");
    EXPECT_EQ(must_parse("// record\nrecord P {}").doc, "");
    EXPECT_EQ(must_parse("// file\nlabel \"x\";\nrecord P {}").doc, "file");
    EXPECT_EQ(must_parse("// file alone").doc, "file alone");
}

TEST(docs, lose_blanks_at_line_ends_and_what_could_steer_a_terminal) {
    EXPECT_EQ(normalized_doc("\n\n a \t\r\n\n  b\n\n"), " a\n\n  b");
    EXPECT_EQ(normalized_doc("x\x1b[31my\x7f\xc2\x9bz\xe2\x80\xae"), "x?[31my???z???");
    EXPECT_EQ(normalized_doc("\tgr\xc3\xbc\xc3\x9f"
                             "e"),
              "\tgr\xc3\xbc\xc3\x9f"
              "e");
    EXPECT_EQ(normalized_doc(""), "");
}

} // namespace
} // namespace beckon::schema
