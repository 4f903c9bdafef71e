// Between remcall's schemas and ours: all that both can say.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "beckon/base/result.hpp"
#include "beckon/schema/check.hpp"
#include "beckon/schema/remcall/document.hpp"
#include "beckon/schema/schema.hpp"

namespace beckon::schema::remcall {

/// Which values calls may have.
enum class values : std::uint8_t {
    declared, ///< All that a schema of remcall can declare.
    /// What remcall itself can send as well: no boolean, date, time, datetime, record or array.
    sent,
};

struct from_options {
    /// The interface that becomes `Main`; empty: the one that is called so.
    std::string main{};
    remcall::values values = remcall::values::declared;
    /// Of from_document() alone. Lenient: a document that parse() gave without its rules may have several values, fields,
    /// arguments, methods and types of one name, arguments of type void, and a `Main` that is no interface.
    remcall::strictness strictness = remcall::strictness::strict;
};

/// A document of ours as remcall has it, and where each of its declarations came from: positions in the lists of the
/// document of ours, in the order of the lists of `document`. Values, fields and arguments keep their positions, and so do
/// methods unless some were left out.
struct converted {
    remcall::document document; ///< In canonical order.
    std::vector<std::uint32_t> enumerations;
    std::vector<std::uint32_t> records;
    std::vector<std::uint32_t> interfaces;
    std::vector<std::vector<std::uint32_t>> methods; ///< By interface, by method as declared.
    std::vector<problem> left_out;                   ///< By part_of(): what remcall cannot say.
};

/// Everything in a sound document of ours that remcall cannot say: optional other than of a reference, map, tuple,
/// variant, any, duration, stream, lists of lists, enums of more than 256 values, interfaces without methods, records that
/// hold themselves, names that are none there, or that become one; and that there is no main interface.
///
/// Not said, and no problem: documentation, namespace, default values, numbers of enum values (a value travels as its
/// position), `oneway` (the caller gets an answer that says nothing), `idempotent`, exceptions and `raises`.
[[nodiscard]] std::vector<problem> inexpressible(const schema::document& document,
                                                 const from_options& options = {});

/// A document of ours, whole, which is sound unless the options say lenient. `bytes` is `uint8[]`, `list<T>` is `T[]`, an optional reference is a reference (which
/// may be null there). Names lose underscores: make_counter is makeCounter.
///
/// Errors: unsupported, with the first of inexpressible(): "interface Shop, method stock: map<string, Item> cannot be
/// said in remcall, which has no map"; invalid_argument with a schema_error, where check() finds something.
[[nodiscard]] result<converted> from_document(const schema::document& document,
                                              const from_options& options = {});

/// The part of a sound document that remcall can carry: of the main interface and all that it needs, the methods that can
/// be said; what they do not need is left out.
///
/// Errors: not_found, where there is no main interface; unsupported, where nothing of it is left.
[[nodiscard]] result<converted> part_of(const schema::document& document,
                                        const from_options& options = {});

/// remcall's schema as ours: declarations in canonical order and members as declared, so that positions are the same in
/// both. Names stay as they are.
///
/// Errors: unsupported, naming what ours has not: two methods of one name, and all else that only lenient readers take;
/// types that are called as built-in ones of ours.
[[nodiscard]] result<schema::document> to_document(const remcall::document& document);

/// The name without underscores, each letter behind one in upper case: make_counter is makeCounter. Empty, where nothing
/// that remcall takes as a name is left.
[[nodiscard]] std::string to_name(std::string_view name);

} // namespace beckon::schema::remcall
