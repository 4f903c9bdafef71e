// Errors as RPyC's exception dumps, and back (docs/wire/rpyc.md, section 9).
#pragma once

#include <string_view>

#include "beckon/base/error.hpp"
#include "beckon/base/result.hpp"
#include "beckon/codec/brine_reader.hpp"
#include "beckon/codec/buffer.hpp"
#include "beckon/protocol/rpyc/options.hpp"
#include "protocol/rpyc/python_exception.hpp"

namespace beckon::rpyc {

/// The end of an iteration, in both directions: the type name of such an error.
inline constexpr std::string_view stop_iteration = "builtins.StopIteration";

/// Appends the dump of an error, the body of an EXCEPTION message. It never fails: what cannot go by value goes as its
/// repr(), as in RPyC, and text that is not UTF-8 is mended.
///
/// The class is that of `class_of`. Arguments and attributes are those of the exception that the error came from, the
/// fields of a declared exception, or else the message alone. Attributes that a Python peer could not assign, such as
/// "args" and "__class__", are left out: it would drop the connection.
void put_exception(buffer& out, const error& failure, const exception_options& options);

/// Appends a dump as it is told. REQUIRES: all text is UTF-8.
void put_dump(buffer& out, const python_exception& raised, std::string_view traceback);

/// The error that a dump tells of: a type of its own, since the reading may fail as well.
struct peer_exception {
    error failure;
};

/// Reads a dump where the reader stands. The error's code is that of `code_of`, its type name "builtins.KeyError" or
/// "StopIteration" alike, its message what str() of the exception says, its trace the peer's traceback where it told,
/// its detail a python_exception. An exception that a Beckon peer declared comes back as declared, with its fields.
///
/// Errors: protocol_error; limit_exceeded. Both are final. The reader is then of no use.
[[nodiscard]] result<peer_exception> read_exception(brine::reader& in);

} // namespace beckon::rpyc
