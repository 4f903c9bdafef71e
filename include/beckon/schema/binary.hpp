// The canonical binary form of a schema (docs/wire/schema.md) and its digests.
#pragma once

#include <cstddef>
#include <string_view>

#include "beckon/base/bytes.hpp"
#include "beckon/base/result.hpp"
#include "beckon/base/sha256.hpp"
#include "beckon/schema/canonical.hpp"
#include "beckon/schema/schema.hpp"

namespace beckon::schema {

/// What follows the canonical bytes.
enum class annotations {
    none,
    /// What canonical() drops: label, namespace, widths, docs, and which method raises which exception. The
    /// digest does not cover them.
    included,
};

/// The bytes of `canonical(document)`: equal for all documents that mean the same.
[[nodiscard]] bytes encode(const document& document, annotations extra = annotations::none);

struct decode_options {
    std::size_t max_bytes = 1u << 20;
    std::size_t max_nodes =
        65'536; ///< Declarations, members, parameters, types and annotations together.
};

/// Reads what encode() wrote, with or without annotations, and runs check() on it. The result is in canonical
/// order, and encode() of it gives the same bytes.
///
/// Errors: parse_error, limit_exceeded, both with the byte offset or the place in the schema.
/// Limits: `options`, and types nest at most 32 deep; nothing is allocated for counts that only were declared.
/// Lifetime: `input` is not kept.
[[nodiscard]] result<document> decode(byte_view input, const decode_options& options = {});

/// SHA-256 of `encode(document)`.
[[nodiscard]] digest digest_of(const document& document);

/// The digest of an interface's closure. Both sides of a session have the same interface if this is equal.
///
/// Errors: not_found.
[[nodiscard]] result<digest> digest_of_interface(const document& document,
                                                 std::string_view interface_name);

} // namespace beckon::schema
