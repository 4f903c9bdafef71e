// What holds for any bytes: for the fuzz target and its tests.
#pragma once

#include "beckon/base/assert.hpp"
#include "beckon/schema/parse.hpp"
#include "beckon/schema/remcall/binary.hpp"
#include "beckon/schema/remcall/calls.hpp"
#include "beckon/schema/remcall/convert.hpp"
#include "beckon/schema/remcall/extent.hpp"
#include "beckon/schema/remcall/print.hpp"

namespace beckon::schema::remcall {

inline void assert_extent_is(byte_view input, std::size_t size) {
    extent whole;
    const auto found = whole.find(input);
    BECKON_ASSERT(found && *found == size, "the extent is what was read");
    extent in_pieces;
    for (std::size_t i = 0; i < size; ++i) {
        const auto before = in_pieces.find(input.first(i));
        BECKON_ASSERT(before && !*before, "no schema ends before its end");
    }
    const auto after = in_pieces.find(input.first(size));
    BECKON_ASSERT(after && *after == size, "pieces make no difference");
}

/// Bytes are refused with a reason, or are a schema that is written again, strict ones as the same bytes; and it comes
/// through ours where ours can say it.
inline void assert_reads_safely(byte_view input) {
    for (const strictness each : {strictness::lenient, strictness::strict}) {
        const auto found = read(input, {.strictness = each});
        if (!found) {
            const schema_error* const why = schema_error::of(found.error());
            BECKON_ASSERT(why != nullptr && why->offset() <= input.size(), "a reason and a place");
            continue;
        }
        assert_extent_is(input, found->size);
        static_cast<void>(pretty_print(found->document));
        const call_numbers numbers(found->document);
        for (std::uint64_t i = 0; i < numbers.size(); ++i) {
            BECKON_ASSERT(numbers.number_of(*numbers.find(i)) == i, "numbers lead there and back");
        }
        const auto written = write(found->document, {.strictness = each});
        BECKON_ASSERT(written, "what was read can be written");
        const auto again = read(*written, {.strictness = each});
        BECKON_ASSERT(again && again->document == found->document, "and read again");
        if (each == strictness::lenient) continue;
        BECKON_ASSERT(as_text(*written) == as_text(input.first(found->size)), "as the same bytes");
        const auto ours = to_document(found->document);
        if (!ours) continue; // a type is called as one of ours is built in
        const auto back = from_document(*ours);
        BECKON_ASSERT(back && back->document == found->document, "through ours and back");
    }
}

/// The same with the last 32 bytes made the digest of those before, past which nothing else would get.
inline void assert_sealed_reads_safely(byte_view input) {
    if (input.size() < sizeof(digest)) return;
    bytes content(input.begin(), input.end() - sizeof(digest));
    const digest digest = sha256(content);
    content.insert(content.end(), digest.begin(), digest.end());
    assert_reads_safely(content);
}

/// Text is refused, or becomes a schema whose print is read as the same again: lenient, where duplicates leave open which
/// of two types of one name is meant, the same print.
inline void assert_text_reads_safely(std::string_view text) {
    const auto lenient = parse(text, "text", {.rules = false});
    if (!lenient) return;
    from_options options;
    options.strictness = strictness::lenient;
    const auto loose = from_document(*lenient, options);
    if (loose) {
        BECKON_ASSERT(check(loose->document, strictness::lenient), "what is made is sound");
        const std::string printed = pretty_print(loose->document);
        const auto again =
            from_document(parse(printed, "printed", {.rules = false}).value(), options);
        BECKON_ASSERT(again && pretty_print(again->document) == printed, "prints the same again");
    }
    const auto ours = parse(text, "text");
    if (!ours) return;
    const auto strict = from_document(*ours);
    if (!strict) {
        static_cast<void>(part_of(*ours));
        return;
    }
    BECKON_ASSERT(loose && loose->document == strict->document,
                  "lenient takes all that strict does");
    const auto part = part_of(*ours);
    BECKON_ASSERT(part && part->left_out.empty(), "the part of what can be said is not less");
}

} // namespace beckon::schema::remcall
