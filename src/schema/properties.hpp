// What must hold for every input: shared by the fuzz targets and by the tests that run their corpus.
#pragma once

#include "beckon/base/assert.hpp"
#include "beckon/schema/binary.hpp"
#include "beckon/schema/check.hpp"
#include "beckon/schema/compatible.hpp"
#include "beckon/schema/parse.hpp"
#include "beckon/schema/print.hpp"

namespace beckon::schema {

/// A sound document survives printing and the binary form, and differs in nothing from itself.
inline void assert_round_trips(const document& document) {
    const auto again = parse(print(document), "printed", {.max_bytes = 64u << 20});
    BECKON_ASSERT(again.has_value(), "the printed form must parse");
    BECKON_ASSERT(*again == document, "the printed form must say the same");
    const bytes canonical_bytes = encode(document);
    const auto decoded = decode(canonical_bytes, {64u << 20, 10'000'000});
    BECKON_ASSERT(decoded.has_value(), "the binary form must decode");
    BECKON_ASSERT(*decoded == canonical(document), "the binary form must say the same");
    const bytes annotated = encode(document, annotations::included);
    const auto with_docs = decode(annotated, {64u << 20, 10'000'000});
    BECKON_ASSERT(with_docs.has_value(), "the annotated form must decode");
    BECKON_ASSERT(encode(*with_docs, annotations::included) == annotated,
                  "there must be one annotated form");
    BECKON_ASSERT(digest_of(*with_docs) == digest_of(document), "docs must not change the digest");
    for (const interface& interface : document.interfaces) {
        const auto difference = compare(document, *with_docs, interface.name);
        BECKON_ASSERT(difference.has_value() && difference->empty(),
                      "an interface must equal its binary form");
    }
}

/// Any bytes are either refused with a place, or make a sound document.
inline bool assert_parses_safely(std::string_view text) {
    const parse_outcome outcome = parse_all(text, "fuzz");
    for (const diagnostic& diagnostic : outcome.diagnostics) {
        BECKON_ASSERT(diagnostic.line > 0 && diagnostic.column > 0, "a complaint needs a place");
        BECKON_ASSERT(!diagnostic.message.empty(), "a complaint needs words");
    }
    BECKON_ASSERT(!to_string(outcome.diagnostics).empty() || outcome.diagnostics.empty(),
                  "complaints must print");
    BECKON_ASSERT(parse(text, "fuzz").has_value() == outcome.diagnostics.empty(),
                  "both entry points must agree");
    if (!outcome.diagnostics.empty()) return false;
    BECKON_ASSERT(check(outcome.document).empty(), "what parses must be sound");
    assert_round_trips(outcome.document);
    return true;
}

/// Any bytes are either refused, or are the one form of a sound document.
inline bool assert_decodes_safely(byte_view input) {
    const auto decoded = decode(input);
    if (!decoded) return false;
    const bytes plain = encode(*decoded);
    const bytes annotated = encode(*decoded, annotations::included);
    const bytes same(input.begin(), input.end());
    BECKON_ASSERT(plain == same || annotated == same, "there must be one form of each document");
    assert_round_trips(*decoded);
    return true;
}

} // namespace beckon::schema
