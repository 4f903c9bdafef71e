// remcall's binary schemas and their digests (docs/wire/remcall.md, section 4).
#pragma once

#include <cstddef>
#include <optional>

#include "beckon/base/bytes.hpp"
#include "beckon/base/result.hpp"
#include "beckon/base/sha256.hpp"
#include "beckon/schema/remcall/document.hpp"
#include "beckon/schema/remcall/schema_error.hpp"

namespace beckon::schema::remcall {

/// Whether a document keeps the rules. What breaks them is named in words: "interface Main, method A, argument q".
///
/// Errors: invalid_argument, with a schema_error.
[[nodiscard]] result<void> check(const document& document,
                                 remcall::strictness strictness = strictness::strict);

struct read_options {
    remcall::strictness strictness = remcall::strictness::strict;
    std::size_t max_bytes = 1u << 20; ///< Of the schema, its digest included.
    std::size_t max_nodes = 65'536;   ///< Declarations, members and arguments together.
    std::size_t max_name_bytes =
        1024; ///< Of one name. Each use of a type may come to hold its name.
};

/// What was read.
struct read_schema {
    remcall::document document; ///< In canonical order.
    beckon::digest digest{};    ///< Of the bytes that were read.
    std::size_t size = 0;       ///< Bytes of the schema; those behind it are the caller's.
};

/// Reads a schema from the beginning of `input`.
///
/// Errors: parse_error, or limit_exceeded, with a schema_error that has the byte offset. What ends too early is
/// reason::truncated.
/// Limits: `options`; nothing is allocated for counts that were only declared.
/// Lifetime: `input` is not kept.
[[nodiscard]] result<read_schema> read(byte_view input, const read_options& options = {});

struct write_options {
    remcall::strictness strictness = remcall::strictness::strict;
    /// What the digest must turn out to be.
    std::optional<beckon::digest> expected{};
};

/// The bytes of a document, in canonical order whatever order it is in. Read again they give an equal document.
///
/// Errors: invalid_argument, with a schema_error.
[[nodiscard]] result<bytes> write(const document& document, const write_options& options = {});

/// The digest at the end of what write() gives.
///
/// Errors: as write().
[[nodiscard]] result<digest> digest_of(const document& document);

/// Whether bytes begin as binary schemas do.
[[nodiscard]] bool is_binary(byte_view input) noexcept;

} // namespace beckon::schema::remcall
