// Values of calls by run-time schema on the native wire: as codec/native/dynamic.hpp, and besides with objects that
// know their interfaces, and with streams, whose items come by schema too.
#pragma once

#include "beckon/codec/native/reader.hpp"
#include "beckon/codec/native/writer.hpp"
#include "beckon/object/dynamic_interface.hpp"
#include "beckon/value/value.hpp"

namespace beckon::detail {

/// Writes an argument or a result. A stream is given away: it can be written once.
///
/// Errors: the writer fails as in native::write_typed.
void write_by_schema(native::writer& out, const dynamic_schema& schema, const schema::type& type,
                     const value& from);

/// Reads an argument or a result; null after a failure. Streams are value_stream, and keep the schema alive.
///
/// Errors: the reader fails as in native::read_typed.
[[nodiscard]] value read_by_schema(native::reader& in,
                                   const intrusive_ptr<const dynamic_schema>& schema,
                                   const schema::type& type);

} // namespace beckon::detail
