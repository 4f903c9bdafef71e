// Values by schema on the native wire, for programs that know an interface only at run time.
#pragma once

#include "beckon/codec/native/reader.hpp"
#include "beckon/codec/native/writer.hpp"
#include "beckon/schema/schema.hpp"
#include "beckon/value/value.hpp"

namespace beckon::native {

/// Writes a value as the type, byte for byte as `codec<T>` writes the C++ type that belongs to it.
///
/// Takes what `from_value` (value/convert.hpp) would: integers of another width, whole floats as integers, integers
/// and float64 as floats, rounded; any sequence as a list or tuple; a map or list of pairs as a map; a record, an
/// exception's fields, a map with string keys, or a list in order of the fields as a record; an enumeration, its
/// name or its number as an enum; a variant, or a pair of case (name or position) and content, as a variant; null
/// as an empty optional or null reference; and ISO 8601 text as date, time, datetime or duration. A missing field
/// becomes its default, or null where it is optional; fields that the schema does not know are left out. For what
/// stands in JSON for other kinds ({"$bytes": ...}), see value/coerce.hpp.
///
/// REQUIRES: schema::check finds nothing wrong with the document, and the type is one that it could use.
/// Errors: the writer fails with type_mismatch that says where, what was expected and what was found ("field
/// at.x of Item: expected float64, found string of 3 bytes"), or with invalid_argument where the document does not
/// declare a type that it names.
/// Limits: does not recurse, so a value may nest to any depth.
/// Lifetime: nothing is kept.
void write_typed(writer& out, const schema::document& document, const schema::type& type,
                 const value& from);

/// Reads a value of the type, as `codec<T>` reads the C++ type that belongs to it: missing trailing fields of
/// a record become their defaults, unknown trailing ones are skipped, an unknown enum number is an error.
///
/// The value's kinds are those of the schema: integer, float32 as float32, enumeration, record, variant and
/// so on; null for void, an empty optional and a null reference. Null after a failure.
///
/// REQUIRES: as write_typed.
/// Errors: the reader fails as in `codec<T>`, with a note that says where: "reading field at.x of Item".
/// Limits: as the reader's; names that many records share are held in memory once.
/// Lifetime: nothing is kept.
[[nodiscard]] value read_typed(reader& in, const schema::document& document,
                               const schema::type& type);

} // namespace beckon::native
